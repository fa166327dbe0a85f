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

TEST_CASE("what the harness measures depends on the scenario, but for loading") {
  for (const char* name : {"latency", "latency.p99", "throughput", "measure.latency.p99", "cpu_per_query"})
    CHECK(ops::depends_on_scenario(name));
  for (const char* name : {"load_time", "first_answer", "accuracy", "measure.accuracy"})
    CHECK(!ops::depends_on_scenario(name));
}
