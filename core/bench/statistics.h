#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/model/manifest.h"
#include "core/model/summary.h"

// Statistics of measured values. Pure: no clock, no file, no global generator; the same input gives the same
// output.
namespace reef {

// Summarises values of any unit in any order, in O(n log n); the input is not changed. Outliers are counted
// and kept. invalid_input when no value is finite.
Result<Summary> summarise(std::span<const double> values);

// P[Bin(n, p) <= k], exact to about 1e-9 for n up to 10^7.
double binomial_cdf(std::uint64_t k, std::uint64_t n, double p);

// 1-based ranks r < s of n sorted values with P[x(r) <= true percentile p <= x(s)] >= confidence, half of the
// rest on either side. A rank is absent when no value of so few can bound the percentile.
struct Ranks {
  std::optional<std::uint64_t> lower;
  std::optional<std::uint64_t> upper;
};
Ranks percentile_ranks(std::uint64_t n, double p, double confidence = 0.95);
// The least n at which both ranks exist.
std::uint64_t needed_for_interval(double p, double confidence = 0.95);

// Early stopping of MLPerf LoadGen (confidence 0.99, tolerance 0): h(t) is the least h with
// P[Bin(h + t, 1 - p) <= t] < 0.01. With t values over the bound, n >= h(t) + t are needed
// (t = 1: 64 for p90, 662 for p99, 6,636 for p99.9).
std::uint64_t early_stopping_h(std::uint64_t t, double p);
// A value that the true percentile p stays below with 99 % confidence: t is the largest with h(t) + t <= n
// and the estimate is the 0-based element n - t of the sorted values (1..1000: p90 is 923). Values are sorted
// ascending. Absent when even t = 1 needs more values (`early_stopping_needs`).
std::optional<double> early_stopping_estimate(std::span<const double> sorted, double p);
std::uint64_t early_stopping_needs(double p);

// (x - median) / MAD: how many median deviations x is away; 0 when x is the median, infinite when MAD is 0
// and it is not.
double modified_z(double x, double median, double mad);

// "n too small for p99, needs 662"; nothing when the percentile of n values may be given as a number.
std::optional<std::string> too_few_for(double p, std::uint64_t n);

// Whether Summary counts x among the outliers by modified z; never when MAD is 0. A flag to look for its
// cause, never a reason to drop it.
bool is_outlier(double x, double median, double mad);

enum class Verdict { slower, faster, same, cannot_tell };
// "slower", "faster", "same", "cannot tell".
std::string_view name_of(Verdict verdict);

struct ComparisonSettings {
  Metric::Better better = Metric::Better::lower;  // unknown is invalid_input: a direction is never guessed
  double band = 0.03;                             // differences up to this part are of no practical interest
  double confidence = 0.99;
  std::uint64_t seed = 1;
  unsigned resamples = 10'000;
};

// B against A. ratio is B / A of the geometric means, whatever direction is better.
struct Comparison {
  Verdict verdict = Verdict::cannot_tell;  // of B, as seen from A
  bool paired = false;
  bool given = false;   // the interval is from elsewhere: how many values would decide is not known
  std::uint64_t n = 0;  // pairs; unpaired: values of the smaller side
  double ratio = 1;
  double lower = 1;  // interval of the ratio
  double upper = 1;
  // Half width of the interval as a part: smaller differences than band + resolution go unseen.
  double resolution = 0;
  // Two-sided chance of a claim as clear as this one when it is wrong: that the ratio lies beyond the band,
  // or within it, whichever side it is on. Student's t of the bootstrap's standard error.
  double p = 1;
  // cannot_tell: about how many pairs (or values a side) would decide it; absent when no n would, because
  // the ratio lies on the edge of the band, and when the interval is given.
  std::optional<std::uint64_t> needed;
};

// The band reaches from 1 / (1 + band) to 1 + band.
// Verdicts: slower or faster when the whole interval lies outside the band on that side, same when it lies
// inside, else cannot_tell.
//
// The interval is the percentile bootstrap of the mean log ratio, widened around the mean by
// t(n - 1) / z * sqrt(n / (n - 1)) because bootstrap intervals of few values are too short (Hesterberg 2015).
// Of pairs it is widened to Wilcoxon's signed-rank interval where that is wider: with heavy tails the
// bootstrap of few values is too sure of itself. Fewer than 8 pairs are never enough: eight coin tosses that
// agree are less likely than 1 %. Beyond 1,000 values, runs of neighbours are averaged into 1,000 blocks
// first, which also keeps short-range correlation from shortening the interval. invalid_input: no values,
// unequal numbers of them (paired), values that are not finite and positive, unknown direction.
Result<Comparison> compare_paired(std::span<const double> a, std::span<const double> b,
                                  const ComparisonSettings& settings = {});
// The same for values that do not belong together in pairs: both sides are resampled on their own. Values of
// one run against values of one other run say nothing of how much whole runs differ from each other.
Result<Comparison> compare_unpaired(std::span<const double> a, std::span<const double> b,
                                    const ComparisonSettings& settings = {});

// The same for a ratio whose interval is known from elsewhere, of about settings.confidence; n: values behind
// it. invalid_input: numbers that are not finite and positive, an interval that is not around the ratio.
Result<Comparison> compare_interval(double ratio, double lower, double upper, std::uint64_t n,
                                    const ComparisonSettings& settings = {});

// Holm's step-down correction: each chance as it counts among all of them (Holm 1979); in the same order.
std::vector<double> holm(std::span<const double> chances);
// Takes the verdict away (cannot_tell) from those whose corrected chance is not below 1 - confidence; p
// becomes the corrected chance. Of one comparison nothing changes.
void correct_for_many(std::vector<Comparison>& comparisons, double confidence = 0.99);

struct MannWhitney {
  double u = 0;       // the smaller of the two
  double p = 1;       // two-sided
  bool exact = true;  // false: normal approximation with tie and continuity correction
};
// Exact when there are no ties and both sides have at most 50 values. invalid_input when a side is empty or
// has NaN.
Result<MannWhitney> mann_whitney(std::span<const double> a, std::span<const double> b);

}  // namespace reef
