#include "core/ops/archive_files.h"

#include <catch2/catch.hpp>

#include "core/archive/pack.h"
#include "core/model/lockfile.h"
#include "core/os/environment.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

using namespace reef;
using reef::test::ScratchFolder;
using reef::test::value;

namespace {

// An archive that says it holds pen 1.0.0 under the MIT licence; what verifying says.
std::string verified(const std::string& manifest, const std::string& locked) {
  ScratchFolder scratch;
  scratch.write("pen/reef.json", manifest);
  archive::PackInput input;
  input.contents.name = "pen";
  input.contents.version = "1.0.0";
  input.contents.platforms = {"linux-x86_64"};
  archive::ArchivedPackage root;
  root.name = "pen";
  root.version = "1.0.0";
  root.kind = "program";
  root.license = "MIT";
  root.role = archive::Role::root;
  input.trees[root.place()] = {scratch / "pen", {}};
  input.contents.packages = {root};
  Lockfile lock;
  LockedPackage package;
  package.name = locked;
  package.version = value(Version::parse("1.0.0"));
  package.origin = Origin::path;
  lock.platforms["linux-x86_64"].packages = {package};
  input.lock = write_lockfile(lock);
  input.provenance = [](const archive::Contents&) { return "{}\n"; };
  REQUIRE(archive::write_archive(input, scratch / "pen.reef", {}, scratch.disk()));
  const auto processes = make_process_runner();
  const auto clock = make_system_clock();
  const Environment env;
  const Cancellation cancel;
  const auto read =
      ops::verify_file({scratch.disk(), *processes, *clock, env, cancel}, (scratch / "pen.reef").string());
  if (read) return "good";
  CHECK(read.error().code() == ErrorCode::integrity);
  return read.error().message();
}

std::string manifest(const std::string& name, const std::string& version, const std::string& license) {
  return R"({"reef": 1, "name": ")" + name + R"(", "version": ")" + version +
         R"(", "kind": "program", "summary": "s", "license": ")" + license + R"("})";
}

}  // namespace

TEST_CASE("verifying compares manifest and lock with what the archive says of them") {
  CHECK(verified(manifest("pen", "1.0.0", "MIT"), "pen") == "good");
  CHECK(verified(manifest("ink", "1.0.0", "MIT"), "pen") ==
        "the archive says that the name is `pen`, and its manifest says `ink`");
  CHECK(verified(manifest("pen", "2.0.0", "MIT"), "pen") ==
        "the archive says that the version is `1.0.0`, and its manifest says `2.0.0`");
  CHECK(verified(manifest("pen", "1.0.0", "ISC"), "pen") ==
        "the archive says that the licence is `MIT`, and its manifest says `ISC`");
  CHECK(verified(manifest("pen", "1.0.0", "MIT"), "ink") ==
        "`reef.lock` of the archive is not that of pen 1.0.0");
}
