// Processes that hang, flood, leave others behind or must be stopped.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "core/base/text.h"
#include "core/os/cancel.h"
#include "core/os/descriptor.h"
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

ProcessSpec child(const std::string& action, const std::string& argument = "") {
  ProcessSpec spec;
  spec.argv = {REEF_TEST_CHILD, action, argument};
  return spec;
}

ProcessResult run_limited(const ProcessSpec& spec) { return value(make_process_runner()->run(spec)); }

std::vector<int> numbers_in(ScratchFolder& scratch, const std::string& name) {
  std::istringstream text(scratch.read(name));
  std::vector<int> numbers;
  for (int number = 0; text >> number;) numbers.push_back(number);
  return numbers;
}

bool all_gone(const std::vector<int>& numbers) {
  return comes_true([&] { return std::none_of(numbers.begin(), numbers.end(), alive); });
}

TEST_CASE("a child that hangs is stopped at its time limit") {
  ProcessSpec spec = child("sleep");
  spec.timeout = 100ms;
  const ProcessResult result = run_limited(spec);
  CHECK(result.kind == ExitKind::timed_out);
  CHECK_FALSE(result.ok());
  CHECK(result.wall >= 100ms);
  CHECK(result.wall < 1500ms);
  CHECK(describe_exit(result).find("stopped after ") == 0);
  CHECK(describe_exit(result).find("s: the time limit") != std::string::npos);
}

TEST_CASE("a child that is deaf to SIGTERM is killed two seconds later, with its children and theirs") {
  ScratchFolder scratch;
  ProcessSpec spec = child("family", (scratch / "numbers").string());
  spec.timeout = 300ms;
  const ProcessResult result = run_limited(spec);
  CHECK(result.kind == ExitKind::timed_out);
  CHECK(result.out == "ready\n");
  CHECK(result.wall >= 2200ms);
  CHECK(result.wall < 4s);
  const std::vector<int> numbers = numbers_in(scratch, "numbers");
  CHECK(numbers.size() == 3);
  CHECK(all_gone(numbers));
}

TEST_CASE("a child that ends in time is not touched by its limit") {
  ProcessSpec spec = child("exit", "3");
  for (const auto limit : {std::chrono::milliseconds(60s), std::chrono::milliseconds::max()}) {
    spec.timeout = limit;
    CHECK(run_limited(spec).status == 3);
  }
}

TEST_CASE("whoever a child leaves behind in its group is killed, and we do not wait for it") {
  ScratchFolder scratch;
  const ProcessResult result = run_limited(child("orphan", (scratch / "numbers").string()));
  CHECK(result.ok());
  CHECK(result.out == "gone\n");
  CHECK(result.wall < 900ms);
  CHECK(all_gone(numbers_in(scratch, "numbers")));
}

TEST_CASE("a daemon that keeps our pipe open does not keep us") {
  ScratchFolder scratch;
  const ProcessResult result = run_limited(child("daemon", (scratch / "numbers").string()));
  CHECK(result.ok());
  CHECK(result.out == "gone\n");
  for (const int number : numbers_in(scratch, "numbers")) kill(number, SIGKILL);
}

TEST_CASE("a cancelled child is stopped with all of its group") {
  ScratchFolder scratch;
  Cancellation cancel;
  ProcessSpec spec = child("family", (scratch / "numbers").string());
  spec.cancel = &cancel;
  spec.on_output = [&](Stream, std::string_view) { cancel.request(); };
  const ProcessResult result = run_limited(spec);
  CHECK(result.kind == ExitKind::cancelled);
  CHECK(describe_exit(result) == "interrupted");
  CHECK(all_gone(numbers_in(scratch, "numbers")));
}

TEST_CASE("whoever left the group of a child that is stopped ends with it") {
  ScratchFolder scratch;
  Cancellation cancel;
  ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c",
               "setsid sh -c 'trap : TERM; sleep 1000 & echo $$ $! > numbers; mv numbers seen; wait; wait' & "
               "while ! test -e seen; do sleep 0.01; done; echo ready; wait"};
  spec.cwd = scratch.path();
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  spec.cancel = &cancel;
  spec.on_output = [&](Stream, std::string_view) { cancel.request(); };
  CHECK(run_limited(spec).kind == ExitKind::cancelled);
  const std::vector<int> numbers = numbers_in(scratch, "seen");
  CHECK(numbers.size() == 2);
  CHECK(all_gone(numbers));
}

TEST_CASE("a cancellation from another thread wakes us at once") {
  Cancellation cancel;
  ProcessSpec spec = child("sleep");
  spec.cancel = &cancel;
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    cancel.request();
  });
  const ProcessResult result = run_limited(spec);
  other.join();
  CHECK(result.kind == ExitKind::cancelled);
  CHECK(result.wall < 1s);
}

TEST_CASE("a cancellation that came before the start ends the child at once") {
  Cancellation cancel;
  cancel.request();
  ProcessSpec spec = child("sleep");
  spec.cancel = &cancel;
  const ProcessResult result = run_limited(spec);
  CHECK(result.kind == ExitKind::cancelled);
  CHECK(result.wall < 1s);
}

TEST_CASE("a child that prints 100 MB costs us no more memory than it may keep") {
  const auto peak = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
  };
  const auto before = peak();
  std::size_t seen = 0;
  ProcessSpec spec = child("flood", "100000000");
  spec.on_output = [&](Stream, std::string_view bytes) { seen += bytes.size(); };
  const ProcessResult result = run_limited(spec);
  CHECK(result.ok());
  CHECK(seen > 100'000'000);
  CHECK(result.out.size() == spec.keep);
  CHECK(result.out.ends_with("the end\n"));
  CHECK(peak() - before < 40'000'000);
}

TEST_CASE("nothing is kept when nothing may be kept") {
  ProcessSpec spec = child("flood", "100000");
  spec.keep = 0;
  const ProcessResult result = run_limited(spec);
  CHECK(result.ok());
  CHECK(result.out.empty());
}

TEST_CASE("a child that floods is stopped at its time limit all the same") {
  ProcessSpec spec = child("flood", "100000000000");
  spec.timeout = 200ms;
  const ProcessResult result = run_limited(spec);
  CHECK(result.kind == ExitKind::timed_out);
  CHECK(result.wall < 2s);
}

TEST_CASE("children leave no zombies and no open descriptors behind") {
  const auto open_descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  (void)run_limited(child("exit", "0"));
  const auto before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    ProcessSpec spec = child("copy");
    spec.input = "x";
    (void)run_limited(spec);
    spec.argv = {"/no/such/program"};
    REQUIRE(!make_process_runner()->run(spec));
  }
  CHECK(open_descriptors() == before);
  CHECK(waitpid(-1, nullptr, WNOHANG) <= 0);  // the watchdog (core/os/watchdog.h) lives
}

TEST_CASE("a child does not outlive us, not even when we are killed at the instant it begins to run") {
  ScratchFolder scratch;
  for (int i = 0; i < 30; ++i) {
    const pid_t parent = fork();
    if (parent == 0) {
      cpu_set_t one;  // so that the child runs on when it begins, and we wait
      CPU_ZERO(&one);
      CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
      sched_setaffinity(0, sizeof one, &one);
      (void)make_process_runner()->run(child("kill-parent", (scratch / "number").string()));
      _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(parent, &status, 0) == parent);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    const std::vector<int> numbers = numbers_in(scratch, "number");
    REQUIRE(numbers.size() == 1);
    REQUIRE(all_gone(numbers));
  }
}

// What ends our children with us (core/os/watchdog.h); it takes a moment to give itself its name.
pid_t watchdog_of(pid_t parent) {
  const auto disk = make_disk();
  pid_t found = -1;
  (void)comes_true([&] {
    std::istringstream children(value(disk->read_file(fmt::format("/proc/{0}/task/{0}/children", parent))));
    for (pid_t pid = 0; found < 0 && children >> pid;)
      if (disk->read_file(fmt::format("/proc/{}/comm", pid)).value_or("") == "reef-watchdog\n") found = pid;
    return found > 0;
  });
  return found;
}

TEST_CASE("a watchdog that was killed is replaced, and nothing is held against the child") {
  for (int i = 0; i < 20; ++i) {
    REQUIRE(run_limited(child("exit", "3")).status == 3);
    const pid_t watchdog = watchdog_of(getpid());
    REQUIRE(watchdog > 0);
    REQUIRE(kill(watchdog, SIGKILL) == 0);  // it may live on for a moment
  }
  const ProcessResult raised = run_limited(child("raise", std::to_string(SIGPIPE)));
  CHECK(raised.kind == ExitKind::signalled);
  CHECK(raised.status == SIGPIPE);
}

TEST_CASE("a watchdog that replaces another ends the children of both with us") {
  ScratchFolder scratch;
  const pid_t parent = fork();
  if (parent == 0) {
    const auto runner = make_process_runner();
    const auto before = runner->start(child("sleep"));
    const pid_t watchdog = watchdog_of(getpid());
    if (!before || watchdog < 0) _exit(1);
    scratch.write("before", std::to_string((*before)->pid()));
    kill(watchdog, SIGKILL);
    if (!comes_true([&] { return !alive(watchdog); })) _exit(2);
    (void)runner->run(child("kill-parent", (scratch / "after").string()));
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(parent, &status, 0) == parent);
  REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
  CHECK(all_gone(numbers_in(scratch, "before")));
  CHECK(all_gone(numbers_in(scratch, "after")));
}

TEST_CASE("a child that is cancelled at its time limit was cancelled") {
  Cancellation cancel;
  ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c", "echo ready; exec sleep 20"};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  spec.cancel = &cancel;
  spec.timeout = 500ms;
  spec.on_output = [&](Stream, std::string_view) {
    std::this_thread::sleep_for(600ms);
    cancel.request();
  };
  const ProcessResult result = run_limited(spec);
  CHECK(result.kind == ExitKind::cancelled);
}

TEST_CASE("what left its session does not outlive us either") {
  ScratchFolder scratch;
  const pid_t parent = fork();
  if (parent == 0) {
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", "setsid sh -c 'sleep 30 & echo $$ $! > new; mv new pids; wait' & wait"};
    spec.env = {{"PATH", "/usr/bin:/bin"}};
    spec.cwd = scratch.path();
    (void)make_process_runner()->run(spec);
    _exit(0);
  }
  REQUIRE(comes_true([&] { return std::filesystem::exists(scratch / "pids"); }));
  kill(parent, SIGKILL);
  REQUIRE(waitpid(parent, nullptr, 0) == parent);
  const std::vector<int> numbers = numbers_in(scratch, "pids");
  REQUIRE(numbers.size() == 2);
  CHECK(all_gone(numbers));
}

// A terminal of our own; in a new session, the first one that is opened controls it.
class Terminal {
 public:
  Terminal() : ours_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (grantpt(ours_.get()) != 0 || unlockpt(ours_.get()) != 0) ours_.reset();
  }
  void type(std::string_view text) const { (void)!write(ours_.get(), text.data(), text.size()); }
  bool take() const { return open(ptsname(ours_.get()), O_RDWR | O_CLOEXEC) >= 0; }

 private:
  Descriptor ours_;
};

// Leads a session, as the shell of a terminal does, until the process ends that is told to `started`, and
// ends as that one does. It returns in that process.
void follow_leader(int started) {
  const pid_t follower = fork();
  if (follower == 0) return;
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP, SIGTERM}) (void)std::signal(signal, SIG_IGN);
  (void)!write(started, &follower, sizeof follower);
  int status = 0;
  waitpid(follower, &status, 0);
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  std::this_thread::sleep_for(
      300ms);  // a shell would stay: the terminal's other processes are told of its end
  (void)std::signal(WTERMSIG(status), SIG_DFL);
  raise(WTERMSIG(status));
  _exit(103);
}

// Runs an interactive child in a session of its own, sends the one that started it the signals, types a text
// and returns its exit status: the child's, 100 when it was cancelled.
int status_of_interactive(const std::string& script, std::vector<int> signals, bool on_terminal,
                          std::string_view typed = {}) {
  const Terminal terminal;
  int ends[2] = {};
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  const Descriptor started(ends[0]);
  const Descriptor tells(ends[1]);
  const pid_t leader = fork();
  if (leader == 0) {
    setsid();
    if (on_terminal && !terminal.take()) _exit(102);
    follow_leader(tells.get());
    Cancellation cancel;
    install_signal_handlers(cancel);
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.env = {{"PATH", "/usr/bin:/bin"}};
    spec.interactive = true;
    spec.cancel = &cancel;
    const auto result = make_process_runner()->run(spec);
    _exit(!result ? 101 : result->kind == ExitKind::cancelled ? 100 : result->status);
  }
  pid_t parent = 0;
  REQUIRE(read(started.get(), &parent, sizeof parent) == sizeof parent);
  std::this_thread::sleep_for(300ms);
  for (const int signal : signals) {
    kill(parent, signal);
    std::this_thread::sleep_for(50ms);
  }
  terminal.type(typed);
  int status = 0;
  REQUIRE(waitpid(leader, &status, 0) == leader);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST_CASE("who ends us ends an interactive child and what it started") {
  const bool on_terminal = GENERATE(true, false);
  ScratchFolder scratch;
  const std::string script = fmt::format("cd {}; sh -c 'sleep 30 & echo $! > pid; wait'; exit 0",
                                         shell_quoted(scratch.path().string()));
  const auto start = std::chrono::steady_clock::now();
  CHECK(status_of_interactive(script, {SIGTERM}, on_terminal) == 100);
  CHECK(all_gone(numbers_in(scratch, "pid")));
  CHECK(status_of_interactive(script, {SIGHUP}, on_terminal) == 100);
  CHECK(all_gone(numbers_in(scratch, "pid")));
  CHECK(std::chrono::steady_clock::now() - start < 10s);
}

TEST_CASE("who kills us ends an interactive child and all that is below it") {
  const bool on_terminal = GENERATE(true, false);
  ScratchFolder scratch;
  const std::string script = fmt::format("cd {}; setsid sh -c 'sleep 30 & echo $$ $! > pid; wait' & wait",
                                         shell_quoted(scratch.path().string()));
  CHECK(status_of_interactive(script, {SIGKILL}, on_terminal) == -SIGKILL);
  CHECK(numbers_in(scratch, "pid").size() == 2);
  CHECK(all_gone(numbers_in(scratch, "pid")));
}

TEST_CASE("what an interactive child leaves running goes on") {
  const bool on_terminal = GENERATE(true, false);
  ScratchFolder scratch;
  const std::string script =
      fmt::format("cd {}; trap '' HUP; sleep 30 & echo $! > pid", shell_quoted(scratch.path().string()));
  CHECK(status_of_interactive(script, {}, on_terminal) == 0);
  const std::vector<int> left = numbers_in(scratch, "pid");
  REQUIRE(left.size() == 1);
  CHECK(alive(left.front()));
  kill(left.front(), SIGKILL);
}

TEST_CASE("what is typed is the business of an interactive child") {
  CHECK(status_of_interactive("trap '' INT QUIT; sleep 1; exit 4", {}, true, "\x03\x1c\x03") == 4);
}

TEST_CASE("an interrupt that is sent to us ends an interactive child") {
  const bool on_terminal = GENERATE(true, false);
  CHECK(status_of_interactive("exec sleep 20", {SIGINT}, on_terminal) == 100);
}

TEST_CASE("what a script that is stopped has started may save its work") {
  ScratchFolder scratch;
  ProcessSpec spec;
  spec.argv = {"/bin/sh", "-c",
               "sh -c 'trap \"sleep 0.3; echo saved > file; exit\" TERM; sleep 9 & wait'; true"};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  spec.cwd = scratch.path();
  spec.timeout = 300ms;
  CHECK(run_limited(spec).kind == ExitKind::timed_out);
  CHECK(scratch.read("file") == "saved\n");
}

}  // namespace
}  // namespace reef
