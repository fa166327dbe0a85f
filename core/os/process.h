#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/os/cancel.h"
#include "core/os/filesystem.h"

namespace reef {

using Environment = std::map<std::string, std::string>;

enum class Stream { out, err };

struct ProcessSpec {
  std::vector<std::string>
      argv;           // never a shell string; argv[0] with a `/` is a path, else looked up on env's PATH
  Environment env;    // the whole environment; nothing is inherited
  Path cwd;           // empty: ours
  std::string input;  // what the child reads on standard input, then end of file
  std::optional<std::chrono::milliseconds>
      timeout;                              // wall clock; SIGTERM, then SIGKILL to what is left after 2 s
  const Cancellation* cancel = nullptr;     // when requested: as a timeout
  int stop_signal = SIGTERM;                // in place of SIGTERM: interactive shells ignore that one
  std::size_t keep = std::size_t{1} << 20;  // bytes of each stream that the result keeps: the last ones
  // Sees every byte: of run(), in the calling thread; of start(), those of standard error only, in a thread
  // of the Child.
  std::function<void(Stream, std::string_view)> on_output;
  std::vector<int> inherited;  // descriptors that stay open in the child, under the same numbers
  // Standard streams are ours, and nothing is kept. On a terminal so is the process group: Ctrl-C goes to the
  // child too, whose business it is, and until it ends we ignore it. What a child that ended by itself left
  // running goes on, as after any command of a shell.
  bool interactive = false;
};

enum class ExitKind { exited, signalled, timed_out, cancelled };

struct ProcessResult {
  ExitKind kind = ExitKind::exited;
  int status = 0;  // exit status, or number of the signal
  std::string out;
  std::string err;
  std::chrono::nanoseconds wall{};
  std::chrono::nanoseconds user{};  // CPU time of the child and of all that it waited for
  std::chrono::nanoseconds system{};
  std::uint64_t peak_memory = 0;  // bytes, largest resident set of one process; 0: unknown, not above ours
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;

  bool ok() const { return kind == ExitKind::exited && status == 0; }
};

// "exit status 7", "killed by SIGSEGV (segmentation fault)", "no answer within 5 s: stopped", "interrupted".
std::string describe_exit(const ProcessResult& result);

// A running child whose standard input and output are pipes of ours. Its process group ends with this object.
class Child {
 public:
  virtual ~Child() = default;
  virtual int input_fd() const = 0;   // we write
  virtual int output_fd() const = 0;  // we read
  virtual int pid() const = 0;
  virtual void close_input() = 0;
  // The last bytes of standard error so far, at most `ProcessSpec::keep`; drained by a thread of this object.
  virtual std::string error_output() = 0;
  // Sends SIGTERM to the group, SIGKILL after 2 s.
  virtual void stop() = 0;
  // Waits until the child ends or the timeout passes (then stops it, kind timed_out).
  virtual Result<ProcessResult> wait(std::chrono::milliseconds timeout) = 0;
};

// Whoever it started does not outlive us: when we are killed, so are their process groups (watchdog.h).
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  // Fails only when the program could not be started (not_found, io when it is not executable, busy when the
  // system lacks what it takes for now); a program that ran and failed is a value. The child leads a process
  // group of its own, which is gone when this returns (but see `interactive`).
  virtual Result<ProcessResult> run(const ProcessSpec& spec) = 0;
  virtual Result<std::unique_ptr<Child>> start(const ProcessSpec& spec) = 0;
};

std::unique_ptr<ProcessRunner> make_process_runner();

// The file that a bare program name means on a PATH-like list; names with a `/` are returned as they are.
std::optional<Path> find_program(Filesystem& fs, const std::string& name, const std::string& search_path);

}  // namespace reef
