#pragma once

#include "core/bench/pareto.h"
#include "core/ops/pooled.h"
#include "core/ops/select.h"

namespace reef::ops {

// One run, or the repeats of one, as a point.
struct ParetoRow {
  RecordRow record;                         // the newest of them; its metrics are those of all (Pooled)
  std::vector<std::string> runs;            // ids, newest first
  std::vector<RecordedMetric> coordinates;  // in the order of the objectives
  ParetoPoint point;
};

// A condition without which a better point could be had.
struct Binding {
  std::string clause;   // "accuracy >= 0.98"
  std::size_t row = 0;  // the point one would have without it
  double gain = 0;      // by how much its first objective is better, as a part
};

// The best in the first objective (then in the second) of the points that meet every condition.
struct Cheapest {
  std::size_t row = 0;
  std::vector<Binding> bindings;
};

struct ParetoReport {
  std::vector<Objective> objectives;
  std::vector<ParetoRow> rows;  // newest first; one row for each different choice, on each processor
  std::optional<std::size_t> knee;
  std::optional<Cheapest> cheapest;  // when there are conditions, and a point that meets them all
  // Two objectives: the area that the frontier covers up to the worst of its values, every objective scaled
  // to 0..1 over all usable points.
  std::optional<double> hypervolume;
  std::vector<Error> problems;
  std::vector<std::string> notes;  // for the one who asked: what was left out
};

struct ParetoRequest {
  std::vector<std::string> metrics;  // at least one
  RecordFilter filter;
  std::string where;       // which runs take part; of a metric: which points
  std::string subject_to;  // conditions: points that miss one are infeasible, and listed apart
  bool every_run = false;  // each alone, not only the newest of each choice with its repeats
};

// Which of the recorded runs are worth having. A point is what newest_of_each takes together. Directions are
// those that the records declare: invalid_input when a metric has none, or two records disagree. Runs that
// are not ok are rows of their own, unusable, with the reason, unless a run of the same choice is ok. What
// compare would not compare is on no frontier together: of several processors (where a metric is a timing),
// scenarios, loads, and sizes or rates that came out of a load (where a metric depends on them), the one with
// the most points is looked at (of equals the one with the newest), and a note names the others. not_found
// when no run matches.
Result<ParetoReport> pareto_of(RecordStore& records, const ParetoRequest& request);

// The direction that the rows declare for a metric, and the largest tolerance; not_found with its neighbour,
// invalid_input when none does or they disagree.
Result<Objective> objective_of(const std::string& metric, const std::vector<RecordRow>& rows);

}  // namespace reef::ops
