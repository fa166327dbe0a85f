#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/error.h"

namespace reef {

// Whether the user asked us to stop. Long work polls `requested()` or waits on `fd()`, which becomes
// readable.
class Cancellation {
 public:
  Cancellation();
  ~Cancellation();
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  bool requested() const { return requested_.load(std::memory_order_relaxed); }
  // For poll(2); readable for ever once requested. -1 when the system gave us no descriptor.
  int fd() const { return read_end_; }
  // Async-signal-safe. `signal`: the one that asks, 0 when something else does.
  void request(int signal = 0) noexcept;
  // The signal that was the first to ask, 0 when none did.
  int signal() const { return signal_.load(); }
  // interrupted when requested, else success.
  Status check() const;

 private:
  std::atomic<bool> requested_{false};
  std::atomic<int> signal_{0};
  int read_end_ = -1;
  int write_end_ = -1;
};

// SIGINT, SIGTERM and SIGHUP request cancellation from now on, those excepted that whoever started us made us
// ignore (nohup); SIGPIPE is ignored. The object must live until the process ends. A second SIGINT, some
// moment after the first, ends the process at once, by that signal.
void install_signal_handlers(Cancellation& cancellation);

// Ends this process by a signal that it caught, so that whoever waits for it knows: a shell goes on with its
// loop when a program exits, with whatever status, and ends it when Ctrl-C killed the program. What was
// written must be flushed, and what must be ended has ended.
[[noreturn]] void die_of(int signal);

// How often this process was stopped (Ctrl-Z) and went on since then.
std::uint64_t times_stopped();

// Whether this process ignores a signal.
bool is_ignored(int signal);

}  // namespace reef
