#include "core/ops/repeat.h"

#include <cmath>

#include "core/base/text.h"

namespace reef::ops {
namespace {

bool is_whole_command(const std::string& scenario) { return scenario == "command"; }

// The sizes that a run has when nobody says others.
struct Sizes {
  std::uint64_t queries = 0;
  std::chrono::nanoseconds duration{};
  std::uint64_t warmup = 0;
};

Sizes usual_sizes(const std::string& name) {
  if (is_whole_command(name))
    return {CommandSettings().min_runs, CommandSettings().min_duration, CommandSettings().warmup_runs};
  const auto scenario = parse_scenario(name);
  const LoadSettings usual = scenario ? LoadSettings::of(*scenario) : LoadSettings();
  return {usual.min_queries, usual.min_duration, usual.warmup_queries};
}

// "p99=5.00 ms" as it can be typed. A bound of minutes is not found again.
std::string bound_text(const RecordedLoad& load) {
  std::string out = load.bound;
  std::erase(out, ' ');
  return out;
}

std::string seconds_text(std::chrono::nanoseconds time) {
  return fmt::format("{}s", std::chrono::duration<double>(time).count());
}

BenchmarkOverrides overrides_under(const std::string& scenario, const std::optional<RecordedLoad>& recorded) {
  BenchmarkOverrides out;
  const bool whole = is_whole_command(scenario);
  if (!scenario.empty() && !whole) out.scenario = scenario;
  if (!recorded) return out;
  const RecordedLoad& load = *recorded;
  const Sizes usual = usual_sizes(scenario);
  const auto duration = std::chrono::nanoseconds(std::llround(load.min_duration * 1e9));
  if (load.mode == "accuracy") {
    out.accuracy = true;
    return out;
  }
  if (load.min_queries != usual.queries) out.queries = load.min_queries;
  if (duration != usual.duration) out.duration = duration;
  if (load.warmup_asked && load.warmup_asked != usual.warmup) out.warmup = load.warmup_asked;
  if (whole) return out;
  if (load.seed != LoadSettings().seed) out.seed = load.seed;
  if (load.order == name_of(Order::loadgen)) out.order = Order::loadgen;
  if (scenario == name_of(Scenario::multi_stream) && load.samples_per_query > 0 &&
      load.samples_per_query != LoadSettings::of(Scenario::multi_stream).samples_per_query)
    out.samples_per_query = load.samples_per_query;
  out.find_peak = !load.probes.empty();
  if (load.rate && !out.find_peak) out.rate = load.rate;
  if (const auto bound = parse_latency_bound(bound_text(load))) out.bound = *bound;
  return out;
}

// Leaves what both have.
void keep_common(BenchmarkOverrides& all, const BenchmarkOverrides& each) {
  const auto keep = [](auto& a, const auto& b) {
    if (a != b) a.reset();
  };
  keep(all.scenario, each.scenario);
  keep(all.queries, each.queries);
  keep(all.warmup, each.warmup);
  keep(all.duration, each.duration);
  keep(all.seed, each.seed);
  keep(all.rate, each.rate);
  keep(all.samples_per_query, each.samples_per_query);
  keep(all.order, each.order);
  if (!all.bound || !each.bound || all.bound->text() != each.bound->text()) all.bound.reset();
  all.find_peak = all.find_peak && each.find_peak;
  all.accuracy = all.accuracy && each.accuracy;
}

}  // namespace

BenchmarkOverrides overrides_of(const Record& record) {
  if (record.steps.size() < 2) return overrides_under(record.scenario, record.load);
  // What is given on the command line is for all steps; where they differ, each has its own of its action.
  std::optional<BenchmarkOverrides> out;
  for (const auto& [name, step] : record.steps) {
    const BenchmarkOverrides each = overrides_under(step.scenario, step.load);
    if (out)
      keep_common(*out, each);
    else
      out = each;
  }
  return *out;
}

std::string repeat_command(const Record& record) {
  std::vector<std::string> words = {"reef", "run", record.action, record.from_folder ? "." : record.package};
  if (!record.version.empty() && !record.from_folder) words.back() += "@=" + record.version;
  std::vector<std::string> chosen;
  for (const auto& [group, option] : record.options) chosen.push_back(group + "=" + option);
  if (!chosen.empty()) words.insert(words.end(), {"--with", join(chosen, ",")});
  for (const auto& [name, value] : record.parameters)
    words.push_back("--" + name + "=" + json::text_of(value));
  const BenchmarkOverrides asked = overrides_of(record);
  const auto add = [&](const std::string& flag, const std::string& value) {
    if (record.parameters.count(flag) > 0) return;
    words.push_back("--" + flag + (value.empty() ? "" : "=" + value));
  };
  if (asked.scenario) add("scenario", *asked.scenario);
  if (asked.rate) add("rate", fmt::format("{}", *asked.rate));
  if (asked.bound) add("bound", bound_text(*record.load));
  if (asked.find_peak) add("find-peak", "");
  if (asked.accuracy) add("accuracy", "");
  if (asked.samples_per_query) add("samples-per-query", std::to_string(*asked.samples_per_query));
  if (asked.queries) add("queries", std::to_string(*asked.queries));
  if (asked.duration) add("duration", seconds_text(*asked.duration));
  if (asked.warmup) add("warmup", std::to_string(*asked.warmup));
  if (asked.order) add("order", std::string(name_of(*asked.order)));
  if (asked.seed) add("seed", std::to_string(*asked.seed));
  std::string out = shell_quoted(words);
  // No registry has it, and where it lies is nobody's business but its owner's.
  if (record.from_folder)
    out += fmt::format("  # in the folder of {} {}", printable(record.package), printable(record.version));
  return out;
}

}  // namespace reef::ops
