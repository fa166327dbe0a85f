#include "core/ops/benchmark.h"

#include <algorithm>
#include <array>

#include "core/action/log.h"
#include "core/action/mapped.h"
#include "core/bench/statistics.h"

namespace reef::ops {
namespace {

using action::ActionOutcome;

constexpr std::string_view kWholeCommand = "command";

Result<LoadSettings> load_settings(const BenchmarkSpec& spec, const BenchmarkOverrides& overrides) {
  TRY(const Scenario scenario, parse_scenario(overrides.scenario.value_or(spec.scenario)));
  LoadSettings settings = LoadSettings::of(scenario);
  if (spec.samples_per_query > 1 && scenario != Scenario::offline)
    settings.samples_per_query = static_cast<std::uint64_t>(spec.samples_per_query);
  // What the manifest says of its own scenario means nothing to one query with everything in it.
  if (scenario == Scenario::offline && spec.scenario != name_of(Scenario::offline)) {
    if (overrides.seed) settings.seed = *overrides.seed;
    return settings;
  }
  if (spec.queries) settings.min_queries = static_cast<std::uint64_t>(*spec.queries);
  if (spec.warmup) settings.warmup_queries = static_cast<std::uint64_t>(*spec.warmup);
  if (spec.min_duration_seconds)
    settings.min_duration =
        std::chrono::nanoseconds(static_cast<std::int64_t>(*spec.min_duration_seconds * 1e9));
  if (overrides.queries) settings.min_queries = *overrides.queries;
  if (overrides.warmup) settings.warmup_queries = *overrides.warmup;
  if (overrides.duration) settings.min_duration = *overrides.duration;
  if (overrides.seed) settings.seed = *overrides.seed;
  return settings;
}

CommandSettings command_settings(const BenchmarkSpec& spec, const BenchmarkOverrides& overrides) {
  CommandSettings settings;
  if (spec.queries) settings.min_runs = static_cast<std::uint64_t>(*spec.queries);
  if (spec.warmup) settings.warmup_runs = static_cast<std::uint64_t>(*spec.warmup);
  if (spec.min_duration_seconds)
    settings.min_duration =
        std::chrono::nanoseconds(static_cast<std::int64_t>(*spec.min_duration_seconds * 1e9));
  if (overrides.queries) settings.min_runs = *overrides.queries;
  if (overrides.warmup) settings.warmup_runs = *overrides.warmup;
  if (overrides.duration) settings.min_duration = *overrides.duration;
  return settings;
}

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
  RecordedMetric out = metric(percentile.value, "s", Metric::Better::lower);
  out.n = summary.n;
  out.lower = percentile.lower;
  out.upper = percentile.upper;
  if (summary.n < percentile.needs) {
    out.value.reset();
    out.problem = fmt::format("{} of the {} values that it needs", summary.n, percentile.needs);
  }
  return out;
}

void add_latency(Benchmarked& done) {
  std::vector<double> values;
  values.reserve(done.latencies_ns.size());
  for (const std::uint64_t ns : done.latencies_ns) values.push_back(static_cast<double>(ns) * 1e-9);
  const auto summary = summarise(values);
  if (!summary) return;
  done.latency = *summary;
  constexpr std::array<std::pair<double, std::string_view>, 4> kNamed = {
      std::pair{0.5, "latency"}, {0.9, "latency.p90"}, {0.99, "latency.p99"}, {0.999, "latency.p999"}};
  for (const auto& [p, name] : kNamed)
    if (const Percentile* found = summary->find(p))
      done.metrics[std::string(name)] = percentile_metric(*summary, *found);
  // A median can be given of any number of values; its interval says how little few of them tell.
  RecordedMetric& median = done.metrics["latency"];
  median.value = summary->median;
  median.problem.clear();
}

void add_costs(Benchmarked& done, const LoadResult& load) {
  using enum Metric::Better;
  if (const auto rate = load.throughput()) done.metrics["throughput"] = metric(*rate, "1/s", higher);
  if (load.times.load) done.metrics["load_time"] = metric(seconds(*load.times.load), "s", lower);
  if (load.times.first_answer)
    done.metrics["first_answer"] = metric(seconds(*load.times.first_answer), "s", lower);
  if (load.peak_memory)
    done.metrics["peak_memory"] = metric(static_cast<double>(*load.peak_memory), "B", lower);
  if (load.cpu && load.queries() > 0)
    done.metrics["cpu_per_query"] =
        metric(seconds(*load.cpu) / static_cast<double>(load.queries()), "s", lower);
}

void add_costs(Benchmarked& done, const CommandResult& result) {
  using enum Metric::Better;
  if (result.runs.empty()) return;
  std::vector<double> cpu;
  std::uint64_t memory = 0;
  for (const CommandRun& run : result.runs) {
    cpu.push_back(seconds(run.user + run.system));
    memory = std::max(memory, run.peak_memory);
  }
  std::sort(cpu.begin(), cpu.end());
  done.metrics["cpu_per_query"] = metric(cpu[cpu.size() / 2], "s", lower);
  if (memory > 0) done.metrics["peak_memory"] = metric(static_cast<double>(memory), "B", lower);
}

using Limit = std::optional<std::chrono::milliseconds>;
Limit smaller(const Limit& a, const Limit& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// The exit of the measured program as the outcome of an action.
ActionOutcome outcome_of(const std::string& action, std::vector<std::string> argv, const Place& place,
                         ProcessResult exit, const action::Log& log) {
  ActionOutcome out;
  out.action = action;
  out.wall = exit.wall;
  out.peak_memory = exit.peak_memory;
  out.log = log.path();
  out.last_lines = log.last_lines();
  exit.out.clear();
  exit.err.clear();
  out.commands.push_back({std::move(argv), place, std::nullopt, std::move(exit)});
  return out;
}

// A program that is missing or cannot be executed is a result of the run, as it is for other actions; all
// else is not.
Result<Benchmarked> not_started(const Action& action, std::vector<std::string> argv, Error error) {
  if (error.code() != ErrorCode::not_found && error.code() != ErrorCode::io)
    return tl::make_unexpected(std::move(error));
  Benchmarked done;
  done.outcome = Outcome::invalid;
  done.reason = error.message();
  done.action.action = action.name;
  done.action.commands.push_back({std::move(argv), action.place, std::move(error), {}});
  return done;
}

Result<ProcessSpec> spec_for(const action::PackageView& view, const Action& action,
                             const action::Parameters& parameters, const std::vector<std::string>& command,
                             const action::RunContext& context) {
  ProcessSpec spec;
  const TemplateLookup lookup = action::make_lookup(view, parameters, context.folders, context.jobs);
  TRY(spec.argv, with_context(expand_arguments(command, lookup), "preparing the benchmark"));
  TRY(spec.env, action::action_environment(view, action, parameters, context.folders, context.jobs));
  spec.cwd = context.folders.work;
  spec.cancel = context.cancel;
  return spec;
}

Status make_folders_of(Filesystem& fs, const action::Folders& folders) {
  for (const Path& folder :
       {folders.work, folders.output, folders.home, folders.temporary, folders.metrics.parent_path()})
    TRY_STATUS(make_folders(fs, folder));
  return {};
}

}  // namespace

bool is_measured_by_harness(std::string_view metric) {
  return metric == "latency" || metric.starts_with("latency.") || metric == "throughput" ||
         metric == "load_time" || metric == "first_answer" || metric == "peak_memory" ||
         metric == "cpu_per_query";
}

Result<Benchmarked> run_benchmark(const action::PackageView& view, const Action& action,
                                  const action::Parameters& parameters, const BenchmarkOverrides& overrides,
                                  const action::RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                  Clock& clock) {
  const BenchmarkSpec& bench = *action.benchmark;
  const bool whole_command = bench.system.empty();
  TRY_STATUS(make_folders_of(fs, context.folders));
  TRY(ProcessSpec spec,
      spec_for(view, action, parameters, whole_command ? bench.command : bench.system, context));
  TRY(action::Log log, action::Log::create(fs, context.log));
  spec.on_output = [&log](Stream, std::string_view bytes) { log.append(bytes); };
  const auto limit = smaller(context.time_limit, action.timeout);
  Benchmarked done;
  ProcessResult exit;
  if (whole_command) {
    CommandSettings settings = command_settings(bench, overrides);
    settings.time_limit = limit;
    Result<CommandResult> tried = run_command(runner, spec, settings);
    if (!tried) return not_started(action, std::move(spec.argv), std::move(tried).error());
    CommandResult& result = *tried;
    done.scenario = kWholeCommand;
    done.outcome = result.outcome;
    done.reason = result.reason;
    for (const CommandRun& run : result.runs)
      done.latencies_ns.push_back(static_cast<std::uint64_t>(run.wall.count()));
    add_latency(done);
    add_costs(done, result);
    exit = std::move(result.last);
  } else {
    TRY(LoadSettings settings, load_settings(bench, overrides));
    if (limit) {
      settings.max_duration = *limit;
      settings.max_warmup = std::min<std::chrono::nanoseconds>(settings.max_warmup, *limit);
      for (std::chrono::milliseconds* wait :
           {&settings.load_limit, &settings.answer_limit, &settings.exit_limit})
        *wait = std::min(*wait, *limit);
    }
    settings.on_ready = [&](int pid) {
      if (auto mapped = action::mapped_files(fs, pid)) done.mapped = std::move(*mapped);
    };
    Result<LoadResult> tried = run_load(runner, fs, clock, spec, settings);
    if (!tried) return not_started(action, std::move(spec.argv), std::move(tried).error());
    LoadResult& result = *tried;
    done.scenario = name_of(settings.scenario);
    done.outcome = result.outcome;
    done.reason = result.reason;
    done.times = result.times;
    done.latencies_ns = std::move(result.latencies_ns);
    result.latencies_ns = done.latencies_ns;
    add_latency(done);
    add_costs(done, result);
    exit = std::move(result.exit);
  }
  TRY_STATUS(log.finish());
  done.action = outcome_of(action.name, spec.argv, action.place, std::move(exit), log);
  return done;
}

}  // namespace reef::ops
