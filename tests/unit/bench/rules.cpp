#include "core/bench/rules.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "core/bench/peak.h"
#include "core/bench/random.h"
#include "core/bench/statistics.h"
#include "core/bench/steadiness.h"
#include "tests/support/sanitized.h"

using namespace reef;
using namespace std::chrono_literals;

namespace {

std::vector<std::uint64_t> milliseconds_to(std::uint64_t n) {
  std::vector<std::uint64_t> values(n);
  std::iota(values.begin(), values.end(), 1ULL);
  for (std::uint64_t& value : values) value *= 1'000'000;
  return values;
}

}  // namespace

TEST_CASE("early stopping: the least n, as MLPerf LoadGen's table has it") {
  struct Row {
    std::uint64_t t;
    std::vector<std::uint64_t> least;
  };
  constexpr std::array kPercentiles = {0.9, 0.95, 0.97, 0.99, 0.999};
  for (const Row& row : {Row{1, {64, 130, 219, 662, 6636}}, Row{10, {197, 398, 667, 2010, 20140}}})
    for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
      CAPTURE(row.t, kPercentiles[i]);
      CHECK(early_stopping_h(row.t, kPercentiles[i]) + row.t == row.least[i]);
      CHECK(most_over(row.least[i], kPercentiles[i]) == row.t);
      CHECK(most_over(row.least[i] - 1, kPercentiles[i]) == row.t - 1);
    }
  CHECK(!most_over(0, 0.99));
  CHECK(!most_over(458, 0.99));
  CHECK(most_over(459, 0.99) == 0U);
}

TEST_CASE("single-stream and multi-stream: percentile and estimate of 1..1000") {
  const auto values = milliseconds_to(1000);
  const Judgement single = judge({Scenario::single_stream, 1000, 1s, {}}, values, 1s, 1);
  CHECK(single.valid);
  CHECK(single.value == Approx(0.901));
  CHECK(single.estimate == Approx(0.923));
  const Judgement multi = judge({Scenario::multi_stream, 1000, 1s, {}}, values, 1s, 8);
  CHECK(multi.value == Approx(0.991));
  CHECK(multi.estimate == Approx(0.999));
}

TEST_CASE("a measurement that is too short is not VALID, and says all that it lacks") {
  const Judgement short_one = judge({Scenario::single_stream, 100, 1s, {}}, milliseconds_to(63), 900ms, 1);
  CHECK(!short_one.valid);
  CHECK(short_one.reasons == std::vector<std::string>{"63 of the 100 queries that were asked for",
                                                      "it lasted 900 ms, 1.00 s were asked for",
                                                      "63 of the 64 queries that an estimate of p90 needs"});
  CHECK(judge({Scenario::single_stream, 64, 1s, {}}, milliseconds_to(64), 1s, 1).valid);
}

TEST_CASE("no, one or two queries are too few for a verdict, and nothing breaks") {
  for (const std::uint64_t n : {0U, 1U, 2U})
    for (const Scenario scenario : {Scenario::single_stream, Scenario::multi_stream, Scenario::server}) {
      CAPTURE(n, name_of(scenario));
      std::optional<LatencyBound> bound;
      if (scenario == Scenario::server) bound = LatencyBound{0.99, 5s};
      const Judgement judged = judge({scenario, 1, 0s, bound}, milliseconds_to(n), 1s, 1);
      CHECK(!judged.valid);
      CHECK(judged.value.has_value() == (n > 0));
      CHECK(!judged.estimate);
      CHECK(find_drift(milliseconds_to(n)).verdict == Steadiness::Verdict::too_few);
    }
  CHECK(!judge({Scenario::offline, 1, 0s, {}}, {}, std::nullopt, 10).valid);
}

TEST_CASE("offline: samples by the longest latency") {
  const std::vector<std::uint64_t> one = {2'000'000'000};
  const Judgement judged = judge({Scenario::offline, 1, 2s, {}}, one, 0s, 5000);
  CHECK(judged.valid);
  CHECK(judged.samples_per_s == Approx(2500));
  CHECK(judge({Scenario::offline, 1, 3s, {}}, one, 0s, 5000).reasons ==
        std::vector<std::string>{"it lasted 2.00 s, 3.00 s were asked for"});
  CHECK(judge({Scenario::offline, 5000, 2s, {}}, one, 0s, 5000).valid);
  CHECK(judge({Scenario::offline, 5001, 2s, {}}, one, 0s, 5000).reasons ==
        std::vector<std::string>{"5000 of the 5001 samples that were asked for"});
  // Several, one after the other, are not answered in the time of one.
  CHECK(judge({Scenario::offline, 1, 0s, {}}, std::vector<std::uint64_t>(4, 2'000'000'000), 6s, 5000)
            .samples_per_s == Approx(2500));
}

TEST_CASE("server: the bound, and enough queries to be sure of it") {
  std::vector<std::uint64_t> values(1000, 1'000'000);
  const Demands demands{Scenario::server, 500, 1s, LatencyBound{0.99, 5ms}};
  const auto with_over = [&](std::size_t over) {
    std::fill_n(values.begin(), over, 6'000'000);
    return judge(demands, values, 1s, 1);
  };
  const Judgement good = with_over(2);
  CHECK(good.valid);
  CHECK(good.over == 2U);
  const Judgement unsure = with_over(5);
  CHECK(unsure.reasons == std::vector<std::string>{"p99 is 1.00 ms, within the bound of 5.00 ms; with 5 of "
                                                   "1000 queries over it, to be 99 % sure takes "
                                                   "1307, 307 more"});
  CHECK(unsure.broken.empty());
  const Judgement broken = with_over(11);
  CHECK(broken.reasons == std::vector<std::string>{"p99 is 6.00 ms, the bound is 5.00 ms"});
  CHECK(broken.broken == broken.reasons.front());
}

TEST_CASE("bounds are read and shown") {
  CHECK(parse_latency_bound("p99=5ms")->percentile == 0.99);
  CHECK(parse_latency_bound("p99=5ms")->limit == 5ms);
  CHECK(parse_latency_bound("p99.9=20ms")->percentile == 0.999);
  CHECK(parse_latency_bound("p99.9=20ms")->text() == "p99.9=20.0 ms");
  CHECK(parse_latency_bound("p5=1s")->percentile == 0.05);
  for (const std::string_view bad :
       {"", "p99", "99=5ms", "p=5ms", "p0=5ms", "p100=5ms", "p-9=5ms", "pnan=5ms", "p99=", "p99=0ms",
        "p99=soon", "p1e1=5ms", "p99=5", "p99=1e-3"}) {
    CAPTURE(bad);
    CHECK(!parse_latency_bound(bad));
  }
}

TEST_CASE("who waits asleep and who spins") {
  CHECK(!spins(Pacing::automatic, 2));
  CHECK(spins(Pacing::automatic, 4));
  CHECK(spins(Pacing::spin, 1));
  CHECK(!spins(Pacing::sleep, 64));
  CHECK(parse_pacing("spin").value() == Pacing::spin);
  CHECK(parse_pacing("spinn").error().hints() == std::vector<std::string>{"did you mean `spin`?"});
}

TEST_CASE("the orders of samples are named") {
  CHECK(parse_order("rounds").value() == Order::rounds);
  CHECK(parse_order("loadgen").value() == Order::loadgen);
  CHECK(name_of(Order::loadgen) == "loadgen");
  CHECK(parse_order("loadgne").error().message() ==
        "unknown order `loadgne`, expected `rounds` or `loadgen`");
}

TEST_CASE("a peak is found under noise, and its interval tells the truth") {
  // Probes near the peak are coin tosses, and two of a hundred go wrong anywhere.
  constexpr int kTrials = test::kSanitized ? 10 : 100;
  for (const double width : {0.005, 0.05}) {
    int close = 0;
    int covered = 0;
    std::size_t probes = 0;
    for (std::uint64_t seed = 1; seed <= kTrials; ++seed) {
      Random random(seed);
      const double peak = 100 * std::exp(5 * random.uniform());
      PeakSettings settings;
      settings.start = 1000;
      PeakSearch search(settings);
      while (const auto rate = search.next()) {
        const double p = 0.02 + 0.96 * 0.5 * std::erfc(-std::log(peak / *rate) / width / std::sqrt(2));
        search.tell({*rate, random.uniform() < p, false, 1000, {}});
      }
      const PeakEstimate found = search.estimate();
      REQUIRE(found.rate);
      close += std::abs(std::log(*found.rate / peak)) < 0.05 ? 1 : 0;
      covered += found.lower <= peak && peak <= found.upper ? 1 : 0;
      probes += found.probes.size();
    }
    CAPTURE(width, probes / kTrials);
    CHECK(close >= 0.95 * kTrials);
    CHECK(covered >= 0.88 * kTrials);
    CHECK(probes / kTrials <= 34);
  }
}

TEST_CASE("probes that could not tell move no peak, and end the search when they do not cease") {
  PeakSearch search({});
  int probes = 0;
  while (const auto rate = search.next()) search.tell({*rate, *rate < 5000, ++probes % 3 == 0, 1000, {}});
  CHECK(!search.gave_up_at());
  CHECK(*search.estimate().rate == Approx(5000).epsilon(0.03));

  PeakSearch hopeless({});
  while (const auto rate = hopeless.next()) hopeless.tell({*rate, *rate <= 4000, *rate > 4000, 1000, {}});
  // The ceiling comes down to what was valid.
  REQUIRE(hopeless.gave_up_at());
  CHECK(*hopeless.gave_up_at() == Approx(4000).epsilon(0.06));
  CHECK(hopeless.estimate().probes.size() <= 16);
  CHECK(!hopeless.estimate().rate);

  // Undecided above a rate that is below the peak, invalid nowhere that can be told.
  PeakSearch never({});
  while (const auto rate = never.next()) never.tell({*rate, false, true, 1000, {}});
  CHECK(never.gave_up_at() == 125.0);
  CHECK(never.estimate().probes.size() == 8);

  // A ceiling that was only noise ends where something is invalid below it.
  PeakSearch between({});
  while (const auto rate = between.next())
    between.tell({*rate, *rate<6000, *rate> 7500 && between.estimate().probes.size() < 6, 1000, {}});
  CHECK(!between.gave_up_at());
  CHECK(*between.estimate().rate == Approx(6000).epsilon(0.03));
}

TEST_CASE("a search ends where every rate is good, or none") {
  for (const bool valid : {true, false}) {
    PeakSearch search({});
    int probes = 0;
    while (const auto rate = search.next()) {
      search.tell({*rate, valid, false, 1, {}});
      ++probes;
    }
    CHECK(probes <= 40);
    CHECK(!search.estimate().rate);
  }
}

TEST_CASE("a level that changes is seen, noise is not") {
  using Verdict = Steadiness::Verdict;
  Random random(5);
  const auto noisy = [&](auto level) {
    std::vector<std::uint64_t> values(2000);
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] =
          static_cast<std::uint64_t>(level(static_cast<double>(i)) * (1 + 0.2 * random.uniform()) * 1e6);
    return find_drift(values);
  };
  int alarms = 0;
  for (int i = 0; i < 100; ++i) alarms += noisy([](double) { return 1.0; }).verdict == Verdict::drifting;
  CHECK(alarms == 0);
  const Steadiness step = noisy([](double i) { return i < 700 ? 1.2 : 1.0; });
  CHECK(step.verdict == Verdict::drifting);
  CHECK(std::abs(static_cast<double>(*step.change_at) - 700) < 40);
  CHECK(*step.before > *step.after);
  CHECK(noisy([](double i) { return 1 + i / 4000; }).verdict == Verdict::drifting);
  // A change that is certain but of no interest.
  CHECK(noisy([](double i) { return i < 1000 ? 1.0 : 1.02; }).verdict == Verdict::steady);
  // All values equal; one outlier.
  std::vector<std::uint64_t> equal(100, 7);
  CHECK(find_drift(equal).verdict == Verdict::steady);
  CHECK(find_drift(equal).p == Approx(1));
  equal[50] = 1'000'000;
  CHECK(find_drift(equal).verdict == Verdict::steady);
}
