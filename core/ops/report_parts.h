#pragma once

#include "core/ops/report.h"
#include "core/record/benchmarks.h"

// One function a format: gathered runs to a text. Pure, but for the raw samples that some formats want.
namespace reef::ops {

struct ReportInput {
  const std::vector<Reported>& runs;
  const std::optional<Record>& baseline;
  // Raw latencies of a benchmark in nanoseconds; empty when it measured none. integrity: they are gone or
  // damaged.
  std::function<Result<std::vector<std::uint64_t>>(const RecordedBenchmark&)> samples;
  Metric::Better better = Metric::Better::lower;
  // Records that might have been among the runs, as texts that may be published: without paths of this
  // machine.
  std::vector<std::string> unreadable;
};

std::string markdown_report(const ReportInput& input);
std::string junit_report(const ReportInput& input);
std::string csv_report(const ReportInput& input);
std::string latex_report(const ReportInput& input);
std::string gbench_report(const ReportInput& input);
// Runs without latencies are left out, with a note each. Errors: those of `samples`.
Result<std::string> hyperfine_report(const ReportInput& input, std::vector<std::string>& notes);
// Metrics that a file of one direction has no place for.
struct MetricsLeftOut {
  std::size_t other_direction = 0;
  std::size_t undeclared = 0;
};
std::string github_benchmark_report(const ReportInput& input, MetricsLeftOut& left_out);
// LoadGen's two files of each benchmark of one run, by their names; of a workflow with several ones in a
// folder for each step. invalid_input for more runs, and for one without a scenario that LoadGen has; of
// several benchmarks such ones are left out, with a note.
Result<std::vector<std::pair<std::string, std::string>>> mlperf_files(const ReportInput& input,
                                                                      std::vector<std::string>& notes);

// Why a run's numbers are not to be looked at, as its status and the reason; nothing when they are.
struct Unusable {
  std::string status;
  std::string reason;
};
std::optional<Unusable> unusable(const Record& record);

// "engine=openblas model=cnn-m threads=2"; options and parameters that are the same in all runs are left out
// when `names` says so.
std::string choice_text(const Record& record, const std::vector<std::string>& names);
std::vector<std::string> telling_names(const std::vector<Reported>& runs);
// Names of the metrics of all runs: latency and its percentiles, throughput, accuracy first, then by name.
std::vector<std::string> metric_names(const std::vector<Reported>& runs);
// Of the benchmarks of all runs, without the names of steps.
std::vector<std::string> bare_metric_names(const std::vector<Reported>& runs);
bool any_steps(const std::vector<Reported>& runs);
// "12.3 us", "0.984", "54.8 kB"
std::string value_text(const RecordedMetric& metric);
std::string value_text(double value, const std::string& unit);

}  // namespace reef::ops
