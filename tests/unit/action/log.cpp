#include "core/action/log.h"

#include <catch2/catch.hpp>

#include "core/base/text.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/support/scratch_folder.h"

namespace reef::action {
namespace {

TEST_CASE("a log keeps its head and its tail, and says how much was cut between them") {
  test::ScratchFolder scratch;
  Log log = Log::create(scratch.disk(), scratch / "log", 10, 10).value();
  log.append("0123");
  CHECK(scratch.read("log") == "0123");
  log.append("456789abc");
  for (int i = 0; i < 1000; ++i) log.append("some more ");
  log.append("the end");
  REQUIRE(log.finish());
  CHECK(log.bytes() == 10020);
  CHECK(log.cut() == 10000);
  CHECK(scratch.read("log") == "0123456789\n[reef: 9.77 KiB (10000 bytes) cut here]\nre the end");
}

TEST_CASE("a log of exactly head and tail is whole") {
  test::ScratchFolder scratch;
  Log log = Log::create(scratch.disk(), scratch / "log", 4, 3).value();
  log.append("0123456");
  REQUIRE(log.finish());
  CHECK(log.cut() == 0);
  CHECK(scratch.read("log") == "0123456");
}

TEST_CASE("the last lines are whole, few, short and safe on a terminal") {
  test::ScratchFolder scratch;
  Log log = Log::create(scratch.disk(), {}).value();
  CHECK(log.last_lines().empty());
  for (int i = 0; i < 50000; ++i) log.append(fmt::format("line {}\n", i));
  log.append("\x1b[31mred\r\n" + std::string(5000, 'x'));
  const std::vector<std::string> lines = log.last_lines(3);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "line 49999");
  CHECK(lines[1] == "\\x1b[31mred");
  CHECK(lines[2] == std::string(1000, 'x'));
}

TEST_CASE("a log on a full disk goes on without waiting and tells at the end") {
  test::ScratchFolder scratch;
  test::FaultyFilesystem full(scratch.disk(), 2, test::FaultyFilesystem::Fault::full);
  Log log = Log::create(full, scratch / "log").value();
  log.append("one ");
  log.append("two ");
  log.append("three ");
  const Status status = log.finish();
  REQUIRE_FALSE(status);
  CHECK(render(status.error()).find("while writing the log\nhint: the disk is full") != std::string::npos);
  CHECK(log.last_lines().front() == "one two three ");
}

}  // namespace
}  // namespace reef::action
