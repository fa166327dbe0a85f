#pragma once

#include <algorithm>
#include <chrono>

#include "core/os/clock.h"

namespace reef {

// How much before its time a sleeping issuer asks to be woken up: by as much as the system was late lately,
// in the median; what is then left it spins. At most 50 us, and a tenth of the mean gap between queries: the
// processor belongs to the system under test.
class WakeLead {
 public:
  // rate: queries a second.
  explicit WakeLead(double rate)
      : most_(std::min(kMost, std::chrono::nanoseconds(static_cast<std::int64_t>(1e8 / rate)))) {}

  MonotonicTime alarm(MonotonicTime due) const { return due - lead_; }
  // It slept until `now`, and had asked for `alarm`. The median is followed in small steps: one that comes
  // late by a millisecond counts as much as one that is late by a little more than the others.
  void woke(MonotonicTime alarm, MonotonicTime now) {
    lead_ = std::clamp(lead_ + (now - alarm > lead_ ? kStep : -kStep), std::chrono::nanoseconds(0), most_);
  }

 private:
  static constexpr std::chrono::nanoseconds kMost{50'000};
  static constexpr std::chrono::nanoseconds kStep{500};
  std::chrono::nanoseconds most_;
  std::chrono::nanoseconds lead_{0};
};

}  // namespace reef
