#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/text.h"
#include "core/bench/rules.h"
#include "core/bench/statistics.h"
#include "core/ops/repeat.h"
#include "core/ops/report_parts.h"

// The two text files that LoadGen writes and that its users' scripts read. Only what was measured is in them:
// settings that reef does not have are left out. Never an official result, and it says so.
namespace reef::ops {
namespace {

constexpr std::string_view kRule = "================================================\n";

struct Scenario {
  std::string_view ours;
  std::string_view theirs;
  double percentile;  // of the headline; 0: samples a second
};
constexpr std::array<Scenario, 4> kScenarios = {{
    {"single-stream", "SingleStream", 0.90},
    {"multi-stream", "MultiStream", 0.99},
    {"server", "Server", 0},
    {"offline", "Offline", 0},
}};

struct Measured {
  const Record* record;
  std::string step;
  Scenario scenario;
  std::vector<double> sorted;  // nanoseconds
};

const Scenario* scenario_of(const Record& record) {
  const auto found = std::find_if(kScenarios.begin(), kScenarios.end(),
                                  [&](const Scenario& each) { return each.ours == record.scenario; });
  return found == kScenarios.end() ? nullptr : &*found;
}

Result<Measured> measured_of(const ReportInput& input, const RecordedBenchmark& benchmark) {
  const Record& record = benchmark.record;
  const Scenario* scenario = scenario_of(record);
  if (scenario == nullptr)
    return make_error(ErrorCode::invalid_input, "the run `{}` has no scenario that LoadGen has{}", record.id,
                      record.scenario.empty() ? "" : fmt::format(": `{}`", record.scenario));
  Measured out{&record, benchmark.step, *scenario, {}};
  TRY(const std::vector<std::uint64_t> samples, input.samples(benchmark));
  for (const std::uint64_t ns : samples) out.sorted.push_back(static_cast<double>(ns));
  std::sort(out.sorted.begin(), out.sorted.end());
  if (out.sorted.empty())
    return make_error(ErrorCode::invalid_input, "the run `{}` has no latencies: {}", record.id,
                      record.reason.empty() ? "it measured none" : record.reason);
  return out;
}

double percentile(const Measured& measured, double p) {
  const auto n = static_cast<double>(measured.sorted.size());
  return measured.sorted[std::min(static_cast<std::size_t>(n * p), measured.sorted.size() - 1)];
}

double mean(const Measured& measured) {
  double sum = 0;
  for (const double x : measured.sorted) sum += x;
  return sum / static_cast<double>(measured.sorted.size());
}

std::optional<double> metric(const Record& record, const std::string& name) {
  const auto found = record.metrics.find(name);
  return found == record.metrics.end() ? std::nullopt : found->second.value;
}

std::string early_stopping(const Measured& measured) {
  if (measured.scenario.percentile == 0) return "";
  std::string out = "Early Stopping Result:\n";
  const std::uint64_t n = measured.sorted.size();
  for (const double p : {0.90, 0.99}) {
    const std::uint64_t needs = early_stopping_needs(p);
    const auto estimate = early_stopping_estimate(measured.sorted, p);
    if (p == 0.90 && estimate) out += fmt::format(" * Processed at least {} queries ({}).\n", needs, n);
    if (estimate)
      out += fmt::format(" * Early stopping {:.0f}th percentile estimate: {:.0f}\n", p * 100, *estimate);
    else
      out += fmt::format(
          " * Not enough queries processed for {:.0f}th percentile\n early stopping estimate (would need to "
          "process at\n "
          "least {} total queries).\n",
          p * 100, needs);
  }
  return out;
}

std::string headline(const Measured& measured) {
  if (measured.scenario.percentile > 0)
    return fmt::format("{:.0f}th percentile latency (ns) : {:.0f}\n", measured.scenario.percentile * 100,
                       percentile(measured, measured.scenario.percentile));
  const auto rate = metric(*measured.record, "throughput");
  const std::string_view name =
      measured.scenario.theirs == "Server" ? "Completed samples per second    : " : "Samples per second: ";
  return fmt::format("{}{}\n", name, rate ? fmt::format("{:.6g}", *rate) : "unknown");
}

// What LoadGen demands of a run, one by one; of a run without `load` only what its latencies tell.
struct Demanded {
  std::optional<bool> performance;  // server: the bound is kept at its percentile
  bool min_duration = true;
  bool min_queries = true;
  bool early_stopping = true;

  bool all() const { return performance.value_or(true) && min_duration && min_queries && early_stopping; }
};

Demanded demanded_of(const Measured& measured) {
  const Record& record = *measured.record;
  Demanded out;
  if (measured.scenario.percentile > 0)
    out.early_stopping = early_stopping_estimate(measured.sorted, measured.scenario.percentile).has_value();
  if (!record.load) return out;
  const RecordedLoad& load = *record.load;
  const bool offline = measured.scenario.theirs == "Offline";  // what was asked for is samples
  const std::uint64_t counted = measured.sorted.size() * (offline ? load.samples_per_query : 1);
  out.min_queries = counted >= load.min_queries;
  out.min_duration = record.times.steady.value_or(load.min_duration) >= load.min_duration;
  if (measured.scenario.theirs != "Server") return out;
  out.performance = false;
  const auto bound = overrides_of(record).bound;
  if (!bound) return out;
  const auto limit = static_cast<double>(bound->limit.count());
  out.performance = percentile(measured, bound->percentile) <= limit;
  const auto over =
      measured.sorted.end() - std::upper_bound(measured.sorted.begin(), measured.sorted.end(), limit);
  const auto most = most_over(measured.sorted.size(), bound->percentile);
  out.early_stopping = most && static_cast<std::uint64_t>(over) <= *most;
  return out;
}

bool is_valid(const Measured& measured) {
  return measured.record->status == RunStatus::ok && demanded_of(measured).all();
}

std::string verdict(const Measured& measured) {
  const Demanded demanded = demanded_of(measured);
  const auto line = [](std::string_view what, bool held) {
    return fmt::format("  {}: {}\n", what, held ? "Yes" : "No");
  };
  std::string out = fmt::format("Result is : {}\n", is_valid(measured) ? "VALID" : "INVALID");
  if (demanded.performance) out += line("Performance constraints satisfied ", *demanded.performance);
  out += line("Min duration satisfied ", demanded.min_duration);
  out += line("Min queries satisfied ", demanded.min_queries);
  return out + line("Early stopping satisfied", demanded.early_stopping);
}

// Under the names that LoadGen has for them.
std::string settings(const Measured& measured) {
  if (!measured.record->load) return "";
  const RecordedLoad& load = *measured.record->load;
  std::string out = fmt::format("samples_per_query : {}\n", load.samples_per_query);
  if (load.rate) out += fmt::format("target_qps : {:.6g}\n", *load.rate);
  if (const auto bound = overrides_of(*measured.record).bound)
    out += fmt::format("target_latency (ns): {}\n", bound->limit.count());
  out += fmt::format("min_duration (ms): {:.0f}\nmin_query_count : {}\n", load.min_duration * 1e3,
                     measured.scenario.theirs == "Offline" ? 1 : load.min_queries);
  return out + fmt::format("sample_index_rng_seed : {0}\nschedule_rng_seed : {0}\n", load.seed);
}

std::string sut_of(const Measured& measured) {
  const Record& record = *measured.record;
  return fmt::format("{} {}{}", printable(record.package), printable(record.version),
                     measured.step.empty() ? "" : ", step " + printable(measured.step));
}

std::string summary_of(const Measured& measured) {
  const Record& record = *measured.record;
  std::string out = fmt::format("{0}MLPerf Results Summary\n{0}", kRule);
  out += fmt::format("SUT name : {} (measured by reef, not an official MLPerf result)\n", sut_of(measured));
  out += fmt::format("Scenario : {}\nMode     : PerformanceOnly\n", measured.scenario.theirs);
  out += headline(measured);
  out += verdict(measured);
  if (record.status != RunStatus::ok)
    out += fmt::format("Recommendations:\n * {}\n",
                       printable(record.reason.substr(0, record.reason.find('\n'))));
  out += early_stopping(measured);
  out += fmt::format("\n{0}Additional Stats\n{0}", kRule);
  if (const auto rate = metric(record, "throughput"); rate && measured.scenario.percentile > 0)
    out +=
        fmt::format("QPS w/ loadgen overhead         : {:.2f}\nQPS w/o loadgen overhead        : {:.2f}\n\n",
                    *rate, 1e9 / mean(measured));
  out += fmt::format("Min latency (ns)                : {:.0f}\n", measured.sorted.front());
  out += fmt::format("Max latency (ns)                : {:.0f}\n", measured.sorted.back());
  out += fmt::format("Mean latency (ns)               : {:.0f}\n", mean(measured));
  for (const double p : {0.50, 0.90, 0.95, 0.97, 0.99, 0.999})
    out += fmt::format("{:.2f} percentile latency (ns)   : {:.0f}\n", p * 100, percentile(measured, p));
  out += fmt::format("\n{0}Test Parameters Used\n{0}query_count : {1}\n", kRule, measured.sorted.size());
  out += settings(measured);
  for (const auto& [name, value] : record.parameters)
    out += fmt::format("{} : {}\n", printable(name), printable(json::text_of(value)));
  out += "\nNo warnings encountered during test.\n";
  out +=
      record.status == RunStatus::ok ? "\nNo errors encountered during test.\n" : "\n1 ERROR encountered.\n";
  return out;
}

// One JSON object a line behind `:::MLLOG`.
std::string detail_of(const Measured& measured) {
  const Record& record = *measured.record;
  std::string out;
  const auto log = [&](std::string_view key, json::Value value) {
    json::Value line = {{"key", key}, {"value", std::move(value)}, {"time_ms", 0.0}};
    line["namespace"] = "mlperf::logging";
    line["event_type"] = "POINT_IN_TIME";
    line["metadata"] = {
        {"is_error", false}, {"is_warning", false}, {"file", "reef"}, {"line_no", 0}, {"pid", 0}, {"tid", 0}};
    out += ":::MLLOG " + json::write_line(line);
  };
  log("written_by", "reef " + record.reef_version + ", not an official MLPerf result");
  log("sut_name", sut_of(measured));
  log("test_datetime", record.times.started);
  log("effective_scenario", std::string(measured.scenario.theirs));
  log("effective_test_mode", "PerformanceOnly");
  log("result_validity", is_valid(measured) ? "VALID" : "INVALID");
  log("early_stopping_met", demanded_of(measured).early_stopping);
  log("result_query_count", measured.sorted.size());
  if (const auto rate = metric(record, "throughput")) log("result_samples_per_second", *rate);
  log("result_min_latency_ns", measured.sorted.front());
  log("result_max_latency_ns", measured.sorted.back());
  log("result_mean_latency_ns", std::round(mean(measured)));
  for (const double p : {0.50, 0.90, 0.95, 0.97, 0.99, 0.999})
    log(fmt::format("result_{:.2f}_percentile_latency_ns", p * 100), percentile(measured, p));
  return out;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> mlperf_files(const ReportInput& input,
                                                                      std::vector<std::string>& notes) {
  if (input.runs.size() != 1)
    return make_error(ErrorCode::invalid_input, "LoadGen's files are of one run, {} were given",
                      input.runs.size())
        .hint("name one: `reef report last --format mlperf`");
  const std::vector<RecordedBenchmark> all = benchmarks_of(input.runs.front().record);
  const bool any = std::any_of(all.begin(), all.end(), [](const RecordedBenchmark& each) {
    return scenario_of(each.record) != nullptr;
  });
  std::vector<std::pair<std::string, std::string>> out;
  for (const RecordedBenchmark& each : all) {
    if (any && scenario_of(each.record) == nullptr) {
      notes.push_back(fmt::format("the step `{}` is left out: LoadGen has no scenario `{}`",
                                  printable(each.step), printable(each.record.scenario)));
      continue;
    }
    TRY(const Measured measured, measured_of(input, each));
    const std::string folder = all.size() > 1 ? each.step + "/" : "";
    out.emplace_back(folder + "mlperf_log_summary.txt", summary_of(measured));
    out.emplace_back(folder + "mlperf_log_detail.txt", detail_of(measured));
  }
  return out;
}

}  // namespace reef::ops
