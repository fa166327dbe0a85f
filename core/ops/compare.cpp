#include "core/ops/compare.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/text.h"

namespace reef::ops {
namespace {

std::string text_of(const json::Value& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

template <class Map>
void add_differences(std::vector<std::string>& out, std::string_view kind, const Map& a, const Map& b) {
  std::set<std::string> names;
  for (const auto& [name, value] : a) names.insert(name);
  for (const auto& [name, value] : b) names.insert(name);
  for (const std::string& name : names) {
    const auto left = a.find(name);
    const auto right = b.find(name);
    const std::string before = left == a.end() ? "none" : text_of(json::Value(left->second));
    const std::string after = right == b.end() ? "none" : text_of(json::Value(right->second));
    if (before != after) out.push_back(fmt::format("{} {}: {}, {}", kind, name, before, after));
  }
}

std::map<std::string, std::string> tools_of(const Record& record) {
  std::map<std::string, std::string> out;
  for (const RecordedTool& tool : record.toolchain)
    out[tool.name] =
        tool.digest.empty() ? tool.version : fmt::format("{} ({})", tool.version, tool.digest.substr(0, 8));
  return out;
}

std::map<std::string, std::string> packages_of(const Record& record) {
  std::map<std::string, std::string> out;
  for (const RecordedPackage& package : record.closure)
    if (!package.build_key.empty() && package.name != record.package) out[package.name] = package.version;
  return out;
}

std::map<std::string, std::string> libraries_of(const Record& record) {
  std::map<std::string, std::string> out;
  for (const RecordedFile& file : record.mapped) out[file.path] = file.sha256.substr(0, 8);
  return out;
}

std::map<std::string, std::string> host_of(const Record& record) {
  std::map<std::string, std::string> out;
  if (!record.host.is_object()) return out;
  for (const std::string key :
       {"cpu_model", "os", "arch", "distribution", "kernel", "libc_version", "threads", "virtualization"}) {
    const auto found = record.host.find(key);
    if (found != record.host.end() && !found->is_null()) out[key] = text_of(*found);
  }
  return out;
}

std::vector<std::string> differences_of(const Record& a, const Record& b) {
  std::vector<std::string> out;
  add_differences(out, "host", host_of(a), host_of(b));
  add_differences(out, "tool", tools_of(a), tools_of(b));
  add_differences(out, "package", packages_of(a), packages_of(b));
  add_differences(out, "option", a.options, b.options);
  add_differences(out, "parameter", a.parameters, b.parameters);
  add_differences(out, "library", libraries_of(a), libraries_of(b));
  if (a.version != b.version) out.push_back(fmt::format("version: {}, {}", a.version, b.version));
  if (a.scenario != b.scenario) out.push_back(fmt::format("scenario: {}, {}", a.scenario, b.scenario));
  return out;
}

void judge_number(MetricComparison& metric) {
  const double a = *metric.a.value;
  const double b = *metric.b.value;
  const auto tolerance = metric.b.tolerance ? metric.b.tolerance : metric.a.tolerance;
  if (a == b) {
    metric.verdict = "same";
  } else if (tolerance && std::abs(a - b) <= *tolerance) {
    metric.verdict = "same";
    metric.note = fmt::format("within the declared tolerance of {}", *tolerance);
  } else if (tolerance) {
    const bool known = metric.b.better != Metric::Better::unknown;
    const bool better = (metric.b.better == Metric::Better::higher) == (b > a);
    metric.verdict = !known ? "different" : better ? "better" : "worse";
  } else {
    metric.verdict = "cannot tell";
    metric.note = "one number a run, and no declared tolerance";
  }
}

// The medians of two runs, by the intervals recorded with them. Whole runs differ from each other by more
// than their intervals say (another moment, another core): differences below kBetweenRuns are of no interest.
void judge_medians(MetricComparison& metric) {
  constexpr double kBetweenRuns = 0.10;
  const RecordedMetric& a = metric.a;
  const RecordedMetric& b = metric.b;
  const bool known = a.lower && a.upper && b.lower && b.upper && *a.lower > 0 && *b.lower > 0;
  if (!known || b.better == Metric::Better::unknown) return judge_number(metric);
  Comparison compared;
  compared.n = std::min(a.n.value_or(0), b.n.value_or(0));
  compared.ratio = *b.value / *a.value;
  compared.lower = *b.lower / *a.upper;
  compared.upper = *b.upper / *a.lower;
  compared.resolution = (compared.upper - compared.lower) / 2;
  const bool lower_is_better = b.better == Metric::Better::lower;
  if (compared.lower > 1 + kBetweenRuns)
    compared.verdict = lower_is_better ? Verdict::slower : Verdict::faster;
  else if (compared.upper < 1 / (1 + kBetweenRuns))
    compared.verdict = lower_is_better ? Verdict::faster : Verdict::slower;
  else if (compared.lower > 1 / (1 + kBetweenRuns) && compared.upper < 1 + kBetweenRuns)
    compared.verdict = Verdict::same;
  metric.samples = compared;
  metric.verdict = name_of(compared.verdict);
  metric.note = fmt::format("{:.3g} times, at least {:.3g}, at most {:.3g}", compared.ratio, compared.lower,
                            compared.upper);
}

Status check_comparable(const Record& a, const Record& b) {
  if (a.package != b.package || a.action != b.action)
    return make_error(ErrorCode::invalid_input,
                      "`{}` is `{}` of {}, `{}` is `{}` of {}: they measure different things", a.id, a.action,
                      a.package, b.id, b.action, b.package);
  for (const Record* record : {&a, &b})
    if (record->status != RunStatus::ok)
      return make_error(ErrorCode::invalid_input, "run `{}` is {}: {}", record->id, name_of(record->status),
                        record->reason)
          .hint("its numbers may not be compared; run it again");
  return {};
}

// Runs that anybody would call the same measurement.
std::string choice_of(const RecordRow& row) {
  return row.package + '\n' + row.version + '\n' + row.action + '\n' + json::Value(row.options).dump() +
         json::Value(row.parameters).dump();
}

Result<Objective> objective_of(const std::string& metric, const std::vector<RecordRow>& rows) {
  Objective objective;
  objective.metric = metric;
  objective.better = Metric::Better::unknown;
  std::set<std::string> known;
  for (const RecordRow& row : rows) {
    for (const auto& [name, value] : row.metrics) known.insert(name);
    const auto found = row.metrics.find(metric);
    if (found == row.metrics.end() || found->second.better == Metric::Better::unknown) continue;
    if (objective.better != Metric::Better::unknown && objective.better != found->second.better)
      return make_error(ErrorCode::invalid_input,
                        "the records do not agree whether a higher or a lower `{}` is better", metric);
    objective.better = found->second.better;
  }
  const std::vector<std::string> names(known.begin(), known.end());
  if (!known.contains(metric)) {
    Failure error = make_error(ErrorCode::not_found, "no run has a metric `{}`", printable(metric));
    if (auto hint = did_you_mean(metric, names)) return std::move(error).hint(*hint);
    return std::move(error).hint(fmt::format("there is {}", quoted_list(names, "and")));
  }
  if (objective.better == Metric::Better::unknown)
    return make_error(ErrorCode::invalid_input, "nobody declared whether a higher or a lower `{}` is better",
                      metric)
        .hint("declare it in the manifest: `\"metrics\": {\"" + metric + "\": {\"better\": \"lower\"}}`");
  return objective;
}

Measured measured_of(const RecordedMetric& metric) {
  if (!metric.value) return Measured::exactly(std::nan(""));
  return {*metric.value, metric.lower.value_or(*metric.value), metric.upper.value_or(*metric.value)};
}

std::vector<RecordRow> newest_of_each(std::vector<RecordRow> rows) {
  std::set<std::string> seen;
  std::erase_if(rows, [&](const RecordRow& row) { return !seen.insert(choice_of(row)).second; });
  return rows;
}

}  // namespace

Result<RunComparison> compare(RecordStore& records, const std::string& a, const std::string& b) {
  RunComparison out;
  TRY(const std::string id_a, records.find(a));
  TRY(const std::string id_b, records.find(b));
  TRY(out.a, records.load(id_a));
  TRY(out.b, records.load(id_b));
  TRY_STATUS(check_comparable(out.a, out.b));
  out.differences = differences_of(out.a, out.b);
  for (const auto& [name, metric] : out.a.metrics) {
    const auto other = out.b.metrics.find(name);
    if (other == out.b.metrics.end()) {
      out.only_a.push_back(name);
      continue;
    }
    MetricComparison compared{name, metric, other->second, std::nullopt, "", ""};
    if (!metric.value || !other->second.value) {
      compared.verdict = "cannot tell";
      compared.note = "not known of both";
    } else if (name == "latency") {
      judge_medians(compared);
    } else {
      judge_number(compared);
    }
    out.metrics.push_back(std::move(compared));
  }
  for (const auto& [name, metric] : out.b.metrics)
    if (!out.a.metrics.contains(name)) out.only_b.push_back(name);
  return out;
}

Result<ParetoReport> pareto_of(RecordStore& records, const ParetoRequest& request) {
  RecordFilter filter = request.filter;
  filter.status = RunStatus::ok;
  TRY(RecordList list, records.list(filter));
  if (list.rows.empty())
    return make_error(ErrorCode::not_found, "no run that is ok matches")
        .hint("measure some: `reef run benchmark PACKAGE`");
  if (!request.every_run) list.rows = newest_of_each(std::move(list.rows));
  ParetoReport report;
  report.problems = std::move(list.problems);
  for (const std::string& metric : request.metrics) {
    TRY(Objective objective, objective_of(metric, list.rows));
    report.objectives.push_back(std::move(objective));
  }
  std::vector<std::vector<Measured>> points;
  for (RecordRow& row : list.rows) {
    ParetoRow out;
    for (const std::string& metric : request.metrics) {
      const auto found = row.metrics.find(metric);
      out.coordinates.push_back(found == row.metrics.end() ? RecordedMetric{} : found->second);
    }
    std::vector<Measured> point;
    for (const RecordedMetric& metric : out.coordinates) point.push_back(measured_of(metric));
    points.push_back(std::move(point));
    out.record = std::move(row);
    report.rows.push_back(std::move(out));
  }
  TRY(const Frontier frontier, pareto(points, report.objectives));
  for (std::size_t i = 0; i < report.rows.size(); ++i) report.rows[i].point = frontier.points[i];
  report.knee = frontier.knee;
  return report;
}

}  // namespace reef::ops
