#include "core/record/benchmarks.h"

#include <catch2/catch.hpp>

#include "tests/unit/record/example.h"

using namespace reef;

namespace {

// "bulk" and "serve" are benchmarked, "train" is not.
Record workflow() {
  Record record = test::bare_record();
  record.metrics.clear();
  record.scenario = "offline";
  RecordedLoad load;
  load.rate = 500;
  Summary latency;
  latency.n = 20;
  record.steps["bulk"] = {"offline", RecordedLoad(), Summary(), {{"grade", "quiet"}}};
  record.steps["serve"] = {"server", load, latency, {{"grade", "noisy"}}};
  record.steps["serve"].times.steady = 2;
  for (const char* name : {"bulk.latency", "serve.latency.p99", "train.loss", "accuracy"})
    record.metrics[name].value = 1;
  return record;
}

std::vector<std::string> metrics_of(const Record& record) {
  std::vector<std::string> out;
  for (const auto& [name, metric] : record.metrics) out.push_back(name);
  return out;
}

}  // namespace

TEST_CASE("each benchmarked step of a workflow is a run of its own") {
  const std::vector<RecordedBenchmark> all = benchmarks_of(workflow());
  REQUIRE(all.size() == 2);
  CHECK(all[0].step == "bulk");
  CHECK(metrics_of(all[0].record) == std::vector<std::string>{"accuracy", "latency", "train.loss"});
  CHECK(all[1].record.scenario == "server");
  CHECK(all[1].record.load->rate == 500);
  CHECK(all[1].record.latency->n == 20);
  CHECK(all[1].record.times.steady == 2);
  CHECK(metrics_of(all[1].record) == std::vector<std::string>{"accuracy", "latency.p99", "train.loss"});
}

TEST_CASE("a run without steps is its one benchmark") {
  const std::vector<RecordedBenchmark> all = benchmarks_of(test::bare_record());
  REQUIRE(all.size() == 1);
  CHECK(all[0].step.empty());
  CHECK(step_metric(test::bare_record(), "serve.latency").name == "serve.latency");
}

TEST_CASE("a run was as noisy as its noisiest step") {
  CHECK(grade_of(workflow()) == "noisy");
  Record record = test::bare_record();
  CHECK(grade_of(record).empty());
  record.conditions = {{"grade", 3}};  // somebody's own
  CHECK(grade_of(record).empty());
}
