// A child that we talk to while it runs.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "core/os/process.h"
#include "tests/support/processes.h"
#include "tests/support/results.h"
#include "tests/support/scratch_folder.h"

namespace reef {
namespace {

using namespace std::chrono_literals;
using test::alive;
using test::comes_true;
using test::ScratchFolder;
using test::value;

std::unique_ptr<Child> start(const std::string& action, const std::string& argument = "",
                             std::size_t keep = 1 << 20) {
  ProcessSpec spec;
  spec.argv = {REEF_TEST_CHILD, action, argument};
  spec.keep = keep;
  return value(make_process_runner()->start(spec));
}

void say(Child& child, const std::string& text) {
  REQUIRE(write(child.input_fd(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

std::string heard(Child& child, std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t at = 0; at < size;) {
    const ssize_t got = read(child.output_fd(), text.data() + at, size - at);
    if (got <= 0) return text.substr(0, at);
    at += static_cast<std::size_t>(got);
  }
  return text;
}

TEST_CASE("a conversation over pipes ends when its input is closed") {
  const auto child = start("echo");
  for (const std::string line : {"hello\n", "\xE2\x82\xAC\n", "\n"}) {
    say(*child, line);
    CHECK(heard(*child, line.size()) == line);
  }
  child->close_input();
  const ProcessResult result = value(child->wait(10s));
  CHECK(result.kind == ExitKind::exited);
  CHECK(result.status == 0);
  CHECK(result.err == "end of input\n");
}

TEST_CASE("what a child wrote to its standard error is complete once it was waited for") {
  for (int round = 0; round < 30; ++round) {
    const auto child = start("flood-errors", "300000", 1'000'000);
    const ProcessResult result = value(child->wait(10s));
    REQUIRE(result.err.size() > 300'000);
    REQUIRE(result.err.ends_with("the end\n"));
    REQUIRE(child->error_output() == result.err);
  }
}

TEST_CASE("of a long standard error the last bytes are kept") {
  const auto child = start("flood-errors", "1000000", 8);
  CHECK(value(child->wait(10s)).err == "the end\n");
}

TEST_CASE("waiting twice gives the same answer") {
  const auto child = start("exit", "9");
  CHECK(value(child->wait(10s)).status == 9);
  CHECK(value(child->wait(10s)).status == 9);
  child->stop();
}

TEST_CASE("a child that does not end in time is stopped") {
  const auto child = start("sleep");
  const ProcessResult result = value(child->wait(100ms));
  CHECK(result.kind == ExitKind::timed_out);
  CHECK_FALSE(alive(child->pid()));
}

TEST_CASE("a patience without end is not an overflow") {
  const auto child = start("exit", "2");
  CHECK(value(child->wait(std::chrono::milliseconds::max())).status == 2);
}

TEST_CASE("stop ends a child that is deaf to SIGTERM") {
  const auto child = start("deaf");
  const int number = child->pid();
  child->stop();
  CHECK_FALSE(alive(number));
}

TEST_CASE("a child and its children end with the object that stands for them") {
  ScratchFolder scratch;
  std::vector<int> numbers;
  {
    const auto child = start("family", (scratch / "numbers").string());
    CHECK(heard(*child, 6) == "ready\n");
    std::istringstream text(scratch.read("numbers"));
    for (int number = 0; text >> number;) numbers.push_back(number);
    REQUIRE(numbers.size() == 3);
    for (const int number : numbers) CHECK(alive(number));
  }
  for (const int number : numbers) CHECK(comes_true([&] { return !alive(number); }));
}

TEST_CASE("a daemon that keeps standard error open does not keep us") {
  ScratchFolder scratch;
  const auto before = std::chrono::steady_clock::now();
  {
    const auto child = start("daemon", (scratch / "numbers").string());
    CHECK(value(child->wait(10s)).ok());
  }
  CHECK(std::chrono::steady_clock::now() - before < 3s);
  std::istringstream text(scratch.read("numbers"));
  for (int number = 0; text >> number;) kill(number, SIGKILL);
}

TEST_CASE("writing to a child that has gone is an error value, not our end") {
  const auto child = start("exit", "0");
  CHECK(comes_true([&] { return !alive(child->pid()); }));
  // The watchdog, which was forked a moment ago, may have the other end until it has closed it.
  CHECK(comes_true([&] { return write(child->input_fd(), "x", 1) == -1 && errno == EPIPE; }));
}

TEST_CASE("a cancellation ends a child that is waited for") {
  Cancellation cancel;
  ProcessSpec spec;
  spec.argv = {REEF_TEST_CHILD, "sleep"};
  spec.cancel = &cancel;
  const auto child = value(make_process_runner()->start(spec));
  cancel.request();
  CHECK(value(child->wait(60s)).kind == ExitKind::cancelled);
}

TEST_CASE("a program that cannot be started is an error of start") {
  ProcessSpec spec;
  spec.argv = {"/no/such/program"};
  const auto child = make_process_runner()->start(spec);
  REQUIRE(!child);
  CHECK(child.error().code() == ErrorCode::not_found);
}

}  // namespace
}  // namespace reef
