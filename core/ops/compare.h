#pragma once

#include "core/bench/pareto.h"
#include "core/bench/statistics.h"
#include "core/record/record_store.h"

namespace reef::ops {

// One metric of two runs, B seen from A.
struct MetricComparison {
  std::string name;
  RecordedMetric a;
  RecordedMetric b;
  // Set for medians with an interval in both runs and a known direction: `same` is within 10 %.
  std::optional<Comparison> samples;
  // The verdict in words: of `samples`, a ratio B / A; for single numbers "same" within the declared
  // tolerance, else "cannot tell" with the reason in `note`.
  std::string verdict;
  std::string note;
};

struct RunComparison {
  Record a;
  Record b;
  std::vector<MetricComparison> metrics;  // those that both have, by name
  std::vector<std::string> only_a;        // metrics that the other lacks
  std::vector<std::string> only_b;
  std::vector<std::string> differences;  // of everything else, by kind: "option engine: native, openblas"
};

// Compares two recorded runs. invalid_input: runs of different actions or packages, runs that are not ok.
Result<RunComparison> compare(RecordStore& records, const std::string& a, const std::string& b);

// One run as a point.
struct ParetoRow {
  RecordRow record;
  std::vector<RecordedMetric> coordinates;  // in the order of the objectives
  ParetoPoint point;
};

struct ParetoReport {
  std::vector<Objective> objectives;
  std::vector<ParetoRow> rows;  // newest first; one row for each different choice of options and parameters
  std::optional<std::size_t> knee;
  std::vector<Error> problems;
};

struct ParetoRequest {
  std::vector<std::string> metrics;  // at least one
  RecordFilter filter;
  bool every_run = false;  // not only the newest run of each choice
};

// Which of the recorded runs are worth having. Directions are those that the records declare: invalid_input
// when a metric has none, or two records disagree. not_found when no run matches.
Result<ParetoReport> pareto_of(RecordStore& records, const ParetoRequest& request);

}  // namespace reef::ops
