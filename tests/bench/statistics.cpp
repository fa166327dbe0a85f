// How often comparisons are wrong, and how long frontiers take: bench_statistics [COMPARISONS]. The work that
// is timed is real, on this machine as it is: run it beside something busy.
#include "core/bench/statistics.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numeric>

#include "core/bench/pareto.h"
#include "core/bench/random.h"

using namespace reef;

namespace {

constexpr std::size_t kPairs = 20;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// About 0.2 ms of arithmetic that cannot be left out.
double work_time() {
  static std::vector<double> numbers(20'000, 1.0);
  const double start = now();
  double sum = 0;
  for (int round = 0; round < 10; ++round)
    for (double& x : numbers) sum += x = x * 0.999 + 0.001 * sum * 1e-9;
  [[maybe_unused]] static volatile double sink;
  sink = sum;
  return now() - start;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool differ_by_5_percent(double a, double b) { return std::abs(a / b - 1) > 0.05; }

struct Wrong {
  int ours = 0;
  int same = 0;
  int mean = 0;
  int minimum = 0;
  int mann_whitney = 0;
};

// The same against the same: every difference that is found is wrong.
Wrong same_against_same(int comparisons) {
  Wrong wrong;
  Random random(1);
  for (int i = 0; i < comparisons; ++i) {
    std::vector<double> a;
    std::vector<double> b;
    for (std::size_t pair = 0; pair < kPairs; pair += 2) {
      const bool a_first = random.below(2) == 0;
      for (const bool turned : {false, true}) {
        const double first = work_time();
        const double second = work_time();
        a.push_back(a_first != turned ? first : second);
        b.push_back(a_first != turned ? second : first);
      }
    }
    const Verdict verdict = compare_paired(a, b)->verdict;
    wrong.ours += verdict == Verdict::slower || verdict == Verdict::faster ? 1 : 0;
    wrong.same += verdict == Verdict::same ? 1 : 0;
    std::vector<double> before;
    std::vector<double> after;
    for (std::size_t k = 0; k < kPairs; ++k) before.push_back(work_time());
    for (std::size_t k = 0; k < kPairs; ++k) after.push_back(work_time());
    wrong.mean += differ_by_5_percent(mean(before), mean(after)) ? 1 : 0;
    wrong.minimum += differ_by_5_percent(*std::min_element(before.begin(), before.end()),
                                         *std::min_element(after.begin(), after.end()))
                         ? 1
                         : 0;
    wrong.mann_whitney += mann_whitney(before, after)->p < 0.05 ? 1 : 0;
  }
  return wrong;
}

double normal(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

// Pairs of which b is slower by 10 %, under 5 % of noise on each value.
int found_of(int trials) {
  Random random(2);
  int found = 0;
  for (int i = 0; i < trials; ++i) {
    std::vector<double> a;
    std::vector<double> b;
    for (int pair = 0; pair < 30; ++pair) {
      a.push_back(std::exp(0.05 * normal(random)));
      b.push_back(1.1 * std::exp(0.05 * normal(random)));
    }
    found += compare_paired(a, b)->verdict == Verdict::slower ? 1 : 0;
  }
  return found;
}

template <class Work>
void timed(const char* what, Work work) {
  const double start = now();
  const std::clock_t cpu = std::clock();
  const std::size_t result = work();
  std::printf("%-58s %8.3f s wall %8.3f s CPU  %zu on the frontier\n", what, now() - start,
              static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC, result);
}

std::vector<std::vector<Measured>> points_of(std::size_t n, std::size_t width, double part) {
  Random random(3);
  std::vector<std::vector<Measured>> out(n);
  for (auto& point : out)
    for (std::size_t k = 0; k < width; ++k) {
      const double x = 1 + random.uniform();
      point.push_back({x, x * (1 - part), x * (1 + part)});
    }
  return out;
}

// What O(n^2) costs: every pair is looked at.
std::size_t all_pairs(const std::vector<std::vector<Measured>>& points) {
  std::size_t front = 0;
  for (const auto& a : points)
    front += std::none_of(points.begin(), points.end(), [&](const auto& b) {
      return b[0].value <= a[0].value && b[1].value <= a[1].value &&
             (b[0].value < a[0].value || b[1].value < a[1].value);
    });
  return front;
}

}  // namespace

int main(int argc, char** argv) {
  const int comparisons = argc > 1 ? std::atoi(argv[1]) : 200;
  const Wrong wrong = same_against_same(comparisons);
  const auto percent = [&](int count) { return 100.0 * count / comparisons; };
  std::printf("same against same, %d comparisons of %zu pairs; called different:\n", comparisons, kPairs);
  std::printf("  %-40s %5.1f %%   (aim: at most 1 %%; called the same: %.1f %%)\n",
              "interleaved, 99 % interval, 3 % band", percent(wrong.ours), percent(wrong.same));
  std::printf("  %-40s %5.1f %%\n", "one after the other, mean by 5 %", percent(wrong.mean));
  std::printf("  %-40s %5.1f %%\n", "one after the other, minimum by 5 %", percent(wrong.minimum));
  std::printf("  %-40s %5.1f %%\n", "one after the other, Mann-Whitney 5 %", percent(wrong.mann_whitney));
  std::printf(
      "10 %% slower under 5 %% of noise, 30 pairs, 1000 trials: %.1f %% found (aim: at least 95 %%)\n",
      found_of(1000) / 10.0);
  const std::vector<Objective> two(2, {"metric", Metric::Better::lower, std::nullopt});
  const std::vector<Objective> three(3, {"metric", Metric::Better::lower, std::nullopt});
  const auto million = points_of(1'000'000, 2, 0);
  timed("frontier of 1,000,000 points, 2 objectives (aim: 1 s)",
        [&] { return pareto(million, two)->frontier.size(); });
  const auto noisy = points_of(1'000'000, 2, 0.03);
  timed("the same with intervals", [&] { return pareto(noisy, two)->frontier.size(); });
  const auto deep = points_of(100'000, 3, 0.03);
  timed("100,000 points, 3 objectives, with intervals", [&] { return pareto(deep, three)->frontier.size(); });
  auto few = points_of(20'000, 2, 0);
  for (auto& point : few)
    point[1] = Measured::exactly(3 - point[0].value);  // nothing dominates: the worst case
  timed("20,000 points, each against each (a peer's way)", [&] { return all_pairs(few); });
  timed("20,000 points, ours", [&] { return pareto(few, two)->frontier.size(); });
}
