#include <algorithm>
#include <array>
#include <set>

#include "core/base/markup.h"
#include "core/base/text.h"
#include "core/ops/repeat.h"
#include "core/ops/report_parts.h"

namespace reef::ops {
namespace {

constexpr std::size_t kMostRows = 300;         // of each table
constexpr std::size_t kMostBytes = 1'000'000;  // GitHub takes 1 MiB a step summary

std::string cell(std::string_view text) { return escaped_markdown(text); }

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& each : cells) out += " " + each + " |";
  return out + "\n";
}

std::string head(const std::vector<std::string>& names, std::size_t left) {
  std::string out = row(names) + "|";
  for (std::size_t i = 0; i < names.size(); ++i) out += i < left ? " --- |" : " ---: |";
  return out + "\n";
}

std::string interval(const RecordedMetric& metric) {
  if (!metric.lower || !metric.upper) return "";
  return fmt::format(" ({} .. {})", value_text(*metric.lower, metric.unit),
                     value_text(*metric.upper, metric.unit));
}

std::string_view mark_of(const std::string& verdict) {
  if (verdict == "slower" || verdict == "worse") return "🔴 ";
  if (verdict == "faster" || verdict == "better") return "🟢 ";
  return "";
}

// What to look at first.
int rank_of(const std::string& verdict) {
  constexpr std::array<std::string_view, 7> kOrder = {"slower", "worse",       "different", "faster",
                                                      "better", "cannot tell", "same"};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), verdict) - kOrder.begin());
}

struct Line {
  const Reported* run;
  const MetricComparison* metric;
};

std::vector<Line> table_lines(const std::vector<Reported>& runs) {
  std::vector<Line> out;
  for (const Reported& run : runs)
    if (run.compared)
      for (const MetricComparison& metric : run.compared->metrics) out.push_back({&run, &metric});
  std::stable_sort(out.begin(), out.end(), [](const Line& a, const Line& b) {
    return rank_of(a.metric->verdict) < rank_of(b.metric->verdict);
  });
  return out;
}

std::string counts_of(const std::vector<Line>& lines) {
  std::map<int, std::pair<std::string, std::size_t>> counts;
  for (const Line& line : lines) {
    auto& [verdict, count] = counts[rank_of(line.metric->verdict)];
    verdict = line.metric->verdict;
    ++count;
  }
  std::string out;
  for (const auto& [rank, counted] : counts)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", counted.second, counted.first);
  return out;
}

std::string verdicts(const ReportInput& input, const std::vector<std::string>& names) {
  const std::vector<Line> lines = table_lines(input.runs);
  if (lines.empty()) return "";
  std::string out = fmt::format("## Verdicts: {}\n\n", counts_of(lines));
  out += fmt::format("Against `{}` ({}).\n\n", input.baseline->id, cell(choice_text(*input.baseline, names)));
  out += head({"run", "metric", "verdict", "change, 99 % interval", "n", "before", "now", "note"}, 4);
  for (std::size_t i = 0; i < std::min(lines.size(), kMostRows); ++i) {
    const auto& [run, metric] = lines[i];
    const std::string n = metric->compared ? std::to_string(metric->compared->n) : "1";
    out += row({cell(choice_text(run->record, names)), cell(metric->name),
                fmt::format("{}**{}**", mark_of(metric->verdict), metric->verdict),
                metric->compared ? change_text(*metric->compared) : "", n, cell(value_text(metric->a)),
                cell(value_text(metric->b)), cell(metric->note)});
  }
  if (lines.size() > kMostRows) out += fmt::format("\nand {} more\n", lines.size() - kMostRows);
  return out + "\n";
}

bool has_repeats(const std::vector<Reported>& runs) {
  return std::any_of(runs.begin(), runs.end(), [](const Reported& run) { return run.runs.size() > 1; });
}

std::uint64_t values_behind(const Record& record) {
  const auto latency = record.metrics.find("latency");
  if (latency != record.metrics.end() && latency->second.n) return *latency->second.n;
  return record.latency ? record.latency->n : 1;
}

std::string results(const ReportInput& input, const std::vector<std::string>& names) {
  constexpr std::size_t kMostColumns = 10;
  std::vector<std::string> metrics = bare_metric_names(input.runs);
  std::string rest;
  if (metrics.size() > kMostColumns) {
    rest = fmt::format("\n{} further metrics are in the records.\n", metrics.size() - kMostColumns);
    metrics.resize(kMostColumns);
  }
  const bool repeated = has_repeats(input.runs);
  const bool steps = any_steps(input.runs);
  std::vector<std::string> titles = {"run", "choice"};
  if (steps) titles.emplace_back("step");
  const std::size_t left = titles.size();
  if (repeated) titles.emplace_back("runs");
  titles.emplace_back("n");
  for (const std::string& metric : metrics) titles.push_back(cell(metric));
  std::string out = "## Results\n\n" + head(titles, left);
  std::size_t shown = 0;
  std::size_t good = 0;
  for (const Reported& run : input.runs) {
    const Record& record = run.record;
    if (unusable(record) || ++good > kMostRows) continue;
    ++shown;
    for (const RecordedBenchmark& benchmark : benchmarks_of(record)) {
      std::vector<std::string> cells = {"`" + record.id + "`", cell(choice_text(record, names))};
      if (steps) cells.push_back(cell(benchmark.step));
      if (repeated) cells.push_back(std::to_string(run.runs.size()));
      cells.push_back(std::to_string(values_behind(benchmark.record)));
      for (const std::string& name : metrics) {
        const auto found = benchmark.record.metrics.find(name);
        const bool known = found != benchmark.record.metrics.end();
        cells.push_back(known ? cell(value_text(found->second) + interval(found->second)) : "-");
      }
      out += row(cells);
    }
  }
  if (shown == 0) return "";
  if (good > shown) out += fmt::format("\nand {} more\n", good - shown);
  return out + rest + "\n";
}

std::string failures(const ReportInput& input, const std::vector<std::string>& names) {
  std::string out;
  for (const Reported& run : input.runs) {
    const auto why = unusable(run.record);
    if (!why) continue;
    out += row(
        {"`" + run.record.id + "`", cell(choice_text(run.record, names)), why->status, cell(why->reason)});
  }
  for (const std::string& problem : input.unreadable) out += row({"-", "-", "unreadable", cell(problem)});
  return out.empty() ? ""
                     : "## Not measured\n\n" + head({"run", "choice", "status", "reason"}, 4) + out + "\n";
}

std::string fact(const Record& record, const std::string& key) {
  if (!record.host.is_object()) return "unknown";
  const auto found = record.host.find(key);
  if (found == record.host.end() || found->is_null()) return "unknown";
  return json::text_of(*found);
}

// A text in an object; empty when either is something else, as in a record that somebody edited.
std::string text_at(const json::Value& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return "";
  return object[key].get<std::string>();
}

// How many runs were disturbed, and by what, for instance.
std::string noise(const std::vector<const Record*>& records) {
  std::size_t noisy = 0;
  std::string instance;
  for (const Record* record : records) {
    if (grade_of(*record) != "noisy") continue;
    ++noisy;
    for (const RecordedBenchmark& benchmark : benchmarks_of(*record)) {
      const json::Value& conditions = benchmark.record.conditions;
      if (text_at(conditions, "grade") != "noisy" || !conditions.contains("findings")) continue;
      for (const json::Value& finding : conditions["findings"])
        if (instance.empty()) instance = text_at(finding, "text");
    }
  }
  if (noisy == 0) return "";
  return fmt::format("**Noisy** during {} of {} runs{}.\n\n", noisy, records.size(),
                     instance.empty() ? "" : " (" + cell(instance) + ")");
}

// One line for what is the same everywhere, a table of what is not.
std::string hosts(const ReportInput& input) {
  std::vector<const Record*> records;
  if (input.baseline) records.push_back(&*input.baseline);
  for (const Reported& run : input.runs)
    if (!input.baseline || run.record.id != input.baseline->id) records.push_back(&run.record);
  std::string same;
  std::string different;
  for (const std::string key : {"cpu_model", "threads", "memory_bytes", "distribution", "kernel",
                                "libc_version", "arch", "virtualization"}) {
    std::map<std::string, std::vector<std::string>> by_value;
    for (const Record* record : records) by_value[fact(*record, key)].push_back(record->id);
    if (by_value.size() == 1) {
      if (by_value.begin()->first != "unknown")
        same += fmt::format("{}{}: {}", same.empty() ? "" : ", ", cell(key), cell(by_value.begin()->first));
      continue;
    }
    for (const auto& [value, ids] : by_value) {
      std::string list = "`" + ids.front() + "`";
      if (ids.size() > 1) list += fmt::format(" and {} more", ids.size() - 1);
      different += row({cell(key), cell(value), list});
    }
  }
  std::string out = "## Hosts\n\n";
  out += noise(records);
  out += same.empty() ? "" : "The same in all runs: " + same + ".\n\n";
  if (!different.empty()) out += "What differs:\n\n" + head({"fact", "value", "runs"}, 3) + different + "\n";
  return out;
}

std::string software(const ReportInput& input, const std::vector<std::string>& names) {
  std::string out;
  for (const Reported& run : input.runs) {
    if (!run.compared) continue;
    std::string list;
    for (const std::string& difference : run.compared->differences)
      if (!difference.starts_with("host ") && !difference.starts_with("option ") &&
          !difference.starts_with("parameter "))
        list += "  - " + cell(difference) + "\n";
    if (!list.empty()) out += fmt::format("- {}\n{}", cell(choice_text(run.record, names)), list);
  }
  return out.empty() ? "" : "## What else differs from the baseline (before, now)\n\n" + out + "\n";
}

std::string commands(const ReportInput& input) {
  constexpr std::size_t kMost = 20;
  std::set<std::string> all;
  for (const Reported& run : input.runs) all.insert(repeat_command(run.record));
  std::string out = "<details><summary>Measure it again</summary>\n\n";
  std::size_t shown = 0;
  for (const std::string& command : all) {
    if (shown++ == kMost) break;
    out += "    " + printable(command) + "\n";
  }
  if (all.size() > kMost) out += fmt::format("    # and {} more\n", all.size() - kMost);
  return out + "\n</details>\n\n";
}

}  // namespace

std::string markdown_report(const ReportInput& input) {
  const std::vector<std::string> names = telling_names(input.runs);
  std::set<std::string> subjects;
  for (const Reported& run : input.runs) subjects.insert(run.record.package + " " + run.record.version);
  std::string title;
  for (const std::string& subject : subjects) title += (title.empty() ? "" : ", ") + cell(subject);
  if (subjects.size() > 3) title = fmt::format("{} packages", subjects.size());
  std::string out = "# " + title + "\n\n" + verdicts(input, names) + failures(input, names) +
                    results(input, names) + hosts(input) + software(input, names) + commands(input);
  out +=
      "Percentiles are the element at index floor(n p) of the sorted values; their 95 % intervals are exact "
      "order "
      "statistics. A verdict needs the whole 99 % interval of the ratio beyond, or within, 3 %.\n";
  if (has_repeats(input.runs))
    out +=
        "Of several runs the value is their median, with its 95 % order-statistic interval; of fewer than "
        "six, which have none, the hull of their intervals.\n";
  if (out.size() <= kMostBytes) return out;
  out.resize(out.rfind('\n', kMostBytes));
  return out + "\n\nCut here: the report is longer than a step summary may be.\n";
}

}  // namespace reef::ops
