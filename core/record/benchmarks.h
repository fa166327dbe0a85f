#pragma once

#include "core/model/record.h"

namespace reef {

// What was benchmarked in a run: the run itself or, of a workflow, each benchmarked step as a run of its own.
// The metrics of that step then have their bare names, and those of other benchmarked steps are not there.
struct RecordedBenchmark {
  std::string step;  // empty: the run itself
  Record record;
};
std::vector<RecordedBenchmark> benchmarks_of(const Record& record);

// "serve.latency.p99" is `latency.p99` of the step `serve` when the run has benchmarked one of that name; of
// any other metric the step is empty.
struct StepMetric {
  std::string step;
  std::string name;
};
StepMetric step_metric(const Record& record, const std::string& metric);

// How quiet the host was: "quiet", "fair" or "noisy", of several benchmarks the worst; empty: not known.
std::string grade_of(const Record& record);

}  // namespace reef
