#include <thread>

#include "fixture.h"

namespace reef {
namespace {

using test::kGcc;
using test::kSimple;
using test::Playground;
using test::request;

std::string gcc_answer(const std::string& version) {
  return "gcc (GCC) " + version + "\nFree Software Foundation";
}

struct CachedPlace : Playground {
  CachedPlace() { keep_cache(); }
  // The versions found, in order.
  std::vector<std::string> versions(const host::DetectRequest& tool) {
    std::vector<std::string> out;
    for (const FoundTool& found : detect(tool).found) out.push_back(found.version.text());
    return out;
  }
};

using Versions = std::vector<std::string>;

}  // namespace

TEST_CASE("an unchanged tool is found again without a process or a digest, with all it exports") {
  CachedPlace place;
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  place.speaker("bin/g++", gcc_answer("12.2.0"));
  const host::ToolReport first = place.detect(request("gcc", kGcc));
  CHECK(place.cost.processes == 1);
  CHECK(place.cost.digests == 2);
  const host::ToolReport again = place.detect(request("gcc", kGcc));
  CHECK(place.cost.processes == 0);
  CHECK(place.cost.digests == 0);
  CHECK(place.cost.from_cache == 1);
  REQUIRE(again.found.size() == 1);
  CHECK(to_json(again.found[0]) == to_json(first.found.at(0)));
}

TEST_CASE("another companion of the same compiler is noticed, and nothing else is read again") {
  CachedPlace place;
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  place.speaker("bin/g++", gcc_answer("12.2.0"));
  const FoundTool first = place.detect(request("gcc", kGcc)).found.at(0);
  place.script("bin/g++", "exec /usr/bin/g++ -DDIFFERENT \"$@\"");
  const FoundTool second = place.detect(request("gcc", kGcc)).found.at(0);
  CHECK(place.cost.digests == 1);
  CHECK(second.digest == first.digest);
  CHECK(second.files.at(place.path("bin/g++")).digest == digest_file(place.path("bin/g++"))->hex());
  CHECK(second.files != first.files);
}

TEST_CASE("a tool that was upgraded and then deleted is noticed each time") {
  CachedPlace place;
  const host::DetectRequest gcc = request("gcc", kGcc);
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  CHECK(place.versions(gcc) == Versions{"12.2.0"});
  place.speaker("bin/gcc", gcc_answer("12.3.0"));  // of the same size
  CHECK(place.versions(gcc) == Versions{"12.3.0"});
  place.remove("bin/gcc");
  CHECK(place.versions(gcc).empty());
  CHECK(place.versions(gcc).empty());
  CHECK(place.cost.from_cache == 1);
}

TEST_CASE("a newly installed version is noticed and only that one is asked") {
  CachedPlace place;
  const host::DetectRequest gcc = request("gcc", kGcc);
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  CHECK(place.versions(gcc) == Versions{"12.2.0"});
  place.speaker("bin/gcc-13", gcc_answer("13.1.0"));
  CHECK(place.versions(gcc) == Versions{"12.2.0", "13.1.0"});
  CHECK(place.cost.processes == 1);
  CHECK(place.versions(gcc) == Versions{"12.2.0", "13.1.0"});
  CHECK(place.cost.processes == 0);
}

TEST_CASE("a companion that appears is noticed") {
  CachedPlace place;
  const host::DetectRequest gcc = request("gcc", kGcc);
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  CHECK_FALSE(place.detect(gcc).found.at(0).provides.contains("c++-compiler"));
  place.speaker("bin/g++", gcc_answer("12.2.0"));
  CHECK(place.detect(gcc).found.at(0).provides.contains("c++-compiler"));
}

TEST_CASE("an alternative that points elsewhere is noticed") {
  CachedPlace place;
  const host::DetectRequest gcc =
      request("gcc", R"json({"programs": ["gcc"], "ask": {"arguments": [["--version"]]},
    "version": [{"pattern": "\\) ([0-9.]+)"}]
})json");
  place.speaker("lib/gcc-11", gcc_answer("11.1.0"));
  place.speaker("lib/gcc-12", gcc_answer("12.1.0"));
  place.link(place.path("lib/gcc-11"), "etc/alternatives/gcc");
  place.link(place.path("etc/alternatives/gcc"), "bin/gcc");
  CHECK(place.versions(gcc) == Versions{"11.1.0"});
  place.link(place.path("lib/gcc-12"), "etc/alternatives/gcc");
  const host::ToolReport report = place.detect(gcc);
  CHECK(report.found.at(0).version.text() == "12.1.0");
  CHECK(report.found.at(0).path == place.path("bin/gcc"));
  CHECK(report.found.at(0).real_path == place.path("lib/gcc-12"));
}

TEST_CASE("a file that tells the version is watched") {
  CachedPlace place;
  const host::DetectRequest tool = request("tool", R"json({"programs": ["tool"],
    "version": [{"file": "${prefix}/release", "pattern": "([0-9.]+)"}]
})json");
  place.script("bin/tool", "");
  CHECK(place.detect(tool).attempts.at(0).reason == "none of its files says which version it is");
  place.write("release", "17.1\n");
  CHECK(place.versions(tool) == Versions{"17.1"});
  place.write("release", "17.2\n");
  CHECK(place.versions(tool) == Versions{"17.2"});
}

TEST_CASE("a shim is found as what it runs, and a switch of it is noticed") {
  CachedPlace place;
  const std::string spec = R"json({"programs": ["tool"],
    "capture": {"chosen": {"file": "${dir}/../version", "pattern": "^([0-9.]+)$"},
                "executable": {"pattern": "^executable (/.*)"}},
    "runs": ["${dir}/../versions/${chosen}/bin/tool", "${executable}"],
    "ask": {"arguments": [["--version"]]}, "version": [{"pattern": "^version ([0-9.]+)"}],
    "exports": {"env": {"TOOL": "${path}"}}})json";
  for (const std::string version : {"3.11", "3.12"})
    place.speaker("versions/" + version + "/bin/tool", "version " + version);
  place.script("bin/tool", "exit 1");
  place.write("version", "3.11\n");
  const host::ToolReport report = place.detect(request("tool", spec));
  REQUIRE(report.found.size() == 1);
  CHECK(report.attempts[0].path == place.path("bin/tool"));
  CHECK(report.found[0].path == place.path("versions/3.11/bin/tool"));
  CHECK(report.found[0].exports.env.at("TOOL").value == report.found[0].path);
  place.write("version", "3.12\n");
  CHECK(place.versions(request("tool", spec)) == Versions{"3.12"});

  place.remove("version");
  place.speaker("bin/tool", "executable " + place.path("versions/3.11/bin/tool") + "\nversion 3.11");
  CHECK(place.detect(request("tool", spec)).found.at(0).path == place.path("versions/3.11/bin/tool"));
}

TEST_CASE("what is watched decides whether a refusal is believed") {
  CachedPlace place;
  const host::DetectRequest tool = request("tool", R"json({"programs": ["tool"],
    "ask": {"arguments": [["--version"]]}, "capture": {"folders": {"pattern": "^folder (.*)"}},
    "is": [{"pattern": "^module", "reason": "no module"}],
    "version": [{"pattern": "^module ([0-9.]+)"}], "watch": ["${folders}"]})json");
  place.make_folder("site");
  place.age("site");
  place.script("bin/tool",
               fmt::format("echo 'folder {0}'; cat '{0}/module' 2>/dev/null; true", place.path("site")));
  CHECK(place.detect(tool).attempts.at(0).reason.starts_with("no module; it printed `folder "));
  (void)place.detect(tool);
  CHECK(place.cost.processes == 0);
  place.write("site/module", "module 2.1\n");
  CHECK(place.versions(tool) == Versions{"2.1"});
}

TEST_CASE("another PATH, another home and another spec are other questions") {
  CachedPlace place;
  place.speaker("bin/tool", "version 1.0");
  place.speaker("more/tool", "version 2.0");
  CHECK(place.versions(request("tool", kSimple)) == Versions{"1.0"});
  place.env["PATH"] = place.path("more");
  CHECK(place.versions(request("tool", kSimple)) == Versions{"2.0"});
  place.env["HOME"] = "/nowhere";
  (void)place.versions(request("tool", kSimple));
  CHECK(place.cost.processes == 1);
  (void)place.versions(request("tool", kSimple + " "));
  CHECK(place.cost.processes == 1);
}

TEST_CASE("a file changed a moment ago is not believed, because another change might not show") {
  CachedPlace place;
  const host::DetectRequest tool = request("tool", kSimple);
  place.script("bin/tool", "echo version 1.0");
  REQUIRE(place.fs->set_mtime(place.path("bin/tool"), std::int64_t{1} << 62U));  // not before the year 2116
  CHECK(place.versions(tool) == Versions{"1.0"});
  CHECK(place.versions(tool) == Versions{"1.0"});
  CHECK(place.cost.processes == 1);
}

TEST_CASE("a tool that was rewritten in place, with its size and its time, is noticed") {
  CachedPlace place;
  const host::DetectRequest tool = request("tool", kSimple);
  place.speaker("bin/tool", "version 1.0");
  CHECK(place.versions(tool) == Versions{"1.0"});
  const FileStat before = place.fs->stat(place.path("bin/tool")).value();
  std::string text = place.fs->read_file(place.path("bin/tool")).value();
  text.replace(text.find("1.0"), 3, "1.1");
  REQUIRE(place.fs->write_file(place.path("bin/tool"), text, false));
  REQUIRE(place.fs->set_mtime(place.path("bin/tool"), before.mtime_ns));
  CHECK(place.versions(tool) == Versions{"1.1"});
}

TEST_CASE("what a shell script starts may be upgraded at any time, so the script is always asked") {
  CachedPlace place;
  const host::DetectRequest tool = request("tool", kSimple);
  place.speaker("real/tool", "version 1.0");
  place.wrapper("bin/tool", "real/tool");
  place.speaker("more/tool", "version 0.9");
  place.env["PATH"] += ":" + place.path("more");
  CHECK(place.versions(tool) == Versions{"1.0", "0.9"});
  place.speaker("real/tool", "version 1.1");
  CHECK(place.versions(tool) == Versions{"1.1", "0.9"});
  CHECK(place.cost.processes == 1);
  CHECK(place.cost.digests == 0);
  place.trust_scripts = true;
  CHECK(place.versions(tool) == Versions{"1.1", "0.9"});
  CHECK(place.cost.processes == 0);
}

TEST_CASE("the upgrade of a compiler behind ccache is noticed") {
  CachedPlace place;
  const host::DetectRequest gcc = request("gcc", kGcc);
  place.env["PATH"] += ":" + place.path("usr");
  place.script("lib/ccache", fmt::format("exec '{}' \"$@\"", place.path("usr/gcc")));
  place.link("../lib/ccache", "bin/gcc");
  place.speaker("usr/gcc", gcc_answer("12.2.0"));
  CHECK(place.versions(gcc) == Versions{"12.2.0", "12.2.0"});
  CHECK(place.detect(gcc).found.at(0).path == place.path("bin/gcc"));
  CHECK(place.cost.processes == 0);
  place.speaker("usr/gcc", gcc_answer("12.3.0"));
  CHECK(place.versions(gcc) == Versions{"12.3.0", "12.3.0"});
}

TEST_CASE("to explain is to look again") {
  CachedPlace place;
  place.speaker("bin/tool", "version 1.0");
  (void)place.detect(request("tool", kSimple));
  place.explain = true;
  (void)place.detect(request("tool", kSimple));
  CHECK(place.cost.processes == 1);
  CHECK(place.cost.digests == 1);
}

TEST_CASE("a cache that is damaged, of another format or not writable is as good as none") {
  CachedPlace place;
  place.speaker("bin/tool", "version 1.0");
  const host::DetectRequest tool = request("tool", kSimple);
  CHECK(place.versions(tool) == Versions{"1.0"});
  const std::string good = place.fs->read_file(place.cache).value();
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("[]"), std::string("reef tools 3\n0 \n0 "),
        std::string("reef tools 4\n-1 \n0 "), std::string("reef tools 4\n0 0 "),
        std::string("reef tools 4\n1 99:tool"), std::string("reef tools 4\n99999999999999999999 \n0 "),
        good + "0 ", good.substr(0, good.size() / 2), good.substr(0, good.size() - 1)}) {
    place.write("cache/detect.json", bad);
    CHECK(place.versions(tool) == Versions{"1.0"});
    CHECK(place.cost.processes == 1);
    CHECK(place.versions(tool) == Versions{"1.0"});
    CHECK(place.cost.processes == 0);
  }
  place.cache = place.path("bin/tool/cache");  // below a file
  CHECK(place.versions(tool) == Versions{"1.0"});
  CHECK(place.versions(tool) == Versions{"1.0"});
}

TEST_CASE("a cache whose numbers point nowhere is not believed") {
  CachedPlace place;
  place.speaker("bin/tool", "version 1.0");
  const host::DetectRequest tool = request("tool", kSimple);
  (void)place.detect(tool);
  std::string text = place.fs->read_file(place.cache).value();
  text = text.substr(0, text.rfind('\n')) + "\n0 ";  // no stamps at all
  place.write("cache/detect.json", text);
  CHECK(place.versions(tool) == Versions{"1.0"});
  CHECK(place.cost.processes == 1);
  // Nor is it carried over when another tool is looked for.
  place.write("cache/detect.json", text);
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  (void)place.detect(request("gcc", kGcc));
  CHECK(place.versions(tool) == Versions{"1.0"});
  CHECK(place.cost.processes == 1);
}

TEST_CASE("tools that were not asked for stay in the cache") {
  CachedPlace place;
  place.speaker("bin/tool", "version 1.0");
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  (void)place.detect(request("tool", kSimple));
  (void)place.detect(request("gcc", kGcc));
  (void)place.detect_all({request("tool", kSimple), request("gcc", kGcc)});
  CHECK(place.cost.processes == 0);
  CHECK(place.cost.from_cache == 2);
}

TEST_CASE("reports come in the order of the requests, and no temporary file stays") {
  CachedPlace place;
  std::vector<host::DetectRequest> requests;
  for (int i = 0; i < 40; ++i) {
    const std::string name = fmt::format("tool-{}", (i * 7) % 40);
    place.speaker("bin/" + name, "version " + std::to_string(i) + ".0");
    requests.push_back(request(name, test::put(R"json({"programs": ["@"], "ask": {"arguments": [["-v"]]},
      "version": [{"pattern": "version ([0-9.]+)"}]})json",
                                               name)));
  }
  const std::vector<host::ToolReport> reports = place.detect_all(requests);
  REQUIRE(reports.size() == 40);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    CHECK(reports[i].name == requests[i].name);
    CHECK(reports[i].found.at(0).version.text() == std::to_string(i) + ".0");
  }
  CHECK(place.fs->list(place.path("cache")).value() == std::vector<std::string>{"detect.json"});
}

TEST_CASE("several detectors may share a cache") {
  CachedPlace place;
  place.speaker("bin/tool", "version 1.0");
  place.speaker("bin/gcc", gcc_answer("12.2.0"));
  const std::vector<host::DetectRequest> requests = {request("tool", kSimple), request("gcc", kGcc)};
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 5; ++i) {
          host::Detector detector(*place.fs, *place.processes, place.env,
                                  {place.cache, i % 2 == 0, nullptr, false});
          const auto reports = detector.detect(std::span(&requests[static_cast<std::size_t>(t % 2)], 1));
          if (reports && reports->at(0).found.size() == 1) ++right;
        }
      });
  }
  CHECK(right == 20);
}

}  // namespace reef
