#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/bench/statistics.h"
#include "core/model/record.h"

namespace reef::ops {

// One metric of two sides, B seen from A.
struct MetricComparison {
  std::string name;
  RecordedMetric a;  // of several runs: the median of their values
  RecordedMetric b;
  // Where there is an interval of the ratio B / A; its verdict counts all metrics compared (Holm).
  std::optional<Comparison> compared;
  // slower, faster (times and rates), worse, better (all else), different, same, cannot tell
  std::string verdict = "cannot tell";
  std::string note;              // why, or how sure; may be empty
  bool other_processor = false;  // a timing that was not compared for that reason
  bool other_scenario = false;   // it was not compared because it means something else there
  bool other_load = false;       // the same of another rate, or of another number of samples per query
};

// The word for a verdict: "slower" and "faster" are for seconds and rates, other units are "worse", "better".
std::string verdict_word(Verdict verdict, const std::string& unit);
bool is_timing(const RecordedMetric& metric);  // seconds or a rate: depends on the processor

// Values of each side, one a pair. Sets compared, a.value and b.value, but no verdict yet.
// The band is 3 %, or the declared tolerance.
void compare_values(MetricComparison& metric, const std::vector<double>& a, const std::vector<double>& b,
                    bool paired, std::uint64_t seed);

// Corrects all of `metrics` for being many, and finds the words.
void settle_verdicts(std::vector<MetricComparison>& metrics);

// "+12.3 % (+9.1 .. +15.6 %)", "2.31 times (2.2 .. 2.4)".
std::string change_text(const Comparison& comparison);

// What makes a comparison fail in CI.
struct Gate {
  bool slower = false;  // slower or worse
  bool cannot_tell = false;
  std::vector<std::string> metrics;  // empty: all
  bool active() const { return slower || cannot_tell; }
};
// "slower", "cannot-tell", or both with a comma; usage for all else.
Result<Gate> parse_gate(const std::vector<std::string>& texts);
// Before anything is compared: the errors of failures_of about named metrics.
Status check_gate(const Gate& gate, const std::vector<MetricComparison>& metrics);
// What fails: "latency is slower". invalid_input: a metric that the gate names has no declared direction, one
// in the gate is a timing of another processor, scenario or load, or none could be judged; not_found: a named
// metric that nobody measured.
Result<std::vector<std::string>> failures_of(const Gate& gate, const std::vector<MetricComparison>& metrics);

// Metrics that a gate of all metrics leaves out: nobody declared which direction is better.
std::vector<std::string> left_out_of(const Gate& gate, const std::vector<MetricComparison>& metrics);

// Leaves only the named metrics; all when none is named. not_found, with its neighbour.
Status keep_metrics(std::vector<MetricComparison>& metrics, const std::vector<std::string>& names);

}  // namespace reef::ops
