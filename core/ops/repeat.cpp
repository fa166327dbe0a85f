#include "core/ops/repeat.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace reef::ops {
namespace {

bool is_whole_command(const std::string& scenario) { return scenario == "command"; }

// "p99=5.00 ms" as it can be typed. A bound of minutes is not found again.
std::string typed(std::string bound) {
  std::erase(bound, ' ');
  return bound;
}

std::string seconds_text(std::chrono::nanoseconds time) {
  return fmt::format("{}s", std::chrono::duration<double>(time).count());
}

// Everything that such a benchmark has a setting of. Sizes are the package's to choose, so none goes without
// saying.
BenchmarkOverrides overrides_under(const std::string& scenario, const std::optional<RecordedLoad>& recorded) {
  BenchmarkOverrides out;
  const bool whole = is_whole_command(scenario);
  if (!scenario.empty() && !whole) out.scenario = scenario;
  if (!recorded) return out;
  const RecordedLoad& load = *recorded;
  if (load.min_queries > 0) {
    out.queries = load.min_queries;
    out.duration = std::chrono::nanoseconds(std::llround(load.min_duration * 1e9));
  }
  out.warmup = load.warmup_asked;
  out.accuracy = load.mode == "accuracy";
  if (whole || out.accuracy) return out;
  out.seed = load.seed;
  out.order = load.order == name_of(Order::loadgen) ? Order::loadgen : Order::rounds;
  if (scenario == name_of(Scenario::multi_stream) && load.samples_per_query > 0)
    out.samples_per_query = load.samples_per_query;
  out.find_peak = !load.probes.empty();
  if (load.rate && !out.find_peak) out.rate = load.rate;
  if (const auto bound = parse_latency_bound(typed(load.bound))) out.bound = *bound;
  return out;
}

// What is given on the command line is for all steps that have such a setting; where they differ, each has
// its own of its action.
template <class T>
std::optional<T> common(const std::vector<BenchmarkOverrides>& steps,
                        std::optional<T> BenchmarkOverrides::*setting) {
  std::optional<T> out;
  for (const BenchmarkOverrides& step : steps) {
    const std::optional<T>& value = step.*setting;
    if (out && value && *out != *value) return std::nullopt;
    if (value) out = value;
  }
  return out;
}

BenchmarkOverrides common_of(const std::vector<BenchmarkOverrides>& steps) {
  using Asked = BenchmarkOverrides;
  Asked out;
  out.scenario = common(steps, &Asked::scenario);
  out.queries = common(steps, &Asked::queries);
  out.warmup = common(steps, &Asked::warmup);
  out.duration = common(steps, &Asked::duration);
  out.seed = common(steps, &Asked::seed);
  out.order = common(steps, &Asked::order);
  const auto any = [&](bool Asked::*flag) {
    return std::any_of(steps.begin(), steps.end(), [&](const Asked& step) { return step.*flag; });
  };
  out.accuracy = any(&Asked::accuracy);
  // Of one scenario; who gives these gives it, too.
  if (!out.scenario) return out;
  out.rate = common(steps, &Asked::rate);
  // A step without one was given none.
  if (std::all_of(steps.begin(), steps.end(), [](const Asked& step) { return !step.scenario || step.bound; }))
    out.bound = common(steps, &Asked::bound);
  out.samples_per_query = common(steps, &Asked::samples_per_query);
  out.find_peak = any(&Asked::find_peak);
  return out;
}

}  // namespace

BenchmarkOverrides overrides_of(const Record& record) {
  BenchmarkOverrides out;
  if (record.steps.size() < 2) {
    out = overrides_under(record.scenario, record.load);
  } else {
    std::vector<BenchmarkOverrides> steps;
    for (const auto& [name, step] : record.steps) steps.push_back(overrides_under(step.scenario, step.load));
    out = common_of(steps);
  }
  // All samples once, whatever is said, unless there is a whole command beside them.
  const bool all_samples = std::none_of(record.steps.begin(), record.steps.end(), [](const auto& step) {
    return is_whole_command(step.second.scenario);
  });
  if (out.accuracy && all_samples) {
    out.queries.reset();
    out.duration.reset();
    out.warmup.reset();
  }
  // No package says others than these.
  if (out.seed == LoadSettings().seed) out.seed.reset();
  if (out.order == LoadSettings().order) out.order.reset();
  return out;
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
  if (asked.bound) add("bound", typed(asked.bound->text()));
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
