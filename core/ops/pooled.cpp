#include "core/ops/pooled.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "core/bench/statistics.h"

namespace reef::ops {
namespace {

using Runs = std::vector<const RecordRow*>;

// metrics: one metric of several runs, newest first, each with a value.
RecordedMetric pooled(const std::vector<RecordedMetric>& metrics) {
  RecordedMetric out = metrics.front();
  if (metrics.size() == 1) return out;
  std::vector<double> values;
  out.n = 0;
  for (const RecordedMetric& metric : metrics) {
    const double value = *metric.value;
    values.push_back(value);
    out.lower = std::min({out.lower.value_or(value), metric.lower.value_or(value), value});
    out.upper = std::max({out.upper.value_or(value), metric.upper.value_or(value), value});
    if (out.n) out.n = metric.n ? std::optional(*out.n + *metric.n) : std::nullopt;
  }
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  out.value = std::midpoint(values[(n - 1) / 2], values[n / 2]);
  const Ranks ranks = percentile_ranks(n, 0.5);
  if (ranks.lower && ranks.upper) {
    out.lower = values[*ranks.lower - 1];
    out.upper = values[*ranks.upper - 1];
  }
  // One number a run, and always the same one.
  if (values.front() == values.back() && !metrics.front().lower) out.lower = out.upper = std::nullopt;
  return out;
}

Pooled pooled(const Runs& runs) {
  Pooled out{*runs.front(), {}};
  for (const RecordRow* run : runs) out.runs.push_back(run->id);
  if (runs.size() == 1) return out;
  std::set<std::string> names;
  for (const RecordRow* run : runs)
    for (const auto& [name, metric] : run->metrics) names.insert(name);
  for (const std::string& name : names) {
    std::vector<RecordedMetric> known;
    for (const RecordRow* run : runs)
      if (const auto found = run->metrics.find(name);
          found != run->metrics.end() && found->second.value &&
          (known.empty() || found->second.unit == known.front().unit))
        known.push_back(found->second);
    if (known.empty()) continue;
    RecordedMetric& metric = out.row.metrics[name];
    metric = pooled(known);
    if (known.size() == runs.size()) continue;
    // Whether a run knows it may depend on how fast it was.
    metric.value = metric.lower = metric.upper = std::nullopt;
    metric.problem =
        fmt::format("{} of {} runs {} it", known.size(), runs.size(), known.size() == 1 ? "knows" : "know");
  }
  return out;
}

}  // namespace

std::string choice_of(const RecordRow& row) {
  return row.package + '\n' + row.version + '\n' + row.action + '\n' + row.scenario + '\n' +
         json::Value(row.options).dump() + json::Value(row.parameters).dump() + json::Value(row.load).dump();
}

std::string repeats_of(const RecordRow& row) {
  if (row.status != RunStatus::ok || row.edited || !row.sweep) return {};
  if (row.sweep->round == 0 && row.sweep->id.starts_with(kComparisonPrefix)) return {};
  return row.sweep->id + '\n' + row.setup;
}

std::vector<Pooled> newest_of_each(const std::vector<RecordRow>& rows, bool good_first) {
  std::vector<std::string> choices;
  std::map<std::string, Runs> repeats;
  std::set<std::string> rounds;
  for (const RecordRow& row : rows) {
    choices.push_back(choice_of(row));
    if (repeats_of(row).empty()) continue;
    const std::string group = choices.back() + '\n' + repeats_of(row);
    if (rounds.insert(fmt::format("{}\n{}\n{}", group, row.sweep->point, row.sweep->round)).second)
      repeats[group].push_back(&row);
  }
  std::set<std::string> seen;
  std::vector<Pooled> out;
  const auto add = [&](std::size_t i) {
    if (!seen.insert(choices[i]).second) return;
    const std::string group = repeats_of(rows[i]);
    out.push_back(pooled(group.empty() ? Runs{&rows[i]} : repeats.at(choices[i] + '\n' + group)));
  };
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!good_first || rows[i].status == RunStatus::ok) add(i);
  for (std::size_t i = 0; i < rows.size(); ++i) add(i);
  return out;
}

}  // namespace reef::ops
