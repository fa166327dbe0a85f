#include "core/action/stamp.h"

#include <set>

#include "core/base/json_reader.h"
#include "core/base/text.h"

namespace reef::action {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::uint64_t kLargest = std::uint64_t{64} << 20U;

json::Value object_of(const std::map<std::string, std::string>& texts) {
  json::Value out = json::Value::object();
  for (const auto& [name, text] : texts) out[name] = text;
  return out;
}

void read_texts(json::Reader& reader, std::string_view key, std::map<std::string, std::string>& out) {
  reader.each_member(key, [&](const json::Node& item) { item.read(out[item.key()]); });
}

std::string describe_change(const std::string& name, const std::string* before, const std::string* after) {
  const std::size_t blank = name.find(' ');
  const std::string kind = name.substr(0, blank);
  const std::string quoted =
      blank == std::string::npos ? name : fmt::format("{} `{}`", kind, printable(name.substr(blank + 1)));
  if (before == nullptr) return quoted + " is new";
  if (after == nullptr) return quoted + " is gone";
  if (kind == "parameter" || kind == "environment")
    return fmt::format("{}: {} -> {}", quoted, printable(*before), printable(*after));
  return quoted + " was changed";
}

}  // namespace

Digest Stamp::result() const {
  Sha256 hash;
  const auto add = [&](const std::map<std::string, std::string>& texts) {
    for (const auto& [name, text] : texts)
      hash.update(fmt::format("{}:{},{}:{},", name.size(), name, text.size(), text));
  };
  add(outputs.empty() ? items : outputs);
  if (!declares) hash.update(run);
  return hash.finish();
}

std::optional<Stamp> read_stamp(Filesystem& fs, const Path& file) {
  Result<std::string> text = fs.read_file(file, kLargest);
  if (!text) return std::nullopt;
  const Result<json::Document> document = json::parse(file.string(), *std::move(text));
  if (!document) return std::nullopt;
  json::Problems problems;
  const json::Node node(*document, problems);
  json::Reader reader(node);
  Stamp stamp;
  std::int64_t format = 0;
  reader.require("format", format);
  reader.require("run", stamp.run);
  reader.require("declares", stamp.declares);
  read_texts(reader, "items", stamp.items);
  read_texts(reader, "outputs", stamp.outputs);
  reader.done();
  if (!problems.empty() || format != kFormat) return std::nullopt;
  return stamp;
}

Status write_stamp(Filesystem& fs, const Path& file, const Stamp& stamp) {
  json::Value root;
  root["format"] = kFormat;
  root["run"] = stamp.run;
  root["declares"] = stamp.declares;
  root["items"] = object_of(stamp.items);
  root["outputs"] = object_of(stamp.outputs);
  return write_atomic(fs, file, json::write_sorted(root));
}

std::vector<std::string> item_changes(const Stamp& before, const std::map<std::string, std::string>& now) {
  std::set<std::string> names;
  for (const auto& each : before.items) names.insert(each.first);
  for (const auto& each : now) names.insert(each.first);
  std::vector<std::string> out;
  for (const std::string& name : names) {
    const auto old = before.items.find(name);
    const auto current = now.find(name);
    const std::string* was = old == before.items.end() ? nullptr : &old->second;
    const std::string* is = current == now.end() ? nullptr : &current->second;
    if (was == nullptr || is == nullptr || *was != *is) out.push_back(describe_change(name, was, is));
  }
  return out;
}

}  // namespace reef::action
