#pragma once

#include "core/ops/judge.h"
#include "core/ops/run.h"

namespace reef::ops {

// One side of an interleaved comparison: "digits-classifier engine=openblas threads=2".
struct Side {
  std::string text;  // as typed
  Target target;
  std::vector<std::pair<std::string, std::string>> parameters;
};

// Words separated by blanks: a package first (none: the project around the current folder), then
// `group=option` of its variations, `package.group=option` of its closure, or `parameter=value` of the
// action. not_found, with the neighbour: packages, groups, options, parameters.
Result<Side> parse_side(Session& session, const std::string& text, const std::string& action);

struct InterleaveRequest {
  std::string a;
  std::string b;
  std::string action = "benchmark";
  std::uint64_t pairs = 20;  // rounded up to whole ABBA blocks of two
  std::uint64_t seed = 1;
  std::vector<std::string> metrics;                     // to compare; empty: all that both sides have
  Gate gate;                                            // that will judge it
  BenchmarkOverrides benchmark;                         // absent: of one run 0.2 s and 100 queries
  std::optional<std::chrono::nanoseconds> budget;       // no block begins after it
  std::optional<std::chrono::milliseconds> time_limit;  // of one run
  unsigned parallel = 0;
};

struct Interleaved {
  std::string
      id;  // of the sweep that the records carry; `point` is the side, `round` the pair, 0 the warm-up
  Side a;
  Side b;
  Record first_a;  // the first measured run of each side
  Record first_b;
  std::uint64_t pairs = 0;
  std::vector<MetricComparison> metrics;
  std::vector<std::string> left_out;  // metrics that a side lacks
  bool interrupted = false;           // the user stopped it; `metrics` are of the pairs before
};

// Installs both sides, runs each once unmeasured, then pair after pair in blocks of ABBA or BAAB (the seed
// says which), so that a drift of the machine hits both alike. Every run is an ordinary record. Errors: those
// of plans, builds and runs; a run that is not ok ends the comparison; those of keep_metrics and check_gate,
// before the first pair.
Result<Interleaved> compare_interleaved(Session& session, const InterleaveRequest& request,
                                        Reporter& reporter);

// A hint for errors that leave measured pairs behind.
std::string where_pairs_are(const std::string& id);

}  // namespace reef::ops
