#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/bench/random.h"
#include "core/bench/statistics.h"

namespace reef {
namespace {

constexpr std::size_t kFewest = 8;
constexpr std::size_t kBlocks = 1000;
constexpr std::size_t kLargestExact = 50;
constexpr double kMostNeeded = 1e12;

double upper_normal_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

// z with P[Z > z] = tail, by bisection.
double normal_quantile(double tail) {
  double low = -40;
  double high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = std::midpoint(low, high);
    (upper_normal_tail(middle) > tail ? low : high) = middle;
  }
  return low;
}

// Quantile of Student's t over the normal one: Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5);
// below 0.1 % off from 7 degrees of freedom on.
double student_over_normal(double z, double freedom) {
  const double z2 = z * z;
  const double v = freedom;
  const double t = 1 + (z2 + 1) / (4 * v) + ((5 * z2 + 16) * z2 + 3) / (96 * v * v) +
                   (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * v * v * v) +
                   ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / (92160 * v * v * v * v);
  return t;
}

Status check(std::span<const double> values, std::string_view side) {
  if (values.empty())
    return make_error(ErrorCode::invalid_input, "there is nothing to compare: {} has no values", side);
  for (const double x : values)
    if (!std::isfinite(x) || x <= 0)
      return make_error(ErrorCode::invalid_input,
                        "cannot compare {}: {} is not a finite number above 0, which ratios need", side, x);
  return {};
}

Status check(const ComparisonSettings& settings) {
  if (settings.better == Metric::Better::unknown)
    return make_error(ErrorCode::invalid_input, "cannot compare: nobody said which direction is better")
        .hint("declare the metric with \"better\": \"lower\" or \"higher\"");
  if (!(settings.band >= 0) || !(settings.confidence > 0.5 && settings.confidence < 1) ||
      settings.resamples < 100)
    return make_error(ErrorCode::invalid_input,
                      "cannot compare: the band must not be negative, the confidence lies between 0.5 and 1, "
                      "and 100 resamples are the least");
  return {};
}

// Means of up to kBlocks runs of neighbours.
std::vector<double> in_blocks(std::vector<double> values) {
  if (values.size() <= kBlocks) return values;
  std::vector<double> means(kBlocks);
  for (std::size_t i = 0; i < kBlocks; ++i) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(values.size() * i / kBlocks);
    const auto to = values.begin() + static_cast<std::ptrdiff_t>(values.size() * (i + 1) / kBlocks);
    means[i] = std::accumulate(from, to, 0.0) / static_cast<double>(to - from);
  }
  return means;
}

std::vector<double> logs_of(std::span<const double> values) {
  std::vector<double> logs(values.size());
  std::transform(values.begin(), values.end(), logs.begin(), [](double x) { return std::log(x); });
  return logs;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double resampled_mean(const std::vector<double>& values, Random& random) {
  const auto n = static_cast<std::uint32_t>(values.size());
  double sum = 0;
  for (std::uint32_t i = 0; i < n; ++i) sum += values[random.below(n)];
  return sum / n;
}

double sd_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

// Two-sided tail of Student's t (Wallace's approximation, Abramowitz and Stegun 26.7.8).
double student_chance(double t, double freedom) {
  const double z = t * (1 - 1 / (4 * freedom)) / std::sqrt(1 + t * t / (2 * freedom));
  return std::min(1.0, 2 * upper_normal_tail(z));
}

struct Interval {
  double centre;
  double lower;
  double upper;
  double error = 0;    // standard error of the centre
  double freedom = 0;  // degrees, of that
};

// Percentile interval of `draws`, widened around the centre for n values.
Interval interval_of(double centre, std::vector<double> draws, std::size_t n, double confidence) {
  if (n < 2) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return {centre, -kInfinity, kInfinity, kInfinity, 1};
  }
  std::sort(draws.begin(), draws.end());
  const double tail = (1 - confidence) / 2;
  const auto last = static_cast<double>(draws.size() - 1);
  const double low = draws[static_cast<std::size_t>(std::floor(last * tail))];
  const double high = draws[static_cast<std::size_t>(std::ceil(last * (1 - tail)))];
  const auto count = static_cast<double>(n);
  const double wider = student_over_normal(normal_quantile(tail), count - 1) * std::sqrt(count / (count - 1));
  const double spread = sd_of(draws) * std::sqrt(count / (count - 1));
  return {centre, centre - (centre - low) * wider, centre + (high - centre) * wider, spread, count - 1};
}

// The largest k with P[W <= k - 1] <= tail, W being Wilcoxon's signed-rank statistic of n values; 0 when
// there is none. Exact up to 60 values, by counting the subsets of 1..n by their sums.
std::size_t signed_rank(std::size_t n, double tail) {
  constexpr std::size_t kExact = 60;
  if (n > kExact) {
    const auto count = static_cast<double>(n);
    const double mean = count * (count + 1) / 4;
    const double sd = std::sqrt(count * (count + 1) * (2 * count + 1) / 24);
    return static_cast<std::size_t>(std::max(0.0, std::floor(mean - normal_quantile(tail) * sd - 0.5) + 1));
  }
  std::vector<double> chances(n * (n + 1) / 2 + 1);
  chances[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank)
    for (std::size_t sum = chances.size(); sum-- > 0;)
      chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
  std::size_t k = 0;
  for (double below = chances[0]; below <= tail; below += chances[k]) ++k;
  return k;
}

// Widens the interval to the one that Wilcoxon's signed-rank test gives (ends are order statistics of the
// means of all pairs of values, Hodges and Lehmann 1963). It is exact for any symmetric noise, however heavy
// its tails are, which the bootstrap of few values is not.
void widen_by_signed_ranks(Interval& interval, const std::vector<double>& values, double confidence) {
  const std::size_t k = signed_rank(values.size(), (1 - confidence) / 2);
  if (k == 0) return;
  std::vector<double> means;
  means.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i; j < values.size(); ++j) means.push_back((values[i] + values[j]) / 2);
  const auto at = [&](std::size_t index) {
    const auto place = means.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(means.begin(), place, means.end());
    return *place;
  };
  const double width = interval.upper - interval.lower;
  interval.lower = std::min(interval.lower, at(k - 1));
  interval.upper = std::max(interval.upper, at(means.size() - k));
  if (width > 0) interval.error *= (interval.upper - interval.lower) / width;
}

Verdict verdict_of(const Interval& interval, double edge, Metric::Better better) {
  const bool lower_is_better = better == Metric::Better::lower;
  if (interval.lower > edge) return lower_is_better ? Verdict::slower : Verdict::faster;
  if (interval.upper < -edge) return lower_is_better ? Verdict::faster : Verdict::slower;
  if (interval.lower >= -edge && interval.upper <= edge) return Verdict::same;
  return Verdict::cannot_tell;
}

// Of the claim that the centre is on its side of the band's edge.
double chance_of(const Interval& interval, double edge) {
  const double room = std::abs(std::abs(interval.centre) - edge);
  if (!(interval.error > 0)) return room > 0 ? 0 : 1;
  return student_chance(room / interval.error, interval.freedom);
}

// Half widths shrink with the root of n until the interval ends at the edge of the band.
std::optional<std::uint64_t> needed(const Interval& interval, double edge, std::uint64_t n) {
  if (n < kFewest) return kFewest;
  const double half = (interval.upper - interval.lower) / 2;
  const double room = std::abs(std::abs(interval.centre) - edge);
  const double count = std::ceil(static_cast<double>(n) * (half / room) * (half / room));
  if (!(count < kMostNeeded)) return std::nullopt;
  return std::max(static_cast<std::uint64_t>(count), n + 1);
}

Comparison judged(const Interval& interval, std::uint64_t n, const ComparisonSettings& settings) {
  const double edge = std::log1p(settings.band);
  Comparison out;
  out.n = n;
  out.ratio = std::exp(interval.centre);
  out.lower = std::exp(interval.lower);
  out.upper = std::exp(interval.upper);
  out.resolution = std::expm1((interval.upper - interval.lower) / 2);
  if (n >= kFewest) {
    out.verdict = verdict_of(interval, edge, settings.better);
    out.p = chance_of(interval, edge);
  }
  if (out.verdict == Verdict::cannot_tell) out.needed = needed(interval, edge, n);
  return out;
}

// Probability of each U of m against n values without ties: P(m, n, u) =
// m / (m + n) P(m - 1, n, u - n) + n / (m + n) P(m, n - 1, u)   (Mann and Whitney 1947).
std::vector<double> distribution_of_u(std::size_t m, std::size_t n) {
  std::vector<std::vector<double>> row(n + 1, std::vector<double>{1.0});
  for (std::size_t i = 1; i <= m; ++i) {
    std::vector<std::vector<double>> next(n + 1);
    next[0] = {1.0};
    for (std::size_t j = 1; j <= n; ++j) {
      next[j].assign(i * j + 1, 0.0);
      const auto total = static_cast<double>(i + j);
      for (std::size_t u = 0; u < row[j].size(); ++u)
        next[j][u + j] += static_cast<double>(i) / total * row[j][u];
      for (std::size_t u = 0; u < next[j - 1].size(); ++u)
        next[j][u] += static_cast<double>(j) / total * next[j - 1][u];
    }
    row = std::move(next);
  }
  return row[n];
}

struct Ranked {
  double rank_sum = 0;  // of the first side, ties share their mean rank
  double ties = 0;      // sum of t^3 - t over groups of equal values
};

Ranked ranked(std::span<const double> a, std::span<const double> b) {
  std::vector<std::pair<double, bool>> all;
  for (const double x : a) all.emplace_back(x, true);
  for (const double x : b) all.emplace_back(x, false);
  std::sort(all.begin(), all.end());
  Ranked out;
  for (std::size_t i = 0, j = 0; i < all.size(); i = j) {
    while (j < all.size() && all[j].first == all[i].first) ++j;
    const auto size = static_cast<double>(j - i);
    const double rank = static_cast<double>(i + j + 1) / 2;
    for (std::size_t k = i; k < j; ++k) out.rank_sum += all[k].second ? rank : 0;
    out.ties += size * size * size - size;
  }
  return out;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::slower:
      return "slower";
    case Verdict::faster:
      return "faster";
    case Verdict::same:
      return "same";
    default:
      return "cannot tell";
  }
}

Result<Comparison> compare_paired(std::span<const double> a, std::span<const double> b,
                                  const ComparisonSettings& settings) {
  TRY_STATUS(check(settings));
  TRY_STATUS(check(a, "the first side"));
  TRY_STATUS(check(b, "the second side"));
  if (a.size() != b.size())
    return make_error(ErrorCode::invalid_input, "cannot pair {} values with {}", a.size(), b.size());
  std::vector<double> ratios(a.size());
  std::transform(a.begin(), a.end(), b.begin(), ratios.begin(),
                 [](double x, double y) { return std::log(y) - std::log(x); });
  const double centre = mean_of(ratios);
  const std::vector<double> blocks = in_blocks(std::move(ratios));
  Random random(settings.seed);
  std::vector<double> draws(settings.resamples);
  for (double& draw : draws) draw = resampled_mean(blocks, random);
  Interval interval = interval_of(centre, std::move(draws), blocks.size(), settings.confidence);
  widen_by_signed_ranks(interval, blocks, settings.confidence);
  Comparison out = judged(interval, a.size(), settings);
  out.paired = true;
  return out;
}

Result<Comparison> compare_unpaired(std::span<const double> a, std::span<const double> b,
                                    const ComparisonSettings& settings) {
  TRY_STATUS(check(settings));
  TRY_STATUS(check(a, "the first side"));
  TRY_STATUS(check(b, "the second side"));
  std::vector<double> first = logs_of(a);
  std::vector<double> second = logs_of(b);
  const double centre = mean_of(second) - mean_of(first);
  first = in_blocks(std::move(first));
  second = in_blocks(std::move(second));
  Random random(settings.seed);
  std::vector<double> draws(settings.resamples);
  for (double& draw : draws) {
    const double from = resampled_mean(first, random);
    draw = resampled_mean(second, random) - from;
  }
  const std::size_t fewer = std::min(first.size(), second.size());
  return judged(interval_of(centre, std::move(draws), fewer, settings.confidence),
                std::min(a.size(), b.size()), settings);
}

Result<Comparison> compare_interval(double ratio, double lower, double upper, std::uint64_t n,
                                    const ComparisonSettings& settings) {
  TRY_STATUS(check(settings));
  if (!(lower > 0 && lower <= ratio && ratio <= upper && std::isfinite(upper)))
    return make_error(ErrorCode::invalid_input, "{} .. {} is no interval around the ratio {}", lower, upper,
                      ratio);
  Interval interval{std::log(ratio), std::log(lower), std::log(upper)};
  interval.error = (interval.upper - interval.lower) / 2 / normal_quantile((1 - settings.confidence) / 2);
  interval.freedom = static_cast<double>(std::max<std::uint64_t>(n, 2) - 1);
  Comparison out = judged(interval, n, settings);
  out.given = true;
  out.needed.reset();
  return out;
}

std::vector<double> holm(std::span<const double> chances) {
  std::vector<std::size_t> order(chances.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return chances[a] < chances[b]; });
  std::vector<double> out(chances.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto left = static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, chances[order[rank]] * left));
    out[order[rank]] = largest;
  }
  return out;
}

void correct_for_many(std::vector<Comparison>& comparisons, double confidence) {
  if (comparisons.size() < 2) return;
  std::vector<double> chances;
  for (const Comparison& comparison : comparisons) chances.push_back(comparison.p);
  const std::vector<double> corrected = holm(chances);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    Comparison& comparison = comparisons[i];
    comparison.p = corrected[i];
    if (comparison.verdict == Verdict::cannot_tell || corrected[i] < 1 - confidence) continue;
    comparison.verdict = Verdict::cannot_tell;
    if (!comparison.given) comparison.needed = comparison.n * 2;
  }
}

Result<MannWhitney> mann_whitney(std::span<const double> a, std::span<const double> b) {
  const auto is_nan = [](double x) { return std::isnan(x); };
  if (a.empty() || b.empty() || std::any_of(a.begin(), a.end(), is_nan) ||
      std::any_of(b.begin(), b.end(), is_nan))
    return make_error(ErrorCode::invalid_input, "cannot rank values: a side is empty or has NaN");
  const auto m = static_cast<double>(a.size());
  const auto n = static_cast<double>(b.size());
  const Ranked ranks = ranked(a, b);
  const double first = ranks.rank_sum - m * (m + 1) / 2;
  MannWhitney out;
  out.u = std::min(first, m * n - first);
  out.exact = ranks.ties == 0 && a.size() <= kLargestExact && b.size() <= kLargestExact;
  if (out.exact) {
    const std::vector<double> chances = distribution_of_u(a.size(), b.size());
    const auto upto = chances.begin() + static_cast<std::ptrdiff_t>(out.u) + 1;
    out.p = std::min(1.0, 2 * std::accumulate(chances.begin(), upto, 0.0));
    return out;
  }
  const double total = m + n;
  const double variance = m * n / 12 * (total + 1 - ranks.ties / (total * (total - 1)));
  if (variance > 0)
    out.p = std::min(1.0, 2 * upper_normal_tail((m * n / 2 - out.u - 0.5) / std::sqrt(variance)));
  return out;
}

}  // namespace reef
