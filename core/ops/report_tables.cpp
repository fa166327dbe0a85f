#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "core/base/markup.h"
#include "core/base/text.h"
#include "core/ops/benchmark.h"
#include "core/ops/plot.h"
#include "core/ops/report_parts.h"
#include "core/record/load_settings.h"

namespace reef::ops {
namespace {

std::string in_full(double value) { return fmt::format("{}", value); }
std::string in_full(const std::optional<double>& value) { return value ? in_full(*value) : ""; }

// Four digits, and no power of ten before a million millions.
std::string figure(double value) {
  return std::abs(value) >= 1e4 && std::abs(value) < 1e12 ? fmt::format("{:.0f}", value)
                                                          : fmt::format("{:.4g}", value);
}

std::string latex_figure(const RecordedMetric& metric, double factor) {
  if (!metric.value) return "-{}";
  const std::string value = figure(*metric.value * factor);
  if (!metric.lower || !metric.upper) return value;
  return value + fmt::format(" ({}--{})", figure(*metric.lower * factor), figure(*metric.upper * factor));
}

std::set<std::string> all_options(const ReportInput& input) {
  std::set<std::string> out;
  for (const Reported& run : input.runs)
    for (const auto& [group, option] : run.record.options) out.insert(group);
  return out;
}

std::set<std::string> all_parameters(const ReportInput& input) {
  std::set<std::string> out;
  for (const Reported& run : input.runs)
    for (const auto& [name, value] : run.record.parameters) out.insert(name);
  return out;
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) out += (i == 0 ? "" : ",") + csv_field(fields[i]);
  return out + "\r\n";
}

template <class Map>
std::string text_in(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  if (found == map.end()) return "";
  return json::text_of(json::Value(found->second));
}

struct Suite {
  std::string cases;
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  double seconds = 0;
};

void add_run(Suite& suite, const Record& record, const std::string& name) {
  ++suite.tests;
  const double seconds = record.times.total.value_or(0);
  suite.seconds += seconds;
  suite.cases +=
      fmt::format("    <testcase classname=\"{}.{}\" name=\"{}\" time=\"{:.6f}\">\n",
                  escaped_xml(record.package), escaped_xml(record.action), escaped_xml(name), seconds);
  if (!record.metrics.empty()) {
    suite.cases += "      <properties>\n";
    for (const auto& [metric, value] : record.metrics)
      if (value.value)
        suite.cases += fmt::format("        <property name=\"{}\" value=\"{}\"/>\n", escaped_xml(metric),
                                   in_full(*value.value));
    suite.cases += "      </properties>\n";
  }
  const std::string reason = escaped_xml(record.reason);
  if (record.status == RunStatus::ok && record.edited) {
    ++suite.errors;
    suite.cases += fmt::format("      <error type=\"changed\" message=\"{}\"/>\n", unusable(record)->reason);
  } else if (record.status == RunStatus::failed) {
    ++suite.failures;
    suite.cases += fmt::format("      <failure type=\"failed\" message=\"{0}\">{0}</failure>\n", reason);
  } else if (record.status == RunStatus::invalid) {
    ++suite.errors;
    suite.cases += fmt::format("      <error type=\"invalid\" message=\"{0}\">{0}</error>\n", reason);
  } else if (record.status == RunStatus::interrupted) {
    ++suite.skipped;
    suite.cases += fmt::format("      <skipped message=\"{}\"/>\n", reason.empty() ? "interrupted" : reason);
  }
  suite.cases +=
      fmt::format("      <system-out>record {}</system-out>\n    </testcase>\n", escaped_xml(record.id));
}

// A metric against the baseline is a test: it fails when it is slower or worse.
void add_comparison(Suite& suite, const Record& record, const MetricComparison& metric,
                    const std::string& name) {
  ++suite.tests;
  suite.cases += fmt::format("    <testcase classname=\"{}.{}.compare\" name=\"{}: {}\" time=\"0\">\n",
                             escaped_xml(record.package), escaped_xml(record.action), escaped_xml(name),
                             escaped_xml(metric.name));
  const std::string change = metric.compared ? change_text(*metric.compared) : "";
  if (metric.verdict == "slower" || metric.verdict == "worse") {
    ++suite.failures;
    suite.cases += fmt::format("      <failure type=\"{0}\" message=\"{1} is {0} {2}\"/>\n", metric.verdict,
                               escaped_xml(metric.name), change);
  } else {
    suite.cases += fmt::format("      <system-out>{} {} {}</system-out>\n", metric.verdict, change,
                               escaped_xml(metric.note));
  }
  suite.cases += "    </testcase>\n";
}

// A record that nobody can read may be any run.
void add_unreadable(Suite& suite, const std::string& problem) {
  ++suite.tests;
  ++suite.errors;
  const std::string message = escaped_xml(problem);
  suite.cases += fmt::format(
      "    <testcase classname=\"reef.records\" name=\"{0}\" time=\"0\">\n      <error type=\"unreadable\" "
      "message=\"{0}\"/>\n    </testcase>\n",
      message);
}

constexpr std::array<const char*, 5> kParts = {"", ".lower", ".upper", ".n", ".unit"};

// The names of a metric's columns begin with it, or with `metric.` before it where one of them is taken.
std::string column_of(const std::string& metric, std::set<std::string>& taken) {
  std::string name = metric;
  const auto is_taken = [&](const char* part) { return taken.contains(name + part); };
  while (std::any_of(kParts.begin(), kParts.end(), is_taken)) name = "metric." + name;
  for (const char* part : kParts) taken.insert(name + part);
  return name;
}

// What a metric of it was measured under, as the line has it; of a step the name of its column begins with
// the step's.
constexpr std::array<const char*, 4> kUnder = {"scenario", "rate", "samples_per_query", "noise"};

void add_under(std::map<std::string, std::string>& out, const RecordedBenchmark& benchmark) {
  const std::map<std::string, json::Value> load = load_of(benchmark.record);
  const std::string prefix = benchmark.step.empty() ? "" : benchmark.step + ".";
  out[prefix + "scenario"] = benchmark.record.scenario;
  out[prefix + "rate"] = text_in(load, "rate");
  out[prefix + "samples_per_query"] = text_in(load, "samples_per_query");
  out[prefix + "noise"] = grade_of(benchmark.record);
}

// Of a workflow with one benchmark they are the run's.
std::map<std::string, std::string> under_of(const Record& record) {
  std::map<std::string, std::string> out;
  if (record.steps.size() > 1)
    for (const RecordedBenchmark& benchmark : benchmarks_of(record)) add_under(out, benchmark);
  else
    add_under(out, {"", record});
  out["noise"] = grade_of(record);
  return out;
}

std::vector<std::string> under_columns(const std::vector<Reported>& runs) {
  std::vector<std::string> out = {"noise"};
  std::set<std::string> steps;
  for (const Reported& run : runs)
    if (run.record.steps.size() > 1)
      for (const auto& [name, step] : run.record.steps) steps.insert(name);
  for (const std::string& step : steps)
    for (const char* column : kUnder) out.push_back(step + "." + column);
  return out;
}

// Every option and parameter: a test keeps its name whatever runs beside it.
std::string full_choice(const Record& record) {
  std::vector<std::string> names;
  for (const auto& [name, choice] : choices_of(row_of(record))) names.push_back(name);
  return choice_text(record, names);
}

}  // namespace

std::string csv_report(const ReportInput& input) {
  const std::set<std::string> options = all_options(input);
  const std::set<std::string> parameters = all_parameters(input);
  const std::vector<std::string> metrics = metric_names(input.runs);
  std::vector<std::string> titles = {"id",     "started",  "package", "version",           "action",
                                     "status", "scenario", "rate",    "samples_per_query", "cpu_model",
                                     "reason", "runs"};
  const std::vector<std::string> further = under_columns(input.runs);
  titles.insert(titles.end(), further.begin(), further.end());
  for (const std::string& option : options) titles.push_back("option." + option);
  for (const std::string& parameter : parameters) titles.push_back("parameter." + parameter);
  std::set<std::string> taken(titles.begin(), titles.end());
  for (const std::string& metric : metrics) {
    const std::string column = column_of(metric, taken);
    for (const char* part : kParts) titles.push_back(column + part);
  }
  std::string out = csv_line(titles);
  for (const Reported& run : input.runs) {
    const Record& record = run.record;
    const std::map<std::string, std::string> under = under_of(record);
    std::vector<std::string> fields = {record.id,
                                       record.times.started,
                                       record.package,
                                       record.version,
                                       record.action,
                                       std::string(name_of(record.status)),
                                       text_in(under, "scenario"),
                                       text_in(under, "rate"),
                                       text_in(under, "samples_per_query"),
                                       processor_of(record),
                                       record.edited ? unusable(record)->reason : record.reason,
                                       std::to_string(run.runs.size())};
    for (const std::string& name : further) fields.push_back(text_in(under, name));
    for (const std::string& option : options) fields.push_back(text_in(record.options, option));
    for (const std::string& parameter : parameters) fields.push_back(text_in(record.parameters, parameter));
    for (const std::string& name : metrics) {
      const auto found = record.metrics.find(name);
      const RecordedMetric metric = found == record.metrics.end() ? RecordedMetric{} : found->second;
      fields.insert(fields.end(), {in_full(metric.value), in_full(metric.lower), in_full(metric.upper),
                                   metric.n ? std::to_string(*metric.n) : "", metric.unit});
    }
    out += csv_line(fields);
  }
  return out;
}

std::string latex_report(const ReportInput& input) {
  const std::vector<std::string> names = telling_names(input.runs);
  std::vector<std::string> metrics;
  std::map<std::string, Scale> scales;
  for (const std::string& name : bare_metric_names(input.runs)) {
    // A page is narrow: of what reef measures itself only what tells stacks apart, and all of the package's.
    constexpr std::array<std::string_view, 4> kOurs = {"latency", "latency.p90", "latency.p99", "throughput"};
    if (is_measured_by_harness(name) && std::find(kOurs.begin(), kOurs.end(), name) == kOurs.end()) continue;
    std::vector<double> values;
    std::string unit;
    for (const Reported& run : input.runs)
      for (const auto& [full, metric] : run.record.metrics) {
        if (!metric.value || step_metric(run.record, full).name != name) continue;
        values.push_back(*metric.value);
        unit = metric.unit;
      }
    if (values.empty()) continue;
    metrics.push_back(name);
    scales[name] = scale_of(values, unit);
  }
  std::string out =
      "% Needs \\usepackage{booktabs}. Percentiles with their 95 % order-statistic intervals; of repeated "
      "runs the median.\n"
      "% Percentile p of n values is the element at index floor(n p) when they are sorted.\n";
  const bool steps = any_steps(input.runs);
  out += fmt::format("\\begin{{tabular}}{{{}{}}}\n\\toprule\n",
                     std::string(std::max<std::size_t>(names.size(), 1) + (steps ? 1 : 0), 'l'),
                     std::string(metrics.size(), 'r'));
  std::string line;
  for (const std::string& name : names) line += escaped_latex(name) + " & ";
  if (names.empty()) line += "package & ";
  if (steps) line += "step & ";
  for (const std::string& name : metrics) {
    const std::string& unit = scales.at(name).unit;
    line += escaped_latex(name) + (unit.empty() ? "" : " [" + escaped_latex(unit) + "]") + " & ";
  }
  const auto ended = [](std::string text) { return text.substr(0, text.size() - 3) + " \\\\\n"; };
  out += ended(line) + "\\midrule\n";
  for (const Reported& run : input.runs) {
    if (unusable(run.record)) continue;
    std::string begin;
    const auto choices = choices_of(row_of(run.record));
    for (const std::string& name : names) begin += escaped_latex(text_in(choices, name)) + " & ";
    if (names.empty()) begin += escaped_latex(run.record.package) + " & ";
    for (const RecordedBenchmark& benchmark : benchmarks_of(run.record)) {
      line = begin + (steps ? escaped_latex(benchmark.step) + " & " : "");
      for (const std::string& name : metrics) {
        const auto found = benchmark.record.metrics.find(name);
        const bool known = found != benchmark.record.metrics.end();
        line += latex_figure(known ? found->second : RecordedMetric{}, scales.at(name).factor) + " & ";
      }
      out += ended(line);
    }
  }
  return out + "\\bottomrule\n\\end{tabular}\n";
}

std::string junit_report(const ReportInput& input) {
  std::map<std::string, Suite> suites;
  std::map<std::string, std::size_t> seen;
  for (const Reported& run : input.runs) {
    const std::string subject = run.record.package + " " + run.record.version;
    Suite& suite = suites[subject];
    std::string name = full_choice(run.record);
    const std::size_t nth = ++seen[subject + '\n' + run.record.action + '\n' + name];
    if (nth > 1) name += fmt::format(" ({})", nth);
    add_run(suite, run.record, name);
    if (!run.compared) continue;
    for (const MetricComparison& metric : run.compared->metrics)
      add_comparison(suite, run.record, metric, name);
  }
  for (const std::string& problem : input.unreadable) add_unreadable(suites["records"], problem);
  Suite all;
  std::string body;
  for (const auto& [name, suite] : suites) {
    body += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.6f}\">\n{}"
        "  </testsuite>\n",
        escaped_xml(name), suite.tests, suite.failures, suite.errors, suite.skipped, suite.seconds,
        suite.cases);
    all.tests += suite.tests;
    all.failures += suite.failures;
    all.errors += suite.errors;
    all.skipped += suite.skipped;
    all.seconds += suite.seconds;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"reef\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\" "
      "skipped=\"{}\" time=\"{:.6f}\">\n{}</testsuites>\n",
      all.tests, all.failures, all.errors, all.skipped, all.seconds, body);
}

}  // namespace reef::ops
