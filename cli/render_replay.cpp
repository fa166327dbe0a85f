#include "cli/render_replay.h"

#include <algorithm>

#include "cli/output.h"
#include "cli/render_archive.h"
#include "cli/render_record.h"
#include "cli/values.h"
#include "core/base/text.h"

namespace reef::cli {
namespace {

using ops::ReplayVerdict;

constexpr std::size_t kShownValue = 60;  // of a difference; JSON has all of it

std::string packed_text(const ops::ReplayedValue& value) {
  if (value.is_output) return value.packed_digest.empty() ? "none" : value.packed_digest.substr(0, 12);
  return value.packed.value ? render_metric(value.packed) : "unknown";
}
std::string now_text(const ops::ReplayedValue& value) {
  if (value.is_output) return value.now_digest.empty() ? "none" : value.now_digest.substr(0, 12);
  return value.now.value ? render_metric(value.now) : "unknown";
}

Style style_of(ReplayVerdict verdict) {
  if (verdict == ReplayVerdict::reproduced) return Style::green;
  return verdict == ReplayVerdict::not_reproduced ? Style::red : Style::yellow;
}

std::string shortened(const std::string& text) {
  return text.size() <= kShownValue ? text : text.substr(0, kShownValue) + "...";
}

// "reproduced: 3 of 5 values; 1 not reproduced, 1 not comparable".
std::string verdict_line(const ops::ReplayReport& report) {
  const std::size_t good = report.count(ReplayVerdict::reproduced);
  const std::size_t bad = report.count(ReplayVerdict::not_reproduced);
  const std::size_t open = report.count(ReplayVerdict::not_comparable);
  const auto failed = static_cast<std::size_t>(
      std::count_if(report.runs.begin(), report.runs.end(), [](const auto& run) { return run.failed(); }));
  if (failed > 0) return fmt::format("not reproduced: {} failed", counted(failed, "run"));
  if (report.runs.empty() && !report.read.contents.records.empty() && report.actions.empty())
    return "built; there is nothing else of it to repeat";
  if (report.runs.empty())
    return report.actions.empty()
               ? "built; the package has nothing to run"
               : fmt::format(
                     "built; nothing was run: the archive has no record, and the package no action "
                     "`benchmark`, `test` or `run`, but {}: `--action` runs one",
                     quoted_list(report.actions, "and"));
  const auto no_success = static_cast<std::size_t>(std::count_if(
      report.runs.begin(), report.runs.end(), [](const auto& run) { return !run.packed_failure.empty(); }));
  const std::string packed = no_success == 0 ? ""
                                             : fmt::format("{} packed {} no success", no_success,
                                                           no_success == 1 ? "run was" : "runs were");
  if (good + bad + open == 0)
    return packed.empty() ? "it ran; the archive has no numbers to compare with"
                          : "not comparable: " + packed;
  const std::string_view word = report.reproduced() ? "reproduced"
                                : bad > 0           ? "not reproduced"
                                                    : "not comparable";
  return fmt::format("{}: {} of {} reproduced, {} not reproduced, {} not comparable{}", word, good,
                     counted(good + bad + open, "value"), bad, open, packed.empty() ? "" : "; " + packed);
}

json::Value to_json(const ops::ReplayedValue& value) {
  json::Value out = {{"name", value.name},
                     {"kind", value.is_output ? "output" : "metric"},
                     {"verdict", ops::name_of(value.verdict)},
                     {"reason", value.reason}};
  if (value.is_output) {
    out["packed"] = nullable(value.packed_digest);
    out["now"] = nullable(value.now_digest);
  } else {
    out["packed"] = reef::to_json(value.packed);
    out["now"] = reef::to_json(value.now);
  }
  return out;
}

json::Value to_json(const ops::ReplayedRun& run) {
  json::Value out = {{"record", nullable(run.record)},
                     {"action", run.action},
                     {"run", run.now.record.id},
                     {"exit_status", run.now.exit_status},
                     {"packed_failure", nullable(run.packed_failure)}};
  out["error"] = run.now.failure ? cli::to_json(*run.now.failure)["error"] : json::Value();
  out["values"] = json::Value::array();
  for (const ops::ReplayedValue& value : run.comparison.values) out["values"].push_back(to_json(value));
  out["differences"] = json::Value::array();
  for (const ops::ReplayDifference& each : run.comparison.differences)
    out["differences"].push_back(
        {{"kind", each.kind}, {"name", each.name}, {"packed", each.packed}, {"now", each.now}});
  return out;
}

// The cell of a Markdown table.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '<') out += '\\';
    out += c;
  }
  return out;
}

std::string packed_failure_of(const ops::ReplayedRun& run) {
  return fmt::format("the packed run {}", printable(run.packed_failure));
}

Error failure_of(const ops::ReplayedRun& run, const ops::ReplayReport& report) {
  Error error = *run.now.failure;
  if (report.network) return error;
  return std::move(error).hint("it had no network; `--network` leaves it this host's");
}

}  // namespace

json::Value to_json(const ops::ReplayReport& report) {
  json::Value out = {{"package", report.read.contents.name},
                     {"version", report.read.contents.version},
                     {"manifest", report.read.manifest.hex()},
                     {"reproduced", report.reproduced()},
                     {"verdict", verdict_line(report)},
                     {"home", report.home.string()},
                     {"network", report.network}};
  out["counts"] = {{"reproduced", report.count(ReplayVerdict::reproduced)},
                   {"not_reproduced", report.count(ReplayVerdict::not_reproduced)},
                   {"not_comparable", report.count(ReplayVerdict::not_comparable)}};
  out["built"] = report.installed.built;
  out["taken_from_archive"] = report.imported;
  out["reused"] = report.installed.reused;
  out["runs"] = json::Value::array();
  for (const ops::ReplayedRun& run : report.runs) out["runs"].push_back(to_json(run));
  return out;
}

std::string render_replay(const ops::ReplayReport& report, const Terminal& terminal) {
  std::string out = fmt::format("{}\nmanifest  sha256:{}\nnetwork   {}\n", render_archive_brief(report.read),
                                report.read.manifest.hex(), report.network ? "this host's" : "none");
  if (!report.installed.built.empty())
    out += fmt::format("built     {}\n", join(report.installed.built, ", "));
  if (!report.imported.empty())
    out += fmt::format("taken     {} (built as packed)\n", join(report.imported, ", "));
  for (const ops::ReplayedRun& run : report.runs) {
    out += run.record.empty() ? fmt::format("\n{}\n", run.action)
                              : fmt::format("\n{}: record {}, repeated as {}\n", run.action,
                                            printable(run.record), run.now.record.id);
    if (run.now.failure) out += render_errors({failure_of(run, report)}, terminal);
    if (run.failed()) continue;
    if (!run.packed_failure.empty()) out += packed_failure_of(run) + "\n";
    if (run.record.empty()) {
      out += render_metrics(run.now.record, terminal);
      continue;
    }
    Table values({"VALUE", "PACKED", "HERE", "", "WHY"},
                 {Table::Align::left, Table::Align::right, Table::Align::right});
    for (const ops::ReplayedValue& value : run.comparison.values)
      values.add({value.name, packed_text(value), now_text(value), std::string(ops::name_of(value.verdict)),
                  value.reason},
                 style_of(value.verdict));
    if (!values.empty()) out += values.render(terminal);
    if (run.comparison.differences.empty()) {
      out +=
          report.network ? "nothing else differs\n" : "nothing else differs, but that there was no network\n";
      continue;
    }
    Table differences({"WHAT DIFFERS", "", "PACKED", "HERE"});
    for (const ops::ReplayDifference& each : run.comparison.differences)
      differences.add({each.kind, each.name, shortened(each.packed), shortened(each.now)});
    out += "\n" + differences.render(terminal);
  }
  const Style style = report.reproduced() ? Style::green : Style::red;
  return out + "\n" + styled(verdict_line(report), style, terminal) + "\n";
}

std::string render_replay_markdown(const ops::ReplayReport& report) {
  const archive::Contents& contents = report.read.contents;
  std::string out = fmt::format("# Replay of {} {}\n\n**{}**\n\nmanifest `sha256:{}`, run with{} network\n",
                                cell(contents.name), cell(contents.version), verdict_line(report),
                                report.read.manifest.hex(), report.network ? " this host's" : "out");
  for (const ops::ReplayedRun& run : report.runs) {
    out += fmt::format("\n## {}\n\n", cell(run.action));
    if (!run.record.empty())
      out += fmt::format("record {}, repeated as {}\n\n", cell(run.record), run.now.record.id);
    if (run.now.failure) out += fmt::format("failed: {}\n", cell(run.now.failure->message()));
    if (run.failed()) continue;
    if (!run.packed_failure.empty()) out += fmt::format("\n{}\n\n", cell(packed_failure_of(run)));
    if (!run.comparison.values.empty()) out += "| value | packed | here | | why |\n|---|---:|---:|---|---|\n";
    for (const ops::ReplayedValue& value : run.comparison.values)
      out += fmt::format("| {} | {} | {} | {} | {} |\n", cell(value.name), cell(packed_text(value)),
                         cell(now_text(value)), ops::name_of(value.verdict), cell(value.reason));
    if (run.comparison.differences.empty()) continue;
    out += "\n| what differs | | packed | here |\n|---|---|---|---|\n";
    for (const ops::ReplayDifference& each : run.comparison.differences)
      out += fmt::format("| {} | {} | {} | {} |\n", each.kind, cell(each.name), cell(shortened(each.packed)),
                         cell(shortened(each.now)));
  }
  return out;
}

}  // namespace reef::cli
