// The records of an archive, and what is said of its making.
#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/ops/pack.h"
#include "core/ops/replay_compare.h"
#include "core/record/record_store.h"

namespace reef::ops {
namespace {

using json::Value;

// Runs that anybody would call the same measurement.
std::string what_ran(const RecordRow& row) {
  return Value({row.action, row.parameters, row.scenario, row.load}).dump();
}

// Of the package's folder when the record was made; none when neither it nor the store tells.
std::optional<Digest> made_of(const Record& record, const Session& session) {
  const Result<store::Store> store = store::Store::look(session.machine().fs, session.home().root);
  for (const RecordedPackage& package : record.closure) {
    if (package.name != record.package) continue;
    if (const Result<Digest> digest = Digest::parse(package.digest)) return *digest;
    const Result<Digest> key = Digest::parse(package.build_key);
    if (!key || !store) return std::nullopt;
    const Result<store::Prefix> built =
        store->described(store::PrefixId{*key, package.name, package.version}.folder_name());
    if (!built) return std::nullopt;
    const auto found = built->info.ingredients.items.find("package");
    if (found == built->info.ingredients.items.end()) return std::nullopt;
    if (const Result<Digest> digest = Digest::parse(found->second)) return *digest;
  }
  return std::nullopt;
}

// Whether a record was made of the source code that is packed, as far as that is known.
bool is_of(const Record& record, const Digest& packed, const Session& session) {
  const std::optional<Digest> digest = made_of(record, session);
  return !digest || *digest == packed;
}

// The first package that a record was made with and the lock has not, as "ink 1.1.0 -> 1.2.0"; empty: none,
// or the lock says nothing of the record's platform. Tools are those of whoever replays it.
std::string other_closure(const Record& record, const Lockfile& lock) {
  const auto fact = [&](const char* name) {
    const bool known = record.host.is_object() && record.host.contains(name) && record.host[name].is_string();
    return known ? record.host[name].get<std::string>() : "";
  };
  const auto part = lock.platforms.find(fact("os") + "-" + fact("arch"));
  if (part == lock.platforms.end()) return "";
  for (const RecordedPackage& package : record.closure) {
    if (package.build_key.empty() || package.name == record.package) continue;
    const LockedPackage* locked = part->second.find(package.name);
    if (locked == nullptr) return fmt::format("{} {} -> none", package.name, package.version);
    const std::string now = locked->version.text();
    if (package.version != now) return fmt::format("{} {} -> {}", package.name, package.version, now);
    if (package.options != locked->options) return fmt::format("{} {} with other options", package.name, now);
    if (locked->digest && !package.digest.empty() && locked->digest->hex() != package.digest)
      return fmt::format("{} {} with other contents", package.name, now);
  }
  return "";
}

std::string count_of(std::size_t count, std::string_view what) {
  return fmt::format("{} of other {} stay{} out", counted(count, "record"), what, count == 1 ? "s" : "");
}

Result<std::vector<std::string>> wanted_ids(const Session& session, RecordStore& records,
                                            const PackRequest& request, const Lockfile& lock,
                                            const archive::Contents& contents, const Digest& packed,
                                            std::vector<std::string>& notes) {
  const std::string mode = request.records.empty() ? "latest" : request.records.front();
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
  TRY(const RecordList list, records.list(filter));
  std::set<std::string> seen;
  std::size_t not_good = 0;
  std::size_t other_options = 0;
  std::size_t other_sources = 0;
  std::vector<std::string> other_closures;
  for (const RecordRow& row : list.rows) {
    if (row.version != contents.version) continue;
    if (row.status != RunStatus::ok) {
      ++not_good;
      continue;
    }
    if (row.options != contents.options) {
      ++other_options;
      continue;
    }
    if (mode == "latest" && seen.contains(what_ran(row))) continue;
    TRY(const Record record, records.load(row.id));
    if (!is_of(record, packed, session)) {
      ++other_sources;
      continue;
    }
    if (std::string other = other_closure(record, lock); mode == "latest" && !other.empty()) {
      other_closures.push_back(std::move(other));
      continue;
    }
    seen.insert(what_ran(row));
    out.push_back(row.id);
  }
  if (not_good > 0 && (mode == "all" || out.empty()))
    notes.push_back(fmt::format("{} of runs that are not ok stay{} out: `--record ID` packs one",
                                counted(not_good, "record"), not_good == 1 ? "s" : ""));
  if (other_options > 0)
    notes.push_back(count_of(other_options, "options") + ": `--with` packs another choice");
  if (other_sources > 0)
    notes.push_back(count_of(other_sources, "source code") + ": the package was changed since, run it again");
  if (!other_closures.empty())
    notes.push_back(fmt::format("{} ({}): run it again, or `--record ID` packs one",
                                count_of(other_closures.size(), "dependencies"), other_closures.front()));
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

Status add_records(Session& session, const PackRequest& request, const Lockfile& lock,
                   archive::PackInput& input, std::vector<Record>& out, std::vector<std::string>& notes) {
  RecordStore records(session.machine().fs, session.machine().clock, session.home().root);
  if (!request.records.empty() && request.records.front() == "none") return {};
  TRY(const Digest packed, package_digest(session, input.trees.at(input.contents.root().place()).folder));
  TRY(std::vector<std::string> ids,
      wanted_ids(session, records, request, lock, input.contents, packed, notes));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  for (const std::string& id : ids) {
    TRY_STATUS(records.verify(id));
    TRY(Record record, records.load(id));
    TRY_STATUS(check_fits(record, input.contents));
    if (!is_of(record, packed, session))
      return make_error(ErrorCode::usage, "record `{}` was made of other source code than `{}` has now", id,
                        input.contents.name)
          .hint(fmt::format("measure what is packed: `reef run {}`", record.action));
    if (const std::string other = other_closure(record, lock); !other.empty())
      notes.push_back(fmt::format(
          "a replay compares nothing with record `{}`, which was made with other dependencies ({})", id,
          other));
    archive::ArchivedRecord archived{id, record.action, record.times.started, {}};
    if (const std::string why = why_not_ok(record); !why.empty()) {
      archived.status = name_of(record.status);
      notes.push_back(
          fmt::format("a replay compares nothing with record `{}`, whose run {}", id, printable(why)));
    }
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
