#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/render_plan.h"
#include "cli/render_record.h"
#include "core/base/text.h"
#include "core/ops/select.h"

namespace reef::cli {
namespace runs_verb {
namespace {

struct Options {
  std::string package;
  std::string action;
  std::string status;
  std::string sort;
  std::string sweep;
  std::string where;
  std::vector<std::string> with;
  bool descending = false;
  std::size_t limit = 20;
  std::string id;
};

Result<RunStatus> status_of(const std::string& text) {
  auto status = parse_run_status(text);
  if (status) return status;
  const std::vector<std::string> known = {"ok", "failed", "invalid", "interrupted"};
  Error error = std::move(status).error();
  if (const auto hint = did_you_mean(text, known)) error = std::move(error).hint(*hint);
  return tl::make_unexpected(std::move(error));
}

Result<RecordFilter> filter_of(const Options& options) {
  RecordFilter filter;
  filter.sweep = options.sweep;
  filter.package = options.package;
  filter.action = options.action;
  filter.sort_by = options.sort;
  filter.descending = options.descending;
  filter.limit = options.limit;
  if (!options.status.empty()) {
    TRY(filter.status, status_of(options.status));
  }
  TRY(filter.options, parse_choices(options.with));
  return filter;
}

json::Value to_json(const RecordRow& row) {
  json::Value metrics = json::Value::object();
  for (const auto& [name, metric] : row.metrics)
    metrics[name] = metric.value ? json::Value(*metric.value) : json::Value();
  json::Value out = {{"id", row.id},
                     {"started", row.started},
                     {"package", row.package},
                     {"version", row.version},
                     {"action", row.action}};
  out["status"] = name_of(row.status);
  out["options"] = row.options;
  out["parameters"] = row.parameters;
  out["reason"] = row.reason.empty() ? json::Value() : json::Value(row.reason);
  out["sweep"] = row.sweep ? json::Value(row.sweep->id) : json::Value();
  out["metrics"] = std::move(metrics);
  return out;
}

std::string render_list(const RecordList& list, const Options& options, const Terminal& terminal) {
  const std::string column = options.sort.empty() ? "latency" : options.sort;
  std::vector<std::string> headers = {"RUN",      "PACKAGE",         "ACTION", "STATUS",
                                      "accuracy", printable(column), "OPTIONS"};
  Table table(std::move(headers), {Table::Align::left, Table::Align::left, Table::Align::left,
                                   Table::Align::left, Table::Align::right, Table::Align::right});
  for (const RecordRow& row : list.rows) {
    const Style style = row.status == RunStatus::ok ? Style::plain : Style::yellow;
    table.add({row.id, row.package + " " + row.version, row.action, std::string(name_of(row.status)),
               metric_cell(row, "accuracy"), metric_cell(row, column), render_options(row.options)},
              style);
  }
  std::string out =
      table.empty() ? "no runs yet: `reef run benchmark PACKAGE` makes one\n" : table.render(terminal);
  const bool filtered =
      !options.with.empty() ||
      !(options.package + options.action + options.status + options.sweep + options.where).empty();
  if (table.empty() && filtered) out = "no run matches\n";
  if (list.matching > list.rows.size())
    out += fmt::format("{} of {} runs; `--limit 0` shows all\n", list.rows.size(), list.matching);
  return out;
}

Result<int> list(Host& host, const Options& options) {
  TRY(RecordStore records, open_records(host));
  TRY(const RecordFilter filter, filter_of(options));
  TRY(const RecordList found, ops::select_runs(records, {filter, options.where}));
  if (host.json) {
    json::Value out = {{"matching", found.matching}, {"runs", json::Value::array()}};
    for (const RecordRow& row : found.rows) out["runs"].push_back(to_json(row));
    out["problems"] = cli::to_json(found.problems);
    print_json(out);
  } else {
    print(render_list(found, options, host.terminal));
  }
  if (!host.json) print_for_people(render_warnings(found.problems, host.terminal));
  return 0;
}

Result<int> show(Host& host, const Options& options) {
  TRY(RecordStore records, open_records(host));
  TRY(const std::string id, records.find(options.id));
  TRY(const Record record, records.load(id));
  std::vector<Error> problems;
  if (record.edited) problems.push_back(edited_problem(id));
  if (host.json) {
    json::Value out = reef::to_json(record);
    out["folder"] = records.folder(id).string();
    out["problems"] = cli::to_json(problems);
    print_json(out);
    return 0;
  }
  print(render_record(record, host.terminal) + "\nfolder: " + records.folder(id).string() + "\n");
  print_for_people(render_warnings(problems, host.terminal));
  return 0;
}

Result<int> verify(Host& host, const Options& options) {
  TRY(RecordStore records, open_records(host));
  TRY(const std::string id, records.find(options.id));
  TRY_STATUS(records.verify(id));
  host.json ? print_json({{"id", id}, {"whole", true}}) : print(fmt::format("{} is whole\n", id));
  return 0;
}

Result<int> remove(Host& host, const std::vector<std::string>& names) {
  TRY(RecordStore records, open_records(host));
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    TRY(std::string id, records.find(name));
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
  }
  for (const std::string& id : ids) TRY_STATUS(records.remove(id));
  if (host.json)
    print_json({{"removed", ids}});
  else if (!host.quiet)
    for (const std::string& id : ids) print(fmt::format("removed {}\n", id));
  return 0;
}

Result<int> reindex(Host& host) {
  TRY(RecordStore records, open_records(host));
  TRY(const RecordStore::Reindexed done, records.reindex());
  if (host.json)
    print_json({{"records", done.records},
                {"removed_drafts", done.removed_drafts},
                {"problems", cli::to_json(done.problems)}});
  else
    print(fmt::format("indexed {} records\n", done.records));
  if (!host.json) print_for_people(render_warnings(done.problems, host.terminal));
  return 0;
}

void add_filters(Verb command, Options& options) {
  command.add_option("--package", options.package, "Only runs of this package");
  command.add_option("--action", options.action, "Only runs of this action");
  command.add_option("--status", options.status, "Only ok, failed, invalid or interrupted ones");
  command.add_option("--with", options.with, "Only runs with these options: group=option,...");
  command.add_option("--sweep", options.sweep, "Only runs of this sweep or interleaved comparison");
  command.add_option(
      "--where", options.where,
      "Only runs that match: 'accuracy >= 0.98 and latency.p90 < 5ms'; names are metrics, options, "
      "parameters, status, ...");
  command.add_option("--sort", options.sort, "By this metric, smallest first; default: newest first");
  command.add_flag("--descending", options.descending, "With --sort: largest first");
  command.add_option("--limit", options.limit, "At most this many; 0: all").show_default();
}

}  // namespace
}  // namespace runs_verb

Run register_runs(Verb command) {
  using namespace runs_verb;
  auto options = std::make_shared<Options>();
  add_filters(command, *options);
  command.allow_verb_below();
  const Verb show_one = command.add_verb("show", "Everything that is known of one run");
  show_one.add_option("id", options->id, "Its id, the beginning or the last four digits of it, or `last`")
      .required();
  const Verb verify_one = command.add_verb("verify", "Read every file of a run and compare digests");
  verify_one.add_option("id", options->id, "As for show").required();
  const auto doomed = std::make_shared<std::vector<std::string>>();
  const Verb remove_some = command.add_verb("remove", "Throw runs away, also such as cannot be read");
  remove_some.add_option("ids", *doomed, "As for show").required();
  const Verb index = command.add_verb("reindex", "Make the index anew from the records' folders");
  return [=](Host& host) -> Result<int> {
    if (show_one.parsed()) return show(host, *options);
    if (verify_one.parsed()) return verify(host, *options);
    if (remove_some.parsed()) return remove(host, *doomed);
    if (index.parsed()) return reindex(host);
    return list(host, *options);
  };
}

}  // namespace reef::cli
