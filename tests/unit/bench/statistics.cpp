#include "core/bench/statistics.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/bench/random.h"

using namespace reef;

namespace {

std::vector<double> one_to(int n) {
  std::vector<double> out(static_cast<std::size_t>(n));
  std::iota(out.begin(), out.end(), 1.0);
  return out;
}

// Sum of 12 uniform numbers: close to a normal one with sd 1.
double normal_noise(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

std::vector<double> noisy(std::size_t n, double centre, double part, Random& random) {
  std::vector<double> out(n);
  for (double& x : out) x = centre * std::exp(part * normal_noise(random));
  return out;
}

}  // namespace

TEST_CASE("percentiles are the elements that LoadGen takes") {
  const Summary summary = summarise(one_to(1000)).value();
  CHECK(summary.n == 1000);
  CHECK(summary.mean == Approx(500.5));
  CHECK(summary.median == 500.5);
  CHECK(summary.find(0.5)->value == 501);
  CHECK(summary.find(0.9)->value == 901);
  CHECK(summary.find(0.99)->value == 991);
  CHECK(summary.find(0.999)->value == 1000);
  CHECK(summary.find(0.12) == nullptr);
  CHECK(summary.mad == 250);
  CHECK(*summary.sd == Approx(288.8194));
}

TEST_CASE("intervals of percentiles are exact binomial ranks") {
  const Summary summary = summarise(one_to(100)).value();
  CHECK(summary.find(0.5)->lower == 40.0);
  CHECK(summary.find(0.5)->upper == 61.0);
  CHECK(summary.find(0.9)->lower == 84.0);
  CHECK(summary.find(0.9)->upper == 96.0);
  CHECK(summary.find(0.99)->lower.has_value());
  CHECK(!summary.find(0.99)->upper);
  CHECK(summary.find(0.99)->needs == 662);
}

TEST_CASE("an interval exists from exactly the number of values that is said to be needed") {
  for (const double p : {0.1, 0.5, 0.9, 0.95, 0.97, 0.99, 0.999}) {
    const std::uint64_t n = needed_for_interval(p);
    const Ranks enough = percentile_ranks(n, p);
    CHECK((enough.lower && enough.upper));
    const Ranks few = percentile_ranks(n - 1, p);
    CHECK(!(few.lower && few.upper));
  }
}

TEST_CASE("the binomial distribution agrees with its definition") {
  for (const double p : {0.001, 0.1, 0.5, 0.97}) {
    double sum = 0;
    double chance = std::pow(1 - p, 40);
    for (std::uint64_t k = 0; k <= 40; ++k) {
      sum += chance;
      CHECK(binomial_cdf(k, 40, p) == Approx(sum).epsilon(1e-9));
      chance *= static_cast<double>(40 - k) / static_cast<double>(k + 1) * p / (1 - p);
    }
  }
  CHECK(binomial_cdf(500'000, 1'000'000, 0.5) == Approx(0.500398942).epsilon(1e-6));
}

TEST_CASE("early stopping needs as many queries as LoadGen does") {
  CHECK(early_stopping_needs(0.90) == 64);
  CHECK(early_stopping_needs(0.95) == 130);
  CHECK(early_stopping_needs(0.97) == 219);
  CHECK(early_stopping_needs(0.99) == 662);
  CHECK(early_stopping_needs(0.999) == 6636);
  CHECK(early_stopping_h(10, 0.90) + 10 == 197);
  CHECK(early_stopping_h(10, 0.95) + 10 == 398);
  CHECK(early_stopping_h(10, 0.97) + 10 == 667);
  CHECK(early_stopping_h(10, 0.99) + 10 == 2010);
  CHECK(early_stopping_h(10, 0.999) + 10 == 20140);
}

TEST_CASE("early stopping estimates are those of LoadGen") {
  const std::vector<double> values = one_to(1000);
  CHECK(early_stopping_estimate(values, 0.90) == 923.0);
  CHECK(early_stopping_estimate(values, 0.99) == 999.0);
  CHECK(!early_stopping_estimate(values, 0.999));
  CHECK(early_stopping_estimate(one_to(64), 0.90) == 64.0);
  CHECK(!early_stopping_estimate(one_to(63), 0.90));
  CHECK(!early_stopping_estimate({}, 0.90));
}

TEST_CASE("outliers are counted and kept") {
  const std::vector<double> values = {10, 10.1, 9.9, 10.05, 9.95, 12};
  const Summary summary = summarise(values).value();
  CHECK(summary.mad == Approx(0.075));
  CHECK(modified_z(12, summary.median, summary.mad) == Approx(26.3333).epsilon(1e-4));
  CHECK(summary.modified_z_outliers == 1);
  CHECK(summary.tukey_outliers == 1);
  CHECK(summary.n == 6);
  CHECK(summary.max == 12);
}

TEST_CASE("no value, one value, two values and equal values can be summarised") {
  CHECK(summarise({}).error().code() == ErrorCode::invalid_input);
  const Summary one = summarise(one_to(1)).value();
  CHECK(one.median == 1);
  CHECK(!one.sd);
  CHECK(one.find(0.999)->value == 1);
  CHECK(!one.find(0.5)->lower);
  const Summary two = summarise(one_to(2)).value();
  CHECK(two.median == 1.5);
  CHECK(*two.sd == Approx(std::sqrt(0.5)));
  const Summary equal = summarise(std::vector<double>(50, 3.0)).value();
  CHECK(equal.sd == 0.0);
  CHECK(equal.mad == 0);
  CHECK(equal.tukey_outliers == 0);
  CHECK(equal.modified_z_outliers == 0);
}

TEST_CASE("values that are not finite are counted apart") {
  const double infinity = std::numeric_limits<double>::infinity();
  const Summary summary = summarise(std::vector<double>{std::nan(""), 1, infinity, 3}).value();
  CHECK(summary.n == 2);
  CHECK(summary.not_finite == 2);
  CHECK(summary.mean == 2);
  CHECK(summarise(std::vector<double>{std::nan("")}).error().code() == ErrorCode::invalid_input);
}

TEST_CASE("the generator is xoshiro256** seeded by SplitMix64") {
  // First output of SplitMix64(0) is 0xE220A8397B1DCDAF; the fourth word is not needed for the first output.
  Random random(0);
  CHECK(random.next() == 0x99EC5F36CB75F2B4U);
  CHECK(random.next() == 0xBF6E1F784956452AU);
  CHECK(random.next() == 0x1A5F849D4933E6E0U);
  std::vector<int> items = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  Random(42).shuffle(items);
  std::vector<int> again = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  Random(42).shuffle(again);
  CHECK(items == again);
  std::sort(again.begin(), again.end());
  CHECK(again.front() == 0);
  CHECK(again != items);
}

TEST_CASE("bounded random numbers are uniform") {
  Random random(7);
  std::vector<int> counts(6);
  for (int i = 0; i < 60'000; ++i) ++counts.at(random.below(6));
  for (const int count : counts) CHECK(std::abs(count - 10'000) < 500);
}

TEST_CASE("a clear difference is named in the direction that was declared") {
  Random random(1);
  const std::vector<double> a = noisy(30, 1.0, 0.02, random);
  const std::vector<double> b = noisy(30, 1.2, 0.02, random);
  ComparisonSettings settings;
  CHECK(compare_paired(a, b, settings)->verdict == Verdict::slower);
  CHECK(compare_paired(b, a, settings)->verdict == Verdict::faster);
  CHECK(compare_unpaired(a, b, settings)->verdict == Verdict::slower);
  settings.better = Metric::Better::higher;
  CHECK(compare_paired(a, b, settings)->verdict == Verdict::faster);
  CHECK(compare_unpaired(b, a, settings)->verdict == Verdict::slower);
  const Comparison comparison = compare_paired(a, b, settings).value();
  CHECK(comparison.paired);
  CHECK(comparison.n == 30);
  CHECK(comparison.ratio == Approx(1.2).epsilon(0.02));
  CHECK(comparison.lower < comparison.ratio);
  CHECK(comparison.upper > comparison.ratio);
}

TEST_CASE("same needs an interval inside the band, else nobody can tell") {
  Random random(2);
  const std::vector<double> quiet = noisy(100, 1.0, 0.01, random);
  const std::vector<double> quiet_too = noisy(100, 1.0, 0.01, random);
  CHECK(compare_paired(quiet, quiet_too)->verdict == Verdict::same);
  const std::vector<double> loud = noisy(10, 1.0, 0.2, random);
  const std::vector<double> loud_too = noisy(10, 1.0, 0.2, random);
  const Comparison comparison = compare_paired(loud, loud_too).value();
  CHECK(comparison.verdict == Verdict::cannot_tell);
  CHECK(comparison.resolution > 0.1);
  CHECK(comparison.needed > 100U);
}

TEST_CASE("fewer than eight pairs never tell") {
  const std::vector<double> a(7, 1.0);
  const std::vector<double> b(7, 2.0);
  const Comparison comparison = compare_paired(a, b).value();
  CHECK(comparison.verdict == Verdict::cannot_tell);
  CHECK(comparison.needed == 8U);
  CHECK(compare_paired(std::vector<double>(8, 1.0), std::vector<double>(8, 2.0))->verdict == Verdict::slower);
  const Comparison single = compare_paired(std::vector<double>{1.0}, std::vector<double>{2.0}).value();
  CHECK(single.verdict == Verdict::cannot_tell);
  CHECK(single.ratio == Approx(2));
}

TEST_CASE("the same seed gives the same interval") {
  Random random(3);
  const std::vector<double> a = noisy(20, 1.0, 0.1, random);
  const std::vector<double> b = noisy(20, 1.0, 0.1, random);
  CHECK(compare_unpaired(a, b)->lower == compare_unpaired(a, b)->lower);
  ComparisonSettings other;
  other.seed = 2;
  CHECK(compare_unpaired(a, b)->lower != compare_unpaired(a, b, other)->lower);
}

TEST_CASE("same against same is hardly ever called different, and ten percent are found") {
  Random random(4);
  ComparisonSettings settings;
  settings.resamples = 2000;
  int wrong = 0;
  int found = 0;
  constexpr int kTrials = 200;
  for (int i = 0; i < kTrials; ++i) {
    const std::vector<double> a = noisy(30, 1.0, 0.05, random);
    const std::vector<double> same = noisy(30, 1.0, 0.05, random);
    const std::vector<double> slower = noisy(30, 1.1, 0.05, random);
    const Verdict verdict = compare_paired(a, same, settings)->verdict;
    wrong += verdict == Verdict::slower || verdict == Verdict::faster ? 1 : 0;
    found += compare_paired(a, slower, settings)->verdict == Verdict::slower ? 1 : 0;
  }
  CHECK(wrong <= 2);
  CHECK(found >= 190);
}

TEST_CASE("small and skewed samples are not trusted too much") {
  Random random(5);
  ComparisonSettings settings;
  settings.resamples = 1000;
  settings.band = 0;  // any difference counts: the hardest case for the interval
  int wrong = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<double> a = noisy(8, 1.0, 0.05, random);
    const std::vector<double> b = noisy(8, 1.0, 0.05, random);
    wrong += compare_paired(a, b, settings)->verdict != Verdict::cannot_tell ? 1 : 0;
  }
  CHECK(wrong <= 20);
}

TEST_CASE("a few wild values do not make a difference") {
  // Cauchy noise: same against same, the hardest tails there are.
  Random random(8);
  ComparisonSettings settings;
  settings.resamples = 500;
  settings.band = 0;
  const auto wild = [&] { return std::exp(0.05 * std::tan(3.14159265 * (random.uniform() - 0.5))); };
  int wrong = 0;
  constexpr int kTrials = 2000;
  for (int i = 0; i < kTrials; ++i) {
    std::vector<double> a;
    std::vector<double> b;
    for (int pair = 0; pair < 20; ++pair) {
      a.push_back(std::clamp(wild(), 1e-9, 1e9));
      b.push_back(std::clamp(wild(), 1e-9, 1e9));
    }
    wrong += compare_paired(a, b, settings)->verdict != Verdict::cannot_tell ? 1 : 0;
  }
  CHECK(wrong <= 20);
}

TEST_CASE("many values are compared in blocks") {
  Random random(6);
  const std::vector<double> a = noisy(200'000, 1.0, 0.1, random);
  const std::vector<double> b = noisy(150'000, 1.1, 0.1, random);
  const Comparison comparison = compare_unpaired(a, b).value();
  CHECK(comparison.verdict == Verdict::slower);
  CHECK(comparison.n == 150'000);
  CHECK(comparison.ratio == Approx(1.1).epsilon(0.01));
}

TEST_CASE("what cannot be compared is refused") {
  const std::vector<double> good(10, 1.0);
  ComparisonSettings settings;
  settings.better = Metric::Better::unknown;
  CHECK(compare_paired(good, good, settings).error().message() ==
        "cannot compare: nobody said which direction is better");
  CHECK(compare_paired(good, one_to(9)).error().message() == "cannot pair 10 values with 9");
  CHECK(compare_paired(std::vector<double>{}, {}).error().message() ==
        "there is nothing to compare: the first side has no values");
  CHECK(compare_unpaired(good, std::vector<double>{1, 0}).error().message() ==
        "cannot compare the second side: 0 is not a finite number above 0, which ratios need");
  CHECK(!compare_unpaired(std::vector<double>{std::nan("")}, good));
}

TEST_CASE("Mann and Whitney's test is exact for small samples") {
  const MannWhitney apart = mann_whitney(one_to(5), std::vector<double>{6, 7, 8, 9, 10}).value();
  CHECK(apart.u == 0);
  CHECK(apart.exact);
  CHECK(apart.p == Approx(0.0079365).epsilon(1e-4));
  const MannWhitney mixed = mann_whitney(std::vector<double>{1, 3}, std::vector<double>{2, 4}).value();
  CHECK(mixed.u == 1);
  CHECK(mixed.p == Approx(2.0 / 3));
}

TEST_CASE("Mann and Whitney's test of ties and of many values is an approximation that says so") {
  const MannWhitney equal = mann_whitney(std::vector<double>(5, 1.0), std::vector<double>(5, 1.0)).value();
  CHECK(!equal.exact);
  CHECK(equal.p == 1);
  std::vector<double> a = one_to(50);
  std::vector<double> b = one_to(50);
  for (double& x : b) x += 10.5;
  const MannWhitney exact = mann_whitney(a, b).value();
  CHECK(exact.exact);
  b.front() -= 0.5;  // a tie
  const MannWhitney close = mann_whitney(a, b).value();
  CHECK(!close.exact);
  CHECK(close.p == Approx(exact.p).epsilon(0.2));
  CHECK(!mann_whitney(a, {}));
}
