#include "core/ops/judge.h"

#include <catch2/catch.hpp>

#include "core/ops/compare.h"

using namespace reef;
using namespace reef::ops;

namespace {

// What ten pairs about each value, as far apart as 0.2 %, say under a declared tolerance.
std::string verdict_of(double a, double b, std::optional<double> tolerance) {
  MetricComparison metric;
  metric.a.better = metric.b.better = Metric::Better::lower;
  metric.b.tolerance = tolerance;
  std::vector<double> of_a;
  std::vector<double> of_b;
  for (int i = 0; i < 10; ++i) {
    of_a.push_back(a * (1 + (i % 3) * 0.001));
    of_b.push_back(b * (1 + (i % 3) * 0.001));
  }
  compare_values(metric, of_a, of_b, true, 1);
  std::vector<MetricComparison> metrics = {metric};
  settle_verdicts(metrics);
  return metrics.front().verdict;
}

}  // namespace

TEST_CASE("a declared tolerance is the band, also where it is none at all") {
  CHECK(verdict_of(1000, 1020, std::nullopt) == "same");
  CHECK(verdict_of(1000, 1020, 30) == "same");
  CHECK(verdict_of(1000, 1020, 10) == "worse");
  CHECK(verdict_of(1000, 1020, 0) == "worse");
}

TEST_CASE("a metric of a step is measured under the load of that step") {
  Record a;
  a.scenario = "offline";
  RecordedLoad load;
  load.rate = 500;
  a.steps = {{"bulk", {"offline", RecordedLoad()}}, {"serve", {"server", load}}};
  Record b = a;
  b.steps["serve"].load->rate = 900;
  const auto note_of = [&](const std::string& name) {
    MetricComparison metric;
    metric.name = name;
    return is_incomparable(metric, a, b) ? metric.note : "compared";
  };
  CHECK(note_of("serve.latency.p99") == "not compared: another load");
  CHECK(note_of("bulk.latency.p99") == "compared");
  b.steps["bulk"].scenario = "single-stream";
  CHECK(note_of("bulk.throughput") == "not compared: another scenario");
  CHECK(note_of("bulk.load_time") == "compared");
}
