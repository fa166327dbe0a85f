#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace reef {

// Whether a series of measured values stayed at one level: a machine that warms up, fills a cache, throttles
// or leaks gives numbers that say more about when it was measured than about the system.
struct Steadiness {
  enum class Verdict { steady, drifting, too_few };
  Verdict verdict = Verdict::too_few;
  std::optional<double> p;                 // of the change-point test, 0 to 1
  std::optional<std::uint64_t> change_at;  // values before the likeliest change
  std::optional<double> before;            // median of the values before and after it, in their unit
  std::optional<double> after;
};
std::string_view name_of(Steadiness::Verdict verdict);  // "steady", "drifting", "too few values"

// Pettitt's test (Pettitt 1979) on the medians of up to 64 blocks of neighbours, so that outliers and
// short-range correlation count little: U(t) sums the signs of all differences across t, K = max |U(t)|,
// p = 2 exp(-6 K^2 / (T^3 + T^2)). It sees steps and trends alike. drifting: p < 0.01 and the medians before
// and after differ by more than 5 %. At least 20 values. O(n log n).
Steadiness find_drift(std::span<const std::uint64_t> values);

}  // namespace reef
