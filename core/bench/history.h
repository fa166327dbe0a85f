#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/error.h"

// Where the level of a series of measured values changed. Pure.
namespace reef {

// Values of one level: [begin, end) of the series.
struct Level {
  std::size_t begin = 0;
  std::size_t end = 0;
  double median = 0;
  // The median over that of the level before; 1 for the first.
  double ratio = 1;
};

struct HistorySettings {
  double band = 0.03;        // neighbouring levels that differ by less are one
  std::size_t shortest = 3;  // values of a level: fewer are an outlier, not a step
};

// The levels of a history, oldest value first: the piecewise constant fit of the logarithms that minimises
//
//   sum of |log x - log level|  +  3 ln(n) * noise * (number of levels - 1)
//
// (the Potts functional with an L1 data term: Weinmann, Storath, Demaret 2015; outliers do not pull it),
// found exactly by dynamic programming with pruning (Killick, Fearnhead, Eckley 2012). `noise` is the mean
// absolute deviation that the median difference of neighbours tells, which steps do not change.
//
// O(n^2 log n) at worst: of more than 2,000 values only the newest 2,000 are looked at, the older ones belong
// to the first level.
// invalid_input: a value that is not finite and above 0.
Result<std::vector<Level>> levels_of(std::span<const double> values, const HistorySettings& settings = {});

}  // namespace reef
