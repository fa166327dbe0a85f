#include "core/bench/history.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/bench/random.h"
#include "core/bench/statistics.h"

using namespace reef;

namespace {

double noise(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

void add_level(std::vector<double>& out, std::size_t n, double level, double part, Random& random) {
  for (std::size_t i = 0; i < n; ++i) out.push_back(level * std::exp(part * noise(random)));
}

std::vector<std::size_t> begins(const std::vector<Level>& levels) {
  std::vector<std::size_t> out;
  for (const Level& level : levels) out.push_back(level.begin);
  return out;
}

}  // namespace

TEST_CASE("a history without a step is one level") {
  Random random(1);
  std::vector<double> values;
  add_level(values, 100, 5, 0.02, random);
  const auto levels = levels_of(values).value();
  REQUIRE(levels.size() == 1);
  CHECK(levels[0].end == 100);
  CHECK(levels[0].median == Approx(5).epsilon(0.01));
  CHECK(levels_of({}).value().empty());
  CHECK(levels_of(std::vector<double>{1})->size() == 1);
  CHECK(levels_of(std::vector<double>{1, 2})->size() == 1);
  CHECK(levels_of(std::vector<double>(50, 3.0))->size() == 1);
}

TEST_CASE("steps are found where they are, up and down") {
  Random random(2);
  std::vector<double> values;
  add_level(values, 40, 1.00, 0.02, random);
  add_level(values, 30, 1.15, 0.02, random);
  add_level(values, 50, 1.05, 0.02, random);
  const auto levels = levels_of(values).value();
  REQUIRE(begins(levels) == std::vector<std::size_t>{0, 40, 70});
  CHECK(levels[1].ratio == Approx(1.15).epsilon(0.02));
  CHECK(levels[2].ratio == Approx(1.05 / 1.15).epsilon(0.02));
}

TEST_CASE("one bad run is an outlier, not a step") {
  Random random(3);
  std::vector<double> values;
  add_level(values, 60, 1, 0.01, random);
  values[20] = 7;
  values[41] = 9;
  CHECK(levels_of(values)->size() == 1);
}

TEST_CASE("a step within the band is none") {
  std::vector<double> values(20, 1.0);
  values.resize(40, 1.02);
  CHECK(levels_of(values)->size() == 1);
  HistorySettings strict;
  strict.band = 0.01;
  CHECK(begins(levels_of(values, strict).value()) == std::vector<std::size_t>{0, 20});
}

TEST_CASE("noise alone makes hardly any step") {
  Random random(4);
  int wrong = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> values;
    add_level(values, 50, 1, 0.1, random);
    wrong += levels_of(values)->size() > 1 ? 1 : 0;
  }
  CHECK(wrong <= 4);
}

TEST_CASE("a long history is looked at from its newest end") {
  Random random(5);
  std::vector<double> values;
  add_level(values, 4000, 1, 0.01, random);
  add_level(values, 500, 1.2, 0.01, random);
  CHECK(begins(levels_of(values).value()) == std::vector<std::size_t>{0, 4000});
}

TEST_CASE("values that have no logarithm are refused") {
  CHECK(levels_of(std::vector<double>{1, 0}).error().message() ==
        "cannot look for steps: 0 is not a finite number above 0");
  CHECK(!levels_of(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}));
}

TEST_CASE("Holm's correction is that of the textbook") {
  // Holm 1979: 0.01 * 4, 0.013 * 3, 0.014 * 2 and 0.19 * 1, never less than one before.
  const std::vector<double> corrected = holm(std::vector<double>{0.013, 0.19, 0.01, 0.014});
  CHECK(corrected[2] == Approx(0.04));
  CHECK(corrected[0] == Approx(0.04));
  CHECK(corrected[3] == Approx(0.04));
  CHECK(corrected[1] == Approx(0.19));
  CHECK(holm(std::vector<double>{0.7, 0.8}) == std::vector<double>{1, 1});
  CHECK(holm({}).empty());
}

TEST_CASE("of many comparisons only the clear ones keep their verdict") {
  Random random(6);
  std::vector<double> a;
  std::vector<double> clear;
  std::vector<double> b;
  add_level(a, 12, 1, 0.05, random);
  add_level(clear, 12, 2, 0.05, random);
  add_level(b, 12, 1.14, 0.05, random);
  const Comparison faint = compare_paired(a, b).value();
  REQUIRE(faint.verdict == Verdict::slower);
  CHECK(faint.p < 0.01);
  std::vector<Comparison> alone = {faint};
  correct_for_many(alone);
  CHECK(alone[0].verdict == Verdict::slower);
  std::vector<Comparison> many(40, faint);
  for (Comparison& other : many) {
    other.p = 0.5;
    other.verdict = Verdict::cannot_tell;
  }
  many[0] = faint;
  many[1] = compare_paired(a, clear).value();
  correct_for_many(many);
  CHECK(many[0].verdict == Verdict::cannot_tell);
  CHECK(many[0].needed.has_value());
  CHECK(many[1].verdict == Verdict::slower);
}

TEST_CASE("of an interval from elsewhere nobody says how many values would decide") {
  std::vector<Comparison> many(40, compare_interval(1.1, 0.9, 1.3, 30).value());
  CHECK_FALSE(many[0].needed);
  many[0] = compare_interval(2, 1.04, 4, 30).value();
  REQUIRE(many[0].verdict == Verdict::slower);
  correct_for_many(many);
  CHECK(many[0].verdict == Verdict::cannot_tell);
  CHECK_FALSE(many[0].needed);
}

TEST_CASE("the chance of a claim agrees with its interval") {
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    std::vector<double> a;
    std::vector<double> b;
    add_level(a, 30, 1, 0.05, random);
    add_level(b, 30, 1 + 0.2 * random.uniform(), 0.05, random);
    const Comparison comparison = compare_paired(a, b).value();
    if (comparison.p < 0.005) CHECK(comparison.verdict != Verdict::cannot_tell);
    if (comparison.p > 0.02) CHECK(comparison.verdict == Verdict::cannot_tell);
  }
}

TEST_CASE("outliers are counted, none is dropped") {
  const Summary found = summarise(std::vector<double>{10, 10.1, 9.9, std::nan(""), 10.05, 9.95, 12}).value();
  CHECK(found.n == 6);
  CHECK(found.tukey_outliers == 1);
  CHECK(found.modified_z_outliers == 1);
  CHECK(modified_z(12, found.median, found.mad) == Approx(26.3333).epsilon(1e-4));
  CHECK(is_outlier(12, found.median, found.mad));
  CHECK_FALSE(is_outlier(10.1, found.median, found.mad));
  CHECK(summarise(std::vector<double>{30, 30, 30, 30, 30, 31, 29}).value().modified_z_outliers == 0);
  CHECK_FALSE(is_outlier(31, 30, 0));
}

TEST_CASE("a percentile that so few values cannot tell says how many it needs") {
  CHECK(too_few_for(0.99, 661) == "n too small for p99, needs 662");
  CHECK(!too_few_for(0.99, 662));
  CHECK(too_few_for(0.999, 100) == "n too small for p99.9, needs 6636");
}
