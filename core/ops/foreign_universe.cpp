#include "core/ops/foreign_universe.h"

#include <algorithm>

namespace reef::ops {

bool Samples::add(const std::string& tool, const VersionRange& range) {
  std::set<Version>& known = versions_[tool];
  bool fresh = known.insert(Version()).second;
  for (const VersionRange::Interval& interval : range.intervals()) {
    if (!interval.lower) continue;
    if (interval.lower->inclusive) {
      const Version& lowest = interval.lower->version;
      // What is not below 14 begins with a pre-release of it, which nobody named.
      if (!lowest.is_prerelease() || range.names_prerelease()) fresh = known.insert(lowest).second || fresh;
      if (lowest.is_prerelease()) fresh = known.insert(Version::of(lowest.numbers())).second || fresh;
      continue;
    }
    std::vector<std::uint64_t> above = interval.lower->version.numbers();
    above.push_back(1);
    fresh = known.insert(Version::of(std::move(above))).second || fresh;
  }
  return fresh;
}

std::vector<Version> Samples::of(const std::string& tool) const {
  const auto found = versions_.find(tool);
  if (found == versions_.end()) return {Version()};
  return {found->second.begin(), found->second.end()};
}

ForeignUniverse::ForeignUniverse(Session& session, const Project* project, const Platform& platform,
                                 Samples& samples, const ToolsThere& there, bool as_found)
    : session_(session),
      packages_(session, project),
      project_(project),
      platform_(platform),
      samples_(samples),
      there_(there),
      as_found_(as_found) {}

const std::vector<resolve::Candidate>& ForeignUniverse::candidates(std::string_view name) {
  const std::string key(name);
  if (!is_of_host(key)) {
    const auto& found = packages_.candidates(name);
    for (const resolve::Candidate& candidate : found)
      if (candidate.requirements) note(*candidate.requirements);
    return found;
  }
  auto& tools = tools_[key];
  if (!tools.empty()) return tools;
  const bool provides = is_capability_of_tools(key);
  for (const Version& version : samples_.of(key)) {
    if (as_found_ && there_.contains(key) && find_there(key, version) == nullptr) continue;
    resolve::Candidate& candidate = tools.emplace_back();
    candidate.version = version;
    candidate.assumed = true;
    const ToolThere* there = find_there(key, version);
    if (there != nullptr) candidate.origin = resolve::Origin::host;
    if (!provides && there == nullptr) continue;
    auto requirements = std::make_shared<resolve::Requirements>();
    if (provides) requirements->provides.push_back({key, version});
    if (there != nullptr)
      for (const auto& [capability, provided] : there->provides)
        if (capability != key) requirements->provides.push_back({capability, provided});
    candidate.requirements = std::move(requirements);
  }
  return tools;
}

std::vector<std::string> ForeignUniverse::providers(std::string_view capability) {
  std::vector<std::string> out;
  const std::string key(capability);
  bool is_found = false;
  if (project_ != nullptr && project_->manifest->provides.contains(key))
    out.push_back(project_->manifest->name);
  for (std::string& name : session_.registry().providers(capability)) {
    const auto there = there_.find(name);
    const bool is_known = there != there_.end() && there->second.provides.contains(key) && name != key;
    is_found = is_found || is_known;
    if ((!is_tool(name) || is_known) && std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(std::move(name));
  }
  if (is_of_host(key) && !(as_found_ && is_found)) out.push_back(key);
  return out;
}

std::vector<std::string> ForeignUniverse::facts(std::string_view name) {
  if (name == "os") return {platform_.os};
  if (name == "arch") return {platform_.arch};
  if (name == "libc" && platform_.libc) return {*platform_.libc};
  std::vector<std::string> kinds;
  if (name == "accelerator")
    for (const Accelerator& accelerator : platform_.accelerators) kinds.push_back(accelerator.kind);
  return kinds;
}

bool ForeignUniverse::is_tool(const std::string& name) {
  if (project_ != nullptr && project_->manifest->name == name) return false;
  const std::vector<Version> versions = session_.registry().versions(name);
  if (versions.empty()) return false;
  const auto entry = session_.registry().entry(name, versions.front());
  return entry && entry->kind == PackageKind::tool;
}

bool ForeignUniverse::is_of_host(const std::string& name) {
  return is_tool(name) || (session_.registry().versions(name).empty() && is_capability_of_tools(name));
}

const ToolThere* ForeignUniverse::find_there(const std::string& tool, const Version& version) const {
  const auto found = there_.find(tool);
  return found != there_.end() && found->second.version == version ? &found->second : nullptr;
}

bool ForeignUniverse::is_capability_of_tools(const std::string& name) {
  const std::vector<std::string> providers = session_.registry().providers(name);
  return std::any_of(providers.begin(), providers.end(),
                     [&](const std::string& provider) { return is_tool(provider); });
}

void ForeignUniverse::note(const resolve::Requirements& requirements) {
  const auto note_all = [&](const std::vector<resolve::Requirement>& needs) {
    for (const resolve::Requirement& need : needs)
      for (const resolve::Target& target : need.targets)
        if (is_of_host(target.name)) fresh_ = samples_.add(target.name, target.range) || fresh_;
    for (const resolve::Requirement& need : needs) note(need.when);
  };
  note_all(requirements.needs);
  for (const resolve::Group& group : requirements.groups)
    for (const resolve::GroupOption& option : group.options) {
      note_all(option.needs);
      note(option.when);
      for (const resolve::Exclusion& exclusion : option.excludes)
        note_both_sides(exclusion.name, exclusion.range);
    }
}

void ForeignUniverse::note(const resolve::When& when) {
  if (when.kind == resolve::When::Kind::package) note_both_sides(when.name, when.range);
  for (const resolve::When& part : when.parts) note(part);
}

void ForeignUniverse::note_both_sides(const std::string& name, const VersionRange& range) {
  if (!is_of_host(name)) return;
  fresh_ = samples_.add(name, range) || fresh_;
  fresh_ = samples_.add(name, range.complement()) || fresh_;
}

}  // namespace reef::ops
