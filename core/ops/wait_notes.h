#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "core/base/units.h"
#include "core/os/clock.h"

namespace reef::ops {

// Notes that servers are waited for, so that nobody takes it for a hang. Thread-safe.
class WaitNotes {
 public:
  WaitNotes(Clock& clock, std::function<void(const std::string&)> note)
      : clock_(clock), note_(std::move(note)) {}
  void waits(std::chrono::milliseconds wait) {
    constexpr std::chrono::seconds kWorthTelling{2};
    const auto now = clock_.monotonic();
    const std::scoped_lock lock(mutex_);
    if (!note_ || wait < kWorthTelling || now < told_until_) return;  // transfers of one server wait together
    told_until_ = now + wait;
    note_("a server asks to wait, or gives no good answer: asking again in " + format_duration(wait));
  }

 private:
  Clock& clock_;
  std::function<void(const std::string&)> note_;
  std::mutex mutex_;
  MonotonicTime told_until_{};
};

}  // namespace reef::ops
