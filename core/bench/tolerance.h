#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace reef {

// Whether a and b differ by no more than the tolerance. Decimal numbers such as 0.98 and 0.97 have no exact
// double, so that their difference may lie a few units in the last place above the 0.01 that it is: those
// count as none. A tolerance of 0 asks for the same number.
inline bool is_within(double a, double b, double tolerance) {
  if (a == b) return true;
  const double distance = std::abs(a - b);
  if (!(tolerance > 0) || !std::isfinite(distance)) return false;
  const double largest = std::max(std::abs(a), std::abs(b));
  return distance <= tolerance + 4 * std::numeric_limits<double>::epsilon() * largest;
}

}  // namespace reef
