// From what a harness measured to what a record keeps.
#include <algorithm>
#include <array>

#include "core/base/units.h"
#include "core/bench/statistics.h"
#include "core/bench/steadiness.h"
#include "core/ops/benchmark.h"

namespace reef::ops {
namespace {

using enum Metric::Better;

double seconds(std::chrono::nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

RecordedMetric metric(double value, std::string unit, Metric::Better better) {
  RecordedMetric out;
  out.value = value;
  out.unit = std::move(unit);
  out.better = better;
  return out;
}

// A percentile as a metric; one that so few values cannot bound is not given as a number.
RecordedMetric percentile_metric(const Summary& summary, const Percentile& percentile) {
  RecordedMetric out = metric(percentile.value, "s", lower);
  out.n = summary.n;
  out.lower = percentile.lower;
  out.upper = percentile.upper;
  if (summary.n < percentile.needs) {
    out.value.reset();
    out.problem = fmt::format("{} of the {} values that it needs", summary.n, percentile.needs);
  }
  return out;
}

std::optional<Summary> summary_of(const std::vector<std::uint64_t>& nanoseconds) {
  std::vector<double> values;
  values.reserve(nanoseconds.size());
  for (const std::uint64_t ns : nanoseconds) values.push_back(static_cast<double>(ns) * 1e-9);
  auto summary = summarise(values);
  return summary ? std::optional(*std::move(summary)) : std::nullopt;
}

void add_latency(Benchmarked& done) {
  done.latency = summary_of(done.latencies_ns);
  if (!done.latency) return;
  constexpr std::array<std::pair<double, std::string_view>, 4> kNamed = {
      std::pair{0.5, "latency"}, {0.9, "latency.p90"}, {0.99, "latency.p99"}, {0.999, "latency.p999"}};
  for (const auto& [p, name] : kNamed)
    if (const Percentile* found = done.latency->find(p))
      done.metrics[std::string(name)] = percentile_metric(*done.latency, *found);
  // A median can be given of any number of values; its interval says how little few of them tell.
  RecordedMetric& median = done.metrics["latency"];
  median.value = done.latency->median;
  median.problem.clear();
}

// Outliers are counted in the summary; that the first query is one says that the warm-up was too short.
void add_first_outlier(Benchmarked& done) {
  if (done.latencies_ns.empty() || !done.latency) return;
  const double first = static_cast<double>(done.latencies_ns.front()) * 1e-9;
  done.load.first_is_outlier = is_outlier(first, done.latency->median, done.latency->mad);
}

void add_steadiness(Benchmarked& done) {
  const Steadiness found = find_drift(done.latencies_ns);
  RecordedLoad& load = done.load;
  load.steadiness = name_of(found.verdict);
  load.drift_p = found.p;
  load.drift_at = found.change_at;
  if (found.before) load.drift_before = *found.before * 1e-9;
  if (found.after) load.drift_after = *found.after * 1e-9;
}

void add_costs(Benchmarked& done, const LoadResult& load) {
  if (const auto rate = load.throughput()) done.metrics["throughput"] = metric(*rate, "1/s", higher);
  if (load.times.load) done.metrics["load_time"] = metric(seconds(*load.times.load), "s", lower);
  if (load.times.first_answer)
    done.metrics["first_answer"] = metric(seconds(*load.times.first_answer), "s", lower);
  if (load.peak_memory)
    done.metrics["peak_memory"] = metric(static_cast<double>(*load.peak_memory), "B", lower);
  const auto queries = static_cast<double>(load.queries());
  if (load.cpu && queries > 0)
    done.metrics["cpu_per_query"] = metric(seconds(*load.cpu) / queries, "s", lower);
  if (load.context_switches && queries > 0)
    done.metrics["context_switches"] =
        metric(static_cast<double>(*load.context_switches) / queries, "1/query", lower);
}

RecordedMetric unknown_metric(std::string unit, Metric::Better better, std::string problem) {
  RecordedMetric out = metric(0, std::move(unit), better);
  out.value.reset();
  out.problem = std::move(problem);
  return out;
}

// Lateness is part of latency, as LoadGen has it; who reads the verdict must know whose it is.
std::string lateness_reason(const Judgement& judged, std::uint64_t queries, std::uint64_t ours,
                            const LatencyBound& bound) {
  const std::uint64_t over = judged.over.value_or(0);
  if (ours == 0 || over > ours + most_over(queries, bound.percentile).value_or(0)) return "";
  return fmt::format(
      "{} of the {} queries over the bound were late because the load generator was: this host is too busy "
      "to tell",
      std::min(ours, over), over);
}

void add_judgement(Benchmarked& done, const LoadResult& result, const LoadSettings& settings) {
  const Judgement judged =
      judge({settings.scenario, settings.min_queries, settings.min_duration, settings.bound},
            done.latencies_ns, result.last_due, result.samples_per_query);
  RecordedLoad& load = done.load;
  std::string busy;
  if (done.outcome == Outcome::valid) {  // one that broke off is no candidate
    load.valid = judged.valid;
    load.reasons = judged.reasons;
    if (!judged.valid && settings.bound)
      busy = lateness_reason(judged, done.latencies_ns.size(), result.over_by_issuer, *settings.bound);
    if (!busy.empty()) load.reasons.push_back(busy);
  }
  load.over_bound = judged.over;
  if (settings.scenario == Scenario::single_stream || settings.scenario == Scenario::multi_stream) {
    RecordedMetric& estimate =
        done.metrics[settings.scenario == Scenario::single_stream ? "latency.p90.estimate"
                                                                  : "latency.p99.estimate"] =
            metric(judged.estimate.value_or(0), "s", lower);
    estimate.n = done.latencies_ns.size();
    if (!judged.estimate) {
      estimate.value.reset();
      estimate.problem = fmt::format("{} of the {} queries that it needs", done.latencies_ns.size(),
                                     early_stopping_needs(*judged.percentile));
    }
  }
  if (judged.samples_per_s) done.metrics["throughput"] = metric(*judged.samples_per_s, "1/s", higher);
  // What the user demanded was not reached; that it is not yet sure, or that only the scenario's rules want
  // more, is told and no more.
  if (done.outcome != Outcome::valid || judged.broken.empty()) return;
  done.outcome = Outcome::invalid;
  done.reason = judged.broken + (busy.empty() ? "" : "; " + busy);
}

RecordedMetric rate_metric(std::optional<double> rate, const char* problem) {
  return rate ? metric(*rate, "1/s", higher) : unknown_metric("1/s", higher, problem);
}

void add_server(Benchmarked& done, const LoadResult& result) {
  RecordedLoad& load = done.load;
  load.rate = result.rate;
  load.pacing = result.spinning ? "spin" : "sleep";
  load.lateness = summary_of(result.lateness_ns);
  if (load.lateness)
    if (const Percentile* median = load.lateness->find(0.5))
      done.metrics["lateness"] = percentile_metric(*load.lateness, *median);
  if (!result.peak) return;
  load.peak_rate = result.peak->rate;
  if (result.peak->rate) {
    load.peak_lower = result.peak->lower;
    load.peak_upper = result.peak->upper;
  }
  load.peak_confirmed = result.peak->confirmed;
  for (const PeakProbe& probe : result.peak->probes)
    load.probes.push_back({probe.rate, probe.valid, probe.undecided, probe.queries, probe.latency});
  // The estimate has the interval; what a whole measurement confirmed lies below it.
  RecordedMetric peak = rate_metric(load.peak_rate, "the search ended without one");
  peak.n = result.peak->probes.size();
  peak.lower = load.peak_lower;
  peak.upper = load.peak_upper;
  done.metrics["peak_rate"] = peak;
  const bool stopped = done.outcome == Outcome::interrupted || done.outcome == Outcome::timed_out;
  done.metrics["peak_rate.confirmed"] =
      rate_metric(load.peak_confirmed, stopped ? "stopped before it was confirmed"
                                       : result.peak->probes.size() > 0 && load.queries > 0
                                           ? "no whole measurement near the peak was valid"
                                           : "there is no peak to confirm");
}

}  // namespace

std::span<const std::string_view> harness_metrics() {
  static constexpr std::array<std::string_view, 16> kAll = {"latency",
                                                            "latency.p90",
                                                            "latency.p99",
                                                            "latency.p999",
                                                            "latency.p90.estimate",
                                                            "latency.p99.estimate",
                                                            "lateness",
                                                            "throughput",
                                                            "peak_rate",
                                                            "peak_rate.confirmed",
                                                            "load_time",
                                                            "first_answer",
                                                            "peak_memory",
                                                            "cpu_per_query",
                                                            "context_switches",
                                                            "energy"};
  return kAll;
}

bool is_measured_by_harness(std::string_view metric) {
  const auto all = harness_metrics();
  return metric.starts_with("latency.") || metric == "energy_per_query" ||  // which is kept for it
         std::find(all.begin(), all.end(), metric) != all.end();
}

bool depends_on_scenario(std::string_view metric) {
  if (!is_measured_by_harness(metric)) metric.remove_prefix(metric.find('.') + 1);  // "step.latency"
  return is_measured_by_harness(metric) && metric != "load_time" && metric != "first_answer";
}

void add_load(Benchmarked& done, LoadResult& result, const LoadSettings& settings) {
  done.scenario = name_of(settings.scenario);
  done.outcome = result.outcome;
  done.reason = result.reason;
  done.times = result.times;
  done.answers = std::move(result.answers);
  done.lateness_ns = result.lateness_ns;
  RecordedLoad& load = done.load;
  load.system = "program";
  load.mode = name_of(settings.mode);
  if (settings.bound) load.bound = settings.bound->text();
  load.min_queries = settings.min_queries;
  load.min_duration = seconds(settings.min_duration);
  load.queries = result.queries();
  load.samples = result.samples;
  load.samples_per_query = result.samples_per_query;
  load.seed = settings.seed;
  if (settings.mode == LoadMode::performance) load.order = name_of(settings.order);
  add_costs(done, result);
  if (settings.mode == LoadMode::accuracy) {
    // How long it took is not what was asked: the queries came one by one, cold.
    for (const char* name : {"throughput", "cpu_per_query", "context_switches"}) done.metrics.erase(name);
    return;
  }
  load.warmup_queries = result.warmup_queries;
  load.warmup_asked = settings.warmup_queries;
  done.latencies_ns = std::move(result.latencies_ns);
  add_latency(done);
  add_first_outlier(done);
  add_steadiness(done);
  if (settings.scenario == Scenario::server) add_server(done, result);
  if (!done.latencies_ns.empty()) add_judgement(done, result, settings);
}

void add_library(Benchmarked& done) {
  done.load.system = "library";
  const bool waits = done.scenario == name_of(Scenario::server) && done.load.queries > 0 &&
                     done.load.mode == name_of(LoadMode::performance);
  if (!waits) return;
  const std::string why = "unavailable: the load generator waits in the same process";
  done.metrics["cpu_per_query"] = unknown_metric("s", lower, why);
  done.metrics["context_switches"] = unknown_metric("1/query", lower, why);
}

void add_command(Benchmarked& done, const CommandResult& result, const CommandSettings& settings) {
  done.scenario = "command";
  done.outcome = result.outcome;
  done.reason = result.reason;
  done.times.first_answer = result.first;
  done.times.warmup = result.warmup;
  done.load.system = "command";
  done.load.mode = name_of(LoadMode::performance);
  done.load.min_queries = settings.min_runs;
  done.load.warmup_asked = settings.warmup_runs;
  done.load.min_duration = seconds(settings.min_duration);
  done.load.queries = result.runs.size();
  std::vector<double> cpu;
  std::vector<double> switches;
  std::uint64_t memory = 0;
  std::chrono::nanoseconds steady{};
  for (const CommandRun& run : result.runs) {
    done.latencies_ns.push_back(static_cast<std::uint64_t>(run.wall.count()));
    cpu.push_back(seconds(run.user + run.system));
    switches.push_back(static_cast<double>(run.voluntary_switches + run.involuntary_switches));
    memory = std::max(memory, run.peak_memory);
    steady += run.wall;
  }
  if (result.runs.empty()) return;
  done.times.steady = steady;
  add_latency(done);
  add_first_outlier(done);
  add_steadiness(done);
  done.metrics["cpu_per_query"] = metric(summarise(cpu)->median, "s", lower);
  done.metrics["context_switches"] = metric(summarise(switches)->median, "1/query", lower);
  if (memory > 0) done.metrics["peak_memory"] = metric(static_cast<double>(memory), "B", lower);
}

void add_energy(Benchmarked& done) {
  double joules = 0;
  bool known = false;
  for (const json::Value& counter : done.conditions.value("energy", json::Value::array()))
    if (const auto found = counter.find("joules"); found != counter.end() && found->is_number()) {
      joules += found->get<double>();
      known = true;
    }
  // Counters are the machine's: what was idle, loading and warming up is in it, too.
  if (known) done.metrics["energy"] = metric(joules, "J", lower);
}

}  // namespace reef::ops
