#include "core/ops/dashboard.h"

#include <optional>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/ops/output.h"

namespace reef::cli {
namespace dashboard_verb {
namespace {

struct Options {
  std::string package;
  std::string action;
  std::string status;
  std::vector<std::string> with;
  std::string sweep;
  std::string where;
  std::size_t limit = 5000;
  std::optional<std::string> output;  // absent: serve
  std::size_t port = 0;
};

Result<ops::RunSelection> selection_of(const Options& options) {
  ops::RunSelection selection;
  RecordFilter& filter = selection.filter;
  filter.package = options.package;
  filter.action = options.action;
  filter.sweep = options.sweep;
  filter.limit = options.limit;
  if (!options.status.empty()) {
    TRY(filter.status, parse_run_status(options.status));
  }
  TRY(filter.options, parse_choices(options.with));
  selection.where = options.where;
  return selection;
}

// A slip in a filter is no empty page. One that is served may wait for the first run that it lets through.
Status check_selection(RecordStore& records, const ops::RunSelection& selection, bool may_wait) {
  TRY(const RecordList list, ops::select_runs(records, selection));
  const RecordFilter& filter = selection.filter;
  const bool filtered = filter.status || !filter.options.empty() ||
                        !(filter.package + filter.action + filter.sweep + selection.where).empty();
  if (!list.rows.empty() || may_wait || !filtered) return {};
  return make_error(ErrorCode::not_found, "no run matches").hint("`reef runs` lists all of them");
}

// What a person should know before looking: that some records are missing from the page.
void print_notes(const json::Value& document, const Host& host) {
  const std::size_t shown = document["runs"]["id"].size();
  const std::size_t matching = document["matching"].get<std::size_t>();
  if (matching > shown)
    print_for_people(fmt::format("note: the newest {} of {} runs; `--limit 0` takes all\n", shown, matching));
  std::vector<Error> problems;
  for (const auto& problem : document["problems"])
    problems.emplace_back(ErrorCode::integrity, problem.get<std::string>());
  print_for_people(render_warnings(problems, host.terminal));
}

Result<int> export_page(Host& host, ops::DashboardSource& source, const std::string& file) {
  if (file.empty()) return make_error(ErrorCode::usage, "expected the name of a file after `--export`");
  if (file == "-" && host.json)
    return make_error(ErrorCode::usage, "`--json` and a page on standard output: one of them")
        .hint("name a file after `--export`, or leave it away for the data alone");
  TRY(const json::Value document, source.document());
  TRY(const std::string page, ops::dashboard_page(document, false));
  if (file == "-") {
    print(page);
    print_notes(document, host);
    return 0;
  }
  TRY_STATUS(with_context(ops::write_output(host.fs, file, page, {"page", nullptr}), "writing the page"));
  const std::size_t runs = document["runs"]["id"].size();
  if (host.json)
    print_json({{"page", file}, {"bytes", page.size()}, {"runs", runs}});
  else
    print(fmt::format("{}: {}, {}\n", printable(file), counted(runs, "run"), format_bytes(page.size())));
  if (!host.json) print_notes(document, host);
  return 0;
}

Result<int> serve(Host& host, ops::DashboardSource& source, const Options& options) {
  if (options.port > 65535)
    return make_error(ErrorCode::usage, "expected a port up to 65535 after `--port`, got {}", options.port);
  TRY_STATUS(ops::serve_dashboard(
      source, static_cast<std::uint16_t>(options.port), host.cancel, [&](const std::string& url) {
        print(url + "\n");
        print_for_people(host.quiet ? "" : "open it in a browser; Ctrl-C ends it\n");
      }));
  return static_cast<int>(ErrorCode::interrupted);
}

Result<int> run(Host& host, const Options& options) {
  TRY(RecordStore records, open_records(host));
  TRY(ops::RunSelection selection, selection_of(options));
  TRY_STATUS(check_selection(records, selection, !options.output && !host.json));
  ops::DashboardSource source(records, host.clock, std::move(selection));
  if (options.output) return export_page(host, source, *options.output);
  if (!host.json) return serve(host, source, options);
  TRY(const json::Value document, source.document());
  print_json(document);
  return 0;
}

}  // namespace
}  // namespace dashboard_verb

Run register_dashboard(Verb command) {
  using namespace dashboard_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package, "Only runs of this package");
  command.add_option("--action", options->action, "Only runs of this action");
  command.add_option("--status", options->status, "Only ok, failed, invalid or interrupted ones");
  command.add_option("--with", options->with, "Only runs with these options: group=option,...");
  command.add_option("--sweep", options->sweep, "Only runs of this sweep or interleaved comparison");
  command.add_option("--where", options->where, "Only runs that match, as for `reef runs`");
  command.add_option("--limit", options->limit, "At most this many, the newest; 0: all").show_default();
  command.add_option(
      "--export", options->output,
      "Write one HTML file that opens from disk and makes no request; `-`: to standard output");
  command.add_option("--port", options->port, "Port on 127.0.0.1; 0: any free one").show_default();
  command.footer(
      "Without --export the page is served on 127.0.0.1 until Ctrl-C, and takes new runs as they come.\n"
      "--json alone prints the data that the page shows (schemas/dashboard.schema.json).");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
