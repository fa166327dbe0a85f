#include "core/os/live_folder.h"

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "core/os/byte_stream.h"
#include "core/os/lock.h"
#include "core/os/tree_stamp.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using test::ScratchFolder;

SystemTime now() { return make_system_clock()->now(); }

TEST_CASE("the folder of a living owner survives every sweep, and goes with its owner") {
  ScratchFolder scratch;
  Path path;
  {
    const LiveFolder folder = LiveFolder::create(scratch.disk(), scratch.path(), "run-").value();
    path = folder.path();
    CHECK(sweep_folders(scratch.disk(), scratch.path(), now(), std::chrono::nanoseconds(0)) == 0);
    CHECK(is_folder(scratch.disk(), path));
  }
  CHECK(scratch.disk().list(scratch.path())->empty());
}

TEST_CASE("the folder of a dead owner is swept with all in it") {
  ScratchFolder scratch;
  {
    LiveFolder folder = LiveFolder::create(scratch.disk(), scratch.path(), "run-").value();
    scratch.write(folder.path().filename() / "work/file", "x");
    // What a kill leaves: the folder and its lock's file, which nobody holds.
    const std::string name = folder.path().filename().string();
    scratch.write("copy/file", "x");
    REQUIRE(scratch.disk().rename(scratch / "copy", scratch / "dead-1"));
    scratch.write(".dead-1.lock", "");
    scratch.write(".alone-2.lock", "");
    CHECK(sweep_folders(scratch.disk(), scratch.path(), now()) == 1);
    CHECK(scratch.disk().list(scratch.path()).value() ==
          std::vector<std::string>{"." + name + ".lock", name});
  }
  CHECK(scratch.disk().list(scratch.path())->empty());
}

TEST_CASE("a folder without a lock is swept when it was not changed for long") {
  ScratchFolder scratch;
  scratch.write("old-1/file", "x");
  CHECK(sweep_folders(scratch.disk(), scratch.path(), now()) == 0);
  CHECK(sweep_folders(scratch.disk(), scratch.path(), now() + std::chrono::hours(24 * 8)) == 1);
  CHECK(sweep_folders(scratch.disk(), scratch / "nowhere", now()) == 0);
}

TEST_CASE("a claimed folder has one owner at a time, and begins empty") {
  ScratchFolder scratch;
  scratch.write("place/left", "x");
  std::optional<LiveFolder> folder = LiveFolder::claim(scratch.disk(), scratch / "place").value();
  CHECK(scratch.disk().list(folder->path())->empty());
  Cancellation cancel;
  const auto cancelled =
      LiveFolder::claim(scratch.disk(), scratch / "place", &cancel, [&] { cancel.request(); });
  REQUIRE_FALSE(cancelled);
  CHECK(cancelled.error().code() == ErrorCode::interrupted);
  scratch.write("place/of the first", "x");
  const auto second = LiveFolder::claim(scratch.disk(), scratch / "place", nullptr, [&] { folder.reset(); });
  REQUIRE(second);
  CHECK(scratch.disk().list(second->path())->empty());
}

TEST_CASE("a released folder stays, without its lock") {
  ScratchFolder scratch;
  Path path;
  {
    LiveFolder folder = LiveFolder::create(scratch.disk(), scratch.path(), "kept-").value();
    path = folder.release();
  }
  CHECK(scratch.disk().list(scratch.path()).value() == std::vector<std::string>{path.filename().string()});
}

TEST_CASE("shared locks stand beside each other, and exclude an exclusive one") {
  ScratchFolder scratch;
  const Path file = scratch / "lock";
  const FileLock first = FileLock::acquire(file, {}, nullptr, FileLock::Mode::shared).value();
  std::optional<FileLock> second = FileLock::try_acquire(file, FileLock::Mode::shared).value();
  CHECK(second);
  CHECK_FALSE(FileLock::try_acquire(file).value());
}

TEST_CASE("a lock whose file its holder removed is one on the new file") {
  ScratchFolder scratch;
  const Path file = scratch / "lock";
  std::optional<FileLock> first = FileLock::try_acquire(file).value();
  REQUIRE(first);
  REQUIRE(scratch.disk().remove_file(file));
  const std::optional<FileLock> second = FileLock::try_acquire(file).value();
  CHECK(second);
  CHECK(exists(scratch.disk(), file));
}

TEST_CASE("a stamp changes with every change below a folder, and with nothing else") {
  ScratchFolder scratch;
  const Path file = scratch.write("tree/a/file", "bytes");
  scratch.write("tree/b", "");
  const auto stamp = [&] { return stamp_tree(scratch / "tree").value(); };
  const TreeStamp before = stamp();
  CHECK(before.entries == 3);
  CHECK(before.bytes == 5);
  CHECK(stamp().digest == before.digest);
  CHECK(scratch.read("tree/a/file") == "bytes");
  CHECK(stamp().digest == before.digest);

  SECTION("bytes, even when size and time are put back") {
    const FileStat old = scratch.disk().stat(file).value();
    usleep(20'000);  // the grain of the file system's clock
    REQUIRE(scratch.disk().write_file(file, "BYTES", false));
    REQUIRE(scratch.disk().set_mtime(file, old.mtime_ns));
    CHECK(stamp().digest != before.digest);
  }
  SECTION("a name") {
    REQUIRE(scratch.disk().rename(file, scratch / "tree/a/other"));
    CHECK(stamp().digest != before.digest);
  }
  SECTION("a mode") {
    REQUIRE(scratch.disk().set_mode(file, 0755));
    CHECK(stamp().digest != before.digest);
  }
  SECTION("a file more, and what is skipped does not count") {
    scratch.write("tree/more", "");
    CHECK(stamp().digest != before.digest);
    CHECK(stamp_tree(scratch / "tree", {"more"})->digest == before.digest);
  }
  SECTION("the folder itself may move") {
    REQUIRE(scratch.disk().rename(scratch / "tree", scratch / "moved"));
    CHECK(stamp_tree(scratch / "moved")->digest == before.digest);
    CHECK(stamp_tree(scratch / "tree").error().code() == ErrorCode::not_found);
  }
}

TEST_CASE("a known tree is not read again, one that was changed just now is not known yet") {
  ScratchFolder scratch;
  const Path memory = scratch / "memory/tree";
  const Path file = scratch.write("tree/file", "bytes");
  const auto digest = [&](SystemTime time) {
    return digest_known_tree(scratch.disk(), scratch / "tree", {}, memory, time).value();
  };
  const Digest first = digest(now());
  CHECK(first == digest_tree(scratch.disk(), scratch / "tree").value());
  CHECK_FALSE(exists(scratch.disk(), memory));
  const SystemTime later = now() + std::chrono::seconds(5);
  CHECK(digest(later) == first);
  CHECK(exists(scratch.disk(), memory));
  CHECK(digest(later) == first);
  usleep(20'000);
  scratch.write("tree/file", "BYTES");
  CHECK(digest(later) == digest_tree(scratch.disk(), scratch / "tree").value());
  CHECK(digest(later) != first);
  // A memory that is damaged is none.
  REQUIRE(scratch.disk().write_file(memory, "what", false));
  CHECK(digest(later) == digest_tree(scratch.disk(), scratch / "tree").value());
}

}  // namespace

TEST_CASE("a file that is being written is left alone, and one that a dead process left is removed") {
  ScratchFolder scratch;
  const Path left = scratch.write("out/.writing-1-0.reef", "half of one");
  const Path notes = scratch.write("out/.writing-notes", "somebody's own");
  const OutputFile first = OutputFile::create_beside(scratch / "out/a.reef").value();
  CHECK_FALSE(exists(scratch.disk(), left));
  const OutputFile second = OutputFile::create_beside(scratch / "out/b.reef").value();
  CHECK(scratch.disk().list(scratch / "out").value().size() == 3);
  CHECK(exists(scratch.disk(), notes));
}

TEST_CASE("files that are written beside one another at the same time are all there at the end") {
  ScratchFolder scratch;
  scratch.write("out/notes", "");
  constexpr int kWriters = 4;
  constexpr int kFiles = 200;
  std::atomic<int> failed{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer)
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kFiles; ++i) {
        const Path path = scratch / fmt::format("out/{}-{}.reef", writer, i);
        auto file = OutputFile::create_beside(path);
        if (!file || !file->write_at(0, "whole") || !file->finish(path, false)) ++failed;
      }
    });
  for (std::thread& each : writers) each.join();
  CHECK(failed == 0);
  CHECK(scratch.disk().list(scratch / "out").value().size() == kWriters * kFiles + 1);
}

TEST_CASE("a folder without an owner is swept by its prefix alone") {
  ScratchFolder scratch;
  scratch.write("out/.unpacking-1-0/file", "half of one");
  scratch.write("out/..unpacking-1-0.lock", "");
  scratch.write("out/mine/file", "");
  scratch.write("out/.mine.lock", "");
  const LiveFolder alive = LiveFolder::create(scratch.disk(), scratch / "out", kUnpacking).value();
  sweep_abandoned(scratch.disk(), scratch / "out", kUnpacking);
  CHECK_FALSE(exists(scratch.disk(), scratch / "out/.unpacking-1-0"));
  CHECK(exists(scratch.disk(), alive.path()));
  CHECK(exists(scratch.disk(), scratch / "out/mine/file"));
}

}  // namespace reef
