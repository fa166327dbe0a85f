#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/json_reader.h"

namespace reef {

// One percentile of n sorted values: the element at 0-based index floor(n * p), computed in double precision
// (MLPerf LoadGen's definition: p90 of 1..1000 is 901).
struct Percentile {
  double p = 0;  // 0.9, 0.99, ...
  double value = 0;
  // Order statistics that hold the true percentile with at least 95 % confidence, from exact binomial ranks
  // (n = 100: the median lies between the 40th and the 61st value). An end is absent when n is too small.
  std::optional<double> lower;
  std::optional<double> upper;
  // The least n of which the percentile may be given as a number: both ends exist, and LoadGen's early
  // stopping would estimate it (p99: 662).
  std::uint64_t needs = 0;
};

// What n measured values look like. Values keep the unit of the samples; nothing was left out but values
// that are not finite, which are counted.
struct Summary {
  std::uint64_t n = 0;
  std::uint64_t not_finite = 0;
  double mean = 0;
  double median = 0;         // middle value; mean of the two middle ones when n is even
  double mad = 0;            // median of |x - median|, not scaled
  std::optional<double> sd;  // n - 1 in the denominator; absent when n = 1
  double min = 0;
  double max = 0;
  std::vector<Percentile> percentiles;  // p50 90 95 97 99 99.9
  std::uint64_t tukey_outliers = 0;     // beyond 1.5 interquartile ranges of the quartiles
  std::uint64_t modified_z_outliers =
      0;  // more than 3.5 / 0.6745 MADs from the median (Iglewicz, Hoaglin 1993); 0 when MAD is 0

  // nullptr when that percentile was not computed.
  const Percentile* find(double p) const;
};

json::Value to_json(const Summary& summary);
// Problems go to the node's list; unknown keys are ignored.
Summary read_summary(const json::Node& node);

}  // namespace reef
