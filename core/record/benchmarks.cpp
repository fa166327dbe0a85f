#include "core/record/benchmarks.h"

#include <algorithm>
#include <array>

namespace reef {

StepMetric step_metric(const Record& record, const std::string& metric) {
  const std::size_t dot = metric.find('.');
  if (dot == std::string::npos || !record.steps.contains(metric.substr(0, dot))) return {"", metric};
  return {metric.substr(0, dot), metric.substr(dot + 1)};
}

std::vector<RecordedBenchmark> benchmarks_of(const Record& record) {
  if (record.steps.empty()) return {{"", record}};
  std::vector<RecordedBenchmark> out;
  for (const auto& [name, step] : record.steps) {
    out.push_back({name, record});
    RecordedBenchmark& each = out.back();
    each.record.steps.clear();
    each.record.scenario = step.scenario;
    each.record.load = step.load;
    each.record.latency = step.latency;
    each.record.conditions = step.conditions;
    each.record.times = step.times;
    each.record.times.started = record.times.started;
    each.record.metrics.clear();
    for (const auto& [metric, value] : record.metrics) {
      const StepMetric found = step_metric(record, metric);
      if (found.step.empty() || found.step == name) each.record.metrics[found.name] = value;
    }
  }
  return out;
}

std::string grade_of(const Record& record) {
  constexpr std::array<std::string_view, 4> kWorst = {"", "quiet", "fair", "noisy"};
  const auto rank = [&](const json::Value& conditions) {
    if (!conditions.is_object() || !conditions.contains("grade") || !conditions["grade"].is_string())
      return kWorst.begin();
    const auto found =
        std::find(kWorst.begin(), kWorst.end(), conditions["grade"].get_ref<const std::string&>());
    return found == kWorst.end() ? kWorst.begin() : found;
  };
  auto worst = rank(record.conditions);
  for (const auto& [name, step] : record.steps) worst = std::max(worst, rank(step.conditions));
  return std::string(*worst);
}

}  // namespace reef
