#include "core/ops/pooled.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "core/base/text.h"
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

std::string repeats_if_unedited(const RecordRow& row) {
  if (row.status != RunStatus::ok || !row.sweep) return {};
  if (row.sweep->round == 0 && row.sweep->id.starts_with(kComparisonPrefix)) return {};
  return row.sweep->id + '\n' + row.setup;
}

// Of whose runs there is one point.
std::string place_of(const RecordRow& row, bool for_frontier) {
  return choice_of(row) + (for_frontier ? '\n' + row.processor : "");
}

}  // namespace

std::string choice_of(const RecordRow& row) {
  return row.package + '\n' + row.version + '\n' + row.action + '\n' + row.scenario + '\n' +
         json::Value(row.options).dump() + json::Value(row.parameters).dump() + json::Value(row.load).dump();
}

std::string repeats_of(const RecordRow& row) { return row.edited ? std::string() : repeats_if_unedited(row); }

std::string edited_left_out(std::size_t count) {
  return fmt::format("{} {} left out", counted(count, "edited run"), count == 1 ? "is" : "are");
}

std::vector<Pooled> newest_of_each(const std::vector<RecordRow>& rows, bool for_frontier) {
  std::vector<std::string> choices;
  std::map<std::string, Runs> repeats;
  std::set<std::string> rounds;
  for (const RecordRow& row : rows) {
    choices.push_back(place_of(row, for_frontier));
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
  // A number that somebody changed takes no place of those that were measured.
  const auto comes_last = [&](std::size_t i) {
    const RecordRow& row = rows[i];
    if (for_frontier) return row.edited || row.status != RunStatus::ok;
    return row.edited && repeats.contains(choices[i] + '\n' + repeats_if_unedited(row));
  };
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!comes_last(i)) add(i);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].status == RunStatus::ok) add(i);
  for (std::size_t i = 0; i < rows.size(); ++i) add(i);
  return out;
}

Result<Points> points_of(RecordStore& records, const RunSelection& selection, bool every_run,
                         bool for_frontier) {
  Points out;
  if (every_run) {
    TRY(out.list, select_runs(records, selection));
    for (const RecordRow& row : out.list.rows) out.points.push_back({row, {row.id}});
    return out;
  }
  std::vector<Expression> clauses;
  TRY(out.list, select_runs(records, selection, clauses));
  out.points = newest_of_each(out.list.rows, for_frontier);
  if (clauses.empty()) return out;
  std::set<std::string> places;
  std::erase_if(out.points, [&](const Pooled& point) { return !meets(point.row, clauses); });
  for (const Pooled& point : out.points) places.insert(place_of(point.row, for_frontier));
  std::erase_if(out.list.rows,
                [&](const RecordRow& row) { return !places.contains(place_of(row, for_frontier)); });
  return out;
}

}  // namespace reef::ops
