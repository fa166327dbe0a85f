#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json_reader.h"
#include "core/model/summary.h"

namespace reef {

// One rate that a search for the peak tried.
struct RecordedProbe {
  double rate = 0;  // queries a second
  bool valid = false;
  bool undecided = false;  // the load generator itself was too late to tell
  std::uint64_t queries = 0;
  std::optional<double> latency;  // seconds, at the bound's percentile
};

// What a benchmark was asked for and what is to be known of it besides its metrics.
struct RecordedLoad {
  std::string system;                   // "program", "library" or "command"
  std::string mode;                     // "performance" or "accuracy"
  std::optional<double> rate;           // server: queries a second that were asked for, or found
  std::string bound;                    // server: "p99=5.00 ms"; empty: none
  std::uint64_t min_queries = 0;        // that were asked for; of a command: runs; offline: samples
  double min_duration = 0;              // seconds that were asked for
  std::uint64_t queries = 0;            // that were measured
  std::uint64_t samples = 0;            // that the system has; 0: not known
  std::uint64_t samples_per_query = 0;  // 0: not known
  // Queries of the warm-up: those that were answered, and asked for; fewer when its time was over. Of a
  // command: runs, that were asked for.
  std::optional<std::uint64_t> warmup_queries, warmup_asked;
  std::uint64_t seed = 0;
  std::string order;   // "rounds" or "loadgen"; empty: all in order, or not known
  std::string pacing;  // server: "sleep" or "spin"
  // Whether the scenario's rules hold (core/bench/rules.h), and what is missing. Absent: not judged.
  std::optional<bool> valid;
  std::vector<std::string> reasons;
  std::optional<std::uint64_t> over_bound;  // server: queries that took longer than the bound
  std::optional<Summary> lateness;          // server, seconds: how late queries were issued
  // Whether the measured phase stayed at one level: "steady", "drifting" or "too few values".
  std::string steadiness;
  std::optional<double> drift_p;          // of the change-point test
  std::optional<std::uint64_t> drift_at;  // queries before the change
  std::optional<double> drift_before;     // seconds, median before and after it
  std::optional<double> drift_after;
  std::optional<bool> first_is_outlier;  // the first query that was measured, among the latencies
  // Search for the peak: the rate at which half of the probes are valid with its 95 % interval, the rate that
  // a whole measurement confirmed, and every probe.
  std::optional<double> peak_rate, peak_lower, peak_upper, peak_confirmed;
  std::vector<RecordedProbe> probes;
};

json::Value to_json(const RecordedLoad& load);
// Problems go to the node's list; unknown keys are ignored.
RecordedLoad read_load(const json::Node& node);

}  // namespace reef
