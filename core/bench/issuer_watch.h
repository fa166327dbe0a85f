#pragma once

#include <cstdint>
#include <deque>

#include "core/os/clock.h"

namespace reef {

// Tells which queries over a latency bound say nothing of the system, because the load generator itself was
// late: this host ran something else meanwhile, or the rate is beyond what can be issued. Pure.
//
// The yardstick is an ideal issuer, which issues query n at t(n) = max(due(n), t(n-1) + k(n-1)), k being how
// long the system kept it inside the call. What is issued later than t(n) is late by our own fault. Lateness
// of more than half of the bound excuses the queries that waited meanwhile, whose answers were seen late,
// and those issued until four times its length has passed, which had to queue behind the burst.
class IssuerWatch {
 public:
  explicit IssuerWatch(std::chrono::nanoseconds bound) : bound_(bound) {}

  // Query `id`, due at `due`, is issued at `now`; queries before `waiting` have been answered and judged.
  void issuing(std::uint64_t id, std::uint64_t waiting, MonotonicTime due, MonotonicTime now);
  // The system kept the issuer inside its call.
  void kept(std::chrono::nanoseconds duration) { ideal_ += duration; }
  // Ask in the order of the queries, each once.
  bool excuses(std::uint64_t id);

 private:
  struct Window {
    std::uint64_t first;
    std::uint64_t last;
  };

  std::chrono::nanoseconds bound_;
  MonotonicTime ideal_;
  MonotonicTime recovered_;     // what is issued until then is excused
  std::deque<Window> excused_;  // by id, in order
};

}  // namespace reef
