#include "core/os/precise_wait.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "core/os/environment.h"

namespace reef {
namespace {

timespec timespec_of(MonotonicTime time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), (since - seconds).count()};
}

}  // namespace

void sleep_until(MonotonicTime until) {
  const timespec moment = timespec_of(until);
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, nullptr);
}

TimerSlack::TimerSlack(std::chrono::nanoseconds slack) : before_(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0)) {
  prctl(PR_SET_TIMERSLACK, slack.count(), 0, 0, 0);
}

TimerSlack::~TimerSlack() {
  if (before_ > 0) prctl(PR_SET_TIMERSLACK, before_, 0, 0, 0);
}

void relax_processor() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

void NewsBell::ring() {
  news_.fetch_add(1, std::memory_order_seq_cst);
  if (waiting_.load(std::memory_order_seq_cst) != 0)
    syscall(SYS_futex, &news_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void NewsBell::wait(std::uint32_t seen, MonotonicTime until) {
  const timespec moment = timespec_of(until);
  waiting_.store(1, std::memory_order_seq_cst);
  // The system compares the count with `seen` before it sleeps, so that no ring is lost.
  if (news_.load(std::memory_order_seq_cst) == seen)
    syscall(SYS_futex, &news_, FUTEX_WAIT_BITSET_PRIVATE, seen, &moment, nullptr, FUTEX_BITSET_MATCH_ANY);
  waiting_.store(0, std::memory_order_seq_cst);
}

unsigned allowed_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return processor_count();
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

std::chrono::nanoseconds thread_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace reef
