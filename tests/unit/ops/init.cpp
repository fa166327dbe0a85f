#include "core/ops/init.h"

#include <catch2/catch.hpp>

#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef::ops {
namespace {

using test::FaultyFilesystem;
using test::ScratchFolder;
using test::value;

}  // namespace

TEST_CASE("a full disk leaves nothing behind of a package that was begun, whenever it is full") {
  for (int n = 0;; ++n) {
    ScratchFolder scratch;
    Filesystem& disk = scratch.disk();
    REQUIRE(make_folders(disk, scratch / "mine"));
    const std::vector<std::string> before = value(disk.list(scratch / "mine"));
    FaultyFilesystem faulty(disk, n, FaultyFilesystem::Fault::full);
    const Result<Initialised> made = init(faulty, {scratch / "mine/new/deep", "program", "hello"});
    INFO(n);
    if (!faulty.crashed()) {
      CHECK(made->files.front() == "reef.json");
      CHECK(n > 3);
      return;
    }
    CHECK_FALSE(made);
    CHECK(value(disk.list(scratch / "mine")) == before);
    CHECK(init(disk, {scratch / "mine/new/deep", "program", "hello"}));
  }
}

}  // namespace reef::ops
