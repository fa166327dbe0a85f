#include "core/ops/pareto.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/base/text.h"
#include "core/ops/benchmark.h"
#include "core/ops/compare.h"

namespace reef::ops {
namespace {

Measured measured_of(const RecordedMetric& metric) {
  if (!metric.value) return Measured::exactly(std::nan(""));
  return {*metric.value, metric.lower.value_or(*metric.value), metric.upper.value_or(*metric.value)};
}

ParetoRow point_of(Pooled measured, const std::vector<std::string>& metrics) {
  ParetoRow out;
  RecordRow& record = measured.row;
  for (const std::string& metric : metrics) {
    const auto found = record.metrics.find(metric);
    out.coordinates.push_back(found == record.metrics.end() ? RecordedMetric{} : found->second);
  }
  out.record = std::move(record);
  out.runs = std::move(measured.runs);
  return out;
}

std::string shown(const Expression::Value& value) {
  if (const double* number = std::get_if<double>(&value)) return fmt::format("{:.6g}", *number);
  return std::get<std::string>(value);
}

// Why a run cannot be a point at all, or nothing.
std::string unusable(const ParetoRow& row, const std::vector<std::string>& metrics) {
  const RecordRow& record = row.record;
  if (record.status != RunStatus::ok)
    return fmt::format("{}: {}", name_of(record.status), record.reason.substr(0, record.reason.find('\n')));
  for (std::size_t k = 0; k < metrics.size(); ++k) {
    if (row.coordinates[k].value) continue;
    const std::string& problem = row.coordinates[k].problem;
    return problem.empty() ? fmt::format("it has no `{}`", metrics[k])
                           : fmt::format("`{}`: {}", metrics[k], problem);
  }
  return {};
}

// The value that a clause is about and that it misses: "accuracy is 0.97, not `accuracy >= 0.98`".
std::string missed(const RecordRow& row, const Expression& clause) {
  std::string values;
  for (const std::string& name : clause.names()) {
    const auto value = value_in(row, name);
    values += fmt::format("{}{} is {}", values.empty() ? "" : ", ", name, value ? shown(*value) : "unknown");
  }
  return fmt::format("{}, not `{}`", values, clause.text());
}

// Points that differ in one of these are no rivals; each as it is told, and what draws others.
struct Ground {
  std::string text;
  std::string way_out;
};
constexpr std::size_t kGrounds = 4;
using Grounds = std::array<Ground, kGrounds>;

std::string settled_text(const std::string& step, const std::string& name, const json::Value& value) {
  const std::string text = name == "rate"
                               ? fmt::format("the rate {} that a search found", json::text_of(value))
                               : fmt::format("queries of {} samples", json::text_of(value));
  return step.empty() ? text : fmt::format("{} in {}", text, step.substr(0, step.size() - 1));
}

bool has_timing(const std::vector<Pooled>& measured, const std::vector<std::string>& metrics) {
  return std::any_of(measured.begin(), measured.end(), [&](const Pooled& point) {
    return std::any_of(metrics.begin(), metrics.end(), [&](const std::string& name) {
      const auto metric = point.row.metrics.find(name);
      return metric != point.row.metrics.end() && is_timing(metric->second);
    });
  });
}

Grounds grounds_of(const RecordRow& row, const std::vector<std::string>& metrics, bool timing) {
  // More than one where they are of several steps, which are then named: each has a load of its own.
  std::set<std::string> scenarios;
  std::set<std::string> loads;
  std::set<std::string> settled;
  std::set<std::string> scenario_names;
  std::set<std::string> load_names;
  std::string settled_way;
  const auto choose = [](const std::string& name, const char* value) {
    return fmt::format("`--where \"{} == {}\"` chooses", name, value);
  };
  // Which of several steps differs is not known here.
  const auto choose_of = [&](const std::set<std::string>& names, const char* value) {
    if (names.size() < 2) return names.empty() ? std::string() : choose(*names.begin(), value);
    return fmt::format("`--where` with {} chooses",
                       quoted_list(std::vector<std::string>(names.begin(), names.end()), "or"));
  };
  constexpr std::string_view kAxes = "xyz";
  for (std::size_t k = 0; k < metrics.size(); ++k) {
    const std::string& metric = metrics[k];
    const Meaning meaning = meaning_of(metric, row);
    std::string step = metric.substr(0, metric.find('.') + 1);
    if (!row.load.contains(step + "scenario")) step.clear();
    scenario_names.insert(step + "scenario");
    if (!meaning.scenario.empty())
      scenarios.insert(step.empty() ? fmt::format("the scenario `{}`", meaning.scenario)
                                    : fmt::format("{}scenario {}", step, meaning.scenario));
    for (const auto& [name, value] : meaning.load) {
      load_names.insert(step + name);
      loads.insert(fmt::format("{}{} {}", step, name, json::text_of(value)));
    }
    for (const auto& [name, value] : meaning.settled) {
      settled.insert(settled_text(step, name, value));
      settled_way = name == "rate" ? fmt::format(
                                         "`--{} {}peak_rate` compares what searches found, `{}` what was "
                                         "measured at one rate, with `--rate N`",
                                         kAxes.at(k), step, metric)
                                   : choose(step + name, "VALUE");
    }
  }
  const auto told = [](const std::set<std::string>& texts, const char* none) {
    const std::vector<std::string> all(texts.begin(), texts.end());
    return all.empty() ? std::string(none) : printable(join(all, ", "));
  };
  return {{{timing ? fmt::format("the processor `{}`", printable(row.processor)) : "",
            choose("processor", "'NAME'")},
           {told(scenarios, "no scenario"), choose_of(scenario_names, "'NAME'")},
           {told(loads, "performance runs"), choose_of(load_names, "VALUE")},
           {told(settled, "unknown sizes"), settled_way}}};
}

void note_others(ParetoReport& report, const std::map<std::string, std::size_t>& points, const Ground& kept) {
  constexpr std::size_t kNamed = 4;
  std::size_t count = 0;
  std::vector<std::string> others;
  for (const auto& [text, of_it] : points) {
    if (text == kept.text) continue;
    count += of_it;
    others.push_back(fmt::format("{} of {}", counted(of_it, "point"), text));
  }
  if (others.size() > kNamed)
    others = {fmt::format("{} of {} others", counted(count, "point"), others.size())};
  report.notes.push_back(fmt::format("points of {} only; {} {} not compared with them{}", kept.text,
                                     join(others, ", "), count == 1 ? "is" : "are",
                                     kept.way_out.empty() ? "" : ": " + kept.way_out));
}

// What is no rival to other points is left out: those that are the most are kept, of equals those with the
// newest.
void keep_rivals(ParetoReport& report, std::vector<Pooled>& measured,
                 const std::vector<std::string>& metrics) {
  const bool timing = has_timing(measured, metrics);
  std::vector<Grounds> grounds;
  for (const Pooled& point : measured) grounds.push_back(grounds_of(point.row, metrics, timing));
  std::vector<bool> out(measured.size());
  for (std::size_t ground = 0; ground < kGrounds; ++ground) {
    std::map<std::string, std::size_t> points;
    std::map<std::string, std::size_t> known;  // whose values are all there
    std::vector<const Ground*> newest_first;
    for (std::size_t i = 0; i < measured.size(); ++i) {
      const RecordRow& row = measured[i].row;
      const bool is_whole = std::all_of(metrics.begin(), metrics.end(),
                                        [&](const auto& name) { return row.metrics.contains(name); });
      if (out[i] || row.status != RunStatus::ok || !is_whole) continue;
      known[grounds[i].at(ground).text] += std::all_of(
          metrics.begin(), metrics.end(), [&](const auto& name) { return row.metrics.at(name).value; });
      if (++points[grounds[i].at(ground).text] == 1) newest_first.push_back(&grounds[i].at(ground));
    }
    if (points.size() < 2) continue;
    const Ground& kept = **std::max_element(
        newest_first.begin(), newest_first.end(),
        [&](const Ground* a, const Ground* b) { return known.at(a->text) < known.at(b->text); });
    note_others(report, points, kept);
    // A run that failed early knows no scenario, and is news all the same.
    for (std::size_t i = 0; i < measured.size(); ++i) {
      const RecordRow& row = measured[i].row;
      const bool failed_early = row.scenario.empty() && row.status != RunStatus::ok;
      if (!failed_early && grounds[i].at(ground).text != kept.text) out[i] = true;
    }
  }
  std::vector<Pooled> rivals;
  for (std::size_t i = 0; i < measured.size(); ++i)
    if (!out[i]) rivals.push_back(std::move(measured[i]));
  measured = std::move(rivals);
}

// Runs that are in no point.
struct NotShown {
  std::size_t older = 0;
  std::size_t failed = 0;  // not ok
  std::size_t edited = 0;  // ok, and changed after it was made
};

NotShown not_shown_of(const std::vector<Pooled>& points, const std::vector<RecordRow>& rows) {
  std::set<std::string> shown;
  for (const Pooled& point : points) shown.insert(point.runs.begin(), point.runs.end());
  NotShown out;
  for (const RecordRow& row : rows)
    if (!shown.contains(row.id))
      ++(row.status != RunStatus::ok ? out.failed : row.edited ? out.edited : out.older);
  return out;
}

// The interval of one run tells how sure its value is in that run, and not what another run would give.
void note_runs(ParetoReport& report, const std::vector<Pooled>& points, const NotShown& hidden,
               const std::vector<std::string>& metrics) {
  if (std::none_of(metrics.begin(), metrics.end(), is_measured_by_harness)) return;
  std::size_t good = 0;
  std::size_t single = 0;
  for (const Pooled& point : points) {
    if (point.row.status != RunStatus::ok) continue;
    ++good;
    if (point.runs.size() == 1) ++single;
  }
  const auto are = [](std::size_t count) { return count == 1 ? "is" : "are"; };
  if (single > 0)
    report.notes.push_back(fmt::format(
        "{} one run{}, whose interval does not hold the differences between runs: `reef sweep --repeat 5` "
        "measures those",
        single == good ? "each point is" : fmt::format("{} of {} points {}", single, good, are(single)),
        single == good || single == 1 ? "" : " each"));
  if (hidden.older > 0)
    report.notes.push_back(fmt::format("{} {} left out: `--all` draws every run",
                                       counted(hidden.older, "older run"), are(hidden.older)));
  if (hidden.failed > 0)
    report.notes.push_back(
        fmt::format("{0} that {1} not ok {1} left out in favour of others of the same choice",
                    counted(hidden.failed, "run"), are(hidden.failed)));
}

// -1, 0, 1: a better than, as good as, worse than b in the objectives, first to last.
bool comes_first(const ParetoRow& a, const ParetoRow& b, const std::vector<Objective>& objectives) {
  for (std::size_t k = 0; k < objectives.size(); ++k) {
    const double x = *a.coordinates[k].value;
    const double y = *b.coordinates[k].value;
    if (x != y) return (objectives[k].better == Metric::Better::lower) == (x < y);
  }
  return false;
}

class Judge {
 public:
  Judge(ParetoReport& report, const std::vector<std::string>& metrics, std::vector<Expression> clauses)
      : report_(report), clauses_(std::move(clauses)) {
    for (ParetoRow& row : report_.rows) {
      row.point.reason = unusable(row, metrics);
      usable_.push_back(row.point.reason.empty());
      std::vector<bool> met;
      for (const Expression& clause : clauses_) met.push_back(meets(row.record, clause));
      met_.push_back(std::move(met));
    }
  }

  Status find_frontier() {
    std::vector<std::vector<Measured>> points;
    std::vector<std::size_t> index;
    for (std::size_t i = 0; i < report_.rows.size(); ++i) {
      ParetoRow& row = report_.rows[i];
      if (!usable_[i]) continue;
      if (const auto clause = first_missed(i); clause < clauses_.size()) {
        row.point.standing = Standing::infeasible;
        row.point.reason = missed(row.record, clauses_[clause]);
        continue;
      }
      std::vector<Measured> point;
      for (const RecordedMetric& metric : row.coordinates) point.push_back(measured_of(metric));
      points.push_back(std::move(point));
      index.push_back(i);
    }
    TRY(const Frontier frontier, pareto(points, report_.objectives));
    for (std::size_t i = 0; i < index.size(); ++i) report_.rows[index[i]].point = frontier.points[i];
    if (frontier.knee) report_.knee = index[*frontier.knee];
    if (report_.objectives.size() == 2 && !points.empty()) report_.hypervolume = covered(points, frontier);
    return {};
  }

  void find_cheapest() {
    if (clauses_.empty()) return;
    const auto best = best_without(clauses_.size());
    if (!best) return;
    Cheapest cheapest{*best, {}};
    for (std::size_t c = 0; c < clauses_.size(); ++c) {
      const auto other = best_without(c);
      const double here = *report_.rows[*best].coordinates.front().value;
      const double there = *report_.rows[*other].coordinates.front().value;
      if (there == here) continue;
      cheapest.bindings.push_back({clauses_[c].text(), *other, std::abs(there - here) / std::abs(here)});
    }
    report_.cheapest = std::move(cheapest);
  }

 private:
  std::size_t first_missed(std::size_t i) const {
    return static_cast<std::size_t>(std::find(met_[i].begin(), met_[i].end(), false) - met_[i].begin());
  }

  // The best row that meets every clause but one; all clauses when there is no such one.
  std::optional<std::size_t> best_without(std::size_t clause) const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < report_.rows.size(); ++i) {
      if (!usable_[i]) continue;
      bool in = true;
      for (std::size_t c = 0; c < clauses_.size(); ++c) in = in && (c == clause || met_[i][c]);
      if (in && (!best || comes_first(report_.rows[i], report_.rows[*best], report_.objectives))) best = i;
    }
    return best;
  }

  double covered(const std::vector<std::vector<Measured>>& points, const Frontier& frontier) const {
    const auto cost = [&](std::size_t i, std::size_t k) {
      const double value = points[i][k].value;
      return report_.objectives[k].better == Metric::Better::lower ? value : -value;
    };
    std::array<double, 2> low{};
    std::array<double, 2> high{};
    for (std::size_t k = 0; k < 2; ++k) {
      low.at(k) = high.at(k) = cost(0, k);
      for (std::size_t i = 1; i < points.size(); ++i) {
        low.at(k) = std::min(low.at(k), cost(i, k));
        high.at(k) = std::max(high.at(k), cost(i, k));
      }
    }
    std::vector<std::pair<double, double>> scaled;
    const auto part = [&](std::size_t i, std::size_t k) {
      return high.at(k) > low.at(k) ? (cost(i, k) - low.at(k)) / (high.at(k) - low.at(k)) : 0;
    };
    for (const std::size_t i : frontier.frontier) scaled.emplace_back(part(i, 0), part(i, 1));
    return hypervolume(scaled, {1, 1});
  }

  ParetoReport& report_;
  std::vector<Expression> clauses_;
  std::vector<bool> usable_;
  std::vector<std::vector<bool>> met_;  // by row, then clause
};

}  // namespace

Result<Objective> objective_of(const std::string& metric, const std::vector<RecordRow>& rows) {
  Objective objective;
  objective.metric = metric;
  objective.better = Metric::Better::unknown;
  std::set<std::string> known;
  for (const RecordRow& row : rows) {
    for (const auto& [name, value] : row.metrics) known.insert(name);
    const auto found = row.metrics.find(metric);
    if (found == row.metrics.end()) continue;
    if (row.status == RunStatus::ok && found->second.value)
      objective.tolerance = std::max(objective.tolerance, found->second.tolerance.value_or(0));
    if (found->second.better == Metric::Better::unknown) continue;
    if (objective.better != Metric::Better::unknown && objective.better != found->second.better)
      return make_error(ErrorCode::invalid_input,
                        "the records do not agree whether a higher or a lower `{}` is better",
                        printable(metric));
    objective.better = found->second.better;
  }
  const std::vector<std::string> names(known.begin(), known.end());
  if (!known.contains(metric)) {
    Failure error = make_error(ErrorCode::not_found, "no run has a metric `{}`", printable(metric));
    if (auto hint = did_you_mean(metric, names)) return std::move(error).hint(*hint);
    if (names.empty()) return std::move(error).hint("none of these runs has any metric");
    return std::move(error).hint(fmt::format("there is {}", quoted_list(names, "and")));
  }
  if (objective.better == Metric::Better::unknown)
    return make_error(ErrorCode::invalid_input, "nobody declared whether a higher or a lower `{}` is better",
                      printable(metric))
        .hint("declare it in the manifest: `\"metrics\": {\"" + printable(metric) +
              "\": {\"better\": \"lower\"}}`");
  return objective;
}

Result<ParetoReport> pareto_of(RecordStore& records, const ParetoRequest& request) {
  RunSelection selection{request.filter, request.where};
  TRY(Points found, points_of(records, selection, request.every_run, true));
  RecordList& list = found.list;
  std::vector<Pooled>& points = found.points;
  if (points.empty())
    return make_error(ErrorCode::not_found, "no run that is ok matches")
        .hint("measure some: `reef run benchmark PACKAGE`");
  std::vector<Expression> clauses;
  if (!request.subject_to.empty()) {
    TRY(const Expression conditions,
        Expression::parse("--subject-to", request.subject_to, names_in(list.rows)));
    clauses = conditions.clauses();
  }
  ParetoReport report;
  report.problems = std::move(list.problems);
  const NotShown hidden = not_shown_of(points, list.rows);
  if (hidden.edited > 0) report.notes.push_back(edited_left_out(hidden.edited));
  keep_rivals(report, points, request.metrics);
  if (!request.every_run) note_runs(report, points, hidden, request.metrics);
  std::vector<RecordRow> rows;
  for (const Pooled& point : points) rows.push_back(point.row);
  for (const std::string& metric : request.metrics) {
    TRY(Objective objective, objective_of(metric, rows));
    report.objectives.push_back(std::move(objective));
  }
  for (Pooled& point : points) report.rows.push_back(point_of(std::move(point), request.metrics));
  Judge judge(report, request.metrics, std::move(clauses));
  TRY_STATUS(judge.find_frontier());
  judge.find_cheapest();
  return report;
}

}  // namespace reef::ops
