#include <catch2/catch.hpp>

#include "core/store/store.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/scratch_folder.h"

namespace reef::store {
namespace {

using test::FaultyFilesystem;

PrefixId example() { return {build_key({}), "example", "1.0.0"}; }

Result<Prefix> build(Filesystem& fs, const Path& home) {
  TRY(const Store store, Store::open(fs, home));
  TRY(Store::Begun begun, store.begin(example()));
  if (auto* prefix = std::get_if<Prefix>(&begun)) return std::move(*prefix);
  BuildSlot slot = std::get<BuildSlot>(std::move(begun));
  TRY_STATUS(fs.make_folder(slot.prefix() / "bin"));
  TRY_STATUS(fs.write_file(slot.prefix() / "bin/program", slot.prefix().string(), false));
  TRY_STATUS(fs.make_symlink(slot.prefix().string(), slot.prefix() / "link"));
  TRY_STATUS(fs.write_file(slot.work() / "scrap", "x", false));
  return store.publish(std::move(slot), {});
}

// After whatever happened: a prefix is whole or not there, and the next command gets one.
void check_invariant(test::ScratchFolder& scratch, const Path& home) {
  const Store store = Store::open(scratch.disk(), home).value();
  if (const std::optional<Prefix> prefix = store.find(example())) {
    const Status verified = store.verify(*prefix);
    INFO((verified ? "" : render(verified.error())));
    REQUIRE(verified);
  }
  const Result<Prefix> again = build(scratch.disk(), home);
  INFO((again ? "" : render(again.error())));
  REQUIRE(again);
  REQUIRE(store.verify(*again));
  REQUIRE(scratch.disk().read_file(again->path / "bin/program").value() == again->path.string());
  REQUIRE(store.sweep());
  REQUIRE(scratch.disk().list(home / "stage")->empty());
}

TEST_CASE(
    "a crash at any change of the disk leaves a prefix whole or absent, and the next build carries on") {
  int n = 0;
  for (;; ++n) {
    test::ScratchFolder scratch;
    FaultyFilesystem faulty(scratch.disk(), n);
    const Result<Prefix> built = build(faulty, scratch / "home");
    INFO("crash at change " << n);
    REQUIRE((built || faulty.crashed()));
    if (!faulty.crashed()) break;
    check_invariant(scratch, scratch / "home");
  }
  CHECK(n > 20);
}

TEST_CASE(
    "a disk that is full at any moment ends in an error with a hint, and nothing half-made is visible") {
  int n = 0;
  for (;; ++n) {
    test::ScratchFolder scratch;
    FaultyFilesystem faulty(scratch.disk(), n, FaultyFilesystem::Fault::full);
    const Result<Prefix> built = build(faulty, scratch / "home");
    INFO("full at change " << n);
    if (!faulty.crashed()) {
      REQUIRE(built);
      break;
    }
    REQUIRE_FALSE(built);
    REQUIRE(built.error().code() == ErrorCode::io);
    REQUIRE_FALSE(built.error().hints().empty());
    check_invariant(scratch, scratch / "home");
  }
  CHECK(n > 15);
}

TEST_CASE("a crash at any change while removing leaves a prefix whole or gone") {
  for (int n = 0;; ++n) {
    test::ScratchFolder scratch;
    REQUIRE(build(scratch.disk(), scratch / "home"));
    FaultyFilesystem faulty(scratch.disk(), n);
    const Store store = Store::open(faulty, scratch / "home").value();
    const StoreLock lock = store.lock().value();
    const Status removed = store.remove(example(), lock);
    INFO("crash at change " << n);
    REQUIRE((removed || faulty.crashed()));
    if (!faulty.crashed()) break;
    check_invariant(scratch, scratch / "home");
  }
}

}  // namespace
}  // namespace reef::store
