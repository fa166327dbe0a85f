#include "core/host/cache.h"

#include <algorithm>

#include "core/base/json.h"

namespace reef::host {
namespace {

constexpr int kFormat = 2;
// Timestamps advance in steps of up to 10 ms (a tick of the slowest usual kernel): a file changed twice
// within one step looks unchanged.
constexpr std::int64_t kTimestampStep = 10'000'000;

json::Value to_json(const Exports& exports) {
  json::Value env = json::Value::object();
  for (const auto& [name, variable] : exports.env)
    env[name] = json::Value::array({static_cast<int>(variable.kind), variable.value});
  return {{"env", std::move(env)}, {"values", exports.values}};
}

Exports exports_of(const json::Value& value) {
  Exports exports;
  for (const auto& [name, variable] : value.at("env").items())
    exports.env[name] = {static_cast<Exports::Variable::Kind>(variable.at(0).get<int>()),
                         variable.at(1).get<std::string>()};
  value.at("values").get_to(exports.values);
  return exports;
}

json::Value compact(const FoundTool& tool) {
  json::Value provides = json::Value::object();
  for (const auto& [name, version] : tool.provides) provides[name] = version.text();
  json::Value files = json::Value::object();
  for (const auto& [path, file] : tool.files) files[path] = json::Value::array({file.real_path, file.digest});
  return {{"version", tool.version.text()},  {"path", tool.path},         {"real", tool.real_path},
          {"digest", tool.digest},           {"files", std::move(files)}, {"provides", std::move(provides)},
          {"exports", to_json(tool.exports)}};
}

Version version_of(const json::Value& value) {
  return Version::parse_loose(value.get_ref<const std::string&>()).value_or(Version());
}

FoundTool tool_of(const std::string& name, const json::Value& value) {
  FoundTool tool;
  tool.name = name;
  tool.version = version_of(value.at("version"));
  value.at("path").get_to(tool.path);
  value.at("real").get_to(tool.real_path);
  value.at("digest").get_to(tool.digest);
  for (const auto& [path, file] : value.at("files").items())
    tool.files[path] = {file.at(0).get<std::string>(), file.at(1).get<std::string>()};
  for (const auto& [capability, version] : value.at("provides").items())
    tool.provides[capability] = version_of(version);
  tool.exports = exports_of(value.at("exports"));
  return tool;
}

json::Value to_json(const std::string& path, const Stamp& stamp) {
  if (!stamp.exists) return json::Value::array({path});
  return json::Value::array(
      {path, stamp.device, stamp.inode, stamp.size, stamp.mtime_ns, stamp.mode, stamp.folder ? 1 : 0});
}

Stamp stamp_of(const json::Value& value) {
  if (value.size() == 1) return {};
  return {true,
          value.at(6).get<int>() != 0,
          value.at(1).get<std::uint64_t>(),
          value.at(2).get<std::uint64_t>(),
          value.at(3).get<std::uint64_t>(),
          value.at(4).get<std::int64_t>(),
          value.at(5).get<std::uint32_t>()};
}

Cache::Candidate candidate_of(const std::string& name, const json::Value& value) {
  Cache::Candidate candidate;
  value.at("path").get_to(candidate.path);
  value.at("uses").get_to(candidate.uses);
  if (value.contains("found"))
    candidate.found = tool_of(name, value.at("found"));
  else
    value.at("reason").get_to(candidate.reason);
  return candidate;
}

Cache::Tool tool_entry_of(const std::string& name, const json::Value& value) {
  Cache::Tool tool;
  value.at("spec").get_to(tool.spec);
  value.at("search").get_to(tool.search);
  value.at("looked").get_to(tool.looked);
  value.at("folders").get_to(tool.folders);
  for (const json::Value& candidate : value.at("candidates"))
    tool.candidates.push_back(candidate_of(name, candidate));
  return tool;
}

// Gives the stamps that are still used new, dense numbers.
class Renumber {
 public:
  json::Value uses(const Cache::Uses& old) {
    json::Value fresh = json::Value::array();
    for (const std::size_t index : old)
      fresh.push_back(numbers_.emplace(index, numbers_.size()).first->second);
    return fresh;
  }
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> old(numbers_.size());
    for (const auto& [index, number] : numbers_) old[number] = index;
    return old;
  }

 private:
  std::map<std::size_t, std::size_t> numbers_;
};

}  // namespace

Cache Cache::load(Filesystem& fs, const Path& file) {
  const auto text = fs.read_file(file);
  if (!text) return {};
  // The library throws when a value is of another type than the format says: such a file is damaged.
  try {
    Cache cache;
    const json::Value root = json::Value::parse(*text);
    if (root.at("format") != kFormat) return {};
    for (const json::Value& entry : root.at("stamps"))
      cache.stamps_.push_back({entry.at(0).get<std::string>(), stamp_of(entry)});
    for (const auto& [name, value] : root.at("tools").items())
      cache.tools_.emplace(name, tool_entry_of(name, value));
    return cache;
  } catch (const json::Value::exception&) {
    return {};
  }
}

std::string Cache::text() const {
  Renumber renumber;
  json::Value tools = json::Value::object();
  for (const auto& [name, tool] : tools_) {
    json::Value candidates = json::Value::array();
    for (const Candidate& candidate : tool.candidates) {
      json::Value item = {{"path", candidate.path}, {"uses", renumber.uses(candidate.uses)}};
      if (candidate.found)
        item["found"] = compact(*candidate.found);
      else
        item["reason"] = candidate.reason;
      candidates.push_back(std::move(item));
    }
    tools[name] = {{"spec", tool.spec},
                   {"search", tool.search},
                   {"looked", tool.looked},
                   {"folders", renumber.uses(tool.folders)},
                   {"candidates", std::move(candidates)}};
  }
  json::Value stamps = json::Value::array();
  for (const std::size_t index : renumber.order())
    stamps.push_back(to_json(stamps_[index].path, stamps_[index].stamp));
  const json::Value root = {{"format", kFormat}, {"stamps", std::move(stamps)}, {"tools", std::move(tools)}};
  return root.dump(-1, ' ', false, json::Value::error_handler_t::replace) + "\n";
}

const Cache::Tool* Cache::find(const std::string& name) const {
  const auto at = tools_.find(name);
  return at == tools_.end() ? nullptr : &at->second;
}

Cache::Uses Cache::add(const Trace& trace, Observer& observer) {
  if (newest_.empty())
    for (std::size_t i = 0; i < stamps_.size(); ++i) newest_[stamps_[i].path] = i;
  Uses uses;
  for (const std::string& path : trace) {
    const Stamp stamp = observer.stamp(path);
    const auto at = newest_.find(path);
    if (at == newest_.end() || stamps_[at->second].stamp != stamp) {
      newest_[path] = stamps_.size();
      stamps_.push_back({path, stamp});
    }
    uses.push_back(newest_[path]);
  }
  return uses;
}

bool Cache::holds(const Uses& uses, std::int64_t looked, Observer& observer) const {
  return std::all_of(uses.begin(), uses.end(), [&](std::size_t index) {
    if (index >= stamps_.size()) return false;
    const Entry& entry = stamps_[index];
    if (entry.stamp.mtime_ns + kTimestampStep > looked) return false;
    return observer.stamp(entry.path) == entry.stamp;
  });
}

void Cache::remember(Digests& digests) const {
  for (const auto& [name, tool] : tools_)
    for (const Candidate& candidate : tool.candidates) {
      if (!candidate.found) continue;
      std::map<std::string_view, std::string_view> known = {
          {candidate.found->real_path, candidate.found->digest}};
      for (const auto& [path, file] : candidate.found->files) known.emplace(file.real_path, file.digest);
      for (const std::size_t index : candidate.uses) {
        if (index >= stamps_.size()) continue;
        const auto& [path, stamp] = stamps_[index];
        const auto at = known.find(path);
        if (at != known.end() && stamp.mtime_ns + kTimestampStep <= tool.looked)
          digests.remember(path, stamp, std::string(at->second));
      }
    }
}

}  // namespace reef::host
