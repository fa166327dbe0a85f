// Whole verbs over a disk that breaks at its n-th change, for every n.
#include <catch2/catch.hpp>

#include "core/ops/archive_files.h"
#include "core/ops/gc.h"
#include "core/ops/install.h"
#include "core/ops/pack.h"
#include "core/ops/run.h"
#include "core/ops/store.h"
#include "core/os/environment.h"
#include "core/record/record_store.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/sanitized.h"
#include "tests/support/scratch_folder.h"

namespace reef::ops {
namespace {

using test::FaultyFilesystem;
using test::ScratchFolder;

// A home and a catalogue of two packages, of which `whole` needs `part`. Building them starts no program.
class World {
 public:
  World() {
    scratch_.write("packages/part/reef.json",
                   R"({"reef": 1, "name": "part", "version": "1.0.0", "kind": "dataset",
                       "sources": [{"path": "data"}]})");
    scratch_.write("packages/part/data/a", "a");
    scratch_.write("packages/part/data/b", "b", 0755);
    scratch_.write("packages/whole/reef.json",
                   R"({"reef": 1, "name": "whole", "version": "1.0.0", "kind": "dataset",
                       "sources": [{"path": "data"}], "dependencies": {"part": {"package": "part"}},
                       "actions": {"go": {"run": [["true"]]}}})");
    scratch_.write("packages/whole/data/c", "c");
    test::succeeds(disk().make_folder(scratch_ / "archives"));
    env_ = {{"REEF_HOME", (scratch_ / "home").string()}, {"REEF_PACKAGES", (scratch_ / "packages").string()}};
  }

  Filesystem& disk() { return scratch_.disk(); }
  Home home() { return {scratch_ / "home"}; }
  Machine machine(Filesystem& fs) { return {fs, *processes_, *clock_, env_, cancel_}; }

  Status install(Filesystem& fs) {
    return with_plan(fs, [](Session& session, const Plan& plan, Reporter& reporter) {
      return ops::install(session, plan, {1, true}, reporter).map([](const Installed&) {});
    });
  }
  Status run(Filesystem& fs) {
    return with_plan(fs, [](Session& session, const Plan& plan, Reporter& reporter) {
      RunRequest request;
      request.action = "go";
      request.parallel = 1;
      return ops::run(session, plan, request, reporter).map([](const RunReport&) {});
    });
  }
  Status collect(Filesystem& fs) {
    GcRequest request;
    request.unused = std::chrono::nanoseconds(0);
    return gc(machine(fs), home(), request).map([](const GcReport&) {});
  }

  Status pack(Filesystem& fs) {
    const Machine broken = machine(fs);
    TRY(const auto session, Session::open(broken, true));
    Reporter reporter;
    PackRequest request;
    request.package = "whole";
    request.records = {"all"};
    request.with_builds = true;
    request.output = scratch_ / "archives/whole.reef";
    request.threads = 1;
    return ops::pack(*session, request, reporter).map([](const PackReport&) {});
  }

  // After whatever happened: the archive is whole or not there, the store verifies, every record is whole,
  // and the next commands finish the work.
  void check() {
    const Machine sound = machine(disk());
    const auto session = test::value(Session::open(sound, true));
    Reporter reporter;
    for (const Verdict& verdict : test::value(verify_store(*session, {}, reporter))) {
      INFO(verdict.name << ": " << (verdict.damages.empty() ? "" : verdict.damages.front()));
      REQUIRE(verdict.end == Verdict::End::whole);
    }
    if (const Path archive = scratch_ / "archives/whole.reef"; exists(disk(), archive))
      test::value(verify_file(sound, archive.string()));
    RecordStore records(disk(), *clock_, home().root);
    const RecordList list = test::value(records.list());
    REQUIRE(list.problems.empty());
    for (const RecordRow& row : list.rows) test::succeeds(records.verify(row.id));
    test::succeeds(run(disk()));
    REQUIRE(test::value(records.list()).matching == list.matching + 1);
    test::succeeds(collect(disk()));
    for (const char* folder : {"store", "stage", "tmp", "records/.staging", "locks/users"})
      REQUIRE(disk().list(home().root / folder).value_or(std::vector<std::string>()).empty());
  }

 private:
  template <class Work>
  Status with_plan(Filesystem& fs, const Work& work) {
    const Machine broken = machine(fs);
    TRY(const auto session, Session::open(broken, true));
    Reporter reporter;
    TRY(const Target target, find_target(*session, "whole", {}));
    TRY(const Plan plan, require_plan(*session, target, {}, reporter));
    return work(*session, plan, reporter);
  }

  ScratchFolder scratch_;
  std::unique_ptr<ProcessRunner> processes_ = make_process_runner();
  std::unique_ptr<Clock> clock_ = make_system_clock();
  Environment env_;
  Cancellation cancel_;
};

// Breaks `work` at its n-th change for n = 0, 1, 2, ... until it gets through; `prepare` runs undisturbed
// before. Returns how many changes there are.
int break_everywhere(FaultyFilesystem::Fault fault, Status (World::*prepare)(Filesystem&),
                     Status (World::*work)(Filesystem&)) {
  for (int n = 0;; n += test::kSanitized ? 3 : 1) {
    World world;
    if (prepare != nullptr) test::succeeds((world.*prepare)(world.disk()));
    FaultyFilesystem faulty(world.disk(), n, fault);
    const Status status = (world.*work)(faulty);
    INFO("broken at change " << n << (status ? "" : ": " + render(status.error())));
    REQUIRE((status || faulty.crashed()));
    if (!faulty.crashed()) return n;
    if (!status) REQUIRE(status.error().code() != ErrorCode::bug);
    world.check();
  }
}

TEST_CASE(
    "an install that crashes at any change of the disk leaves a sound store, and the next one finishes") {
  CHECK(break_everywhere(FaultyFilesystem::Fault::crash, nullptr, &World::install) > 50);
}

TEST_CASE("an install on a disk that is full at any moment leaves a sound store") {
  CHECK(break_everywhere(FaultyFilesystem::Fault::full, nullptr, &World::install) > 30);
}

TEST_CASE("a run that crashes at any change leaves no half a record") {
  CHECK(break_everywhere(FaultyFilesystem::Fault::crash, &World::install, &World::run) > 20);
}

TEST_CASE("a garbage collection that crashes at any change leaves prefixes whole or gone") {
  CHECK(break_everywhere(FaultyFilesystem::Fault::crash, &World::run, &World::collect) > 20);
}

TEST_CASE("a pack that crashes at any change leaves the whole archive or none") {
  CHECK(break_everywhere(FaultyFilesystem::Fault::crash, &World::run, &World::pack) > 0);
}

TEST_CASE("a pack on a disk that is full at any moment leaves the whole archive or none") {
  CHECK(break_everywhere(FaultyFilesystem::Fault::full, &World::run, &World::pack) > 0);
}

}  // namespace
}  // namespace reef::ops
