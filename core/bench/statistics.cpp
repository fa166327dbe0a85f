#include "core/bench/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace reef {
namespace {

constexpr std::array kPercentiles = {0.5, 0.9, 0.95, 0.97, 0.99, 0.999};
constexpr double kEarlyStoppingDoubt = 0.01;
constexpr double kModifiedZLimit = 3.5 / 0.6745;

double log_binomial_pmf(double k, double n, double p) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
         (n - k) * std::log1p(-p);
}

// Sum of the terms from k downwards, each from its neighbour, until they no longer count.
double lower_tail(double k, double n, double p) {
  double term = std::exp(log_binomial_pmf(k, n, p));
  double sum = term;
  const double mode = (n + 1) * p;
  for (; k >= 1 && (k > mode || term > sum * 1e-17); --k) {
    term *= k * (1 - p) / ((n - k + 1) * p);
    sum += term;
  }
  return std::min(sum, 1.0);
}

std::size_t index_of(double p, std::size_t n) {
  return std::min(static_cast<std::size_t>(static_cast<double>(n) * p), n - 1);
}

// The least value in [low, high) for which `holds`, which is false up to some point and true from there on;
// high when there is none.
template <class Predicate>
std::uint64_t first_where(std::uint64_t low, std::uint64_t high, Predicate holds) {
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (holds(middle))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

double median_of_sorted(std::span<const double> sorted) {
  const std::size_t n = sorted.size();
  return n % 2 == 1 ? sorted[n / 2] : std::midpoint(sorted[n / 2 - 1], sorted[n / 2]);
}

double median_deviation(std::span<const double> sorted, double median) {
  std::vector<double> deviations(sorted.size());
  std::transform(sorted.begin(), sorted.end(), deviations.begin(),
                 [&](double x) { return std::abs(x - median); });
  const auto middle = deviations.begin() + static_cast<std::ptrdiff_t>(deviations.size() / 2);
  std::nth_element(deviations.begin(), middle, deviations.end());
  if (deviations.size() % 2 == 1) return *middle;
  return std::midpoint(*std::max_element(deviations.begin(), middle), *middle);
}

// Values of a sorted range outside [low, high].
std::uint64_t count_outside(std::span<const double> sorted, double low, double high) {
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), low);
  const auto last = std::upper_bound(first, sorted.end(), high);
  return static_cast<std::uint64_t>((first - sorted.begin()) + (sorted.end() - last));
}

void add_moments(std::span<const double> values, Summary& out) {
  double squares = 0;  // Welford 1962
  double count = 0;
  for (const double x : values) {
    const double delta = x - out.mean;
    out.mean += delta / ++count;
    squares += delta * (x - out.mean);
  }
  if (count > 1) out.sd = std::sqrt(squares / (count - 1));
}

Percentile percentile(std::span<const double> sorted, double p) {
  Percentile out;
  out.p = p;
  out.value = sorted[index_of(p, sorted.size())];
  const Ranks ranks = percentile_ranks(sorted.size(), p);
  if (ranks.lower) out.lower = sorted[*ranks.lower - 1];
  if (ranks.upper) out.upper = sorted[*ranks.upper - 1];
  out.needs = std::max(needed_for_interval(p), early_stopping_needs(p));
  return out;
}

void add_outliers(std::span<const double> sorted, Summary& out) {
  const double low = sorted[index_of(0.25, sorted.size())];
  const double high = sorted[index_of(0.75, sorted.size())];
  const double reach = 1.5 * (high - low);
  out.tukey_outliers = count_outside(sorted, low - reach, high + reach);
  if (out.mad == 0) return;  // half of them are equal: nothing to measure a distance by
  const double far = kModifiedZLimit * out.mad;
  out.modified_z_outliers = count_outside(sorted, out.median - far, out.median + far);
}

}  // namespace

Result<Summary> summarise(std::span<const double> values) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted),
               [](double x) { return std::isfinite(x); });
  if (sorted.empty())
    return make_error(ErrorCode::invalid_input,
                      "there is nothing to summarise: {} values, none of them finite", values.size());
  Summary out;
  out.n = sorted.size();
  out.not_finite = values.size() - sorted.size();
  add_moments(sorted, out);
  std::sort(sorted.begin(), sorted.end());
  out.min = sorted.front();
  out.max = sorted.back();
  out.median = median_of_sorted(sorted);
  out.mad = median_deviation(sorted, out.median);
  for (const double p : kPercentiles) out.percentiles.push_back(percentile(sorted, p));
  add_outliers(sorted, out);
  return out;
}

double binomial_cdf(std::uint64_t k, std::uint64_t n, double p) {
  if (k >= n) return 1;
  if (p <= 0) return 1;
  if (p >= 1) return 0;
  const auto trials = static_cast<double>(n);
  const auto successes = static_cast<double>(k);
  if (successes < trials * p) return lower_tail(successes, trials, p);
  return 1 - lower_tail(trials - successes - 1, trials, 1 - p);
}

Ranks percentile_ranks(std::uint64_t n, double p, double confidence) {
  const double tail = (1 - confidence) / 2;
  Ranks ranks;
  // Largest r with P[Bin(n, p) <= r - 1] <= tail.
  const std::uint64_t above =
      first_where(0, n, [&](std::uint64_t k) { return binomial_cdf(k, n, p) > tail; });
  if (above > 0) ranks.lower = above;
  // Smallest s with P[Bin(n, p) <= s - 1] >= 1 - tail.
  const std::uint64_t last =
      first_where(0, n, [&](std::uint64_t k) { return binomial_cdf(k, n, p) >= 1 - tail; });
  if (last < n) ranks.upper = last + 1;
  return ranks;
}

std::uint64_t needed_for_interval(double p, double confidence) {
  const double tail = (1 - confidence) / 2;
  return static_cast<std::uint64_t>(std::ceil(std::log(tail) / std::log(std::max(p, 1 - p))));
}

std::uint64_t early_stopping_h(std::uint64_t t, double p) {
  const auto enough = [&](std::uint64_t h) { return binomial_cdf(t, h + t, 1 - p) < kEarlyStoppingDoubt; };
  std::uint64_t high = 1;
  while (!enough(high)) high *= 2;
  return first_where(1, high, enough);
}

std::optional<double> early_stopping_estimate(std::span<const double> sorted, double p) {
  // h(t) + t <= n says the same as P[Bin(n, 1 - p) <= t] < 0.01, because the probability falls with n.
  const std::uint64_t n = sorted.size();
  const std::uint64_t beyond =
      first_where(1, n, [&](std::uint64_t t) { return binomial_cdf(t, n, 1 - p) >= kEarlyStoppingDoubt; });
  if (n < 2 || beyond == 1) return std::nullopt;
  return sorted[n - (beyond - 1)];
}

std::uint64_t early_stopping_needs(double p) { return early_stopping_h(1, p) + 1; }

std::optional<std::string> too_few_for(double p, std::uint64_t n) {
  const std::uint64_t needs = std::max(needed_for_interval(p), early_stopping_needs(p));
  if (n >= needs) return std::nullopt;
  return fmt::format("n too small for p{:g}, needs {}", p * 100, needs);
}

double modified_z(double x, double median, double mad) {
  if (x == median) return 0;
  return (x - median) / mad;
}

bool is_outlier(double x, double median, double mad) {
  return mad > 0 && std::abs(modified_z(x, median, mad)) > kModifiedZLimit;
}

}  // namespace reef
