#pragma once

#include "core/ops/compare.h"

namespace reef::ops {

// What others read. gbench: Google Benchmark's JSON; hyperfine: its --export-json; mlperf: LoadGen's
// mlperf_log_summary.txt and mlperf_log_detail.txt; github_benchmark: the custom format of
// github-action-benchmark.
enum class ReportFormat { markdown, junit, csv, latex, gbench, hyperfine, mlperf, github_benchmark };
// "md", "junit", ...; usage, with the neighbour, for all else.
Result<ReportFormat> parse_report_format(std::string_view text);
std::string_view name_of(ReportFormat format);

struct ReportRequest {
  ReportFormat format = ReportFormat::markdown;
  std::vector<std::string> ids;  // empty: `selection`, the newest run of each choice with its repeats
  RunSelection selection;        // its limit counts what is reported
  bool every_run = false;        // each alone, not only the newest of each choice
  std::string against;           // baseline; empty: of several ids the first, else none
  bool across_hosts = false;     // compare timings of different processors all the same
  Gate gate;
  Metric::Better better = Metric::Better::lower;  // github_benchmark: one file has one direction
};

// A run, or the repeats of one, beside the baseline.
struct Reported {
  Record record;                  // the newest of them; its metrics are those of all (Pooled)
  std::vector<std::string> runs;  // ids, newest first
  // Of runs that are ok, as they were measured, and of the baseline's package, action and scenario.
  std::optional<RunComparison> compared;
};

struct Report {
  std::string text;
  std::string name;                                          // a file name that readers of the format expect
  std::vector<std::pair<std::string, std::string>> further;  // other files of the format: name, text
  std::vector<std::string> notes;                            // for the one who asked: what was left out
  std::vector<Error> problems;        // of records: changed ones, and those that cannot be read
  std::vector<std::string> failures;  // of the gate: "RUN: latency is slower", "RUN: failed: ..."
  std::vector<Reported> runs;
  std::optional<Record> baseline;
};

// Errors: those of RecordStore::find and select_runs; not_found when nothing matches; invalid_input when
// timings of different processors would be compared, the baseline is not ok or was changed under a gate, or
// the gate judged no run. A gate fails for what was changed, and for records that cannot be read where it
// would have looked at all.
Result<Report> report(RecordStore& records, const ReportRequest& request);

}  // namespace reef::ops
