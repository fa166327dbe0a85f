#include "core/bench/steadiness.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace reef {
namespace {

constexpr std::size_t kLeast = 20;
constexpr std::size_t kBlocks = 64;
constexpr double kSignificant = 0.01;
constexpr double kOfInterest = 0.05;

double median(std::span<const std::uint64_t> values) {
  std::vector<std::uint64_t> copy(values.begin(), values.end());
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::nth_element(copy.begin(), middle, copy.end());
  if (copy.size() % 2 == 1) return static_cast<double>(*middle);
  return (static_cast<double>(*middle) + static_cast<double>(*std::max_element(copy.begin(), middle))) / 2;
}

}  // namespace

std::string_view name_of(Steadiness::Verdict verdict) {
  switch (verdict) {
    case Steadiness::Verdict::steady:
      return "steady";
    case Steadiness::Verdict::drifting:
      return "drifting";
    default:
      return "too few values";
  }
}

Steadiness find_drift(std::span<const std::uint64_t> values) {
  Steadiness out;
  if (values.size() < kLeast) return out;
  const std::size_t blocks = std::min(kBlocks, values.size());
  const auto begin_of = [&](std::size_t block) { return block * values.size() / blocks; };
  std::vector<double> level(blocks);
  for (std::size_t i = 0; i < blocks; ++i)
    level[i] = median(values.subspan(begin_of(i), begin_of(i + 1) - begin_of(i)));
  double largest = 0;
  std::size_t change = 1;
  for (std::size_t t = 1; t < blocks; ++t) {
    double sum = 0;
    for (std::size_t i = 0; i < t; ++i)
      for (std::size_t j = t; j < blocks; ++j) sum += level[i] < level[j] ? 1 : level[i] > level[j] ? -1 : 0;
    if (std::abs(sum) > largest) {
      largest = std::abs(sum);
      change = t;
    }
  }
  const auto t = static_cast<double>(blocks);
  out.p = std::min(1.0, 2 * std::exp(-6 * largest * largest / (t * t * t + t * t)));
  out.change_at = begin_of(change);
  out.before = median(values.first(*out.change_at));
  out.after = median(values.subspan(*out.change_at));
  const double apart = std::abs(*out.after - *out.before) / std::max(1.0, std::min(*out.before, *out.after));
  out.verdict = *out.p < kSignificant && apart > kOfInterest ? Steadiness::Verdict::drifting
                                                             : Steadiness::Verdict::steady;
  return out;
}

}  // namespace reef
