#include <algorithm>
#include <cmath>
#include <set>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_plan.h"
#include "cli/render_record.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/ops/compare.h"

namespace reef::cli {
namespace {

struct Options {
  std::string x = "latency";
  std::string y = "accuracy";
  std::vector<std::string> show;
  std::string package;
  std::string action = "benchmark";
  std::vector<std::string> with;
  bool all = false;
};

Result<ops::ParetoRequest> request_of(const Options& options) {
  ops::ParetoRequest request;
  request.metrics = {options.x, options.y};
  request.filter.package = options.package;
  request.filter.action = options.action;
  request.every_run = options.all;
  TRY(request.filter.options, parse_choices(options.with));
  return request;
}

std::string mark_of(const ParetoPoint& point) {
  if (!point.on_frontier) return point.standing == Standing::possible ? "possible" : "";
  return point.standing == Standing::certain ? "frontier" : "frontier?";
}

// Options and parameters of a run as texts, by name.
std::map<std::string, std::string> choices_of(const RecordRow& row) {
  std::map<std::string, std::string> choices = row.options;
  for (const auto& [name, value] : row.parameters) choices[name] = text_of(value);
  return choices;
}

// Those that are the same in every row say nothing.
std::vector<std::string> telling_groups(const std::vector<ops::ParetoRow>& rows) {
  std::map<std::string, std::set<std::string>> seen;
  for (const ops::ParetoRow& row : rows)
    for (const auto& [group, option] : choices_of(row.record)) seen[group].insert(option);
  std::vector<std::string> groups;
  for (const auto& [group, options] : seen)
    if (options.size() > 1 || rows.size() == 1) groups.push_back(group);
  return groups;
}

std::string render_report(const ops::ParetoReport& report, const Options& options, const Terminal& terminal) {
  const std::vector<std::string> groups = telling_groups(report.rows);
  std::vector<std::string> headers = {""};
  for (const std::string& group : groups) headers.push_back(printable(group));
  std::vector<Table::Align> alignment(headers.size(), Table::Align::left);
  std::vector<std::string> metrics = {options.x, options.y};
  metrics.insert(metrics.end(), options.show.begin(), options.show.end());
  for (const std::string& metric : metrics) headers.push_back(printable(metric));
  alignment.resize(headers.size(), Table::Align::right);
  headers.emplace_back("RUN");
  Table table(std::move(headers), std::move(alignment));
  std::vector<const ops::ParetoRow*> rows;
  for (const ops::ParetoRow& row : report.rows) rows.push_back(&row);
  const auto x_of = [](const ops::ParetoRow* row) {
    return row->coordinates.front().value.value_or(HUGE_VAL);
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const auto* a, const auto* b) { return x_of(a) < x_of(b); });
  for (const ops::ParetoRow* row : rows) {
    std::vector<std::string> cells = {mark_of(row->point)};
    const std::map<std::string, std::string> choices = choices_of(row->record);
    for (const std::string& group : groups)
      cells.push_back(choices.contains(group) ? choices.at(group) : "-");
    for (const std::string& metric : metrics) cells.push_back(metric_cell(row->record, metric));
    cells.push_back(row->record.id);
    table.add(std::move(cells), row->point.on_frontier ? Style::green : Style::plain);
  }
  std::string out = table.render(terminal);
  out +=
      "\nfrontier: no other run is at least as good in both and better in one; `frontier?`: not beyond the "
      "intervals\n";
  if (report.knee) {
    const ops::ParetoRow& knee = report.rows[*report.knee];
    out += fmt::format("knee: {} ({})\n", render_options(knee.record.options), knee.record.id);
  }
  return out;
}

json::Value to_json(const ops::ParetoReport& report) {
  json::Value out = {{"objectives", json::Value::array()}, {"points", json::Value::array()}};
  for (const Objective& objective : report.objectives)
    out["objectives"].push_back(
        {{"metric", objective.metric},
         {"better", objective.better == Metric::Better::higher ? "higher" : "lower"}});
  for (const ops::ParetoRow& row : report.rows) {
    json::Value point = {
        {"id", row.record.id}, {"options", row.record.options}, {"standing", name_of(row.point.standing)}};
    point["parameters"] = row.record.parameters;
    point["on_frontier"] = row.point.on_frontier;
    point["reason"] = nullable(row.point.reason);
    for (std::size_t i = 0; i < report.objectives.size(); ++i)
      point["values"][report.objectives[i].metric] =
          row.coordinates[i].value ? json::Value(*row.coordinates[i].value) : json::Value();
    out["points"].push_back(std::move(point));
  }
  out["problems"] = cli::to_json(report.problems);
  out["knee"] = report.knee ? json::Value(report.rows[*report.knee].record.id) : json::Value();
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(RecordStore records, open_records(host));
  TRY(const ops::ParetoRequest request, request_of(options));
  TRY(const ops::ParetoReport report, ops::pareto_of(records, request));
  host.json ? print_json(to_json(report)) : print(render_report(report, options, host.terminal));
  if (!host.json) print_for_people(render_warnings(report.problems, host.terminal));
  return 0;
}

}  // namespace

Run register_pareto(Verb program) {
  const Verb command =
      program.add_verb("pareto", "Which recorded runs are worth having: the frontier of two metrics");
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package, "Only runs of this package");
  command.add_option("--x", options->x, "The first metric").show_default();
  command.add_option("--y", options->y, "The second metric").show_default();
  command.add_option("--show", options->show, "Further metrics in the table: model_size,throughput")
      .delimiter(',');
  command.add_option("--action", options->action, "Of this action").show_default();
  command.add_option("--with", options->with, "Only runs with these options: group=option,...");
  command.add_flag("--all", options->all,
                   "Every run; without it the newest of each choice of options and parameters");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
