#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/text.h"
#include "core/model/json_nullable.h"
#include "core/ops/repeat.h"
#include "core/ops/report_parts.h"
#include "core/record/load_settings.h"

namespace reef::ops {
namespace {

std::optional<double> value_of(const Record& record, const std::string& name) {
  const auto found = record.metrics.find(name);
  return found == record.metrics.end() ? std::nullopt : found->second.value;
}

json::Value host_fact(const Record& record, const std::string& key) {
  if (!record.host.is_object()) return {};
  const auto found = record.host.find(key);
  return found == record.host.end() ? json::Value() : *found;
}

// "digits-classifier/benchmark/engine:openblas/threads:2": parts as Google Benchmark writes them.
std::string slashed(const Record& record) {
  std::string out = record.package + "/" + record.action;
  for (const auto& [group, option] : record.options) out += "/" + group + ":" + option;
  for (const auto& [name, value] : record.parameters) out += "/" + name + ":" + json::text_of(value);
  if (!record.scenario.empty() && record.scenario != "single-stream" && record.scenario != "command")
    out += "/scenario:" + record.scenario;
  for (const auto& [name, value] : load_of(record)) out += "/" + name + ":" + json::text_of(value);
  return out;
}

}  // namespace

// Fields of google/benchmark's JSON reporter: times in nanoseconds; what we do not know is null.
std::string gbench_report(const ReportInput& input) {
  json::Value out;
  const Record* first = input.runs.empty() ? nullptr : &input.runs.front().record;
  json::Value& context = out["context"];
  context["date"] = first == nullptr ? json::Value() : json::Value(first->times.started);
  context["host_name"] = json::Value();
  context["executable"] = "reef";
  context["num_cpus"] = first == nullptr ? json::Value() : host_fact(*first, "threads");
  context["mhz_per_cpu"] = json::Value();
  context["cpu_model"] = first == nullptr ? json::Value() : host_fact(*first, "cpu_model");
  context["caches"] = json::Value::array();
  out["benchmarks"] = json::Value::array();
  std::int64_t family = -1;
  for (const Reported& run : input.runs) {
    const Record& record = run.record;
    json::Value one;
    one["name"] = slashed(record);
    one["run_name"] = slashed(record);
    const auto nth = std::find(run.runs.rbegin(), run.runs.rend(), record.id) - run.runs.rbegin();
    if (nth == 0) ++family;
    one["family_index"] = family;
    one["per_family_instance_index"] = 0;
    one["run_type"] = "iteration";
    one["repetitions"] = run.runs.size();
    one["repetition_index"] = nth;
    one["threads"] = 1;
    one["iterations"] = record.latency ? json::Value(record.latency->n) : json::Value(1);
    if (const auto why = unusable(record)) {
      one["error_occurred"] = true;
      one["error_message"] = printable(why->reason);
    }
    const auto nanoseconds = [](std::optional<double> seconds) {
      return seconds ? json::Value(*seconds * 1e9) : json::Value();
    };
    one["real_time"] =
        nanoseconds(record.latency ? std::optional(record.latency->mean) : value_of(record, "latency"));
    one["cpu_time"] = nanoseconds(value_of(record, "cpu_per_query"));
    one["time_unit"] = "ns";
    for (const auto& [name, metric] : record.metrics)
      if (metric.value && !one.contains(name)) one[name] = *metric.value;
    out["benchmarks"].push_back(std::move(one));
  }
  return json::write_sorted(out);
}

// Fields of hyperfine's --export-json: seconds, with every single time.
Result<std::string> hyperfine_report(const ReportInput& input, std::vector<std::string>& notes) {
  json::Value out;
  out["results"] = json::Value::array();
  for (const Reported& run : input.runs) {
    const Record& record = run.record;
    const auto why = unusable(record);
    if (why || !record.latency) {
      notes.push_back(why ? fmt::format("the run `{}` is left out, it is {}", record.id, why->status)
                          : fmt::format("the run `{}` is left out, it has no latencies", record.id));
      continue;
    }
    TRY(const std::vector<std::uint64_t> samples, input.samples(record));
    const Summary& summary = *record.latency;
    json::Value one = {{"command", repeat_command(record)}, {"mean", summary.mean}};
    one["stddev"] = json::nullable(summary.sd);
    one["median"] = summary.median;
    one["user"] = json::Value();  // a record has the sum of both only
    one["system"] = json::Value();
    one["min"] = summary.min;
    one["max"] = summary.max;
    one["times"] = json::Value::array();
    for (const std::uint64_t ns : samples) one["times"].push_back(static_cast<double>(ns) * 1e-9);
    one["exit_codes"] = json::Value::array();
    for (std::size_t i = 0; i < one["times"].size() && record.scenario == "command"; ++i)
      one["exit_codes"].push_back(0);
    one["parameters"] = json::Value::object();
    for (const auto& [group, option] : record.options) one["parameters"][group] = option;
    for (const auto& [name, value] : record.parameters) one["parameters"][name] = json::text_of(value);
    out["results"].push_back(std::move(one));
  }
  return json::write_sorted(out);
}

// The array that github-action-benchmark reads as customSmallerIsBetter or customBiggerIsBetter.
std::string github_benchmark_report(const ReportInput& input, MetricsLeftOut& left_out) {
  json::Value out = json::Value::array();
  for (const Reported& run : input.runs) {
    if (unusable(run.record)) continue;
    for (const auto& [name, metric] : run.record.metrics) {
      if (!metric.value) continue;
      if (metric.better != input.better) {
        ++(metric.better == Metric::Better::unknown ? left_out.undeclared : left_out.other_direction);
        continue;
      }
      json::Value one = {{"name", slashed(run.record) + " " + name}};
      one["unit"] = metric.unit;
      one["value"] = *metric.value;
      if (metric.lower && metric.upper)
        one["range"] = fmt::format("{:.6g} .. {:.6g}", *metric.lower, *metric.upper);
      one["extra"] =
          fmt::format("record {}{}{}", run.record.id, metric.n ? fmt::format(", n {}", *metric.n) : "",
                      run.runs.size() > 1 ? fmt::format(", the median of {} runs", run.runs.size()) : "");
      out.push_back(std::move(one));
    }
  }
  return json::write_sorted(out);
}

}  // namespace reef::ops
