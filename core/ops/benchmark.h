#pragma once

#include "core/action/run.h"
#include "core/bench/harness.h"
#include "core/model/record.h"

namespace reef::ops {

// What the user may change of a benchmark; absent: as the package declares, else the harness's default.
struct BenchmarkOverrides {
  std::optional<std::string> scenario;
  std::optional<std::uint64_t> queries;  // runs, when a whole command is timed
  std::optional<std::uint64_t> warmup;
  std::optional<std::chrono::nanoseconds> duration;
  std::optional<std::uint64_t> seed;

  bool any() const { return scenario || queries || warmup || duration || seed; }
};

// What a benchmark measured. `action` tells how the measured program ended, as for any other action.
struct Benchmarked {
  action::ActionOutcome action;
  Outcome outcome = Outcome::valid;
  std::string reason;
  std::string scenario;
  std::vector<std::uint64_t> latencies_ns;
  LoadTimes times;
  std::optional<Summary> latency;                 // seconds
  std::map<std::string, RecordedMetric> metrics;  // what the harness itself measured
  std::vector<std::string> mapped;                // real paths of the libraries the program ran with
};

// Names of the metrics that the harness measures; a package may declare them but its program does not report
// them.
bool is_measured_by_harness(std::string_view metric);

// Runs the `benchmark` of an action. Errors: a scenario nobody knows, templates, a program that cannot be
// started.
Result<Benchmarked> run_benchmark(const action::PackageView& view, const Action& action,
                                  const action::Parameters& parameters, const BenchmarkOverrides& overrides,
                                  const action::RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                  Clock& clock);

}  // namespace reef::ops
