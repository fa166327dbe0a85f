#include "core/host/elf.h"
#include "fixture.h"

namespace reef {
namespace {

using test::Playground;
using test::request;

constexpr unsigned kX86 = 62;
constexpr unsigned kArm = 183;
constexpr unsigned kRiscV = 243;

// The first bytes of a shared object.
std::string elf(unsigned machine) {
  std::string head(64, '\0');
  head.replace(0, 7,
               std::string("\x7f"
                           "ELF\x02\x01\x01",
                           7));
  head[16] = 3;
  head[18] = static_cast<char>(machine);
  return head;
}

std::string own_elf() {
  return elf(host::own_arch() == "x86_64" ? kX86 : host::own_arch() == "aarch64" ? kArm : kRiscV);
}

host::DetectRequest blas(const Playground& place, const std::string& more = "") {
  return request("blas", test::put(R"json({"libraries": ["fakeblas-*/libfakeblas.so", "libfakeblas.so"],
    "prefixes": ["@"], "headers": {"files": ["fakeblas.h"], "in": ["${folder}", "fakeblas", "."]},
    "version": [{"file": "${include}/fakeblas.h", "pattern": "VERSION \"([0-9.]+)\""},
                {"text": "${real}", "pattern": "[.]so[.]([0-9.]+)$"}],)json",
                                   place.path("opt*")) +
                             more +
                             R"json("provides": {"blas": "3"},
    "exports": {"values": {"cflags": ["-I${include}"], "libs": ["-L${libdir}", "-lfakeblas"],
                           "include": "${include}", "prefix": "${prefix}"}}})json");
}

}  // namespace

TEST_CASE("a library is found with its headers, its version and how to link it") {
  Playground place;
  place.write("opt/lib/libfakeblas.so", own_elf());
  place.write("opt/include/fakeblas.h", "#define VERSION \"0.3.21\"\n");
  const host::ToolReport report = place.detect(blas(place));
  REQUIRE(report.found.size() == 1);
  const FoundTool& found = report.found[0];
  CHECK(found.version.text() == "0.3.21");
  CHECK(found.provides.at("blas").text() == "3");
  CHECK(found.exports.values.at("cflags") == std::vector<std::string>{"-I" + place.path("opt/include")});
  CHECK(found.exports.values.at("libs") ==
        std::vector<std::string>{"-L" + place.path("opt/lib"), "-lfakeblas"});
  CHECK(found.exports.values.at("prefix") == std::vector<std::string>{place.path("opt")});
  CHECK(place.cost.processes == 0);
}

TEST_CASE("a flavour in a sub-folder goes with the headers of its own sub-folder") {
  Playground place;
  const std::string multiarch = std::string(host::own_arch()) + "-linux-gnu";
  for (const std::string flavour : {"fakeblas-pthread", "fakeblas-openmp"}) {
    place.write("opt/lib/" + multiarch + "/" + flavour + "/libfakeblas.so", own_elf() + flavour);
    place.write("opt/include/" + multiarch + "/" + flavour + "/fakeblas.h", "#define VERSION \"1.0\"\n");
  }
  place.link("fakeblas-openmp/libfakeblas.so", "opt/lib/" + multiarch + "/libfakeblas.so");
  place.write("opt/include/fakeblas.h", "#define VERSION \"9.9\"\n");
  const host::ToolReport report = place.detect(blas(place));
  REQUIRE(report.found.size() == 3);
  CHECK(report.found[0].exports.values.at("include").front() ==
        place.path("opt/include/" + multiarch + "/fakeblas-pthread"));
  CHECK(report.found[1].exports.values.at("include").front() ==
        place.path("opt/include/" + multiarch + "/fakeblas-openmp"));
  CHECK(report.found[2].version.text() == "9.9");
}

TEST_CASE("a library for another machine is refused with both names") {
  Playground place;
  const bool arm_here = host::own_arch() == "aarch64";
  place.write("opt/lib/libfakeblas.so", elf(arm_here ? kX86 : kArm));
  place.write("opt/include/fakeblas.h", "");
  CHECK(place.detect(blas(place)).attempts.at(0).reason ==
        fmt::format("for {}, this machine is {}", arm_here ? "x86_64" : "aarch64", host::own_arch()));
}

TEST_CASE("32-bit libraries, texts, empty files and folders are not libraries of this machine") {
  Playground place;
  place.write("opt/include/fakeblas.h", "#define VERSION \"1.0\"");
  const auto reason = [&] { return place.detect(blas(place)).attempts.at(0).reason; };
  place.write("opt/lib/libfakeblas.so", elf(3));
  CHECK(reason() == fmt::format("for i386, this machine is {}", host::own_arch()));
  place.write("opt/lib/libfakeblas.so", elf(9999 & 0x7f));
  CHECK(reason().find("for ELF machine ") == 0);
  place.write("opt/lib/libfakeblas.so", "hello");
  CHECK(reason() == "not a library");
  place.write("opt/lib/libfakeblas.so", "");
  CHECK(reason() == "empty file");
  place.write("opt/lib/libfakeblas.so",
              "\x7f"
              "ELF");
  CHECK(reason() == "not a library");
  place.link("libfakeblas.so.3", "opt/lib/libfakeblas.so");
  CHECK(reason() == "a symlink to nothing");
  for (const std::string good : {"/* GNU ld script */\nINPUT(libx.so)", "!<arch>\n"}) {
    place.write("opt/lib/libfakeblas.so", good);
    CHECK(place.detect(blas(place)).found.size() == 1);
  }
}

TEST_CASE("a library without its headers is refused, and found when they arrive") {
  Playground place;
  place.keep_cache();
  place.write("opt/lib64/libfakeblas.so", own_elf());
  CHECK(place.detect(blas(place)).attempts.at(0).reason ==
        "headers missing: `fakeblas.h` in none of the include folders of " + place.path("opt"));
  place.write("opt/include/fakeblas/fakeblas.h", "#define VERSION \"1.0\"\n");
  const host::ToolReport report = place.detect(blas(place));
  CHECK(report.found.at(0).exports.values.at("include").front() == place.path("opt/include/fakeblas"));
}

TEST_CASE("the real name of a library can tell its version") {
  Playground place;
  place.write("opt/lib/libfakeblas.so.3.11.0", own_elf());
  place.link("libfakeblas.so.3.11.0", "opt/lib/libfakeblas.so");
  place.write("opt/include/fakeblas.h", "");
  const host::ToolReport report = place.detect(blas(place));
  CHECK(report.found.at(0).version.text() == "3.11.0");
  CHECK(report.found.at(0).real_path == place.path("opt/lib/libfakeblas.so.3.11.0"));
}

TEST_CASE("a library that is really another one is refused by its real path") {
  Playground place;
  place.write("opt/lib/other/libother.so.1.0", own_elf());
  place.link("other/libother.so.1.0", "opt/lib/libfakeblas.so");
  place.write("opt/include/fakeblas.h", "");
  const host::ToolReport report = place.detect(blas(
      place, R"json("is_not": [{"text": "${real}", "pattern": "other", "reason": "really ${real}"}],)json"));
  CHECK(report.attempts.at(0).reason == "really " + place.path("opt/lib/other/libother.so.1.0"));
}

TEST_CASE("the parent of a bin folder on PATH is searched for libraries") {
  Playground place;
  place.env["PATH"] = place.path("conda/bin");
  place.make_folder("conda/bin");
  place.write("conda/lib/libfakeblas.so", own_elf());
  place.write("conda/include/fakeblas.h", "#define VERSION \"2.0\"\n");
  CHECK(place.detect(blas(place)).found.at(0).version.text() == "2.0");
}

TEST_CASE("newer versioned prefixes come first, and a link to one of them is the same library") {
  Playground place;
  for (const std::string version : {"9", "10"}) {
    place.write("opt-" + version + "/lib/libfakeblas.so", own_elf() + version);
    place.write("opt-" + version + "/include/fakeblas.h", "#define VERSION \"" + version + "\"\n");
  }
  place.link("opt-9", "opt");
  const host::ToolReport report = place.detect(blas(place));
  REQUIRE(report.found.size() == 2);
  CHECK(report.found[0].version.text() == "10");
  CHECK(report.found[1].version.text() == "9");
}

}  // namespace reef
