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
// and those issued until four times its length has passed, which had to queue behind the burst. Not excused
// is a query that waited alone and took longer than the bound even without what we were late: it had nothing
// to queue behind, so the system itself was too slow.
class IssuerWatch {
 public:
  explicit IssuerWatch(std::chrono::nanoseconds bound) : bound_(bound) {}

  // Query `id`, due at `due`, is issued at `now`; queries before `waiting` have been answered and judged.
  void issuing(std::uint64_t id, std::uint64_t waiting, MonotonicTime due, MonotonicTime now);
  // The query just told of is the only one that waits, and is issued so late.
  void alone(std::uint64_t id, MonotonicTime due, std::chrono::nanoseconds lateness);
  // The system kept the issuer inside its call.
  void kept(std::chrono::nanoseconds duration) { ideal_ += duration; }
  // Ask in the order of the queries, each once, when it has been answered.
  bool excuses(std::uint64_t id, std::chrono::nanoseconds latency);

 private:
  struct Window {
    std::uint64_t first;
    std::uint64_t last;
  };

  std::chrono::nanoseconds bound_;
  MonotonicTime ideal_;
  MonotonicTime recovered_;     // what is issued until then is excused
  std::deque<Window> excused_;  // by id, in order
  // How late the last query was issued, and when it was due.
  std::chrono::nanoseconds late_{};
  MonotonicTime due_;
  struct {
    std::uint64_t id = 0;
    MonotonicTime due;
    std::chrono::nanoseconds late{};  // its own lateness and that of others while it certainly waited
  } alone_;
};

}  // namespace reef
