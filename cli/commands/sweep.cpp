#include "core/ops/sweep.h"

#include <algorithm>
#include <map>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/load_flags.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_plan.h"
#include "cli/render_record.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace sweep_verb {
namespace {

using State = ops::SweepPoint::State;

struct Options {
  std::string action;
  std::string package;
  std::vector<std::string> with;
  std::vector<std::string> parameters;
  std::vector<std::string> zip;
  std::string where;
  std::optional<std::string> random;
  std::optional<std::string> points;
  std::string budget;
  std::size_t repeat = 1;
  std::size_t seed = 1;
  bool again = false;
  bool retry_failed = false;
  std::string minimize;
  std::string maximize;
  std::string subject_to;
  std::vector<std::string> show;
  std::string time_limit;
  LoadFlags load;
  unsigned jobs = 0;
};

Status read_search(const Options& options, ops::SweepRequest& request) {
  if (!options.minimize.empty() && !options.maximize.empty())
    return make_error(ErrorCode::usage, "`--minimize` and `--maximize` exclude each other");
  const std::string& metric = options.minimize.empty() ? options.maximize : options.minimize;
  if (metric.empty()) {
    if (options.subject_to.empty()) return {};
    return make_error(ErrorCode::usage, "`--subject-to` needs `--minimize` or `--maximize`")
        .hint("which points take part is said by `--where`");
  }
  if (options.repeat > 1)
    return make_error(ErrorCode::usage, "a search has no `--repeat`: it measures longer whatever remains")
        .hint(fmt::format("`reef sweep` without `{}` measures every point {} times",
                          options.minimize.empty() ? "--maximize" : "--minimize", options.repeat));
  const auto better = options.minimize.empty() ? Metric::Better::higher : Metric::Better::lower;
  request.search = ops::Search{metric, better, options.subject_to};
  return {};
}

Result<ops::SweepRequest> request_of(const Options& options) {
  ops::SweepRequest request;
  request.action = options.action;
  request.package = options.package;
  request.with = options.with;
  request.parameters = options.parameters;
  request.zip = options.zip;
  request.where = options.where;
  request.repeat = options.repeat;
  request.seed = options.seed;
  request.again = options.again;
  request.retry_failed = options.retry_failed;
  request.show = options.show;
  request.parallel = options.jobs;
  TRY(request.random, parse_count("--random", options.random));
  TRY(request.points, parse_count("--points", options.points));
  TRY(request.benchmark, overrides_of(options.load));
  if (request.random == 0U) return make_error(ErrorCode::usage, "`--random` needs a sample of 1 at least");
  if (request.repeat == 0) return make_error(ErrorCode::usage, "`--repeat` needs 1 at least");
  if (!options.budget.empty()) {
    TRY(request.budget, parse_duration(options.budget));
  }
  if (!options.time_limit.empty()) {
    TRY(const auto limit, parse_duration(options.time_limit));
    request.time_limit = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
  }
  TRY_STATUS(read_search(options, request));
  return request;
}

json::Value to_json(const ops::SweepPoint& point) {
  json::Value out = {{"point", point.index}, {"round", point.round}, {"state", name_of(point.state)}};
  out["choice"] = point.text;
  out["reason"] = nullable(point.reason);
  out["earlier"] = point.earlier;
  out["id"] = nullable(point.record.id);
  out["options"] = point.record.options;
  out["parameters"] = point.record.parameters;
  out["metrics"] = json::Value::object();
  for (const auto& [name, metric] : point.record.metrics)
    out["metrics"][name] = metric.value ? json::Value(*metric.value) : json::Value();
  return out;
}

json::Value to_json(const ops::SweepReport& report) {
  json::Value out = {{"sweep", report.id}, {"size", report.size}, {"points", json::Value::array()}};
  for (const ops::SweepPoint& point : report.points) out["points"].push_back(to_json(point));
  for (const State state : {State::measured, State::failed, State::impossible, State::waiting})
    out["counts"][std::string(name_of(state))] = report.count(state);
  out["interrupted"] = report.interrupted;
  out["out_of_budget"] = report.out_of_budget;
  out["best"] = report.best ? json::Value(report.points[*report.best].record.id) : json::Value();
  out["as_good"] = json::Value::array();
  for (const std::size_t i : report.as_good) out["as_good"].push_back(report.points[i].record.id);
  return out;
}

// Metrics of the table: what is searched for and what was asked for, else the usual ones, else what the
// package declares.
std::vector<std::string> columns_of(const ops::SweepReport& report, const Options& options) {
  std::map<std::string, bool> known;  // and whether a direction is declared
  for (const ops::SweepPoint& point : report.points)
    for (const auto& [name, metric] : point.record.metrics)
      known[name] = metric.better != Metric::Better::unknown;
  std::vector<std::string> out;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  add(options.minimize);
  add(options.maximize);
  for (const std::string& name : options.show) add(name);
  if (!options.show.empty()) return out;
  constexpr std::size_t kMost = 4;
  for (const std::string usual : {"latency", "latency.p90", "throughput", "accuracy"})
    for (const auto& [name, has_direction] : known)
      if (name == usual || (name.ends_with("." + usual) && out.size() < kMost)) add(name);  // of a step
  for (const bool declared : {true, false})
    for (const auto& [name, has_direction] : known)
      if (has_direction == declared && out.size() < kMost) add(name);
  return out;
}

std::string render_measured(const ops::SweepReport& report, const Options& options,
                            const Terminal& terminal) {
  const std::vector<std::string> metrics = columns_of(report, options);
  std::vector<std::string> headers = {"POINT"};
  for (const std::string& metric : metrics) headers.push_back(printable(metric));
  headers.emplace_back("RUN");
  std::vector<Table::Align> alignment(headers.size() - 1, Table::Align::right);
  alignment.front() = Table::Align::left;
  Table table(std::move(headers), std::move(alignment));
  std::vector<const ops::SweepPoint*> measured;
  for (const ops::SweepPoint& point : report.points)
    if (point.state == State::measured) measured.push_back(&point);
  std::stable_sort(measured.begin(), measured.end(), [](const auto* a, const auto* b) {
    return std::pair(a->index, a->round) < std::pair(b->index, b->round);
  });
  for (const ops::SweepPoint* point : measured) {
    std::vector<std::string> cells = {ops::shown(*point)};
    for (const std::string& metric : metrics) cells.push_back(metric_cell(point->record, metric));
    cells.push_back(point->record.id);
    const bool best = report.best && point == &report.points[*report.best];
    table.add(std::move(cells), best ? Style::green : Style::plain);
  }
  return table.empty() ? "" : table.render(terminal);
}

// Points with a reason, equal reasons together.
std::string render_reasons(const ops::SweepReport& report, State state, std::string_view title) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_reason;
  for (const ops::SweepPoint& point : report.points) {
    if (point.state != state) continue;
    const auto found = std::find_if(by_reason.begin(), by_reason.end(),
                                    [&](const auto& each) { return each.first == point.reason; });
    if (found == by_reason.end())
      by_reason.emplace_back(point.reason, std::vector{ops::shown(point)});
    else
      found->second.push_back(ops::shown(point));
  }
  if (by_reason.empty()) return "";
  constexpr std::size_t kShown = 6;
  std::string out = fmt::format("\n{}:\n", title);
  for (const auto& [reason, points] : by_reason) {
    out += "  " + printable(reason) + "\n";
    for (std::size_t i = 0; i < std::min(points.size(), kShown); ++i)
      out += "    " + printable(points[i]) + "\n";
    if (points.size() > kShown) out += fmt::format("    and {} more\n", points.size() - kShown);
  }
  return out;
}

std::string render_best(const ops::SweepReport& report, const Options& options) {
  const std::string& metric = options.minimize.empty() ? options.maximize : options.minimize;
  if (metric.empty()) return "";
  if (!report.best)
    return fmt::format(
        "\nbest: none of the measured points has a value of `{}`{}\n", printable(metric),
        options.subject_to.empty() ? "" : " and meets `" + printable(options.subject_to) + "`");
  const ops::SweepPoint& best = report.points[*report.best];
  std::string out = fmt::format("\nbest: {}  {} {}\n", printable(best.text), printable(metric),
                                render_metric(best.record.metrics.at(metric)));
  if (!report.as_good.empty()) {
    out += "not told apart from it by their intervals:";
    for (const std::size_t i : report.as_good) out += " " + printable(report.points[i].text) + ";";
    out.back() = '\n';
  }
  return out + "A good point, found by halving a random sample; that no other is better is not proved.\n";
}

std::string render_report(const ops::SweepReport& report, const Options& options, const Terminal& terminal) {
  std::string out = render_measured(report, options, terminal);
  out += render_reasons(report, State::failed, "failed");
  out += render_reasons(report, State::impossible, "not possible on this host");
  out += render_best(report, options);
  const auto earlier = std::count_if(report.points.begin(), report.points.end(),
                                     [](const ops::SweepPoint& point) { return point.earlier; });
  out +=
      fmt::format("\n{}: {} measured, {} failed, {} not possible", report.id, report.count(State::measured),
                  report.count(State::failed), report.count(State::impossible));
  if (earlier > 0) out += fmt::format("; {} of them by an earlier call", earlier);
  out += "\n";
  if (const std::size_t waiting = report.count(State::waiting); waiting > 0)
    out += fmt::format("{} {}{}: the same command goes on with {}\n", waiting,
                       waiting == 1 ? "point waits" : "points wait",
                       report.interrupted ? "" : ", the budget is spent", waiting == 1 ? "it" : "them");
  else if (static_cast<std::size_t>(earlier) == report.points.size())
    out += "nothing was left to measure; `--again` measures all of it anew\n";
  const bool failed_earlier =
      std::any_of(report.points.begin(), report.points.end(),
                  [](const ops::SweepPoint& point) { return point.earlier && point.state == State::failed; });
  if (failed_earlier) out += "`--retry-failed` measures again what failed\n";
  if (report.count(State::measured) > 1) out += fmt::format("next: `reef pareto --sweep {}`\n", report.id);
  return out;
}

bool any_has(const ops::SweepReport& report, const std::string& metric) {
  return std::any_of(report.points.begin(), report.points.end(),
                     [&](const ops::SweepPoint& point) { return point.record.metrics.contains(metric); });
}

Result<int> run(Host& host, const Options& options) {
  TRY(const ops::SweepRequest request, request_of(options));
  TRY(const auto session, open_session(host));
  Progress progress(host, false);
  TRY(const ops::SweepReport report, ops::sweep(*session, request, progress));
  progress.clear();
  host.json ? print_json(to_json(report)) : print(render_report(report, options, host.terminal));
  for (const std::string& name : options.show)
    if (!host.quiet && report.count(State::measured) > 0 && !any_has(report, name))
      print_for_people(fmt::format("note: no point has a metric `{}`\n", printable(name)));
  if (report.interrupted) return static_cast<int>(ErrorCode::interrupted);
  const bool over = report.count(State::waiting) == 0;
  const bool none_meets = over && !options.subject_to.empty() && !report.best;
  return report.count(State::failed) > 0 || none_meets ? 1 : 0;
}

void add_budget(Verb command, Options& options) {
  command.add_option("--random", options.random, "Measure a random sample of so many points");
  command.add_option("--points", options.points,
                     "Measure no more than so many points now; the same command goes on");
  command.add_option("--time", options.budget,
                     "Begin no further point after this time: 30min; the same command goes on");
  command.add_option("--repeat", options.repeat, "Measure every point so often, all points in each round")
      .show_default();
  command.add_option("--seed", options.seed, "Of samples and of the order").show_default();
  command.add_flag("--again", options.again, "Measure anew what such a sweep has measured already");
  command.add_flag("--retry-failed", options.retry_failed, "Measure again the points of it that failed");
}

void add_measurement(Verb command, Options& options) {
  add_load_flags(command, options.load, "Of one point: ");
  command.add_option("--time-limit", options.time_limit, "Of one point: it fails after this time");
  command.add_option("--jobs,-j", options.jobs, "Builds at the same time; default: one a processor");
}

}  // namespace
}  // namespace sweep_verb

Run register_sweep(Verb command) {
  using namespace sweep_verb;
  auto options = std::make_shared<Options>();
  command.add_option("action", options->action, "What to measure: benchmark").required();
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->with,
                     "Options to vary: engine=*, model=cnn-m,cnn-l, package.group=a,b");
  command.add_option(
      "--param", options->parameters,
      "Parameters to vary: threads=1,2,4; ranges: 1..8, 1..9+2, 1..64*2, 0.1..1:10, 1e-3..1:4log");
  command.add_option("--zip", options->zip, "These advance together: model,threads");
  command.add_option("--where", options->where, "Only points that match: 'engine != native or threads == 1'");
  add_budget(command, *options);
  command.add_option("--minimize", options->minimize,
                     "Look for the point with the smallest value of this metric");
  command.add_option("--maximize", options->maximize, "Or the largest");
  command.add_option("--subject-to", options->subject_to,
                     "Of a search: conditions it must meet: 'accuracy >= 0.98'");
  command.add_option("--show", options->show, "Metrics of the table").delimiter(',');
  add_measurement(command, *options);
  command.footer(
      "Every point is a record of its own (`reef runs --sweep ID`). Called again, the same command goes on "
      "where it was\n"
      "stopped or killed, and measures again what has another closure now. What a choice needs is built "
      "before anything\n"
      "is measured; points are measured in random order, so that a drift of the machine hits all alike.\n"
      "A search measures a random sample (27 points, or --points) shortly, the better third three times as "
      "long, and so\n"
      "on (successive halving). No model, no gradient: it finds a good point, and does not prove that it is "
      "the best.\n"
      "Exit status: 0; 1 when a point failed, or none meets --subject-to; 3 when no point is left or too "
      "many are asked for; 5 when none "
      "is possible\n"
      "on this host; 9 when another process runs this sweep; 130 when it was interrupted.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
