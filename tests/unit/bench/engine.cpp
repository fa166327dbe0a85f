#include "core/bench/engine.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "core/bench/arrivals.h"
#include "core/bench/random.h"
#include "core/bench/wake_lead.h"
#include "tests/unit/bench/virtual_time.h"

using namespace reef;
using namespace std::chrono_literals;
using test::VirtualRun;

TEST_CASE("single-stream: the next query goes out when the last was answered") {
  VirtualRun bench(Scenario::single_stream);
  REQUIRE(bench.run());
  CHECK(bench.result.queries() == 2001);  // the last one is issued when a second has passed
  CHECK(bench.result.latencies_ns.front() == 500'000);
  CHECK(bench.result.last_due == 1s);
  CHECK(bench.result.times.steady == 1s + 500us);
  CHECK(bench.result.times.first_answer == 500us);
  CHECK(bench.result.times.warmup == 50ms);
  CHECK(bench.result.throughput() == Approx(2000.0));
  CHECK(bench.result.lateness_ns.empty());
}

TEST_CASE("the number of queries asked for is reached, and not exceeded without need") {
  const std::uint64_t queries = GENERATE(1U, 2U, 64U, 1000U);
  VirtualRun bench(Scenario::single_stream);
  bench.settings.min_queries = queries;
  bench.settings.min_duration = 0ms;
  REQUIRE(bench.run());
  CHECK(bench.result.queries() == queries);
}

TEST_CASE("multi-stream: eight samples a query, latency until the last") {
  VirtualRun bench(Scenario::multi_stream);
  REQUIRE(bench.run());
  CHECK(bench.result.latencies_ns.front() == 4'000'000);
  CHECK(bench.result.samples_per_query == 8);
  CHECK(bench.result.throughput() == Approx(2000.0));
}

TEST_CASE("offline: one query with everything in it") {
  VirtualRun bench(Scenario::offline);
  SECTION("once") {
    REQUIRE(bench.run());
    CHECK(bench.result.queries() == 1);
    CHECK(bench.result.latencies_ns.front() == 5'000'000);
  }
  SECTION("as long as time asks for, without a hint of the latency to expect") {
    bench.settings.min_duration = 1s;
    REQUIRE(bench.run());
    CHECK(bench.result.queries() == 1);
    CHECK(bench.result.samples_per_query == 2200);
    CHECK(bench.result.latencies_ns.front() == 1'100'000'000);
    // Every sample as often as any other.
    std::vector<int> often(10);
    for (const std::uint32_t sample : bench.system.asked) ++often[sample];
    CHECK(often == std::vector<int>(10, 221));
  }
  SECTION("with as many samples as were asked for, by whoever says queries") {
    bench.settings.min_queries = 24'576;
    REQUIRE(bench.run());
    CHECK(bench.result.queries() == 1);
    CHECK(bench.result.samples_per_query == 24'576);
    CHECK(bench.result.throughput() == Approx(2000.0));
  }
  SECTION("never with less than every sample") {
    bench.settings.min_queries = 3;
    REQUIRE(bench.run());
    CHECK(bench.result.samples_per_query == 10);
  }
}

TEST_CASE("offline: a query grows until it lasts long enough, whatever the first ones took") {
  VirtualRun bench(Scenario::offline);
  bench.settings.min_duration = 1s;
  SECTION("a system that is slow when it is cold") {
    bench.system.varying = [](std::uint64_t id) { return id == 1 ? 1ms : 1us; };
    REQUIRE(bench.run());
    CHECK(bench.system.arrivals.size() == 3);  // warm-up, one that was too short, and one of 1.1 s
    CHECK(bench.result.samples_per_query == 1'100'000);
  }
  SECTION("one that gets better with every larger batch") {
    bench.system.varying = [&](std::uint64_t id) {
      return std::chrono::nanoseconds(1'000'000 >> 2 * std::min<std::uint64_t>(id, 4));
    };
    REQUIRE(bench.run());
    CHECK(bench.system.arrivals.size() == 5);
  }
  CHECK(bench.result.queries() == 1);
  CHECK(bench.result.latencies_ns.front() >= 1'000'000'000);
  CHECK(bench.result.times.warmup < 1s);
}

TEST_CASE("a warm-up whose time is over ends, and how far it got is known") {
  VirtualRun bench(Scenario::single_stream, 1s);
  REQUIRE(bench.run());
  CHECK(bench.result.warmup_queries == 5);
  CHECK(bench.result.times.warmup == 5s);
}

TEST_CASE("server: 2,068 arrivals at a single worker, as Lindley's recursion says") {
  VirtualRun bench(Scenario::server, 500us);
  bench.settings.warmup_queries = 0;
  bench.settings.min_queries = 2068;
  bench.settings.min_duration = 0ms;
  REQUIRE(bench.run());
  REQUIRE(bench.result.queries() == 2068);
  Arrivals arrivals(1000, bench.settings.seed);
  std::int64_t before = 0;
  std::int64_t wait = 0;  // W(n+1) = max(0, W(n) + S - gap)
  for (std::size_t i = 0; i < 2068; ++i) {
    const std::int64_t at = arrivals.next().count();
    if (i > 0) wait = std::max<std::int64_t>(0, wait + 500'000 - (at - before));
    before = at;
    REQUIRE(bench.result.latencies_ns[i] == static_cast<std::uint64_t>(wait + 500'000));
  }
  CHECK(bench.result.last_due == std::chrono::nanoseconds(before));
  // An issuer that is never late says so.
  CHECK(std::accumulate(bench.result.lateness_ns.begin(), bench.result.lateness_ns.end(), 0ULL) == 0);
}

TEST_CASE("server: the whole trace is issued, whatever is waiting") {
  VirtualRun bench(Scenario::server, 2ms);  // twice as slow as queries come
  bench.settings.warmup_queries = 0;
  REQUIRE(bench.run());
  CHECK(bench.result.queries() >= 1000);
  CHECK(bench.result.last_due >= 1s);
  // The last ones waited for all before them.
  CHECK(bench.result.latencies_ns.back() > 900'000'000);
  CHECK(bench.result.times.steady > 2s - 50ms);
}

TEST_CASE("an alarm is set as much earlier as the host wakes late in the median, within bounds") {
  const MonotonicTime due(1s);
  const auto lead_after = [&](double rate, auto late) {
    WakeLead lead(rate);
    for (int i = 0; i < 1000; ++i) lead.woke(lead.alarm(due), lead.alarm(due) + late(i));
    return due - lead.alarm(due);
  };
  CHECK(lead_after(2000, [](int) { return 0ns; }) == 0ns);
  const auto usual = lead_after(2000, [](int i) { return i % 100 == 0 ? 5'000'000ns : 30'000ns; });
  CHECK(usual >= 29us);
  CHECK(usual <= 31us);
  CHECK(lead_after(2000, [](int) { return 5ms; }) == 50us);
  CHECK(lead_after(100'000, [](int) { return 5ms; }) == 1us);
  CHECK(lead_after(2e9, [](int) { return 5ms; }) == 0us);
}

TEST_CASE("server: a host that always wakes late is no reason to be late") {
  VirtualRun bench(Scenario::server, 1us);
  bench.settings.min_queries = 4000;
  bench.system.oversleeps = [] { return 30us; };
  REQUIRE(bench.run());
  std::vector<std::uint64_t> late = bench.result.lateness_ns;
  std::sort(late.begin(), late.end());
  CHECK(late[late.size() / 2] <= 1000);
}

TEST_CASE("arrivals are a Poisson process of the rate asked for, the same ones for the same seed") {
  Arrivals arrivals(1000, 7);
  double before = 0;
  double sum = 0;
  double squares = 0;
  int long_gaps = 0;
  constexpr int kCount = 200'000;
  for (int i = 0; i < kCount; ++i) {
    const auto at = static_cast<double>(arrivals.next().count());
    const double gap = (at - before) / 1e6;  // in mean gaps
    before = at;
    sum += gap;
    squares += gap * gap;
    long_gaps += gap > 3 ? 1 : 0;
  }
  CHECK(sum / kCount == Approx(1).epsilon(0.01));
  CHECK(squares / kCount == Approx(2).epsilon(0.02));
  CHECK(long_gaps / static_cast<double>(kCount) == Approx(std::exp(-3)).epsilon(0.05));
  Arrivals again(1000, 1);
  // The numbers that every machine gets.
  CHECK(std::array{again.next().count(), again.next().count(), again.next().count()} ==
        std::array<std::int64_t, 3>{1391328, 4471784, 4517604});
}

TEST_CASE("a lost answer ends the run after its time limit and names the sample") {
  SECTION("single-stream") {
    VirtualRun bench(Scenario::single_stream);
    bench.settings.seed = 3;
    bench.system.loses = 1000;
    const Status status = bench.run();
    REQUIRE(!status);
    CHECK(status.error().message() == fmt::format("query 1000 (sample {}) was not answered within 1 min 0 s",
                                                  bench.system.asked.at(999)));
    CHECK(bench.result.queries() == 899);
  }
  SECTION("server, where others are waiting") {
    VirtualRun bench(Scenario::server);
    bench.system.loses = 700;
    bench.settings.answer_limit = 200ms;
    const Status status = bench.run();
    REQUIRE(!status);
    CHECK(status.error().message() ==
          fmt::format("query 700 (sample {}) was not answered within 200 ms", bench.system.asked.at(699)));
    // All the others that were asked until then are kept.
    CHECK(bench.result.queries() >= 700);
    CHECK(bench.result.queries() == bench.system.asked.size() - 100 - 1);
  }
  SECTION("server, of those that are asked for afterwards") {
    VirtualRun bench(Scenario::server);
    bench.settings.warmup_queries = 0;
    bench.settings.min_queries = 5;
    bench.settings.min_duration = 0ms;
    bench.settings.cover_all = true;
    bench.system.loses = 7;
    const Status status = bench.run(20);
    REQUIRE(!status);
    CHECK(status.error().message() ==
          fmt::format("query 7 (sample {}) was not answered within 1 min 0 s", bench.system.asked.at(6)));
  }
  SECTION("several samples") {
    VirtualRun bench(Scenario::multi_stream);
    bench.settings.warmup_queries = 0;
    bench.system.loses = 1;
    const Status status = bench.run();
    REQUIRE(!status);
    CHECK(status.error().message().find("query 1 (samples ") == 0);
    CHECK(status.error().message().find(", ...) was not answered within") != std::string::npos);
  }
}

TEST_CASE("a clock that goes back makes a run invalid, not fast") {
  VirtualRun bench(Scenario::single_stream);
  bench.settings.warmup_queries = 0;
  bench.system.jump = -1s;
  REQUIRE(bench.run());
  CHECK(bench.result.outcome == Outcome::invalid);
  CHECK(bench.result.reason == "the clock went back while it measured: the latencies mean nothing");
  CHECK(bench.result.latencies_ns.front() == 0);
}

TEST_CASE("accuracy: every sample once and in order, its answer kept") {
  const Scenario scenario = GENERATE(Scenario::single_stream, Scenario::multi_stream, Scenario::offline);
  VirtualRun bench(scenario);
  bench.settings.mode = LoadMode::accuracy;
  REQUIRE(bench.run(20));
  std::vector<std::uint32_t> all(20);
  std::iota(all.begin(), all.end(), 0U);
  CHECK(bench.system.asked == all);
  CHECK(bench.result.answers.at(7) == "49");
}

TEST_CASE("an interrupted run keeps what was measured, in each phase") {
  Cancellation cancel;
  VirtualRun bench(Scenario::server);
  bench.cancel = &cancel;
  std::uint64_t at = 0;
  std::size_t kept = 0;
  SECTION("warming up") { at = 50; }
  SECTION("measuring") {
    at = 600;
    kept = 500;
  }
  bench.system.varying = [&](std::uint64_t id) {
    if (id == at) cancel.request();
    return 1us;
  };
  const Status status = bench.run();
  REQUIRE(!status);
  CHECK(status.error().code() == ErrorCode::interrupted);
  CHECK(bench.result.queries() == kept);
}

TEST_CASE("the peak of a system is found in virtual time, and confirmed by a whole measurement") {
  // One worker with 0.5 ms a query: its mean response is 5 ms at 1,889 a second, its p99 (4.6 times as much,
  // near enough exponential) at about 1,500.
  VirtualRun bench(Scenario::server, 500us);
  bench.settings.find_peak = true;
  bench.settings.rate = GENERATE(0, 1);  // at which nothing waits
  bench.settings.bound = parse_latency_bound("p99=5ms").value();
  bench.settings.min_duration = 5s;
  bench.settings.min_queries = 5000;
  REQUIRE(bench.run());
  REQUIRE(bench.result.peak);
  CHECK(bench.result.peak->probes.front().rate > 5);
  REQUIRE(bench.result.peak->confirmed);
  CHECK(*bench.result.peak->confirmed > 1350);
  CHECK(*bench.result.peak->confirmed < 1750);
  CHECK(bench.result.rate == *bench.result.peak->confirmed);
  CHECK(bench.result.peak->probes.size() <= 40);
  CHECK(bench.result.queries() >= 5000);
}

namespace {

// Half a millisecond a query, as above, and a host that now and then runs something else.
VirtualRun busy_search() {
  VirtualRun bench(Scenario::server, 500us);
  bench.settings.find_peak = true;
  bench.settings.bound = parse_latency_bound("p99=5ms").value();
  bench.settings.min_duration = 5s;
  bench.settings.min_queries = 5000;
  return bench;
}

}  // namespace

TEST_CASE("a load generator that is late now and then moves no peak, and confirms none") {
  VirtualRun bench = busy_search();
  Random random(7);
  // Once in a thousand waits, 20 ms: of a hundred queries more than one is over the bound at any rate.
  bench.system.oversleeps = [&] { return random.uniform() < 0.001 ? 20ms : 0ms; };
  REQUIRE(bench.run());
  REQUIRE(bench.result.peak->rate);
  CHECK(*bench.result.peak->rate > 1350);
  CHECK(*bench.result.peak->rate < 1750);
  CHECK(!bench.result.peak->confirmed);
  CHECK(bench.result.over_by_issuer > 50);
}

TEST_CASE("a load generator that is always late cannot tell a peak, and says so") {
  VirtualRun bench = busy_search();
  int waits = 0;
  bench.system.oversleeps = [&] { return ++waits % 20 == 0 ? 20ms : 0ms; };
  const Status status = bench.run();
  REQUIRE(!status);
  CHECK(status.error().message() ==
        "cannot tell the peak: at 125 queries a second and above the load generator itself was late; this "
        "host is too busy, or the rate is beyond what it can issue");
  CHECK(bench.result.peak->probes.size() == 8);
}

TEST_CASE("a search beyond what can be issued names no peak, and tries to confirm what was sustained") {
  VirtualRun bench = busy_search();
  bench.settings.min_queries = 1000;
  bench.settings.min_duration = 1s;
  // Nothing is slow but the host, which wakes nobody in time.
  bench.system.varying = [](std::uint64_t) { return 1us; };
  bench.system.oversleeps = [] { return 1ms; };
  bench.system.wakes_late = true;
  REQUIRE(bench.run());
  CHECK(!bench.result.peak->rate);
  const auto& probes = bench.result.peak->probes;
  CHECK(std::any_of(probes.begin(), probes.end(), [](const PeakProbe& probe) { return probe.undecided; }));
  CHECK(bench.result.queries() >= 1000);
}

TEST_CASE("a system that works in the call that hands it a query is late by its own fault") {
  VirtualRun bench = busy_search();
  bench.system.in_place = true;
  REQUIRE(bench.run());
  CHECK(*bench.result.peak->rate > 1350);
  CHECK(*bench.result.peak->rate < 1750);
}

TEST_CASE("queries over the bound are counted by whose fault they are") {
  VirtualRun bench(Scenario::server, 500us);
  bench.settings.bound = parse_latency_bound("p99=5ms").value();
  int waits = 0;
  SECTION("the host's") {
    bench.system.oversleeps = [&] { return ++waits == 500 ? 50ms : 0ms; };
    REQUIRE(bench.run());
    CHECK(bench.result.over_by_issuer >= 45);
    const auto over = std::count_if(bench.result.latencies_ns.begin(), bench.result.latencies_ns.end(),
                                    [](std::uint64_t ns) { return ns > 5'000'000; });
    CHECK(bench.result.over_by_issuer == static_cast<std::uint64_t>(over));
  }
  SECTION("the system's, though the load generator is late, too") {
    bench.settings.bound = parse_latency_bound("p99=1us").value();
    bench.system.varying = [](std::uint64_t) { return 29us; };
    bench.system.oversleeps = [] { return 75us; };  // which a lead cannot make good
    bench.settings.rate = 500;
    REQUIRE(bench.run());
    CHECK(bench.result.over_by_issuer < bench.result.queries() / 10);
  }
  SECTION("the system's") {
    bench.system.varying = [](std::uint64_t id) { return id == 500 ? 50ms : 500us; };
    REQUIRE(bench.run());
    CHECK(bench.result.over_by_issuer == 0);
  }
}

TEST_CASE("a bound that no rate can keep is told after a few probes") {
  VirtualRun bench(Scenario::server, 500us);
  bench.settings.find_peak = true;
  bench.settings.bound = parse_latency_bound("p99=400us").value();
  bench.settings.min_queries = 100;
  bench.settings.min_duration = 0ms;
  const Status status = bench.run();
  REQUIRE(!status);
  CHECK(status.error().message() ==
        "no rate can keep the bound: the fastest of 3 answers at 250 queries a second took 500 us");
  CHECK(bench.result.peak->probes.size() == 3);
}

TEST_CASE("a peak that is nowhere is an answer") {
  VirtualRun bench(Scenario::server, 500us);
  bench.system.varying = [](std::uint64_t id) { return id % 2 == 0 ? 300us : 500us; };
  bench.settings.find_peak = true;
  bench.settings.peak.least = 10;
  bench.settings.bound = parse_latency_bound("p99=400us").value();
  bench.settings.min_queries = 100;
  bench.settings.min_duration = 0ms;
  const Status status = bench.run();
  REQUIRE(!status);
  CHECK(status.error().message().find("no peak was found between ") == 0);
  CHECK(status.error().message().find(" and 1000 queries a second: ") != std::string::npos);
  CHECK(status.error().message().find(" probes, none of them valid; the latency of the last was ") !=
        std::string::npos);
}
