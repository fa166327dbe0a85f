#include "core/os/lock.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "core/os/process.h"
#include "core/os/process_usage.h"
#include "tests/support/processes.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using namespace std::chrono_literals;
using test::ScratchFolder;
using test::value;

// Another process that holds the lock; returns when it does.
std::unique_ptr<Child> holder_of(const Path& path) {
  ProcessSpec spec;
  spec.argv = {REEF_TEST_CHILD, "lock", path.string()};
  auto child = value(make_process_runner()->start(spec));
  std::string said(5, '\0');
  REQUIRE(read(child->output_fd(), said.data(), said.size()) == 5);
  REQUIRE(said == "held\n");
  return child;
}

TEST_CASE("a lock excludes other threads and is free again when it ends") {
  ScratchFolder scratch;
  const Path path = scratch / "lock";
  {
    const FileLock lock = value(FileLock::acquire(path));
    CHECK_FALSE(value(FileLock::try_acquire(path)).has_value());
    std::thread([&] { CHECK_FALSE(value(FileLock::try_acquire(path)).has_value()); }).join();
  }
  CHECK(value(FileLock::try_acquire(path)).has_value());
}

TEST_CASE("a lock that another process holds is busy when patience is over") {
  ScratchFolder scratch;
  const auto holder = holder_of(scratch / "lock");
  CHECK_FALSE(value(FileLock::try_acquire(scratch / "lock")).has_value());
  const auto result = FileLock::acquire(scratch / "lock", 50ms);
  REQUIRE(!result);
  CHECK(result.error().code() == ErrorCode::busy);
  CHECK(render(result.error()) ==
        fmt::format("error: `{}` is locked by another process\n", (scratch / "lock").string()));
}

TEST_CASE("who has a lock's file open is told by name") {
  ScratchFolder scratch;
  const auto holder = holder_of(scratch / "lock");
  const std::vector<ProcessName> openers = read_openers(scratch.disk(), scratch / "lock");
  REQUIRE(openers.size() == 1);
  CHECK(openers.front().pid == holder->pid());
  CHECK(openers.front().program == "test_child");
  CHECK(read_openers(scratch.disk(), scratch / "nothing").empty());
}

TEST_CASE("a lock is free at once when the process that held it ends, however it ends") {
  ScratchFolder scratch;
  for (const bool killed : {false, true}) {
    const auto holder = holder_of(scratch / "lock");
    std::thread ender([&] {
      std::this_thread::sleep_for(50ms);
      if (killed)
        kill(holder->pid(), SIGKILL);
      else
        holder->close_input();
    });
    CHECK(FileLock::acquire(scratch / "lock", 10s).has_value());
    ender.join();
  }
}

TEST_CASE("waiting for a lock can be cancelled") {
  ScratchFolder scratch;
  const auto holder = holder_of(scratch / "lock");
  Cancellation cancel;
  std::thread other([&] {
    std::this_thread::sleep_for(50ms);
    cancel.request();
  });
  const auto result = FileLock::acquire(scratch / "lock", std::nullopt, &cancel);
  other.join();
  REQUIRE(!result);
  CHECK(result.error().code() == ErrorCode::interrupted);
}

TEST_CASE("a child that we start does not inherit our lock") {
  ScratchFolder scratch;
  std::unique_ptr<Child> child;
  {
    const FileLock lock = value(FileLock::acquire(scratch / "lock"));
    ProcessSpec spec;
    spec.argv = {REEF_TEST_CHILD, "sleep"};
    child = value(make_process_runner()->start(spec));
  }
  CHECK(value(FileLock::try_acquire(scratch / "lock")).has_value());
}

TEST_CASE("a lock moves with its object") {
  ScratchFolder scratch;
  std::optional<FileLock> outer;
  {
    FileLock inner = value(FileLock::acquire(scratch / "lock"));
    outer = std::move(inner);
  }
  CHECK_FALSE(value(FileLock::try_acquire(scratch / "lock")).has_value());
  outer.reset();
  CHECK(value(FileLock::try_acquire(scratch / "lock")).has_value());
}

TEST_CASE("taking another lock gives the first one back at once") {
  ScratchFolder scratch;
  FileLock lock = value(FileLock::acquire(scratch / "first"));
  lock = value(FileLock::acquire(scratch / "second"));
  CHECK(value(FileLock::try_acquire(scratch / "first")).has_value());
  CHECK_FALSE(value(FileLock::try_acquire(scratch / "second")).has_value());
}

TEST_CASE("a lock in a folder that is not there is an error") {
  ScratchFolder scratch;
  const auto result = FileLock::acquire(scratch / "no/lock");
  REQUIRE(!result);
  CHECK(render(result.error()) == fmt::format("error: cannot open the lock `{}`: No such file or directory\n",
                                              (scratch / "no/lock").string()));
}

TEST_CASE("a counter under a lock is never wrong, with threads in several processes' place") {
  ScratchFolder scratch;
  scratch.write("counter", "0");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const auto disk = make_disk();
      for (int round = 0; round < 25; ++round) {
        const auto lock = FileLock::acquire(scratch / "lock");
        const int count = std::stoi(disk->read_file(scratch / "counter").value());
        (void)disk->write_file(scratch / "counter", std::to_string(count + 1), false);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(scratch.read("counter") == "100");
}

}  // namespace
}  // namespace reef
