#include "core/ops/compare.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_record.h"
#include "cli/values.h"
#include "core/base/text.h"

namespace reef::cli {
namespace {

struct Options {
  std::string a;
  std::string b;
};

json::Value number_of(const RecordedMetric& metric) {
  return metric.value ? json::Value(*metric.value) : json::Value();
}

json::Value to_json(const ops::RunComparison& compared) {
  json::Value out = {{"a", compared.a.id}, {"b", compared.b.id}};
  out["metrics"] = json::Value::object();
  for (const ops::MetricComparison& metric : compared.metrics) {
    json::Value one = {{"a", number_of(metric.a)}, {"b", number_of(metric.b)}};
    one["unit"] = metric.b.unit;
    one["verdict"] = metric.verdict;
    one["note"] = nullable(metric.note);
    if (metric.samples) {
      one["ratio"] = metric.samples->ratio;
      one["lower"] = metric.samples->lower;
      one["upper"] = metric.samples->upper;
      one["n"] = metric.samples->n;
    }
    out["metrics"][metric.name] = std::move(one);
  }
  out["only_a"] = compared.only_a;
  out["only_b"] = compared.only_b;
  out["differences"] = compared.differences;
  return out;
}

Style style_of(const std::string& verdict) {
  if (verdict == "faster" || verdict == "better") return Style::green;
  if (verdict == "slower" || verdict == "worse") return Style::yellow;
  return Style::plain;
}

std::string render_comparison(const ops::RunComparison& compared, const Terminal& terminal) {
  std::string out = fmt::format("A  {}\nB  {}\n\n", compared.a.id, compared.b.id);
  Table table({"METRIC", "A", "B", "B IS", ""},
              {Table::Align::left, Table::Align::right, Table::Align::right});
  for (const ops::MetricComparison& metric : compared.metrics)
    table.add({metric.name, render_metric(metric.a), render_metric(metric.b), metric.verdict, metric.note},
              style_of(metric.verdict));
  out += table.render(terminal);
  if (!compared.only_a.empty())
    out += fmt::format("\nonly A has: {}\n", printable(join(compared.only_a, ", ")));
  if (!compared.only_b.empty())
    out += fmt::format("\nonly B has: {}\n", printable(join(compared.only_b, ", ")));
  if (!compared.differences.empty()) out += "\nwhat differs (A, B):\n";
  for (const std::string& difference : compared.differences) out += "  " + printable(difference) + "\n";
  const bool sampled = std::any_of(compared.metrics.begin(), compared.metrics.end(),
                                   [](const auto& m) { return m.samples.has_value(); });
  if (sampled)
    out += "\nThe interval is of these two runs; how much whole runs differ from each other is not in it.\n";
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(RecordStore records, open_records(host));
  TRY(const ops::RunComparison compared, ops::compare(records, options.a, options.b));
  host.json ? print_json(to_json(compared)) : print(render_comparison(compared, host.terminal));
  return 0;
}

}  // namespace

Run register_compare(Verb program) {
  const Verb command =
      program.add_verb("compare", "Compare two recorded runs: slower, faster, same or cannot tell");
  auto options = std::make_shared<Options>();
  command.add_option("a", options->a, "A run: its id, the beginning or the last four digits of it, or `last`")
      .required();
  command.add_option("b", options->b, "The run to judge against it").required();
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
