#include "core/model/lockfile.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

namespace reef {
namespace {

using Texts = std::vector<std::string>;

Version version(std::string_view text) { return Version::parse_loose(text).value(); }

Lockfile example() {
  LockedPackage digits;
  digits.name = "digits";
  digits.version = version("1.0.0");
  digits.kind = PackageKind::dataset;
  digits.digest = sha256("digits");
  digits.sources = {{SourceKind::url, "https://example.org/d.gz", sha256("d"), "", "", ""},
                    {SourceKind::git, "https://example.org/r.git", {}, std::string(40, 'a'), "", ""}};
  LockedPackage classifier;
  classifier.name = "digits-classifier";
  classifier.version = version("2.0.0");
  classifier.kind = PackageKind::model;
  classifier.origin = Origin::path;
  classifier.path = ".";
  classifier.options = {{"engine", "native"}, {"model", "cnn-m"}};
  classifier.dependencies = {{"dataset", {"digits", Purpose::both}}, {"compiler", {"gcc", Purpose::build}}};
  LockedTool gcc;
  gcc.name = "gcc";
  gcc.version = version("12.2.0");
  gcc.required = VersionRange::parse(">=11").value();
  Lockfile lock;
  lock.root = "digits-classifier";
  lock.platforms["linux-x86_64"] = {{digits, classifier}, {gcc}};
  normalize(lock);
  return lock;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Lockfile read(const std::string& text) {
  json::Problems problems;
  const json::Document document = json::parse("reef.lock", text).value();
  Lockfile lock = read_lockfile(document, problems);
  REQUIRE(problems.empty());
  return lock;
}

}  // namespace

TEST_CASE("a lock that is written and read again is the same lock") {
  const Lockfile lock = example();
  CHECK(write_lockfile(lock) == text_of(std::string(REEF_TEST_DATA) + "/good/lock/example.json"));
  CHECK(read(write_lockfile(lock)) == lock);
  Lockfile asked;
  asked.requirements = {"ninja >=1", "digits ^1"};
  asked.platforms["linux-aarch64"] = {};
  const Lockfile again = read(write_lockfile(asked));
  CHECK(again.requirements == Texts{"digits ^1", "ninja >=1"});
  CHECK(write_lockfile(again) == write_lockfile(asked));
}

TEST_CASE("the order in which a lock was filled does not show in its bytes") {
  const std::string expected = write_lockfile(example());
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    Lockfile lock = example();
    std::shuffle(lock.platforms["linux-x86_64"].packages.begin(),
                 lock.platforms["linux-x86_64"].packages.end(), random);
    CHECK(write_lockfile(lock) == expected);
  }
}

TEST_CASE("every problem of a lock is reported at its place") {
  const std::string folder = std::string(REEF_TEST_DATA) + "/bad/lock/";
  for (const std::string name :
       {"many-problems", "unknown-package", "source-digests", "not-a-lock", "format-newer"}) {
    json::Problems problems;
    const json::Document document = json::parse(name + ".json", text_of(folder + name + ".json")).value();
    read_lockfile(document, problems);
    std::string out;
    for (const Error& error : problems.sorted()) out += render(error);
    const std::string expected = folder + name + ".json.expected";
    if (std::getenv("REEF_ACCEPT") != nullptr) std::ofstream(expected, std::ios::binary) << out;
    CHECK(out != "");
    CHECK(out == text_of(expected));
  }
}

TEST_CASE("what differs between two locks is said in words") {
  const Lockfile before = example();
  CHECK(differences(before, before).empty());
  Lockfile now = before;
  LockedPlatform& platform = now.platforms["linux-x86_64"];
  platform.packages[0].version = version("1.1.0");
  platform.packages[1].options["engine"] = "openblas";
  platform.packages[1].dependencies["engine"] = {"openblas", Purpose::run};
  platform.packages[1].dependencies.erase("dataset");
  platform.host[0].version = version("13.1.0");
  LockedTool openblas;
  openblas.name = "openblas";
  openblas.version = version("0.3.21");
  platform.host.push_back(openblas);
  CHECK(differences(before, now) ==
        Texts{"digits 1.0.0 -> 1.1.0", "digits-classifier: engine native -> openblas",
              "digits-classifier: no longer needs dataset", "digits-classifier: now needs openblas as engine",
              "gcc: locked 12.2.0, this host has 13.1.0", "openblas 0.3.21: added"});
  CHECK(differences(now, before).back() == "openblas 0.3.21: no longer needed");
}

TEST_CASE("a tool in the locked range is no difference when that is enough") {
  const Lockfile before = example();
  Lockfile now = before;
  now.platforms["linux-x86_64"].host[0].version = version("13.1.0");
  CHECK(differences(before, now, true).empty());
  now.platforms["linux-x86_64"].host[0].version = version("10.1.0");
  CHECK(differences(before, now, true) == Texts{"gcc: locked 12.2.0, this host has 10.1.0"});
}

TEST_CASE("a lock for several platforms is read and written again as it was") {
  const std::string text = text_of(std::string(REEF_TEST_DATA) + "/good/lock/platforms.json");
  const Lockfile lock = read(text);
  CHECK(write_lockfile(lock) == text);
  const LockedTool* compiler = lock.platforms.at("macos-aarch64").find_tool("c++-compiler");
  REQUIRE(compiler != nullptr);
  CHECK(compiler->capability);
  CHECK(!compiler->found);
}

TEST_CASE("a part that was written elsewhere leaves the tools open") {
  const std::string id = "linux-x86_64";
  Lockfile elsewhere = example();
  LockedTool open{"c++-compiler", {}, VersionRange::parse(">=11").value(), false, true, {}};
  elsewhere.platforms[id].host = {open};
  elsewhere.platforms[id].packages[1].dependencies["compiler"].package = "c++-compiler";
  CHECK(read(write_lockfile(elsewhere)) == elsewhere);
  // Settled on a host: whatever provides the capability agrees, and the version that was not known.
  const Lockfile here = example();
  CHECK(differences(elsewhere, here, true).empty());
  elsewhere.platforms[id].packages[0].version = version("0.9.0");
  CHECK(differences(elsewhere, here, true) == Texts{"digits 0.9.0 -> 1.0.0"});
  Lockfile without = here;
  without.platforms[id].host.clear();
  without.platforms[id].packages[1].dependencies.erase("compiler");
  CHECK(differences(elsewhere, without, true).back() == "c++-compiler: no longer needed");
}

TEST_CASE("a tool that serves as an open capability is asked for in the range of both") {
  const std::string id = "linux-x86_64";
  Lockfile elsewhere = example();
  LockedTool& gcc = elsewhere.platforms[id].host[0];
  gcc.found = false;
  gcc.required = VersionRange::parse(">=10").value();
  LockedTool open{"c++-compiler", {}, VersionRange::parse(">=11").value(), false, true, {}};
  elsewhere.platforms[id].host.push_back(open);
  elsewhere.platforms[id].packages[1].dependencies["compiler"].package = "c++-compiler";
  Lockfile here = example();
  LockedTool& found = here.platforms[id].host[0];
  found.required = VersionRange::parse(">=11").value();
  CHECK(differences(elsewhere, here, true).empty());
  found.required = VersionRange::parse(">=12").value();
  CHECK(differences(elsewhere, here, true) == Texts{"gcc: locked as >=11.0.0, now >=12"});
  // It gives the capability a version of its own.
  found.required = VersionRange::parse(">=10").value();
  CHECK(differences(elsewhere, here, true).empty());
}

TEST_CASE("what differs on every platform is said once, what differs on one with its name") {
  Lockfile before = example();
  before.platforms["macos-aarch64"] = before.platforms["linux-x86_64"];
  Lockfile now = before;
  for (auto& [id, part] : now.platforms) part.packages[0].version = version("1.1.0");
  now.platforms["macos-aarch64"].packages[1].options["engine"] = "metal";
  CHECK(differences(before, now) ==
        Texts{"digits 1.0.0 -> 1.1.0", "digits-classifier: engine native -> metal (macos-aarch64)"});
}

TEST_CASE("changed content under one version is a difference") {
  const Lockfile before = example();
  Lockfile now = before;
  now.platforms["linux-x86_64"].packages[0].digest = sha256("other");
  const Texts phrases = differences(before, now);
  REQUIRE(phrases.size() == 1);
  CHECK(phrases[0] == fmt::format("digits 1.0.0: locked content {}, now {}", sha256("digits").brief(),
                                  sha256("other").brief()));
  Lockfile elsewhere = before;
  elsewhere.platforms = {{"linux-aarch64", before.platforms.at("linux-x86_64")}};
  CHECK(differences(before, elsewhere) == Texts{"linux-aarch64 is not locked"});
}

}  // namespace reef
