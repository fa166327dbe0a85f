#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace reef {

// A latency that a percentile may not exceed: `p99=5ms`.
struct LatencyBound {
  double percentile = 0.99;  // between 0 and 1, both excluded
  std::chrono::nanoseconds limit{};

  std::string percentile_name() const;  // "p99", "p99.9"
  std::string text() const;             // "p99=5.00 ms"
  bool operator==(const LatencyBound&) const = default;
};

// "p99=5ms", "p99.9=20ms": a percentile from p1 to p99.999 and a duration above 0; else invalid_input.
Result<LatencyBound> parse_latency_bound(std::string_view text);

}  // namespace reef
