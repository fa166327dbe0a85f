#include "core/ops/compare.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/load_flags.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_record.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/ops/interleave.h"

namespace reef::cli {
namespace compare_verb {
namespace {

struct Options {
  std::string a;
  std::string b;
  bool interleaved = false;
  std::string action = "benchmark";
  std::vector<std::string> metrics;
  std::vector<std::string> fail_on;
  bool across_hosts = false;
  std::size_t pairs = 20;
  std::size_t seed = 1;
  std::string budget;
  LoadFlags load;
};

json::Value number_of(const RecordedMetric& metric) {
  return metric.value ? json::Value(*metric.value) : json::Value();
}

json::Value to_json(const ops::MetricComparison& metric) {
  json::Value one = {{"a", number_of(metric.a)}, {"b", number_of(metric.b)}};
  one["unit"] = metric.b.unit;
  one["better"] = metric.b.better == Metric::Better::higher  ? json::Value("higher")
                  : metric.b.better == Metric::Better::lower ? json::Value("lower")
                                                             : json::Value();
  one["verdict"] = metric.verdict;
  one["note"] = nullable(metric.note);
  if (!metric.compared) return one;
  const Comparison& compared = *metric.compared;
  one["ratio"] = compared.ratio;
  one["lower"] = compared.lower;
  one["upper"] = compared.upper;
  one["resolution"] = compared.resolution;
  one["p"] = compared.p;
  one["n"] = compared.n;
  one["needed"] = compared.needed ? json::Value(*compared.needed) : json::Value();
  return one;
}

json::Value to_json(const std::vector<ops::MetricComparison>& metrics) {
  json::Value out = json::Value::object();
  for (const ops::MetricComparison& metric : metrics) out[metric.name] = to_json(metric);
  return out;
}

Style style_of(const std::string& verdict) {
  if (verdict == "faster" || verdict == "better") return Style::green;
  if (verdict == "slower" || verdict == "worse") return Style::yellow;
  return Style::plain;
}

std::string render_metrics(const std::vector<ops::MetricComparison>& metrics, const Terminal& terminal) {
  Table table({"METRIC", "A", "B", "B IS", "CHANGE (99 % INTERVAL)", ""},
              {Table::Align::left, Table::Align::right, Table::Align::right});
  for (const ops::MetricComparison& metric : metrics)
    table.add({metric.name, render_metric(metric.a), render_metric(metric.b), metric.verdict,
               metric.compared ? ops::change_text(*metric.compared) : "", metric.note},
              style_of(metric.verdict));
  return table.render(terminal);
}

bool any_interval(const std::vector<ops::MetricComparison>& metrics) {
  return std::any_of(metrics.begin(), metrics.end(),
                     [](const ops::MetricComparison& metric) { return metric.compared.has_value(); });
}

std::string render_comparison(const ops::RunComparison& compared, const Terminal& terminal) {
  std::string out = fmt::format("A  {}\nB  {}{}\n\n", compared.a.id, compared.b.id,
                                compared.a.id == compared.b.id ? " (the same run)" : "");
  out += render_metrics(compared.metrics, terminal);
  if (!compared.only_a.empty())
    out += fmt::format("\nonly A has: {}\n", printable(join(compared.only_a, ", ")));
  if (!compared.only_b.empty())
    out += fmt::format("\nonly B has: {}\n", printable(join(compared.only_b, ", ")));
  if (!compared.differences.empty()) out += "\nwhat differs (A, B):\n";
  for (const std::string& difference : compared.differences) out += "  " + printable(difference) + "\n";
  if (compared.other_processor)
    out +=
        "\nTimings of different processors were not compared; `--across-hosts` compares them all the same.\n";
  if (any_interval(compared.metrics))
    out +=
        "\nThese are two single runs: how much whole runs differ from each other is only guessed from their "
        "tenths.\n`reef compare --interleaved` measures it.\n";
  return out;
}

std::string render_interleaved(const ops::Interleaved& compared, const Terminal& terminal) {
  std::string out = fmt::format("A  {}\nB  {}\n{} pairs, interleaved{}\n\n", printable(compared.a.text),
                                printable(compared.b.text), compared.pairs,
                                compared.interrupted ? "; interrupted before the others" : "");
  out += render_metrics(compared.metrics, terminal);
  if (!compared.left_out.empty())
    out += fmt::format("\nonly one side has: {}\n", printable(join(compared.left_out, ", ")));
  return out + fmt::format("\nruns: `reef runs --sweep {}`\n", compared.id);
}

// Prints what the gate found and returns the exit status.
int gate_status(const std::vector<std::string>& failures, const std::vector<std::string>& left_out) {
  std::string text;
  if (!left_out.empty())
    text = fmt::format("note: the gate leaves out {}: nobody declared which direction is better\n",
                       quoted_list(left_out, "and"));
  for (const std::string& failure : failures) text += fmt::format("gate: {}\n", printable(failure));
  if (!text.empty()) print_for_people(text);
  return failures.empty() ? 0 : 1;
}

void add_gate(json::Value& out, const ops::Gate& gate, const std::vector<std::string>& failures,
              const std::vector<std::string>& left_out) {
  if (gate.active())
    out["gate"] = {{"failures", failures}, {"passed", failures.empty()}, {"left_out", left_out}};
}

Result<ops::Gate> gate_of(const Options& options) {
  TRY(ops::Gate gate, ops::parse_gate(options.fail_on));
  gate.metrics = options.metrics;
  return gate;
}

Result<int> compare_records(Host& host, const Options& options) {
  TRY(const ops::Gate gate, gate_of(options));
  TRY(RecordStore records, open_records(host));
  ops::CompareOptions how;
  how.metrics = options.metrics;
  how.across_hosts = options.across_hosts;
  TRY(const ops::RunComparison compared, ops::compare(records, options.a, options.b, how));
  if (gate.active() && compared.a.id == compared.b.id)
    return make_error(ErrorCode::invalid_input, "the gate has nothing to judge: both sides are the run `{}`",
                      compared.a.id);
  TRY(const std::vector<std::string> failures, ops::failures_of(gate, compared.metrics));
  const std::vector<std::string> left_out = ops::left_out_of(gate, compared.metrics);
  std::vector<Error> problems;
  for (const Record* record : {&compared.a, &compared.b})
    if (record->edited) problems.push_back(edited_problem(record->id));
  if (gate.active() && !problems.empty())
    return make_error(ErrorCode::invalid_input, "the gate has nothing to judge: {}",
                      problems.front().message())
        .hint("its numbers are not those that were measured: take another run, or measure it again");
  if (host.json) {
    json::Value out = {{"a", compared.a.id}, {"b", compared.b.id}};
    out["metrics"] = to_json(compared.metrics);
    out["only_a"] = compared.only_a;
    out["only_b"] = compared.only_b;
    out["differences"] = compared.differences;
    out["problems"] = cli::to_json(problems);
    add_gate(out, gate, failures, left_out);
    print_json(out);
  } else {
    print(render_comparison(compared, host.terminal));
    print_for_people(render_warnings(problems, host.terminal));
  }
  return gate_status(failures, left_out);
}

Result<ops::InterleaveRequest> request_of(const Options& options) {
  ops::InterleaveRequest request;
  request.a = options.a;
  request.b = options.b;
  request.action = options.action;
  request.pairs = options.pairs;
  request.seed = options.seed;
  request.metrics = options.metrics;
  TRY(request.benchmark, overrides_of(options.load));
  if (!options.budget.empty()) {
    TRY(request.budget, parse_duration(options.budget));
  }
  if (options.pairs < 2)
    return make_error(ErrorCode::usage, "`--pairs` needs at least 2: the order is turned from pair to pair");
  return request;
}

Result<int> compare_interleaved(Host& host, const Options& options) {
  TRY(const ops::Gate gate, gate_of(options));
  TRY(ops::InterleaveRequest request, request_of(options));
  request.gate = gate;
  TRY(const auto session, open_session(host));
  Progress progress(host, false);
  TRY(const ops::Interleaved compared, ops::compare_interleaved(*session, request, progress));
  progress.clear();
  auto judged = ops::failures_of(gate, compared.metrics);
  if (!judged) return tl::make_unexpected(std::move(judged).error().hint(ops::where_pairs_are(compared.id)));
  const std::vector<std::string>& failures = *judged;
  const std::vector<std::string> left_out = ops::left_out_of(gate, compared.metrics);
  if (host.json) {
    json::Value out = {{"a", compared.a.text}, {"b", compared.b.text}, {"pairs", compared.pairs}};
    out["sweep"] = compared.id;
    out["interrupted"] = compared.interrupted;
    out["metrics"] = to_json(compared.metrics);
    out["left_out"] = compared.left_out;
    add_gate(out, gate, failures, left_out);
    print_json(out);
  } else {
    print(render_interleaved(compared, host.terminal));
  }
  const int status = gate_status(failures, left_out);
  return compared.interrupted ? static_cast<int>(ErrorCode::interrupted) : status;
}

Result<int> run(Host& host, const Options& options) {
  if (options.interleaved) return compare_interleaved(host, options);
  if (options.load.any() || !options.budget.empty())
    return make_error(
        ErrorCode::usage,
        "what is measured, and for how long, is of `--interleaved`: two records are there already");
  return compare_records(host, options);
}

}  // namespace
}  // namespace compare_verb

Run register_compare(Verb command) {
  using namespace compare_verb;
  auto options = std::make_shared<Options>();
  command
      .add_option(
          "a", options->a,
          "A run: its id, the beginning or the last four digits of it, or `last`. With --interleaved: "
          "\"PACKAGE group=option parameter=value ...\"")
      .required();
  command.add_option("b", options->b, "The run, or the choice, to judge against it").required();
  command.add_option("--metric", options->metrics, "Only these metrics: latency,accuracy").delimiter(',');
  command.add_option(
      "--fail-on", options->fail_on,
      "Exit status 1 when a metric is `slower` (or worse), or when one `cannot-tell`; all metrics "
      "that "
      "declare a direction count, or those of --metric");
  command.add_flag("--across-hosts", options->across_hosts,
                   "Compare timings of different processors all the same");
  command.add_flag("--interleaved", options->interleaved,
                   "Measure both now, in turn (ABBA), so that what disturbs one disturbs the other");
  command.add_option("--action", options->action, "Interleaved: the action to measure").show_default();
  command
      .add_option("--pairs", options->pairs,
                  "Interleaved: runs of each side, at least 2, and 8 for a verdict on what varies; one run "
                  "measures 200 ms and 100 queries unless told")
      .show_default();
  command.add_option("--time", options->budget,
                     "Interleaved: begin no further pairs after this time, but two at least: 2min");
  add_load_flags(command, options->load, "Interleaved: ");
  command.add_option("--seed", options->seed, "Interleaved: of the order").show_default();
  command.footer(
      "A verdict needs the whole 99 % interval of the ratio B / A outside (slower, faster) or inside (same) "
      "a band of\n"
      "3 %, or of the tolerance that the metric declares; else nobody can tell, and the resolution is said, "
      "with the\n"
      "number of pairs that would do. With many metrics, Holm's correction takes away what may be chance.\n"
      "Interleaved sides have one scenario and load. An offline query is as large as its side is fast: of\n"
      "queries of different sizes only the rate is compared, not the latency.\n"
      "Exit status: 0; 1 when --fail-on found something; 3 when a metric of --metric has no direction, "
      "when the\n"
      "gate could judge none of its metrics, or timings of different processors are among them.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
