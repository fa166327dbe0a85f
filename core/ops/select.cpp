#include "core/ops/select.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/text.h"
#include "core/record/load_settings.h"

namespace reef::ops {
namespace {

using Field = std::string RecordRow::*;
constexpr std::array<std::pair<std::string_view, Field>, 7> kFields = {{
    {"id", &RecordRow::id},
    {"package", &RecordRow::package},
    {"version", &RecordRow::version},
    {"action", &RecordRow::action},
    {"scenario", &RecordRow::scenario},
    {"started", &RecordRow::started},
    {"processor", &RecordRow::processor},
}};

Failure no_run_has(std::string_view what, const std::string& name, const std::set<std::string>& known) {
  constexpr std::size_t kShown = 12;
  std::vector<std::string> names(known.begin(), known.end());
  Failure error = make_error(ErrorCode::not_found, "no run has the {} `{}`", what, printable(name));
  if (const auto hint = did_you_mean(name, names)) return std::move(error).hint(*hint);
  if (names.empty()) return error;
  const bool cut = names.size() > kShown;
  names.resize(std::min(names.size(), kShown));
  return std::move(error).hint(cut ? fmt::format("there is {}, ...", quoted_list(names, ","))
                                   : fmt::format("there is {}", quoted_list(names, "and")));
}

// Why nothing was found, when a name is to blame.
Status explain_nothing(RecordStore& records, const RecordFilter& filter) {
  TRY(const RecordList all, records.list());
  if (all.rows.empty()) return {};
  std::set<std::string> packages;
  std::set<std::string> actions;
  std::set<std::string> sweeps;
  for (const RecordRow& row : all.rows) {
    packages.insert(row.package);
    actions.insert(row.action);
    if (row.sweep) sweeps.insert(row.sweep->id);
  }
  if (!filter.package.empty() && !packages.contains(filter.package))
    return no_run_has("package", filter.package, packages);
  if (!filter.action.empty() && !actions.contains(filter.action))
    return no_run_has("action", filter.action, actions);
  if (!filter.sweep.empty() && !sweeps.contains(filter.sweep))
    return no_run_has("sweep", filter.sweep, sweeps);
  return {};
}

Status check_sort(RecordStore& records, const RecordFilter& filter, const RecordList& found) {
  const auto has = [&](const RecordRow& row) { return row.metrics.contains(filter.sort_by); };
  if (filter.sort_by.empty() || found.rows.empty() || has(found.rows.front())) return {};
  TRY(const RecordList all, records.list());
  std::set<std::string> metrics;
  for (const RecordRow& row : all.rows)
    for (const auto& [name, metric] : row.metrics) metrics.insert(name);
  if (metrics.contains(filter.sort_by)) return {};
  return no_run_has("metric", filter.sort_by, metrics);
}

bool asks_of_metric(const Expression& clause, const std::vector<RecordRow>& rows) {
  const std::set<std::string> names = clause.names();
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const bool is_field =
        name == "status" || name == "sweep" ||
        std::any_of(kFields.begin(), kFields.end(), [&](const auto& field) { return field.first == name; });
    return !is_field && std::any_of(rows.begin(), rows.end(),
                                    [&](const RecordRow& row) { return row.metrics.contains(name); });
  });
}

}  // namespace

std::optional<Expression::Value> value_in(const RecordRow& row, std::string_view name) {
  const std::string key(name);
  if (name == "status") return std::string(name_of(row.status));
  if (name == "sweep") return row.sweep ? std::optional<Expression::Value>(row.sweep->id) : std::nullopt;
  if (name == "scenario" && has_loads_of_steps(row)) return std::nullopt;
  for (const auto& [field, member] : kFields)
    if (name == field) return row.*member;
  if (const auto metric = row.metrics.find(key); metric != row.metrics.end()) {
    if (!metric->second.value) return std::nullopt;
    return *metric->second.value;
  }
  if (const auto option = row.options.find(key); option != row.options.end()) return option->second;
  for (const auto* values : {&row.parameters, &row.load, &row.settled})
    if (const auto found = values->find(key); found != values->end()) {
      const json::Value& value = found->second;
      if (value.is_number()) return value.get<double>();
      if (value.is_string()) return value.get<std::string>();
      return value.dump();
    }
  return std::nullopt;
}

RecordRow row_of(const Record& record) {
  RecordRow out;
  out.id = record.id;
  out.started = record.times.started;
  out.package = record.package;
  out.version = record.version;
  out.action = record.action;
  out.status = record.status;
  out.options = record.options;
  out.parameters = record.parameters;
  out.metrics = record.metrics;
  out.scenario = record.scenario;
  out.load = load_of(record);
  out.settled = settled_of(record);
  out.parent = record.parent;
  out.reason = record.reason;
  out.sweep = record.sweep;
  if (record.sweep) out.setup = setup_of(record);
  out.edited = record.edited;
  const auto model = record.host.is_object() ? record.host.find("cpu_model") : record.host.end();
  if (record.host.is_object() && model != record.host.end() && model->is_string())
    out.processor = model->get<std::string>();
  return out;
}

bool has_loads_of_steps(const RecordRow& row) {
  return std::any_of(row.load.begin(), row.load.end(),
                     [](const auto& each) { return each.first.ends_with(".scenario"); });
}

std::vector<std::string> names_in(const std::vector<RecordRow>& rows) {
  std::set<std::string> names = {"status", "sweep"};
  for (const auto& [field, member] : kFields) names.emplace(field);
  for (const RecordRow& row : rows) {
    for (const auto& [name, metric] : row.metrics) names.insert(name);
    for (const auto& [name, option] : row.options) names.insert(name);
    for (const auto& [name, value] : row.parameters) names.insert(name);
    for (const auto* values : {&row.load, &row.settled})
      for (const auto& [name, value] : *values) names.insert(name);
  }
  return {names.begin(), names.end()};
}

bool meets(const RecordRow& row, const Expression& clause) {
  return clause.matches([&](std::string_view name) { return value_in(row, name); });
}

bool meets(const RecordRow& row, const std::vector<Expression>& clauses) {
  return std::all_of(clauses.begin(), clauses.end(),
                     [&](const Expression& clause) { return meets(row, clause); });
}

Result<RecordList> select_runs(RecordStore& records, const RunSelection& selection) {
  std::vector<Expression> of_points;
  TRY(RecordList found, select_runs(records, selection, of_points));
  std::erase_if(found.rows, [&](const RecordRow& row) { return !meets(row, of_points); });
  if (!selection.where.empty()) found.matching = found.rows.size();
  if (selection.filter.limit > 0 && found.rows.size() > selection.filter.limit)
    found.rows.resize(selection.filter.limit);
  return found;
}

Result<RecordList> select_runs(RecordStore& records, const RunSelection& selection,
                               std::vector<Expression>& of_points) {
  RecordFilter filter = selection.filter;
  if (!selection.where.empty()) filter.limit = 0;
  TRY(RecordList found, records.list(filter));
  if (found.rows.empty()) {
    TRY_STATUS(explain_nothing(records, filter));
    return found;
  }
  TRY_STATUS(check_sort(records, filter, found));
  if (selection.where.empty()) return found;
  TRY(const Expression where, Expression::parse("--where", selection.where, names_in(found.rows)));
  std::vector<Expression> of_runs;
  for (Expression& clause : where.clauses())
    (asks_of_metric(clause, found.rows) ? of_points : of_runs).push_back(std::move(clause));
  std::erase_if(found.rows, [&](const RecordRow& row) {
    return !meets(row, of_runs) || (row.status != RunStatus::ok && !meets(row, of_points));
  });
  return found;
}

}  // namespace reef::ops
