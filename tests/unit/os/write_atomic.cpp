#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "core/os/filesystem.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using test::FaultyFilesystem;
using test::ScratchFolder;
using test::succeeds;
using test::value;

TEST_CASE("an atomic write that breaks at any step leaves the old bytes or the new ones") {
  ScratchFolder scratch;
  for (int n = 0;; ++n) {
    scratch.write("file", "old");
    FaultyFilesystem faulty(scratch.disk(), n);
    const Status status = write_atomic(faulty, scratch / "file", "new bytes");
    const std::string seen = scratch.read("file");
    REQUIRE((seen == "old" || seen == "new bytes"));
    REQUIRE(status.has_value() == !faulty.crashed());
    if (faulty.crashed()) continue;
    CHECK(seen == "new bytes");
    CHECK(n >= 3);  // the bytes, the name, the folder
    return;
  }
}

TEST_CASE("an atomic write of a new file that breaks leaves no file of that name, or a whole one") {
  for (int n = 0;; ++n) {
    ScratchFolder scratch;
    FaultyFilesystem faulty(scratch.disk(), n);
    const Status status = write_atomic(faulty, scratch / "file", "new bytes");
    if (exists(scratch.disk(), scratch / "file")) REQUIRE(scratch.read("file") == "new bytes");
    if (faulty.crashed()) continue;
    CHECK(status.has_value());
    CHECK(value(scratch.disk().list(scratch.path())) == std::vector<std::string>{"file"});
    return;
  }
}

TEST_CASE("an atomic write that the system refuses leaves nothing beside the file") {
  ScratchFolder scratch;
  succeeds(scratch.disk().make_folder(scratch / "folder"));
  scratch.write("folder/inner", "x");
  const Status status = write_atomic(scratch.disk(), scratch / "folder", "bytes");
  REQUIRE(!status);
  CHECK(status.error().code() == ErrorCode::io);
  CHECK(value(scratch.disk().list(scratch.path())) == std::vector<std::string>{"folder"});
}

TEST_CASE("what killed processes left of atomic writes can be removed") {
  ScratchFolder scratch;
  const std::string dead = "999999999-0";  // no process has such a number
  const std::string living = std::to_string(getpid()) + "-0";
  for (const std::string& name : {".file." + dead, ".file." + living, ".other." + dead, ".file." + dead + "x",
                                  std::string(".file.0-0"), std::string("file")})
    scratch.write(name, "x");
  sweep_unfinished(scratch.disk(), scratch / "file");
  CHECK(value(scratch.disk().list(scratch.path())) == std::vector<std::string>{".file.0-0", ".file." + living,
                                                                               ".file." + dead + "x",
                                                                               ".other." + dead, "file"});
}

TEST_CASE("an error of an atomic write names the file that was asked for") {
  ScratchFolder scratch;
  const Status status = write_atomic(scratch.disk(), scratch / "no/file", "bytes");
  REQUIRE(!status);
  CHECK(status.error().code() == ErrorCode::not_found);
  CHECK(render(status.error())
            .find(": No such file or directory\n  while writing `" + (scratch / "no/file").string() +
                  "`\n") != std::string::npos);
}

TEST_CASE("a name of the longest length can be written") {
  ScratchFolder scratch;
  const std::string name(255, 'n');
  succeeds(write_atomic(scratch.disk(), scratch / name, "x"));
  CHECK(scratch.read(name) == "x");
}

TEST_CASE("a file in the current folder can be written by its bare name") {
  ScratchFolder scratch;
  const Path before = std::filesystem::current_path();
  std::filesystem::current_path(scratch.path());
  const Status status = write_atomic(scratch.disk(), "bare", "x");
  std::filesystem::current_path(before);
  succeeds(status);
  CHECK(scratch.read("bare") == "x");
}

TEST_CASE("a file keeps its permissions when it is written again") {
  ScratchFolder scratch;
  scratch.write("file", "old", 0600);
  succeeds(write_atomic(scratch.disk(), scratch / "file", "new"));
  CHECK(value(scratch.disk().stat(scratch / "file")).mode == 0600);
}

TEST_CASE("a link stays one, and the file that it leads to is written") {
  ScratchFolder scratch;
  Filesystem& disk = scratch.disk();
  succeeds(disk.make_folder(scratch / "there"));
  scratch.write("there/file", "old", 0600);
  succeeds(disk.make_symlink("there/file", scratch / "inner"));
  succeeds(disk.make_symlink((scratch / "inner").string(), scratch / "outer"));
  succeeds(write_atomic(disk, scratch / "outer", "new"));
  CHECK(value(disk.read_symlink(scratch / "outer")) == (scratch / "inner").string());
  CHECK(value(disk.read_symlink(scratch / "inner")) == "there/file");
  CHECK(scratch.read("there/file") == "new");
  CHECK(value(disk.stat(scratch / "there/file")).mode == 0600);
  CHECK(value(disk.list(scratch / "there")) == std::vector<std::string>{"file"});

  succeeds(disk.make_symlink("there/made", scratch / "dangling"));
  succeeds(write_atomic(disk, scratch / "dangling", "new"));
  CHECK(scratch.read("there/made") == "new");

  succeeds(disk.make_symlink("loop", scratch / "loop"));
  CHECK_FALSE(write_atomic(disk, scratch / "loop", "new"));
}

TEST_CASE("readers see whole files while several threads write") {
  ScratchFolder scratch;
  scratch.write("file", std::string(100'000, 'a'));
  std::atomic<bool> torn{false};
  std::vector<std::thread> threads;
  for (const char letter : {'b', 'c', 'd'})
    threads.emplace_back([&, letter] {
      const auto disk = make_disk();
      for (int round = 0; round < 4; ++round)
        if (!write_atomic(*disk, scratch / "file", std::string(100'000, letter))) torn = true;
    });
  threads.emplace_back([&] {
    const auto disk = make_disk();
    for (int round = 0; round < 200; ++round) {
      const auto bytes = disk->read_file(scratch / "file");
      if (!bytes || bytes->size() != 100'000 || bytes->find_first_not_of(bytes->front()) != std::string::npos)
        torn = true;
    }
  });
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(torn.load());
  CHECK(value(scratch.disk().list(scratch.path())) == std::vector<std::string>{"file"});
}

}  // namespace
}  // namespace reef
