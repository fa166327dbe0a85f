#include <catch2/catch.hpp>

#include "core/ops/benchmark.h"

using namespace reef;

TEST_CASE("a search for the peak that was stopped does not say that there is no peak") {
  LoadResult result;
  result.outcome = Outcome::interrupted;
  result.peak.emplace();
  result.peak->rate = 1000;
  ops::Benchmarked done;
  ops::add_load(done, result, LoadSettings::of(Scenario::server));
  CHECK(done.metrics.at("peak_rate.confirmed").problem == "stopped before it was confirmed");
}

TEST_CASE("a search asks for so many queries a rate as its bound takes, whoever says less") {
  BenchmarkSpec spec;
  spec.queries = 100;
  ops::BenchmarkOverrides asked;
  asked.scenario = "server";
  asked.bound = LatencyBound{0.99, std::chrono::milliseconds(5)};
  asked.rate = 1000;
  CHECK(ops::load_settings(spec, asked)->min_queries == 100U);
  asked.find_peak = true;
  CHECK(ops::load_settings(spec, asked)->min_queries == 459U);
  asked.queries = 20;
  CHECK(ops::load_settings(spec, asked)->min_queries == 459U);
  asked.queries = 500;
  CHECK(ops::load_settings(spec, asked)->min_queries == 500U);
}

TEST_CASE("a server run that keeps its bound but is short of evidence is ok and not VALID") {
  LoadSettings settings = LoadSettings::of(Scenario::server);
  settings.bound = LatencyBound{0.99, std::chrono::milliseconds(5)};
  const auto measured = [&](std::size_t queries, std::size_t over) {
    LoadResult result;
    result.latencies_ns.assign(queries, 4'640'000);
    std::fill_n(result.latencies_ns.begin(), over, 9'000'000);
    result.last_due = settings.min_duration;
    settings.min_queries = 10;
    ops::Benchmarked done;
    ops::add_load(done, result, settings);
    return done;
  };
  const ops::Benchmarked few = measured(10, 0);
  CHECK(few.outcome == Outcome::valid);
  CHECK(few.load.valid == false);
  CHECK(few.load.reasons ==
        std::vector<std::string>{"p99 is 4.64 ms, within the bound of 5.00 ms; with 0 of 10 queries over "
                                 "it, to be 99 % sure takes 459, 449 more"});
  const ops::Benchmarked unsure = measured(1996, 15);
  CHECK(unsure.outcome == Outcome::valid);
  CHECK(unsure.load.valid == false);
  const ops::Benchmarked broken = measured(1996, 30);
  CHECK(broken.outcome == Outcome::invalid);
  CHECK(broken.reason == "p99 is 9.00 ms, the bound is 5.00 ms");
}

TEST_CASE("what is not known of a library is not zero and says why") {
  LoadResult result;
  result.latencies_ns.assign(10, 4'640'000);
  ops::Benchmarked done;
  ops::add_load(done, result, LoadSettings::of(Scenario::server));
  ops::add_library(done);
  CHECK(done.load.system == "library");
  for (const char* name : {"cpu_per_query", "context_switches"}) {
    CHECK(!done.metrics.at(name).value);
    CHECK(done.metrics.at(name).problem == "unavailable: the load generator waits in the same process");
  }
}

TEST_CASE("what the harness measures depends on the scenario, but for loading") {
  for (const char* name : {"latency", "latency.p99", "throughput", "measure.latency.p99", "cpu_per_query"})
    CHECK(ops::depends_on_scenario(name));
  for (const char* name : {"load_time", "first_answer", "accuracy", "measure.accuracy"})
    CHECK(!ops::depends_on_scenario(name));
}
