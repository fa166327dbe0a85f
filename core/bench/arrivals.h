#pragma once

#include <chrono>
#include <cstdint>

#include "core/bench/random.h"

namespace reef {

// When queries arrive by themselves: a Poisson process, one moment after the other, with no list of them.
//
// The gaps are Random(seed).exponential() / rate seconds; moments are their running sum in double precision,
// cut to whole nanoseconds. The same seed and rate give the same moments everywhere.
class Arrivals {
 public:
  Arrivals(double per_second, std::uint64_t seed) : random_(seed), mean_gap_(1e9 / per_second) {}

  // Of the next arrival, since the beginning; the first is one gap after it.
  std::chrono::nanoseconds next() {
    at_ += random_.exponential() * mean_gap_;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(at_));
  }

 private:
  Random random_;
  double mean_gap_;
  double at_ = 0;
};

}  // namespace reef
