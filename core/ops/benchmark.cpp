#include "core/ops/benchmark.h"

#include <algorithm>
#include <cmath>

#include "core/action/log.h"
#include "core/action/mapped.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/library_host.h"
#include "core/bench/statistics.h"
#include "core/ops/conditions.h"
#include "core/os/environment.h"
#include "core/os/time_limit.h"

namespace reef::ops {
namespace {

using action::ActionOutcome;

void apply(const BenchmarkOverrides& overrides, LoadSettings& settings) {
  if (overrides.queries) settings.min_queries = *overrides.queries;
  if (overrides.warmup) settings.warmup_queries = *overrides.warmup;
  if (overrides.duration) settings.min_duration = *overrides.duration;
  if (overrides.seed) settings.seed = *overrides.seed;
  if (overrides.rate) settings.rate = *overrides.rate;
  if (overrides.bound) settings.bound = *overrides.bound;
  if (overrides.samples_per_query) settings.samples_per_query = *overrides.samples_per_query;
  if (overrides.pacing) settings.pacing = *overrides.pacing;
  if (overrides.order) settings.order = *overrides.order;
  settings.find_peak = overrides.find_peak;
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

// A program or an input that is missing, or one that cannot be executed, is a result of the run, as it is for
// other actions; all else is not.
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
  return spec;
}

const std::vector<std::string>& argv_of(const BenchmarkSpec& bench) {
  if (!bench.command.empty()) return bench.command;
  return bench.library.empty() ? bench.system : bench.library;
}

// What was stopped because its time was over says so, not that somebody interrupted it.
void tell_time_limit(const TimeLimit& limit, Benchmarked& done, ProcessResult& exit) {
  if (!limit.is_over() || done.outcome != Outcome::interrupted) return;
  done.outcome = Outcome::timed_out;
  const bool loading = done.load.system != "command" && !done.times.load;
  done.reason = fmt::format("stopped after {}: the time limit{}", format_duration(limit.duration()),
                            loading ? "; it was not ready to answer" : "");
  exit.kind = ExitKind::timed_out;
}

Result<LoadResult> measure_load(const BenchmarkSpec& bench, ProcessRunner& runner, Filesystem& fs,
                                Clock& clock, const ProcessSpec& spec, const LoadSettings& settings) {
  if (bench.library.empty()) return run_load(runner, fs, clock, spec, settings);
  TRY(const Path self, own_executable());
  return run_library(runner, clock, spec, settings, self);
}

// What a library reported, as a program would have written it.
Status write_metrics(Filesystem& fs, const Path& file, const LoadResult& result) {
  if (result.metrics.empty()) return {};
  std::string text;
  for (const auto& [name, value] : result.metrics)
    text += fmt::format("{}{}: {}", text.empty() ? "{" : ", ", json::Value(name).dump(),
                        std::isnan(value)   ? "NaN"
                        : std::isinf(value) ? (value < 0 ? "-Infinity" : "Infinity")
                                            : fmt::format("{}", value));
  return fs.write_file(file, text + "}\n", false);
}

Status make_folders_of(Filesystem& fs, const action::Folders& folders) {
  for (const Path& folder :
       {folders.work, folders.output, folders.home, folders.temporary, folders.metrics.parent_path()})
    TRY_STATUS(make_folders(fs, folder));
  return {};
}

// Where a search asks for more queries than the user or else the package said.
std::string note_on_queries(const BenchmarkSpec& spec, const BenchmarkOverrides& overrides,
                            const LoadSettings& settings) {
  const auto said =
      overrides.queries ? *overrides.queries : static_cast<std::uint64_t>(spec.queries.value_or(0));
  if (!settings.find_peak || said == 0 || said >= settings.min_queries) return {};
  return fmt::format("the search asks for {} queries a rate, not {}: {} takes so many to be 99 % sure of",
                     settings.min_queries, said, settings.bound->percentile_name());
}

}  // namespace

std::string text_of(const BenchmarkOverrides& overrides) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view name, const auto& value) {
    if (value) out.push_back(fmt::format("{} = {}", name, *value));
  };
  add("scenario", overrides.scenario);
  add("queries", overrides.queries);
  add("warmup", overrides.warmup);
  if (overrides.duration) out.push_back("duration = " + format_duration(*overrides.duration));
  add("seed", overrides.seed);
  add("rate", overrides.rate);
  if (overrides.bound) out.push_back("bound = " + overrides.bound->text());
  add("samples_per_query", overrides.samples_per_query);
  if (overrides.pacing) out.push_back(fmt::format("pacing = {}", name_of(*overrides.pacing)));
  if (overrides.order) out.push_back(fmt::format("order = {}", name_of(*overrides.order)));
  if (overrides.find_peak) out.emplace_back("find-peak");
  if (overrides.accuracy) out.emplace_back("accuracy");
  return join(out, ", ");
}

Result<LoadSettings> load_settings(const BenchmarkSpec& spec, const BenchmarkOverrides& overrides) {
  TRY(const Scenario scenario, parse_scenario(overrides.scenario.value_or(spec.scenario)));
  LoadSettings settings = LoadSettings::of(scenario);
  if (spec.samples_per_query > 1 && scenario == Scenario::multi_stream)
    settings.samples_per_query = static_cast<std::uint64_t>(spec.samples_per_query);
  // What the manifest says of its own scenario means nothing to one query with everything in it.
  if (scenario != Scenario::offline || spec.scenario == name_of(Scenario::offline)) {
    if (spec.queries) settings.min_queries = static_cast<std::uint64_t>(*spec.queries);
    if (spec.warmup) settings.warmup_queries = static_cast<std::uint64_t>(*spec.warmup);
    if (spec.min_duration_seconds)
      settings.min_duration =
          std::chrono::nanoseconds(static_cast<std::int64_t>(*spec.min_duration_seconds * 1e9));
  }
  if (scenario == Scenario::server) {
    if (spec.rate) settings.rate = *spec.rate;
    settings.bound = spec.bound;
  }
  apply(overrides, settings);
  // So many that one slow query in a hundred does not spoil it.
  if (settings.bound && !spec.queries && !overrides.queries)
    settings.min_queries =
        std::max(settings.min_queries, 2 * early_stopping_needs(settings.bound->percentile));
  // Of fewer none would be sure to keep the bound, whatever the system does.
  if (settings.bound && settings.find_peak)
    settings.min_queries = std::max(settings.min_queries, early_stopping_h(0, settings.bound->percentile));
  if (overrides.accuracy) {
    settings.mode = LoadMode::accuracy;
    settings.bound.reset();
  }
  TRY_STATUS(check(settings));
  return settings;
}

Result<Benchmarked> run_benchmark(const action::PackageView& view, const Action& action,
                                  const action::Parameters& parameters, const BenchmarkOverrides& overrides,
                                  const action::RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                  Clock& clock) {
  const BenchmarkSpec& bench = *action.benchmark;
  const bool whole_command = !bench.command.empty();
  TRY_STATUS(make_folders_of(fs, context.folders));
  TRY(ProcessSpec spec, spec_for(view, action, parameters, argv_of(bench), context));
  TRY(action::Log log, action::Log::create(fs, context.log));
  spec.on_output = [&log](Stream, std::string_view bytes) { log.append(bytes); };
  const Status inputs = action::check_inputs(view, action, parameters, context, fs);
  if (!inputs) return not_started(action, std::move(spec.argv), inputs.error());
  const TimeLimit limit(context.cancel, smaller(context.time_limit, action.timeout));
  spec.cancel = limit.cancellation();
  Benchmarked done;
  ProcessResult exit;
  std::optional<ConditionsWatch> watch;
  if (whole_command) {
    const CommandSettings settings = command_settings(bench, overrides);
    watch.emplace(fs, clock);
    Result<CommandResult> tried = run_command(runner, spec, settings);
    if (!tried) return not_started(action, std::move(spec.argv), std::move(tried).error());
    done.conditions = watch->end().value;
    add_command(done, *tried, settings);
    exit = std::move(tried->last);
  } else {
    TRY(LoadSettings settings, load_settings(bench, overrides));
    done.note = note_on_queries(bench, overrides, settings);
    settings.on_ready = [&](int pid) {
      if (auto mapped = action::mapped_files(fs, pid)) done.mapped = std::move(*mapped);
    };
    watch.emplace(fs, clock);
    Result<LoadResult> tried = measure_load(bench, runner, fs, clock, spec, settings);
    if (!tried) return not_started(action, std::move(spec.argv), std::move(tried).error());
    done.conditions = watch->end().value;
    TRY_STATUS(write_metrics(fs, context.folders.metrics, *tried));
    add_load(done, *tried, settings);
    if (!bench.library.empty()) add_library(done);
    exit = std::move(tried->exit);
  }
  tell_time_limit(limit, done, exit);
  add_energy(done);
  TRY_STATUS(log.finish());
  done.action = outcome_of(action.name, spec.argv, action.place, std::move(exit), log);
  if (!done.action.ok()) return done;
  const Status outputs = action::check_outputs(view, action, parameters, context, fs);
  if (!outputs) done.action.refused = outputs.error();
  return done;
}

}  // namespace reef::ops
