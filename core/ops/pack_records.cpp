// The records of an archive, and what is said of its making.
#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/ops/pack.h"
#include "core/record/record_store.h"

namespace reef::ops {
namespace {

using json::Value;

// Runs that anybody would call the same measurement.
std::string what_ran(const RecordRow& row) { return row.action + '\n' + Value(row.parameters).dump(); }

Result<std::vector<std::string>> wanted_ids(RecordStore& records, const PackRequest& request,
                                            const archive::Contents& contents,
                                            std::vector<std::string>& notes) {
  const std::string mode = request.records.empty() ? "latest" : request.records.front();
  if (mode == "none") return std::vector<std::string>();
  std::vector<std::string> out;
  if (mode != "latest" && mode != "all") {
    for (const std::string& text : request.records) {
      TRY(std::string id, records.find(text));
      out.push_back(std::move(id));
    }
    return out;
  }
  RecordFilter filter;
  filter.package = contents.name;
  filter.status = RunStatus::ok;
  TRY(const RecordList list, records.list(filter));
  std::set<std::string> seen;
  std::size_t other_options = 0;
  for (const RecordRow& row : list.rows) {
    if (row.version != contents.version) continue;
    if (row.options != contents.options) {
      ++other_options;
      continue;
    }
    if (mode == "latest" && !seen.insert(what_ran(row)).second) continue;
    out.push_back(row.id);
  }
  if (other_options > 0)
    notes.push_back(fmt::format("{} record{} of other options stay{} out: `--with` packs another choice",
                                other_options, other_options == 1 ? "" : "s", other_options == 1 ? "s" : ""));
  return out;
}

std::string with_of(const std::map<std::string, std::string>& options) {
  std::vector<std::string> out;
  for (const auto& [group, option] : options) out.push_back(group + "=" + option);
  return out.empty() ? "no options" : join(out, ",");
}

Status check_fits(const Record& record, const archive::Contents& contents) {
  if (record.package != contents.name || record.version != contents.version)
    return make_error(ErrorCode::usage, "record `{}` is of {} {}, and the archive of {} {}", record.id,
                      record.package, record.version, contents.name, contents.version);
  if (record.options == contents.options) return {};
  return make_error(ErrorCode::usage, "record `{}` was made with {}, and the archive holds {}", record.id,
                    with_of(record.options), with_of(contents.options))
      .hint(fmt::format("pack that choice: `--with {}`", with_of(record.options)));
}

Value digest_of(const archive::Tree& tree) { return {{"reefTree1", tree.digest.hex()}}; }
Value digest_of(const archive::Blob& blob) { return {{"sha256", blob.digest.hex()}}; }

Value byproducts_of(const Record& record) {
  Value out = Value::array();
  for (const RecordedTool& tool : record.toolchain)
    out.push_back(
        {{"name", tool.name},
         {"annotations", {{"version", tool.version}, {"path", tool.path}, {"realPath", tool.real_path}}},
         {"digest", {{"sha256", tool.digest}}}});
  return out;
}

}  // namespace

Status add_records(Session& session, const PackRequest& request, archive::PackInput& input,
                   std::vector<Record>& out, std::vector<std::string>& notes) {
  RecordStore records(session.machine().fs, session.machine().clock, session.home().root);
  TRY(std::vector<std::string> ids, wanted_ids(records, request, input.contents, notes));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::string& id : ids) {
    TRY_STATUS(records.verify(id));
    TRY(Record record, records.load(id));
    TRY_STATUS(check_fits(record, input.contents));
    archive::ArchivedRecord archived{id, record.action, record.times.started, {}};
    input.trees[archived.place()] = {records.folder(id), {}};
    input.contents.records.push_back(std::move(archived));
    out.push_back(std::move(record));
  }
  return {};
}

std::string provenance_of(const archive::Contents& contents, const std::vector<Record>& records) {
  Value parameters = {
      {"package", contents.name}, {"version", contents.version}, {"platforms", contents.platforms}};
  parameters["options"] = Value::object();
  for (const auto& [group, option] : contents.options) parameters["options"][group] = option;
  Value used = Value::array({{{"name", "reef.lock"}, {"digest", digest_of(contents.lock)}}});
  for (const archive::ArchivedPackage& package : contents.packages)
    used.push_back({{"name", package.place()}, {"digest", digest_of(package.tree)}});
  for (const archive::ArchivedSource& source : contents.sources)
    used.push_back({{"name", source.place()},
                    {"digest", source.blob ? digest_of(*source.blob) : Value{{"gitCommit", source.commit}}}});
  Value products = Value::array();
  for (const Record& record : records) {
    Value one = {{"name", "records/" + record.id}, {"annotations", Value::object()}};
    one["annotations"] = {{"action", record.action},
                          {"startedOn", record.times.started},
                          {"commands", Value::array()},
                          {"tools", byproducts_of(record)}};
    for (const RecordedCommand& command : record.commands)
      one["annotations"]["commands"].push_back(command.argv);
    products.push_back(std::move(one));
  }
  Value subjects =
      Value::array({{{"name", contents.root().place()}, {"digest", digest_of(contents.root().tree)}}});
  for (const archive::ArchivedBuild& build : contents.builds)
    subjects.push_back({{"name", build.place()}, {"digest", digest_of(build.tree)}});
  Value out = {{"_type", "https://in-toto.io/Statement/v1"},
               {"predicateType", "https://slsa.dev/provenance/v1"}};
  out["subject"] = std::move(subjects);
  out["predicate"] = {
      {"buildDefinition",
       {{"buildType", "urn:reef:pack:1"},
        {"externalParameters", std::move(parameters)},
        {"resolvedDependencies", std::move(used)}}},
      {"runDetails", {{"builder", {{"id", "urn:reef"}}}, {"byproducts", std::move(products)}}}};
  return json::write_sorted(out);
}

}  // namespace reef::ops
