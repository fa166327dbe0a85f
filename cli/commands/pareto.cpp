#include "core/ops/pareto.h"

#include <algorithm>
#include <cmath>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_plan.h"
#include "cli/render_record.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/ops/plot.h"

namespace reef::cli {
namespace pareto_verb {
namespace {

struct Options {
  std::string x = "latency";
  std::string y = "accuracy";
  std::string z;
  std::vector<std::string> show;
  std::string package;
  std::string action = "benchmark";
  std::vector<std::string> with;
  std::string sweep;
  std::string where;
  std::string subject_to;
  bool all = false;
  bool plot = false;
  std::string svg;
};

Result<ops::ParetoRequest> request_of(const Options& options) {
  ops::ParetoRequest request;
  request.metrics = {options.x, options.y};
  if (!options.z.empty()) request.metrics.push_back(options.z);
  request.filter.package = options.package;
  request.filter.action = options.sweep.empty() ? options.action : "";
  request.filter.sweep = options.sweep;
  request.where = options.where;
  request.subject_to = options.subject_to;
  request.every_run = options.all;
  TRY(request.filter.options, parse_choices(options.with));
  return request;
}

std::string mark_of(const ParetoPoint& point) {
  if (!point.on_frontier) return point.standing == Standing::possible ? "possible" : "";
  return point.standing == Standing::certain ? "frontier" : "frontier?";
}

std::string choice_text(const RecordRow& row, const std::vector<std::string>& names) {
  const std::map<std::string, std::string> choices = ops::choices_of_point(row);
  std::string out;
  for (const std::string& name : names)
    if (const auto found = choices.find(name); found != choices.end())
      out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, found->second);
  return printable(out.empty() ? row.package : out);
}

bool takes_part(const ops::ParetoRow& row) {
  return row.point.standing != Standing::unusable && row.point.standing != Standing::infeasible;
}

bool has_repeats(const ops::ParetoReport& report) {
  return std::any_of(report.rows.begin(), report.rows.end(),
                     [](const ops::ParetoRow& row) { return row.runs.size() > 1; });
}

std::vector<std::string> metrics_of(const Options& options) {
  std::vector<std::string> metrics = {options.x, options.y};
  if (!options.z.empty()) metrics.push_back(options.z);
  metrics.insert(metrics.end(), options.show.begin(), options.show.end());
  return metrics;
}

std::string render_points(const ops::ParetoReport& report, const std::vector<std::string>& names,
                          const Options& options, const Terminal& terminal) {
  std::vector<std::string> headers = {""};
  for (const std::string& name : names) headers.push_back(printable(name));
  std::vector<Table::Align> alignment(headers.size(), Table::Align::left);
  const std::vector<std::string> metrics = metrics_of(options);
  for (const std::string& metric : metrics) headers.push_back(printable(metric));
  const bool repeated = has_repeats(report);
  if (repeated) headers.emplace_back("RUNS");
  alignment.resize(headers.size(), Table::Align::right);
  headers.emplace_back("RUN");
  Table table(std::move(headers), std::move(alignment));
  std::vector<const ops::ParetoRow*> rows;
  for (const ops::ParetoRow& row : report.rows)
    if (takes_part(row)) rows.push_back(&row);
  const bool lower = report.objectives.front().better == Metric::Better::lower;
  std::stable_sort(rows.begin(), rows.end(), [&](const auto* a, const auto* b) {
    const double left = *a->coordinates.front().value;
    const double right = *b->coordinates.front().value;
    return lower ? left < right : left > right;
  });
  for (const ops::ParetoRow* row : rows) {
    std::vector<std::string> cells = {mark_of(row->point)};
    const std::map<std::string, std::string> choices = ops::choices_of_point(row->record);
    for (const std::string& name : names) cells.push_back(choices.contains(name) ? choices.at(name) : "-");
    for (const std::string& metric : metrics) cells.push_back(metric_cell(row->record, metric));
    if (repeated) cells.push_back(std::to_string(row->runs.size()));
    cells.push_back(row->record.id);
    table.add(std::move(cells), row->point.on_frontier ? Style::green : Style::plain);
  }
  return table.empty() ? "no run takes part\n" : table.render(terminal);
}

// Those that take no part, each with the reason.
std::string render_apart(const ops::ParetoReport& report, const std::vector<std::string>& names,
                         Standing standing, std::string_view title) {
  // Who asks for a condition knows that many miss it; why a run is of no use is news.
  const std::size_t most = standing == Standing::infeasible ? 3 : report.rows.size();
  std::string out;
  std::size_t count = 0;
  for (const ops::ParetoRow& row : report.rows)
    if (row.point.standing == standing && ++count <= most)
      out += fmt::format("  {}  {}: {}\n", row.record.id, choice_text(row.record, names),
                         printable(row.point.reason));
  if (count > most) out += fmt::format("  and {} more\n", count - most);
  return out.empty() ? "" : fmt::format("\n{}:\n{}", title, out);
}

std::string render_cheapest(const ops::ParetoReport& report, const std::vector<std::string>& names,
                            const Options& options) {
  if (options.subject_to.empty()) return "";
  if (!report.cheapest)
    return fmt::format("best under `{}`: no run meets it\n", printable(options.subject_to));
  const auto describe = [&](std::size_t i) {
    const ops::ParetoRow& row = report.rows[i];
    return fmt::format("{} with {} {} ({})", choice_text(row.record, names), printable(options.x),
                       render_metric(row.coordinates.front()), row.record.id);
  };
  std::string out =
      fmt::format("best under `{}`: {}\n", printable(options.subject_to), describe(report.cheapest->row));
  for (const ops::Binding& binding : report.cheapest->bindings)
    out += fmt::format("  what binds: without `{}` it would be {:.2g} % better: {}\n",
                       printable(binding.clause), binding.gain * 100, describe(binding.row));
  if (report.cheapest->bindings.empty()) out += "  no condition binds: it is the best without them, too\n";
  return out;
}

std::string render_report(const ops::ParetoReport& report, const Options& options, const Terminal& terminal) {
  const std::vector<std::string> names = ops::telling_names(report.rows);
  std::string out;
  if (options.plot) {
    constexpr std::size_t kWidest = 110;
    constexpr std::size_t kHeight = 20;
    out = ops::draw_text(ops::plot_of(report), std::min(terminal.width, kWidest), kHeight) + "\n";
  }
  out += render_points(report, names, options, terminal);
  out += render_apart(report, names, Standing::infeasible, "misses a condition");
  out += render_apart(report, names, Standing::unusable, "not to be compared");
  const bool has_points = std::any_of(report.rows.begin(), report.rows.end(), takes_part);
  if (has_points)
    out +=
        "\nfrontier: no other run on it is at least as good in all and better in one; `frontier?`: not "
        "beyond the intervals\n";
  else if (!options.subject_to.empty())
    out += "\n";
  for (const Objective& objective : report.objectives)
    if (has_points && objective.tolerance > 0)
      out += fmt::format("differences of {} up to {:g}, its declared tolerance, count as none\n",
                         printable(objective.metric), objective.tolerance);
  if (has_repeats(report))
    out += "a point of several runs has their median, and an interval that holds what differs between them\n";
  if (report.knee) {
    const ops::ParetoRow& knee = report.rows[*report.knee];
    out += fmt::format("knee: {} ({})\n", choice_text(knee.record, names), knee.record.id);
  }
  return out + render_cheapest(report, names, options);
}

json::Value to_json(const ops::ParetoReport& report) {
  json::Value out = {{"objectives", json::Value::array()}, {"points", json::Value::array()}};
  for (const Objective& objective : report.objectives)
    out["objectives"].push_back({{"metric", objective.metric},
                                 {"better", objective.better == Metric::Better::higher ? "higher" : "lower"},
                                 {"tolerance", objective.tolerance}});
  for (const ops::ParetoRow& row : report.rows) {
    json::Value point = {
        {"id", row.record.id}, {"options", row.record.options}, {"standing", name_of(row.point.standing)}};
    point["parameters"] = row.record.parameters;
    point["status"] = name_of(row.record.status);
    point["on_frontier"] = row.point.on_frontier;
    point["tied"] = row.point.tied;
    point["reason"] = nullable(row.point.reason);
    point["runs"] = row.runs;
    for (std::size_t i = 0; i < report.objectives.size(); ++i) {
      const RecordedMetric& metric = row.coordinates[i];
      const std::string& name = report.objectives[i].metric;
      point["values"][name] = metric.value ? json::Value(*metric.value) : json::Value();
      if (metric.lower && metric.upper) point["intervals"][name] = {*metric.lower, *metric.upper};
    }
    out["points"].push_back(std::move(point));
  }
  out["problems"] = cli::to_json(report.problems);
  out["notes"] = report.notes;
  out["knee"] = report.knee ? json::Value(report.rows[*report.knee].record.id) : json::Value();
  out["hypervolume"] = report.hypervolume ? json::Value(*report.hypervolume) : json::Value();
  out["best"] = json::Value();
  if (report.cheapest) {
    out["best"] = {{"id", report.rows[report.cheapest->row].record.id}, {"bindings", json::Value::array()}};
    for (const ops::Binding& binding : report.cheapest->bindings)
      out["best"]["bindings"].push_back({{"condition", binding.clause},
                                         {"without", report.rows[binding.row].record.id},
                                         {"gain", binding.gain}});
  }
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(RecordStore records, open_records(host));
  TRY(const ops::ParetoRequest request, request_of(options));
  TRY(const ops::ParetoReport report, ops::pareto_of(records, request));
  if (!options.svg.empty())
    TRY_STATUS(host.fs.write_file(options.svg, ops::draw_svg(ops::plot_of(report)), false));
  host.json ? print_json(to_json(report)) : print(render_report(report, options, host.terminal));
  if (!host.json) print_for_people(render_warnings(report.problems, host.terminal));
  if (!host.json && !host.quiet)
    for (const std::string& note : report.notes) print_for_people("note: " + note + "\n");
  return !options.subject_to.empty() && !report.cheapest ? 1 : 0;
}

}  // namespace
}  // namespace pareto_verb

Run register_pareto(Verb command) {
  using namespace pareto_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package, "Only runs of this package");
  command.add_option("--x", options->x, "The first metric").show_default();
  command.add_option("--y", options->y, "The second metric").show_default();
  command.add_option("--z", options->z, "A third metric");
  command.add_option("--show", options->show, "Further metrics in the table: model_size,throughput")
      .delimiter(',');
  command.add_option("--action", options->action, "Of this action").show_default();
  command.add_option("--with", options->with, "Only runs with these options: group=option,...");
  command.add_option("--sweep", options->sweep, "Only runs of this sweep");
  command.add_option("--where", options->where,
                     "Only runs that match: 'threads == 1 and engine in (native, opencv)'");
  command.add_option(
      "--subject-to", options->subject_to,
      "Conditions: 'accuracy >= 0.98 and peak_memory < 100MB'; says which run is best in --x under them, "
      "and which condition binds");
  command.add_flag(
      "--all", options->all,
      "Every run alone; without it the newest of each choice of options and parameters, with the "
      "repeats that the same sweep made of it");
  command.add_flag("--plot", options->plot, "Draw it in the terminal");
  command.add_option("--svg", options->svg, "Draw it into this file");
  command.footer(
      "A point dominates another one when it is better in one metric and at least as good in the others.\n"
      "Differences within a declared tolerance count as none: it must be better by more than that in one\n"
      "metric, and worse by more than that in none. Of three metrics, what it loses within the tolerances\n"
      "of two must be at most one tolerance together: half of one and half of the other. The frontier is\n"
      "made of the points that no point of the frontier dominates: whatever is not on it is dominated by\n"
      "one that is.\n"
      "\n"
      "frontier   on it, wherever in the intervals the true values lie\n"
      "frontier?  on it by the values, but not beyond the intervals\n"
      "possible   not on it by the values, but for some choice within the intervals\n"
      "\n"
      "A point is the newest run of a choice of options and parameters; of one that a sweep measured "
      "several\n"
      "times (--repeat) the median of all these runs, with the 95 % order-statistic interval of that "
      "median;\n"
      "fewer than six runs have none, and get the hull of the runs' own intervals.\n"
      "Of what `reef compare` would not compare (timings of several processors, several scenarios or loads)\n"
      "the most that are alike are looked at, of equals the newest; --where chooses others.\n"
      "\n"
      "Exit status: 0; 1 when no run meets --subject-to.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
