#include "cli/render_record.h"

#include <algorithm>
#include <cmath>

#include "cli/output.h"
#include "cli/render_plan.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/record/benchmarks.h"

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

bool has_percentile(const Record& record) {
  return std::any_of(record.metrics.begin(), record.metrics.end(), [](const auto& metric) {
    return metric.second.value &&
           (metric.first.ends_with("latency") || metric.first.find("latency.p") != std::string::npos);
  });
}

std::string parameters_text(const Record& record) {
  std::string out;
  for (const auto& [name, value] : record.parameters)
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", name, json::text_of(value));
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
  add_time(table, "search for the peak", times.search);
  add_time(table, "steady", times.steady);
  add_time(table, "left-over samples", times.cover);
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
  return json::text_of(*found);
}

// --- What the run was asked for, and whether the numbers can be relied on. ---

std::string line_of(std::string_view label, const std::string& text) {
  return fmt::format("  {:<11} {}\n", label, text);
}

std::string asked_text(const Record& record) {
  const RecordedLoad& load = *record.load;
  if (load.system == "command") return counted(load.queries, "run") + " of the whole command";
  std::string out = record.scenario;
  if (load.mode == "accuracy")
    return out + fmt::format(", accuracy: every one of {} samples once", load.samples);
  if (load.rate && *load.rate > 0) out += fmt::format(", {:.6g} queries/s", *load.rate);
  out += fmt::format(", {} {}", load.queries, load.queries == 1 ? "query" : "queries");
  if (load.samples_per_query > 1) out += fmt::format(" of {} samples", load.samples_per_query);
  return out;
}

std::string verdict_text(const Record& record, const Terminal& terminal) {
  const RecordedLoad& load = *record.load;
  if (!*load.valid) {
    std::string out = styled("not VALID", Style::yellow, terminal);
    for (const std::string& reason : load.reasons)
      out += (&reason == &load.reasons.front() ? ": " : "; ") + reason;
    return out;
  }
  std::string out = styled("VALID", Style::green, terminal);
  if (!load.bound.empty()) out += fmt::format(": {} is kept", load.bound);
  for (const char* name : {"latency.p90.estimate", "latency.p99.estimate"})
    if (const auto found = record.metrics.find(name); found != record.metrics.end() && found->second.value)
      out += fmt::format(": {} is below {} with 99 % confidence", std::string_view(name).substr(8, 3),
                         format_seconds(*found->second.value));
  if (load.over_bound) out += fmt::format(", {} of {} queries took longer", *load.over_bound, load.queries);
  return out;
}

std::string phases_text(const RecordedTimes& times) {
  std::string out;
  for (const auto& [name, time] : {std::pair("resolve", times.resolve),
                                   {"fetch", times.fetch},
                                   {"build", times.build},
                                   {"load", times.load},
                                   {"first answer", times.first_answer},
                                   {"warm-up", times.warmup},
                                   {"search", times.search},
                                   {"steady", times.steady}})
    if (time) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, format_seconds(*time));
  return out;
}

// Conditions are kept as they are read, and somebody may have edited the record: what is not as we write it
// is nothing.
std::string text_in(const json::Value& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return "";
  return printable(object[key].get<std::string>());
}

json::Value list_in(const json::Value& object, const char* key) {
  const bool is_list = object.is_object() && object.contains(key) && object[key].is_array();
  return is_list ? object[key] : json::Value::array();
}

std::string steadiness_text(const RecordedLoad& load) {
  if (load.steadiness != "drifting" || !load.drift_at || !load.drift_before || !load.drift_after)
    return load.steadiness;
  return fmt::format("drifting: median {} in the first {} queries, then {} (p = {:.2g})",
                     format_seconds(*load.drift_before), *load.drift_at, format_seconds(*load.drift_after),
                     load.drift_p.value_or(0));
}

// Outliers by modified z, and what is known of their cause; empty without any.
std::string outliers_text(const Record& record) {
  if (!record.latency || record.latency->modified_z_outliers == 0) return "";
  const Summary& latency = *record.latency;
  std::vector<std::string> causes;
  if (record.load->first_is_outlier.value_or(false)) causes.emplace_back("the first query, a cold start");
  if (!list_in(record.conditions, "findings").empty()) causes.emplace_back("the noise below");
  return fmt::format("{} of {} latencies {} (kept), up to {}{}", latency.modified_z_outliers, latency.n,
                     latency.modified_z_outliers == 1 ? "is an outlier" : "are outliers",
                     format_seconds(latency.max), causes.empty() ? "" : "; likely: " + join(causes, ", "));
}

std::string peak_text(const RecordedLoad& load) {
  std::size_t undecided = 0;
  std::optional<double> ceiling;  // the lowest rate above what is known at which nobody could tell
  for (const RecordedProbe& probe : load.probes) {
    if (!probe.undecided) continue;
    ++undecided;
    if (probe.rate > load.peak_confirmed.value_or(0))
      ceiling = std::min(probe.rate, ceiling.value_or(probe.rate));
  }
  const std::string probes = fmt::format(
      "{} probes{}", load.probes.size(),
      undecided > 0 ? fmt::format(", {} of them undecided: the load generator itself was late", undecided)
                    : "");
  const bool gave_up = !load.peak_rate && load.peak_confirmed && ceiling;
  if (!load.peak_rate && !gave_up) return "not found in " + probes;
  const auto number = [](double rate) {
    return rate < 100 ? fmt::format("{:.3g}", rate) : fmt::format("{:.0f}", rate);
  };
  if (gave_up)
    return fmt::format(
        "at least {} queries/s, confirmed by a whole measurement; from {} on nobody can tell; {}",
        number(*load.peak_confirmed), number(*ceiling), probes);
  const std::string interval =
      fmt::format("half of the probes are valid at {}, 95 % interval {} .. {}, {}", number(*load.peak_rate),
                  number(load.peak_lower.value_or(0)), number(load.peak_upper.value_or(0)), probes);
  return load.peak_confirmed ? fmt::format("{} queries/s, confirmed by a whole measurement; {}",
                                           number(*load.peak_confirmed), interval)
                             : "not confirmed; " + interval;
}

std::string lateness_text(const RecordedLoad& load) {
  const Percentile* median = load.lateness->find(0.5);
  const Percentile* far = load.lateness->find(0.99);
  if (median == nullptr || far == nullptr) return "";
  return fmt::format("issued p50 {}, p99 {} late ({})", format_seconds(median->value),
                     format_seconds(far->value), load.pacing == "spin" ? "spinning" : "sleeping");
}

std::string conditions_lines(const json::Value& conditions, const Terminal& terminal) {
  const std::string grade = text_in(conditions, "grade");
  if (grade.empty()) return "";
  const Style style = grade == "quiet" ? Style::green : grade == "fair" ? Style::dim : Style::yellow;
  std::string out;
  for (const json::Value& finding : list_in(conditions, "findings")) {
    const std::string text = text_in(finding, "text");
    if (text.empty()) continue;
    out += out.empty() ? line_of("noise", styled(grade, style, terminal) + ": " + text) : line_of("", text);
    if (const std::string remedy = text_in(finding, "remedy"); !remedy.empty())
      out += line_of("", "-> " + remedy);
  }
  if (out.empty()) out = line_of("noise", styled(grade, style, terminal));
  for (const json::Value& counter : list_in(conditions, "energy")) {
    const bool known = counter.is_object() && counter.contains("joules") && counter["joules"].is_number();
    out += line_of("energy", fmt::format("{}: {}", text_in(counter, "counter"),
                                         known ? fmt::format("{:.4g} J", counter["joules"].get<double>())
                                               : "unavailable: " + text_in(counter, "unavailable")));
  }
  return out;
}

std::string own_load_lines(const Record& record, const Terminal& terminal) {
  // A search that ended without a measurement is worth a look; else nothing was measured.
  if (!record.load || (record.load->queries == 0 && record.load->probes.empty())) return "";
  const RecordedLoad& load = *record.load;
  std::string out = load.queries == 0 ? "" : line_of("load", asked_text(record));
  if (load.valid) out += line_of("", verdict_text(record, terminal));
  if (!load.probes.empty()) out += line_of("peak", peak_text(load));
  if (const std::string late = load.lateness ? lateness_text(load) : ""; !late.empty())
    out += line_of("", late);
  if (const std::string phases = phases_text(record.times); !phases.empty()) out += line_of("phases", phases);
  if (load.warmup_queries && load.warmup_asked && *load.warmup_queries < *load.warmup_asked)
    out += line_of("", fmt::format("the warm-up ended after {} of {} queries: it takes 5 s at most",
                                   *load.warmup_queries, *load.warmup_asked));
  if (load.steadiness == "too few values" && load.queries > 0)
    out += line_of("", "too few queries to tell whether the measured phase was steady");
  else if (!load.steadiness.empty() && load.queries > 0)
    out += line_of("", "the measured phase was " + steadiness_text(load));
  if (const std::string outliers = outliers_text(record); !outliers.empty()) out += line_of("", outliers);
  return out;
}

std::string load_lines(const Record& record, const Terminal& terminal) {
  std::string out;
  for (const auto& [step, benchmark] : benchmarks_of(record)) {
    const std::string own = own_load_lines(benchmark, terminal);
    if (own.empty()) continue;
    if (!step.empty()) out += line_of("benchmark", printable(step));
    out += own + conditions_lines(benchmark.conditions, terminal);
  }
  return out;
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
  out += load_lines(record, terminal);
  const std::string metrics = render_metrics(record, terminal);
  if (!metrics.empty()) out += "\n" + metrics;
  return out + fmt::format("{}record {}\n", metrics.empty() ? "" : "\n", record.id);
}

std::string render_record(const Record& record, const Terminal& terminal) {
  std::string out = headline(record, terminal);
  out += fmt::format("  record      {}\n  started     {}\n", record.id, record.times.started);
  out += fmt::format("  options     {}\n  parameters  {}\n", render_options(record.options),
                     parameters_text(record));
  if (!record.scenario.empty() && !record.load) out += fmt::format("  scenario    {}\n", record.scenario);
  out += fmt::format("  host        {}, {}\n", fact_of(record.host, "cpu_model"),
                     fact_of(record.host, "distribution"));
  if (!record.parent.empty()) out += fmt::format("  parent      {}\n", record.parent);
  out += load_lines(record, terminal);
  const std::string metrics = render_metrics(record, terminal);
  if (!metrics.empty()) out += "\n" + metrics;
  if (has_percentile(record))
    out += "percentile p of n values: the element at index floor(n p) when they are sorted\n";
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
