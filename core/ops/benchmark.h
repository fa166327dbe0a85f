#pragma once

#include <span>

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
  std::optional<double> rate;         // server: queries a second
  std::optional<LatencyBound> bound;  // server
  std::optional<std::uint64_t> samples_per_query;
  std::optional<Pacing> pacing;
  std::optional<Order> order;
  bool find_peak = false;
  bool accuracy = false;

  // Anything that a whole command has not.
  bool any_of_load() const {
    return scenario || seed || rate || bound || samples_per_query || pacing || order || find_peak || accuracy;
  }
  bool any() const { return queries || warmup || duration || any_of_load(); }
};

// "rate = 200, seed = 7": those that are set, in this order.
std::string text_of(const BenchmarkOverrides& overrides);

// What a benchmark measured. `action` tells how the measured program ended, as for any other action.
struct Benchmarked {
  action::ActionOutcome action;
  Outcome outcome = Outcome::valid;
  std::string reason;
  std::string note;  // what was asked for otherwise than the user or the package said, and why; or nothing
  std::string scenario;
  std::vector<std::uint64_t> latencies_ns;
  std::vector<std::uint64_t> lateness_ns;  // server
  std::vector<std::string> answers;        // accuracy, by sample
  LoadTimes times;
  std::optional<Summary> latency;                 // seconds
  std::map<std::string, RecordedMetric> metrics;  // what the harness itself measured
  RecordedLoad load;
  json::Value conditions;           // host::Conditions::value
  std::vector<std::string> mapped;  // real paths of the libraries the program ran with
};

// Fills in what follows from what was measured: latency, metrics, `load`.
void add_load(Benchmarked& done, LoadResult& result, const LoadSettings& settings);
void add_library(Benchmarked& done);  // after add_load: the system was a library
void add_command(Benchmarked& done, const CommandResult& result, const CommandSettings& settings);
// Metrics of the counters that could be read.
void add_energy(Benchmarked& done);

// Names of the metrics that the harness may measure.
std::span<const std::string_view> harness_metrics();
// Whether it is one of these; a package may declare them but its program does not report them.
bool is_measured_by_harness(std::string_view metric);

// Whether a metric of the harness, or of a step's, tells something else in another scenario: whose load a
// latency or a rate belongs to is part of its meaning.
bool depends_on_scenario(std::string_view metric);

// How a program or library is loaded. Errors: a scenario nobody knows; settings that do not fit together.
Result<LoadSettings> load_settings(const BenchmarkSpec& spec, const BenchmarkOverrides& overrides);

// Runs the `benchmark` of an action and watches the host meanwhile. A measurement that breaks a latency
// bound, or was cut short of what was asked for, is invalid; one that is short of what its scenario's rules
// need is told so in `load`. Errors: a scenario nobody knows, templates, a program that cannot be started.
Result<Benchmarked> run_benchmark(const action::PackageView& view, const Action& action,
                                  const action::Parameters& parameters, const BenchmarkOverrides& overrides,
                                  const action::RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                  Clock& clock);

}  // namespace reef::ops
