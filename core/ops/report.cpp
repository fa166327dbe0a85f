#include "core/ops/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/ops/plot.h"
#include "core/ops/report_parts.h"
#include "core/record/load_settings.h"

namespace reef::ops {
namespace {

constexpr std::array<std::pair<std::string_view, ReportFormat>, 8> kFormats = {{
    {"md", ReportFormat::markdown},
    {"junit", ReportFormat::junit},
    {"csv", ReportFormat::csv},
    {"latex", ReportFormat::latex},
    {"gbench", ReportFormat::gbench},
    {"hyperfine", ReportFormat::hyperfine},
    {"mlperf", ReportFormat::mlperf},
    {"github-benchmark", ReportFormat::github_benchmark},
}};

// Those that their own repeats replace.
void note_edited(const std::vector<RecordRow>& rows, const std::vector<Pooled>& chosen,
                 std::vector<std::string>& notes) {
  std::set<std::string> sweeps;  // with the choice, of what is reported and not edited
  const auto sweep_of = [](const RecordRow& row) { return choice_of(row) + '\n' + row.sweep->id; };
  for (const Pooled& each : chosen)
    if (each.row.sweep && !each.row.edited) sweeps.insert(sweep_of(each.row));
  const auto left_out = std::count_if(rows.begin(), rows.end(), [&](const RecordRow& row) {
    return row.status == RunStatus::ok && row.edited && row.sweep && sweeps.contains(sweep_of(row));
  });
  if (left_out > 0) notes.push_back(edited_left_out(static_cast<std::size_t>(left_out)));
}

Result<std::vector<Reported>> runs_of(RecordStore& records, const ReportRequest& request,
                                      std::vector<Error>& unreadable, std::vector<std::string>& notes) {
  std::vector<Reported> out;
  if (!request.ids.empty()) {
    for (const std::string& text : request.ids) {
      TRY(const std::string id, records.find(text));
      TRY(Record record, records.load(id));
      out.push_back({std::move(record), {id}, std::nullopt});
    }
    return out;
  }
  RunSelection selection = request.selection;
  const std::size_t limit = std::exchange(selection.filter.limit, 0);  // of what is reported
  TRY(Points found, points_of(records, selection, request.every_run, false));
  const RecordList& list = found.list;
  std::vector<Pooled>& chosen = found.points;
  unreadable.assign(list.problems.end() - static_cast<std::ptrdiff_t>(list.unreadable), list.problems.end());
  if (!request.every_run) note_edited(list.rows, chosen, notes);
  if (limit > 0 && chosen.size() > limit) chosen.resize(limit);
  for (Pooled& each : chosen) {
    TRY(Record record, records.load(each.row.id));
    if (each.runs.size() > 1) record.metrics = std::move(each.row.metrics);
    out.push_back({std::move(record), std::move(each.runs), std::nullopt});
  }
  if (out.empty())
    return make_error(ErrorCode::not_found, "no run matches").hint("`reef runs` lists all of them");
  return out;
}

// Every single run, the oldest of repeats first: for formats that have a place for each.
Result<std::vector<Reported>> one_by_one(RecordStore& records, const std::vector<Reported>& runs) {
  std::vector<Reported> out;
  for (const Reported& run : runs) {
    if (run.runs.size() == 1) {
      out.push_back(run);
      continue;
    }
    for (auto id = run.runs.rbegin(); id != run.runs.rend(); ++id) {
      TRY(Record record, records.load(*id));
      out.push_back({std::move(record), run.runs, std::nullopt});
    }
  }
  return out;
}

// A run with its repeats, whatever else was measured since; alone when it is no repeat.
Result<Reported> with_repeats(RecordStore& records, Record record) {
  RecordFilter filter;
  filter.package = record.package;
  filter.action = record.action;
  TRY(RecordList list, records.list(filter));
  const RecordRow own = row_of(record);
  const std::string group = repeats_of(own);
  std::erase_if(list.rows, [&](const RecordRow& row) {
    return group.empty() || repeats_of(row) != group || choice_of(row) != choice_of(own);
  });
  for (Pooled& each : newest_of_each(list.rows, false)) {
    if (std::find(each.runs.begin(), each.runs.end(), record.id) == each.runs.end()) continue;
    TRY(Record newest, records.load(each.row.id));
    if (each.runs.size() > 1) newest.metrics = std::move(each.row.metrics);
    return Reported{std::move(newest), std::move(each.runs), std::nullopt};
  }
  const std::string id = record.id;
  return Reported{std::move(record), {id}, std::nullopt};
}

// Points are held against a point, and not against one of the runs that it is made of.
Result<std::optional<Record>> baseline_of(RecordStore& records, const ReportRequest& request,
                                          const std::vector<Reported>& runs,
                                          std::vector<std::string>& notes) {
  if (request.against.empty()) {
    if (request.ids.size() < 2) return std::optional<Record>();
    return std::optional(runs.front().record);
  }
  TRY(const std::string id, records.find(request.against));
  TRY(Record record, records.load(id));
  if (!request.ids.empty() || request.every_run) return std::optional(std::move(record));
  const auto own = std::find_if(runs.begin(), runs.end(), [&](const Reported& run) {
    return std::find(run.runs.begin(), run.runs.end(), id) != run.runs.end();
  });
  TRY(Reported baseline,
      own == runs.end() ? with_repeats(records, std::move(record)) : Result<Reported>(*own));
  if (baseline.runs.size() > 1)
    notes.push_back(fmt::format("the baseline is the median of {}: `{}` and its repeats",
                                counted(baseline.runs.size(), "run"), id));
  return std::optional(std::move(baseline.record));
}

// "rate 500"
std::string load_text(const Record& record) {
  std::vector<std::string> out;
  for (const auto& [name, value] : load_of(record)) out.push_back(name + " " + json::text_of(value));
  return out.empty() ? "performance" : join(out, ", ");
}

// Whether it is held against the baseline. A run that failed early knows no scenario.
bool is_like(const Record& baseline, const Record& record) {
  const bool failed_early = record.scenario.empty() && record.status != RunStatus::ok;
  return record.package == baseline.package && record.action == baseline.action &&
         (failed_early || record.steps.size() > 1 ||  // of which each metric has its own
          (record.scenario == baseline.scenario && !is_other_load(load_of(record), load_of(baseline))));
}

Status check_processors(const Record& baseline, const Record& record) {
  const std::string before = processor_of(baseline);
  const std::string now = processor_of(record);
  if (before == now) return {};
  const auto named = [](const std::string& model) {
    return model.empty() ? "an unknown one" : printable(model);
  };
  return make_error(
             ErrorCode::invalid_input,
             "timings of different processors say nothing about the software: `{}` ran on {}, `{}` on {}",
             baseline.id, named(before), record.id, named(now))
      .hint("`--across-hosts` compares them all the same");
}

Status compare_with(RecordStore& records, std::vector<Reported>& runs, const std::optional<Record>& baseline,
                    const ReportRequest& request) {
  if (!baseline) return {};
  for (Reported& run : runs) {
    const Record& record = run.record;
    if (record.id == baseline->id || !is_like(*baseline, record) || unusable(record) || baseline->edited)
      continue;
    if (!request.across_hosts) TRY_STATUS(check_processors(*baseline, record));
    CompareOptions options;
    options.across_hosts = request.across_hosts;
    TRY(run.compared, compare(records, *baseline, record, options));
  }
  return {};
}

// What the gate found, run by run. A run that is not ok has failed it; a gate that no run was held against
// must not look like one that all passed.
Result<std::vector<std::string>> failures_of(const Gate& gate, const std::vector<Reported>& runs,
                                             const std::optional<Record>& baseline,
                                             const std::vector<Error>& unreadable) {
  std::vector<std::string> out;
  if (!gate.active() || !baseline) return out;
  if (baseline->edited)
    return make_error(ErrorCode::invalid_input,
                      "the gate has no baseline: the record `{}` was changed after it was made", baseline->id)
        .hint("its numbers are not those that were measured: take another, or run it again");
  // The newest run of a choice may be among them: an older one must not pass in its place.
  for (const Error& problem : unreadable) out.push_back(problem.message());
  bool any = false;
  for (const Reported& run : runs) {
    const Record& record = run.record;
    if (!is_like(*baseline, record)) continue;
    if (const auto why = unusable(record)) {
      out.push_back(fmt::format("{}: {}: {}", record.id, why->status, why->reason));
    } else if (run.compared) {
      any = true;
      TRY(const std::vector<std::string> failures, failures_of(gate, run.compared->metrics));
      for (const std::string& failure : failures) out.push_back(record.id + ": " + failure);
    }
  }
  if (any || !out.empty()) return out;
  return make_error(ErrorCode::invalid_input,
                    "the gate has nothing to judge: no other run is `{}` of {}{}, as the baseline `{}` is",
                    baseline->action, baseline->package,
                    baseline->scenario.empty()
                        ? ""
                        : " in the scenario `" + baseline->scenario + "`" +
                              (load_of(*baseline).empty() ? "" : " with " + load_text(*baseline)),
                    baseline->id)
      .hint("`reef runs` lists all runs");
}

// A run that measured latencies has kept them; whoever asks for each of them wants no file without.
Result<std::vector<std::uint64_t>> samples_of(RecordStore& records, const RecordedBenchmark& benchmark) {
  const Record& record = benchmark.record;
  if (!record.latency) return std::vector<std::uint64_t>();
  auto columns = records.load_samples(record.id, benchmark.step);
  if (!columns)
    return make_error(ErrorCode::integrity, "the latencies of the run `{}` cannot be read: {}", record.id,
                      columns.error().message())
        .hint("formats that show a summary of them, such as `md`, still can be written");
  if (auto latencies = take_column(*std::move(columns), kLatencies)) return *std::move(latencies);
  return make_error(ErrorCode::integrity, "the samples of the run `{}` hold no latencies", record.id);
}

// What a report says of records that cannot be read: who made it is told more, with the file's path.
std::vector<std::string> published(const std::vector<Error>& unreadable) {
  std::vector<std::string> out;
  for (const Error& problem : unreadable)
    out.push_back(problem.message().substr(0, problem.message().find(": ")));
  return out;
}

// What the text itself does not say.
void add_notes(Report& report, const ReportRequest& request) {
  std::set<std::string> left_out;
  std::map<std::string, std::size_t> scenarios;  // others than the baseline's
  std::map<std::string, std::size_t> loads;
  std::vector<const Record*> records;
  if (report.baseline) records.push_back(&*report.baseline);
  for (const Reported& run : report.runs) {
    if (!report.baseline || run.record.id != report.baseline->id) records.push_back(&run.record);
    if (report.baseline && run.record.package == report.baseline->package &&
        run.record.action == report.baseline->action && !is_like(*report.baseline, run.record))
      ++(run.record.scenario == report.baseline->scenario ? loads[load_text(run.record)]
                                                          : scenarios[run.record.scenario]);
    if (!run.compared) continue;
    for (const std::string& name : left_out_of(request.gate, run.compared->metrics)) left_out.insert(name);
  }
  for (const auto& [scenario, runs] : scenarios)
    report.notes.push_back(fmt::format("{} of the scenario `{}` {} not compared: the baseline is `{}`",
                                       counted(runs, "run"), printable(scenario), runs == 1 ? "is" : "are",
                                       printable(report.baseline->scenario)));
  for (const auto& [load, runs] : loads)
    report.notes.push_back(fmt::format("{} with another load ({}) {} not compared: the baseline has {}",
                                       counted(runs, "run"), printable(load), runs == 1 ? "is" : "are",
                                       printable(load_text(*report.baseline))));
  for (const Record* record : records)
    if (record->edited) report.problems.push_back(edited_problem(record->id));
  if (!left_out.empty())
    report.notes.push_back(
        fmt::format("the gate leaves out {}: nobody declared which direction is better",
                    quoted_list(std::vector<std::string>(left_out.begin(), left_out.end()), "and")));
}

std::vector<std::string> in_order(std::set<std::string> metrics) {
  std::vector<std::string> out;
  for (const char* first : {"latency", "latency.p90", "latency.p99", "throughput", "accuracy"})
    if (metrics.erase(first) > 0) out.emplace_back(first);
  out.insert(out.end(), metrics.begin(), metrics.end());
  return out;
}

Status write(Report& out, const ReportInput& input, const ReportRequest& request) {
  switch (request.format) {
    case ReportFormat::markdown:
      out.text = markdown_report(input);
      out.name = "report.md";
      break;
    case ReportFormat::junit:
      out.text = junit_report(input);
      out.name = "junit.xml";
      break;
    case ReportFormat::csv:
      out.text = csv_report(input);
      out.name = "report.csv";
      break;
    case ReportFormat::latex:
      out.text = latex_report(input);
      out.name = "report.tex";
      break;
    case ReportFormat::gbench:
      out.text = gbench_report(input);
      out.name = "benchmark.json";
      break;
    case ReportFormat::hyperfine: {
      TRY(out.text, hyperfine_report(input, out.notes));
      out.name = "hyperfine.json";
      break;
    }
    case ReportFormat::mlperf: {
      TRY(out.further, mlperf_files(input, out.notes));
      std::tie(out.name, out.text) = std::move(out.further.front());
      out.further.erase(out.further.begin());
      break;
    }
    case ReportFormat::github_benchmark: {
      MetricsLeftOut left_out;
      out.text = github_benchmark_report(input, left_out);
      out.name = "output.json";
      const auto are = [](std::size_t count) {
        return fmt::format("{} {} left out", counted(count, "value"), count == 1 ? "is" : "are");
      };
      if (left_out.other_direction > 0)
        out.notes.push_back(fmt::format("{}, a file has one direction: `--better {}` writes the others",
                                        are(left_out.other_direction),
                                        request.better == Metric::Better::lower ? "higher" : "lower"));
      if (left_out.undeclared > 0)
        out.notes.push_back(fmt::format("{}: nobody declared whether a higher or a lower one is better",
                                        are(left_out.undeclared)));
      break;
    }
  }
  return {};
}

}  // namespace

Result<ReportFormat> parse_report_format(std::string_view text) {
  std::vector<std::string> names;
  for (const auto& [name, format] : kFormats) {
    if (name == text) return format;
    names.emplace_back(name);
  }
  Failure error =
      make_error(ErrorCode::usage, "unknown format `{}`, expected {}", printable(text), quoted_list(names));
  if (const auto hint = did_you_mean(text, names)) return std::move(error).hint(*hint);
  return error;
}

std::string_view name_of(ReportFormat format) {
  return std::find_if(kFormats.begin(), kFormats.end(),
                      [&](const auto& each) { return each.second == format; })
      ->first;
}

Result<Report> report(RecordStore& records, const ReportRequest& request) {
  Report out;
  std::vector<Error> unreadable;
  TRY(out.runs, runs_of(records, request, unreadable, out.notes));
  TRY(out.baseline, baseline_of(records, request, out.runs, out.notes));
  if (out.baseline && out.baseline->status != RunStatus::ok)
    return make_error(ErrorCode::invalid_input, "the baseline `{}` is {}: {}", out.baseline->id,
                      name_of(out.baseline->status), out.baseline->reason);
  TRY_STATUS(compare_with(records, out.runs, out.baseline, request));
  TRY(out.failures, failures_of(request.gate, out.runs, out.baseline, unreadable));
  add_notes(out, request);
  out.problems.insert(out.problems.end(), unreadable.begin(), unreadable.end());
  std::vector<Reported> singles;
  const bool each_alone = request.format == ReportFormat::gbench || request.format == ReportFormat::hyperfine;
  if (each_alone) {
    TRY(singles, one_by_one(records, out.runs));
  }
  const ReportInput input{each_alone ? singles : out.runs, out.baseline,
                          [&](const RecordedBenchmark& each) { return samples_of(records, each); },
                          request.better, published(unreadable)};
  TRY_STATUS(write(out, input, request));
  return out;
}

std::vector<std::string> telling_names(const std::vector<Reported>& runs) {
  std::vector<ParetoRow> rows;
  for (const Reported& run : runs) {
    ParetoRow row;
    row.record = row_of(run.record);
    rows.push_back(std::move(row));
  }
  return telling_names(rows);
}

std::optional<Unusable> unusable(const Record& record) {
  if (record.status != RunStatus::ok) return Unusable{std::string(name_of(record.status)), record.reason};
  if (record.edited) return Unusable{"changed", "the record was changed after it was made"};
  return std::nullopt;
}

std::string choice_text(const Record& record, const std::vector<std::string>& names) {
  const auto choices = choices_of(row_of(record));
  std::string out;
  for (const std::string& name : names)
    if (const auto found = choices.find(name); found != choices.end())
      out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, found->second);
  return out.empty() ? record.action : out;
}

bool any_steps(const std::vector<Reported>& runs) {
  return std::any_of(runs.begin(), runs.end(), [](const Reported& run) { return !run.record.steps.empty(); });
}

std::vector<std::string> metric_names(const std::vector<Reported>& runs) {
  std::set<std::string> all;
  for (const Reported& run : runs)
    for (const auto& [name, metric] : run.record.metrics) all.insert(name);
  return in_order(std::move(all));
}

std::vector<std::string> bare_metric_names(const std::vector<Reported>& runs) {
  std::set<std::string> all;
  for (const Reported& run : runs)
    for (const auto& [name, metric] : run.record.metrics) all.insert(step_metric(run.record, name).name);
  return in_order(std::move(all));
}

std::string value_text(double value, const std::string& unit) {
  if (unit == "s") return format_seconds(value);
  if (unit == "B" && value >= 0) return format_bytes(static_cast<std::uint64_t>(std::llround(value)));
  const std::string number = std::abs(value) >= 1e4 && std::abs(value) < 1e15 ? fmt::format("{:.0f}", value)
                                                                              : fmt::format("{:.5g}", value);
  return unit.empty() || unit == "1" ? number : number + " " + unit;
}

std::string value_text(const RecordedMetric& metric) {
  if (!metric.value) return metric.problem.empty() ? "-" : metric.problem;
  return value_text(*metric.value, metric.unit);
}

}  // namespace reef::ops
