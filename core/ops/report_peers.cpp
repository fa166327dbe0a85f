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
std::string slashed(const Record& record, const std::string& step = {}) {
  std::string out = record.package + "/" + record.action;
  if (!step.empty()) out += "/step:" + step;
  for (const auto& [group, option] : record.options) out += "/" + group + ":" + option;
  for (const auto& [name, value] : record.parameters) out += "/" + name + ":" + json::text_of(value);
  const bool of_steps = record.steps.size() > 1;  // each has its own, among the loads
  if (!record.scenario.empty() && record.scenario != "single-stream" && record.scenario != "command" &&
      !of_steps)
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
  std::vector<std::pair<const Reported*, RecordedBenchmark>> all;
  for (const Reported& run : input.runs)
    for (RecordedBenchmark& each : benchmarks_of(run.record)) all.emplace_back(&run, std::move(each));
  std::map<std::string, std::int64_t> instances;  // of a family: the steps of a workflow
  for (const auto& [reported, benchmark] : all) {
    const Reported& run = *reported;
    const Record& record = benchmark.record;
    json::Value one;
    one["name"] = slashed(record, benchmark.step);
    one["run_name"] = one["name"];
    const auto nth = std::find(run.runs.rbegin(), run.runs.rend(), record.id) - run.runs.rbegin();
    const auto instance = instances[record.id]++;
    if (nth == 0 && instance == 0) ++family;
    one["family_index"] = family;
    one["per_family_instance_index"] = instance;
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
  std::vector<std::pair<RecordedBenchmark, std::string>> all;  // with the command
  for (const Reported& run : input.runs)
    for (RecordedBenchmark& each : benchmarks_of(run.record)) {
      const std::string of_step = each.step.empty() ? "" : "  # step " + each.step;
      all.emplace_back(std::move(each), repeat_command(run.record) + of_step);
    }
  for (const auto& [benchmark, command] : all) {
    const Record& record = benchmark.record;
    const auto why = unusable(record);
    if (why || !record.latency) {
      const std::string of_step =
          benchmark.step.empty() ? "" : fmt::format("the step `{}` of ", printable(benchmark.step));
      notes.push_back(fmt::format("{}the run `{}` is left out, it {}", of_step, record.id,
                                  why ? "is " + why->status : "has no latencies"));
      continue;
    }
    TRY(const std::vector<std::uint64_t> samples, input.samples(benchmark));
    const Summary& summary = *record.latency;
    json::Value one = {{"command", command}, {"mean", summary.mean}};
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
    if (!benchmark.step.empty()) one["parameters"].emplace("step", benchmark.step);
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
