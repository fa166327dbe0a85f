#pragma once

#include <chrono>
#include <optional>
#include <thread>

#include "core/os/cancel.h"

namespace reef {

// A cancellation that is requested when another one is, or when some time is over: what stops a piece of
// work for either reason, so that it ends as it would for the user.
class TimeLimit {
 public:
  // The time runs from now on; without one, and without `outer`, nothing is ever requested.
  TimeLimit(const Cancellation* outer, std::optional<std::chrono::milliseconds> limit);
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

  const Cancellation* cancellation() const { return limit_ ? &inner_ : outer_; }
  // The time is over, and that came before the other request.
  bool is_over() const { return over_.load(std::memory_order_acquire); }
  std::chrono::milliseconds duration() const { return limit_.value_or(std::chrono::milliseconds(0)); }

 private:
  void watch();

  const Cancellation* outer_;
  std::optional<std::chrono::milliseconds> limit_;
  Cancellation inner_;
  Cancellation done_;
  std::atomic<bool> over_{false};
  std::thread watcher_;
};

}  // namespace reef
