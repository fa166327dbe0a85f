#include "core/ops/report.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "core/base/text.h"

namespace reef::cli {
namespace report_verb {
namespace {

struct Options {
  std::vector<std::string> ids;
  std::string format = "md";
  std::string against;
  std::string package;
  std::string action;
  std::string status;
  std::string sweep;
  std::string where;
  std::vector<std::string> with;
  std::size_t limit = 200;
  bool all = false;
  bool across_hosts = false;
  std::vector<std::string> fail_on;
  std::vector<std::string> metrics;
  std::string better = "lower";
  std::string output;
};

Result<ops::ReportRequest> request_of(const Options& options) {
  ops::ReportRequest request;
  TRY(request.format, ops::parse_report_format(options.format));
  TRY(request.gate, ops::parse_gate(options.fail_on));
  request.gate.metrics = options.metrics;
  request.ids = options.ids;
  request.against = options.against;
  request.across_hosts = options.across_hosts;
  request.every_run = options.all;
  RecordFilter& filter = request.selection.filter;
  filter.package = options.package;
  filter.action = options.action;
  filter.sweep = options.sweep;
  filter.limit = options.limit;
  if (!options.status.empty()) {
    TRY(filter.status, parse_run_status(options.status));
  }
  TRY(filter.options, parse_choices(options.with));
  request.selection.where = options.where;
  if (options.better != "lower" && options.better != "higher")
    return make_error(ErrorCode::usage, "`--better` takes `lower` or `higher`, got `{}`",
                      printable(options.better));
  request.better = options.better == "lower" ? Metric::Better::lower : Metric::Better::higher;
  if (request.gate.active() && request.against.empty() && request.ids.size() < 2)
    return make_error(ErrorCode::usage, "`--fail-on` needs a baseline").hint("name it: `--against RUN`");
  return request;
}

// Files into a folder, or one into a file.
Status write_files(Host& host, const ops::Report& report, const std::string& output) {
  const Path path = output;
  if (!is_folder(host.fs, path) && report.further.empty())
    return host.fs.write_file(path, report.text, false);
  const auto write = [&](const std::string& name, const std::string& text) -> Status {
    TRY_STATUS(make_folders(host.fs, (path / name).parent_path()));
    return host.fs.write_file(path / name, text, false);
  };
  TRY_STATUS(write(report.name, report.text));
  for (const auto& [name, text] : report.further) TRY_STATUS(write(name, text));
  return {};
}

json::Value to_json(const ops::Report& report, const Options& options) {
  json::Value out = {{"format", options.format}, {"text", report.text}, {"runs", json::Value::array()}};
  for (const ops::Reported& run : report.runs) out["runs"].push_back(run.record.id);
  out["baseline"] = report.baseline ? json::Value(report.baseline->id) : json::Value();
  out["files"] = json::Value::object();
  for (const auto& [name, text] : report.further) out["files"][name] = text;
  out["notes"] = report.notes;
  out["problems"] = cli::to_json(report.problems);
  out["failures"] = report.failures;
  return out;
}

Result<int> run(Host& host, Options options) {
  if (options.output == "-") options.output.clear();
  TRY(const ops::ReportRequest request, request_of(options));
  TRY(RecordStore records, open_records(host));
  TRY(const ops::Report report, ops::report(records, request));
  if (!options.output.empty()) TRY_STATUS(write_files(host, report, options.output));
  if (host.json)
    print_json(to_json(report, options));
  else if (options.output.empty())
    print(report.text);
  if (!host.json) print_for_people(render_warnings(report.problems, host.terminal));
  std::string notes;
  for (const std::string& note : report.notes) notes += "note: " + note + "\n";
  if (options.output.empty() && !host.json)
    for (const auto& [name, text] : report.further)
      notes += fmt::format("note: `--output FOLDER` writes {}, too\n", name);
  for (const std::string& failure : report.failures) notes += "gate: " + printable(failure) + "\n";
  if (!host.quiet && !notes.empty()) print_for_people(notes);
  return report.failures.empty() ? 0 : 1;
}

}  // namespace
}  // namespace report_verb

Run register_report(Verb command) {
  using namespace report_verb;
  auto options = std::make_shared<Options>();
  command.add_option(
      "ids", options->ids,
      "Runs; default: the newest of each choice that the filters let through, as one with the repeats that "
      "its sweep made of it. Of several, the first is the baseline");
  command
      .add_option("--format", options->format,
                  "md, junit, csv, latex, gbench, hyperfine, mlperf or github-benchmark")
      .show_default();
  command.add_option("--against", options->against, "The baseline that all are compared with: a run");
  command.add_option("--package", options->package, "Only runs of this package");
  command.add_option("--action", options->action, "Only runs of this action");
  command.add_option("--status", options->status, "Only ok, failed, invalid or interrupted ones");
  command.add_option("--sweep", options->sweep, "Only runs of this sweep");
  command.add_option("--with", options->with, "Only runs with these options: group=option,...");
  command.add_option("--where", options->where, "Only runs that match, as for `reef runs`");
  command.add_option("--limit", options->limit, "At most this many lines; 0: all").show_default();
  command.add_flag("--all", options->all, "Every run alone; without it the newest of each choice");
  command.add_flag("--across-hosts", options->across_hosts,
                   "Compare timings of different processors all the same");
  command.add_option(
      "--fail-on", options->fail_on,
      "Exit status 1 when a metric is `slower` (or worse), or `cannot-tell`, or a run is not ok");
  command.add_option("--metric", options->metrics, "Of --fail-on: only these metrics count").delimiter(',');
  command
      .add_option("--better", options->better,
                  "github-benchmark: metrics of which `lower` or `higher` is better")
      .show_default();
  command.add_option("--output,-o", options->output,
                     "Write this file, or into this folder; `-`: to standard output, as without it");
  command.footer(
      "md      for a pull request or $GITHUB_STEP_SUMMARY: verdicts first, then results, hosts, commands\n"
      "junit   every run is a test, and so is every metric against the baseline\n"
      "gbench, hyperfine   every repeat alone, with its own times\n"
      "mlperf  LoadGen's mlperf_log_summary.txt and mlperf_log_detail.txt of one run; not an official "
      "result\n"
      "Exit status: 0; 1 when --fail-on found something; 3 when timings of different processors would be "
      "compared\n"
      "or the gate could judge nothing.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
