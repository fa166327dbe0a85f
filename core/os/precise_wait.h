#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "core/os/clock.h"

// Waiting as exactly as Linux can: for whoever issues load on time.
namespace reef {

// Returns at once when `until` has passed, and earlier when a signal was handled. Late by what the system
// needs to wake a thread up, plus the thread's timer slack (50 us unless somebody changed it).
void sleep_until(MonotonicTime until);

// Sets the timer slack of the calling thread (prctl PR_SET_TIMERSLACK) and gives the old one back at its end.
// Threads and programs that are started meanwhile inherit it.
class TimerSlack {
 public:
  explicit TimerSlack(std::chrono::nanoseconds slack);
  ~TimerSlack();
  TimerSlack(const TimerSlack&) = delete;
  TimerSlack& operator=(const TimerSlack&) = delete;

 private:
  long before_;
};

// Tells the processor that a loop waits for memory to change.
void relax_processor();

// One thread waits for news, any thread brings them. Bringing news that nobody waits for costs one addition.
class NewsBell {
 public:
  std::uint32_t count() const { return news_.load(std::memory_order_acquire); }
  void ring();
  // Waits until the count is not `seen` any more, or until `until`.
  void wait(std::uint32_t seen, MonotonicTime until);

 private:
  std::atomic<std::uint32_t> news_{0};
  std::atomic<std::uint32_t> waiting_{0};
};

// Processors that this process may run on; cgroup quotas are not looked at.
unsigned allowed_processors();

// CPU time of the calling thread.
std::chrono::nanoseconds thread_cpu_time();

}  // namespace reef
