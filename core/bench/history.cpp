#include "core/bench/history.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace reef {
namespace {

constexpr std::size_t kMost = 2000;
constexpr double kLeastNoise = 1e-4;  // equal values have none, yet 0.01 % is no step

// Sum of the distances of a growing set of values to their median.
class Spread {
 public:
  void add(double x) {
    if (lower_.empty() || x <= lower_.top()) {
      lower_.push(x);
      lower_sum_ += x;
    } else {
      upper_.push(x);
      upper_sum_ += x;
    }
    if (lower_.size() > upper_.size() + 1) {
      move(lower_, upper_, lower_sum_, upper_sum_);
    } else if (upper_.size() > lower_.size()) {
      move(upper_, lower_, upper_sum_, lower_sum_);
    }
  }
  double cost() const {
    const double odd = lower_.size() > upper_.size() ? lower_.top() : 0;
    return upper_sum_ - (lower_sum_ - odd);
  }

 private:
  template <class From, class To>
  static void move(From& from, To& to, double& from_sum, double& to_sum) {
    const double x = from.top();
    from.pop();
    to.push(x);
    from_sum -= x;
    to_sum += x;
  }
  std::priority_queue<double> lower_;
  std::priority_queue<double, std::vector<double>, std::greater<>> upper_;
  double lower_sum_ = 0;
  double upper_sum_ = 0;
};

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// Normal noise: the median distance of neighbours is 0.954 sd, the mean absolute deviation 0.798 sd.
double noise_of(std::span<const double> logs) {
  std::vector<double> differences;
  for (std::size_t i = 1; i < logs.size(); ++i) differences.push_back(std::abs(logs[i] - logs[i - 1]));
  if (differences.empty()) return kLeastNoise;
  return std::max(kLeastNoise, 0.836 * median_of(std::move(differences)));
}

struct Candidate {
  std::size_t begin;
  Spread spread;
  std::size_t leaves = std::numeric_limits<std::size_t>::max();  // beaten for every end from there on
};

// Ends of the levels of the best fit, ascending.
std::vector<std::size_t> best_ends(std::span<const double> logs, double price, std::size_t shortest) {
  const std::size_t n = logs.size();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> best(n + 1, kInfinity);
  std::vector<std::size_t> from(n + 1, 0);
  best[0] = -price;
  std::vector<Candidate> candidates;
  for (std::size_t end = 1; end <= n; ++end) {
    if (best[end - 1] < kInfinity) candidates.push_back({end - 1, {}});
    for (Candidate& candidate : candidates) {
      candidate.spread.add(logs[end - 1]);
      if (end - candidate.begin < shortest) continue;
      const double total = best[candidate.begin] + candidate.spread.cost() + price;
      if (total >= best[end]) continue;
      best[end] = total;
      from[end] = candidate.begin;
    }
    for (Candidate& candidate : candidates)
      if (candidate.begin + shortest <= end && best[candidate.begin] + candidate.spread.cost() > best[end])
        candidate.leaves = std::min(candidate.leaves, end + shortest);
    std::erase_if(candidates, [&](const Candidate& candidate) { return candidate.leaves <= end; });
  }
  if (n < shortest) return {n};
  std::vector<std::size_t> ends;
  for (std::size_t end = n; end > 0; end = from[end]) ends.push_back(end);
  std::reverse(ends.begin(), ends.end());
  return ends;
}

double median_between(std::span<const double> values, std::size_t begin, std::size_t end) {
  const std::span<const double> part = values.subspan(begin, end - begin);
  return median_of({part.begin(), part.end()});
}

}  // namespace

Result<std::vector<Level>> levels_of(std::span<const double> values, const HistorySettings& settings) {
  std::vector<double> logs;
  for (const double x : values) {
    if (!std::isfinite(x) || x <= 0)
      return make_error(ErrorCode::invalid_input, "cannot look for steps: {} is not a finite number above 0",
                        x);
    logs.push_back(std::log(x));
  }
  std::vector<Level> out;
  if (values.empty()) return out;
  const std::size_t skipped = logs.size() > kMost ? logs.size() - kMost : 0;
  const std::span<const double> newest = std::span<const double>(logs).subspan(skipped);
  const double price = 3 * std::log(static_cast<double>(newest.size()) + 1) * noise_of(newest);
  const std::size_t shortest = std::max<std::size_t>(settings.shortest, 1);
  std::size_t begin = 0;
  for (const std::size_t end : best_ends(newest, price, shortest)) {
    const std::size_t upto = end + skipped;
    const double median = median_between(values, begin, upto);
    if (!out.empty() && std::abs(std::log(median / out.back().median)) < std::log1p(settings.band)) {
      out.back().end = upto;
      out.back().median = median_between(values, out.back().begin, upto);
    } else {
      out.push_back({begin, upto, median, 1});
    }
    begin = upto;
  }
  for (std::size_t i = 1; i < out.size(); ++i) out[i].ratio = out[i].median / out[i - 1].median;
  return out;
}

}  // namespace reef
