#pragma once

#include "core/bench/space.h"
#include "core/ops/pareto.h"
#include "core/ops/run.h"

namespace reef::ops {

// The best point by one metric, looked for instead of measuring every point.
struct Search {
  std::string metric;
  Metric::Better better = Metric::Better::lower;
  std::string subject_to;  // conditions; empty: none
};

struct SweepRequest {
  std::string action;
  std::string package;
  std::vector<std::string> with;        // "engine=*", "model=a,b", "package.group=a,b"
  std::vector<std::string> parameters;  // "threads=1..8"
  std::vector<std::string> zip;         // "model,batch": axes that advance together
  std::string where;
  std::optional<std::uint64_t> random;  // a sample of so many points
  std::optional<std::uint64_t> points;  // no more than so many, in this call
  std::optional<std::chrono::nanoseconds> budget;
  std::uint64_t repeat = 1;  // times every point is measured
  std::uint64_t seed = 1;
  BenchmarkOverrides benchmark;
  std::optional<std::chrono::milliseconds> time_limit;  // of one run
  unsigned parallel = 0;
  bool again = false;         // measure anew what a sweep of the same description measured already
  bool retry_failed = false;  // measure anew what failed in it
  std::optional<Search> search;
  std::vector<std::string> show;  // metrics that the caller will look at
};

// One measurement that was asked for.
struct SweepPoint {
  enum class State {
    waiting,  // not reached: the budget ended, or the user stopped it
    measured,
    failed,     // `reason`; there is a record of it
    impossible  // no closure fits this host and this choice: `reason`
  };
  State state = State::waiting;
  std::uint64_t index = 0;  // of the point
  std::uint64_t round = 0;
  std::string text;  // "engine=native threads=2"
  std::string reason;
  bool earlier = false;  // by an earlier call: not repeated
  RecordRow record;      // measured, failed
};
std::string_view name_of(SweepPoint::State state);
// Its text; "(as it is)" of the only point of a sweep that varies nothing.
std::string shown(const SweepPoint& point);

struct SweepReport {
  std::string id;
  std::uint64_t size = 0;  // of the whole space
  std::vector<Axis> axes;
  std::vector<SweepPoint> points;  // in the order in which they were, or would be, measured
  bool interrupted = false;
  bool out_of_budget = false;
  std::optional<std::size_t> best;   // of `points`; of a search that found one
  std::vector<std::size_t> as_good;  // of the last round: points whose interval overlaps that of the best
  std::size_t count(SweepPoint::State state) const;
};

// Measures the points of a package's action, each an ordinary record that carries the sweep's id.
//
// What is missing is built first, so that no build disturbs a measurement. Every round measures all points in
// an order of its own. The id is a digest of the request and of the package: the same call goes on where it
// was stopped or killed, and repeats nothing but the point that was being measured, and those whose closure
// is another one now. A point that fails is recorded as that, and the sweep goes on.
//
// search: successive halving (Jamieson, Talwalkar 2016) over a random sample: all points are measured
// shortly, the better third three times as long, and so on. It finds a good point; that it is the best is not
// proved.
//
// Errors: names and values that do not exist, a space that is too large or empty (select_points); a metric
// that nobody measures, before anything is built where that is sure (check_metrics), else after the first
// point; no_solution: no point is possible; busy: another process runs this sweep.
Result<SweepReport> sweep(Session& session, const SweepRequest& request, Reporter& reporter);

}  // namespace reef::ops
