#include "cli/render_record.h"

#include <cmath>

#include "cli/output.h"
#include "cli/render_plan.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace {

Style style_of(RunStatus status) {
  switch (status) {
    case RunStatus::ok:
      return Style::green;
    case RunStatus::failed:
      return Style::red;
    default:
      return Style::yellow;
  }
}

std::string interval_of(const RecordedMetric& metric) {
  if (!metric.lower || !metric.upper) return "";
  return fmt::format("{} .. {}", render_value(*metric.lower, metric.unit),
                     render_value(*metric.upper, metric.unit));
}

std::string better_of(const RecordedMetric& metric) {
  if (metric.better == Metric::Better::higher) return "higher";
  if (metric.better == Metric::Better::lower) return "lower";
  return "";
}

std::string parameters_text(const Record& record) {
  std::string out;
  for (const auto& [name, value] : record.parameters)
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", name, text_of(value));
  return out.empty() ? "-" : printable(out);
}

std::string headline(const Record& record, const Terminal& terminal) {
  return fmt::format(
      "{} of {} {}: {}{}\n", printable(record.action), record.package, record.version,
      styled(name_of(record.status), style_of(record.status), terminal),
      record.reason.empty() ? "" : ": " + printable(record.reason.substr(0, record.reason.find('\n'))));
}

void add_time(Table& table, const std::string& name, const std::optional<double>& seconds) {
  if (seconds) table.add({name, format_seconds(*seconds)});
}

std::string times_table(const RecordedTimes& times, const Terminal& terminal) {
  Table table({"PHASE", "TIME"}, {Table::Align::left, Table::Align::right});
  add_time(table, "resolve", times.resolve);
  add_time(table, "fetch", times.fetch);
  add_time(table, "build", times.build);
  add_time(table, "load", times.load);
  add_time(table, "first answer", times.first_answer);
  add_time(table, "warm-up", times.warmup);
  add_time(table, "steady", times.steady);
  add_time(table, "whole run", times.total);
  return table.empty() ? "" : "\n" + table.render(terminal);
}

std::string toolchain_table(const Record& record, const Terminal& terminal) {
  Table table({"TOOL", "VERSION", "PATH"});
  for (const RecordedTool& tool : record.toolchain) table.add({tool.name, tool.version, tool.path});
  return table.empty() ? "" : "\n" + table.render(terminal);
}

std::string closure_table(const Record& record, const Terminal& terminal) {
  Table table({"PACKAGE", "VERSION", "OPTIONS", "BUILD KEY"});
  for (const RecordedPackage& package : record.closure)
    if (!package.build_key.empty())
      table.add(
          {package.name, package.version, render_options(package.options), package.build_key.substr(0, 12)});
  return table.empty() ? "" : "\n" + table.render(terminal);
}

std::string fact_of(const json::Value& object, std::string_view key) {
  const auto found = object.is_object() ? object.find(std::string(key)) : object.end();
  if (!object.is_object() || found == object.end() || found->is_null()) return "unknown";
  return text_of(*found);
}

}  // namespace

std::string render_value(double value, const std::string& unit) {
  if (unit == "s") return format_seconds(value);
  if (unit == "B" && value >= 0) return format_bytes(static_cast<std::uint64_t>(std::llround(value)));
  const bool large = std::abs(value) >= 1e4 && std::abs(value) < 1e15;
  const std::string number = large ? fmt::format("{:.0f}", value) : fmt::format("{:.5g}", value);
  if (unit.empty() || unit == "1") return number;
  return number + " " + unit;
}

std::string render_metric(const RecordedMetric& metric) {
  if (!metric.value) return metric.problem.empty() ? "-" : "- (" + metric.problem + ")";
  return render_value(*metric.value, metric.unit);
}

std::string render_metrics(const Record& record, const Terminal& terminal) {
  Table table({"METRIC", "VALUE", "95 % INTERVAL", "N", "BETTER"},
              {Table::Align::left, Table::Align::right, Table::Align::left, Table::Align::right});
  for (const auto& [name, metric] : record.metrics)
    table.add({name, render_metric(metric), interval_of(metric), metric.n ? std::to_string(*metric.n) : "",
               better_of(metric)});
  return table.empty() ? "" : table.render(terminal);
}

std::string metric_cell(const RecordRow& row, const std::string& name) {
  const auto found = row.metrics.find(name);
  return found == row.metrics.end() ? "-" : render_metric(found->second);
}

std::string render_record_brief(const Record& record, const std::vector<std::string>& steps,
                                const Terminal& terminal) {
  std::string out = headline(record, terminal);
  if (!record.options.empty()) out += fmt::format("  options     {}\n", render_options(record.options));
  if (!record.parameters.empty()) out += fmt::format("  parameters  {}\n", parameters_text(record));
  for (const std::string& step : steps) out += fmt::format("  step        {}\n", printable(step));
  const std::string metrics = render_metrics(record, terminal);
  if (!metrics.empty()) out += "\n" + metrics;
  return out + fmt::format("{}record {}\n", metrics.empty() ? "" : "\n", record.id);
}

std::string render_record(const Record& record, const Terminal& terminal) {
  std::string out = headline(record, terminal);
  out += fmt::format("  record      {}\n  started     {}\n", record.id, record.times.started);
  out += fmt::format("  options     {}\n  parameters  {}\n", render_options(record.options),
                     parameters_text(record));
  if (!record.scenario.empty()) out += fmt::format("  scenario    {}\n", record.scenario);
  out += fmt::format("  host        {}, {}\n", fact_of(record.host, "cpu_model"),
                     fact_of(record.host, "distribution"));
  if (!record.parent.empty()) out += fmt::format("  parent      {}\n", record.parent);
  const std::string metrics = render_metrics(record, terminal);
  if (!metrics.empty()) out += "\n" + metrics;
  out += times_table(record.times, terminal) + closure_table(record, terminal) +
         toolchain_table(record, terminal);
  if (!record.mapped.empty()) out += "\nlibraries that the program ran with:\n";
  for (const RecordedFile& file : record.mapped) out += "  " + printable(file.path) + "\n";
  if (!record.commands.empty()) out += "\ncommands:\n";
  for (const RecordedCommand& command : record.commands)
    out += fmt::format("  {}  ({})\n", printable(shell_quoted(command.argv)), command.exit);
  return out;
}

}  // namespace reef::cli
