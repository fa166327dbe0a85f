#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/base/error.h"

namespace reef {

using SystemTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SystemTime now() = 0;
  virtual MonotonicTime monotonic() = 0;
  virtual void sleep_for(std::chrono::nanoseconds duration) = 0;
};

std::unique_ptr<Clock> make_system_clock();
// now() is always `time`; monotonic time and sleep are the system's. For reproducible output.
std::unique_ptr<Clock> make_fixed_clock(SystemTime time);

// RFC 3339 in UTC with seconds: "2026-01-31T12:00:00Z".
std::string format_time(SystemTime time);
// The same form only, from the year 1678 to 2261; else invalid_input.
Result<SystemTime> parse_time(std::string_view text);

}  // namespace reef
