// Publishing over a disk that breaks at its n-th change, for every n.
#include <catch2/catch.hpp>

#include "core/archive/tree_blobs.h"
#include "core/ops/publish.h"
#include "core/os/environment.h"
#include "core/registry/index_json.h"
#include "core/registry/published_registry.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/sanitized.h"
#include "tests/support/scratch_folder.h"

namespace reef::ops {
namespace {

using test::FaultyFilesystem;
using test::ScratchFolder;
using test::succeeds;
using test::value;

// A registry with one package in it, and another package to be published.
class Shelf {
 public:
  Shelf() {
    succeeds(make_folders(scratch.disk(), scratch / "shelf"));
    succeeds(make_folders(scratch.disk(), scratch / "none"));
    package("ink");
    package("pen");
    env_ = {{"REEF_HOME", (scratch / "home").string()}, {"REEF_PACKAGES", (scratch / "none").string()}};
    succeeds(publish(scratch.disk(), "ink"));
  }

  Status publish(Filesystem& fs, const std::string& name) {
    const Machine machine{fs, *processes_, *clock_, env_, cancel_};
    TRY(const auto session, Session::open(machine, true));
    return ops::publish(*session, {(scratch / name).string(), (scratch / "shelf").string(), nullptr})
        .map([](const Published&) {});
  }

  Status yank(Filesystem& fs) {
    const Machine machine{fs, *processes_, *clock_, env_, cancel_};
    TRY(const auto session, Session::open(machine, true));
    return ops::yank(*session, {"ink@1.0.0", (scratch / "shelf").string(), false, nullptr})
        .map([](const YankedVersion&) {});
  }
  bool is_yanked() {
    const auto registry = value(open_published_registry(scratch.disk(), scratch / "shelf", {}));
    return registry->entry("ink", value(Version::parse("1.0.0")))->yanked;
  }

  // Everything that the root names is there and whole; the names in it.
  std::vector<std::string> names() {
    Filesystem& fs = scratch.disk();
    const auto registry = value(open_published_registry(fs, scratch / "shelf", {}));
    const RegistryRoot root =
        value(read_root("registry.json", value(fs.read_file(scratch / "shelf/registry.json"))));
    for (const auto& [name, digest] : root.packages) {
      const IndexedPackage package =
          value(read_package("", value(fs.read_file(scratch / "shelf" / package_file(name, digest))), name));
      for (const IndexedVersion& version : package.versions) {
        CHECK(registry->digest(name, version.entry.version));
        for (const archive::Blob& blob : archive::blobs_of(value(tree_of(version))))
          CHECK(value(digest_file(scratch / "shelf" / content_file(blob.digest))) == blob.digest);
      }
    }
    return registry->names();
  }

  ScratchFolder scratch;

 private:
  void package(const std::string& name) {
    scratch.write(name + "/reef.json",
                  fmt::format(R"({{"reef": 1, "name": "{}", "version": "1.0.0", "kind": "dataset",
                                                       "license": "MIT", "summary": "x", "sources": [{{"path": "data"}}]}})",
                              name));
    scratch.write(name + "/data/a", name);
    scratch.write(name + "/data/run.sh", "#!/bin/sh\n", 0755);
  }

  std::unique_ptr<ProcessRunner> processes_ = make_process_runner();
  std::unique_ptr<Clock> clock_ = make_system_clock();
  Environment env_;
  Cancellation cancel_;
};

}  // namespace

TEST_CASE(
    "a disk that breaks at any moment of publishing leaves a whole registry, and the same again finishes") {
  const auto fault = GENERATE(FaultyFilesystem::Fault::crash, FaultyFilesystem::Fault::full);
  for (int n = 0;; n += test::kSanitized ? 3 : 1) {
    CAPTURE(n);
    Shelf shelf;
    FaultyFilesystem faulty(shelf.scratch.disk(), n, fault);
    const Status status = shelf.publish(faulty, "pen");
    const std::vector<std::string> names = shelf.names();
    CHECK(names.front() == "ink");
    if (status) CHECK(names.size() == 2);
    succeeds(shelf.publish(shelf.scratch.disk(), "pen"));
    CHECK(shelf.names() == std::vector<std::string>{"ink", "pen"});
    CHECK_FALSE(exists(shelf.scratch.disk(), shelf.scratch / "shelf/.publishing"));
    if (!faulty.crashed()) {
      succeeds(status);
      CHECK(n > 20);
      return;
    }
  }
}

TEST_CASE(
    "a disk that breaks at any moment of yanking leaves a whole registry, and the same again finishes") {
  for (int n = 0;; n += test::kSanitized ? 3 : 1) {
    CAPTURE(n);
    Shelf shelf;
    FaultyFilesystem faulty(shelf.scratch.disk(), n, FaultyFilesystem::Fault::crash);
    const Status status = shelf.yank(faulty);
    CHECK(shelf.names() == std::vector<std::string>{"ink"});
    if (status) CHECK(shelf.is_yanked());
    succeeds(shelf.yank(shelf.scratch.disk()));
    CHECK(shelf.names() == std::vector<std::string>{"ink"});
    CHECK(shelf.is_yanked());
    if (!faulty.crashed()) {
      succeeds(status);
      CHECK(n > 5);
      return;
    }
  }
}

}  // namespace reef::ops
