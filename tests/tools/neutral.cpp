#include "tests/tools/neutral.h"

#include <algorithm>

namespace reef::test {
namespace {

using resolve::Candidate;
using resolve::Exclusion;
using resolve::Group;
using resolve::GroupOption;
using resolve::Requirement;
using resolve::Requirements;
using resolve::Target;
using resolve::When;

// A feature is a group of its own: off unless asked for.
std::string feature_group(const std::string& feature) { return "+" + feature; }

std::string text_of(const json::Value& value, const char* key, const char* fallback) {
  const auto at = value.find(key);
  return at == value.end() ? fallback : at->get<std::string>();
}

json::Value member(const json::Value& value, const char* key, json::Value fallback) {
  const auto at = value.find(key);
  return at == value.end() ? fallback : *at;
}

Result<When> read_when(const json::Value& value) {
  When when;
  if (value.contains("env")) {
    when.kind = When::Kind::fact;
    when.name = value["env"].get<std::string>();
    when.values = {value["is"].get<std::string>()};
  } else if (value.contains("variation")) {
    when.kind = When::Kind::all;
    for (const auto& [group, option] : value["variation"].items()) {
      When& part = when.parts.emplace_back(When{.kind = When::Kind::option, .name = group});
      part.values = {option.get<std::string>()};
    }
  } else if (value.contains("name")) {
    when.kind = When::Kind::package;
    when.name = value["name"].get<std::string>();
    TRY(when.range, VersionRange::parse(text_of(value, "range", "*")));
    const json::Value options = member(value, "variations", json::Value::object());
    for (const auto& [group, option] : options.items()) when.with[group] = option.get<std::string>();
  } else {
    const bool all = value.contains("all");
    const bool any = value.contains("any");
    when.kind = all ? When::Kind::all : any ? When::Kind::any : When::Kind::none;
    const json::Value parts = all ? value["all"] : any ? value["any"] : json::Value::array({value["not"]});
    for (const json::Value& part : parts) {
      TRY(When read, read_when(part));
      when.parts.push_back(std::move(read));
    }
  }
  return when;
}

Result<Target> read_target(const json::Value& value) {
  Target target;
  target.name = value["name"].get<std::string>();
  target.kind = Target::Kind::either;
  TRY(target.range, VersionRange::parse(text_of(value, "range", "*")));
  const json::Value options = member(value, "variations", json::Value::object());
  for (const auto& [group, option] : options.items()) target.with[group] = option.get<std::string>();
  for (const json::Value& feature : member(value, "features", json::Value::array()))
    target.with[feature_group(feature.get<std::string>())] = "on";
  return target;
}

Result<Exclusion> read_exclusion(const json::Value& value) {
  TRY(VersionRange range, VersionRange::parse(text_of(value, "range", "*")));
  return Exclusion{value["name"].get<std::string>(), Target::Kind::either, std::move(range), {}};
}

Status read_needs(const json::Value& list, std::vector<Requirement>& out) {
  for (const json::Value& item : list) {
    TRY(Requirement requirement, read_requirement(item));
    out.push_back(std::move(requirement));
  }
  return {};
}

Result<Group> read_variation(const std::string& name, const json::Value& value) {
  Group group;
  group.name = name;
  const json::Value fallback = member(value, "default", "");
  if (fallback.is_array())
    for (const json::Value& option : fallback) group.defaults.push_back(option.get<std::string>());
  else
    group.defaults = {fallback.get<std::string>()};
  for (const auto& [option, body] : value["options"].items()) {
    GroupOption& entry = group.options.emplace_back();
    entry.name = option;
    TRY_STATUS(read_needs(member(body, "deps", json::Value::array()), entry.needs));
    for (const json::Value& conflict : member(body, "conflicts", json::Value::array())) {
      TRY(Exclusion exclusion, read_exclusion(conflict));
      entry.excludes.push_back(std::move(exclusion));
    }
    if (body.contains("when")) {
      TRY(entry.when, read_when(body["when"]));
    }
  }
  return group;
}

Result<Group> read_feature(const std::string& name, const json::Value& needs) {
  Group group;
  group.name = feature_group(name);
  group.defaults = {"off"};
  group.options.resize(2);
  group.options[0].name = "off";
  group.options[1].name = "on";
  TRY_STATUS(read_needs(needs, group.options[1].needs));
  return group;
}

}  // namespace

Result<Requirement> read_requirement(const json::Value& value) {
  Requirement requirement;
  requirement.purpose = Purpose::run;
  for (const json::Value& item : value.contains("any_of") ? value["any_of"] : json::Value::array({value})) {
    TRY(Target target, read_target(item));
    requirement.targets.push_back(std::move(target));
  }
  if (value.contains("when")) {
    TRY(requirement.when, read_when(value["when"]));
  }
  return requirement;
}

void NeutralUniverse::number(resolve::Target& target) {
  if (!target.with.empty()) return;
  const auto next = static_cast<std::uint32_t>(symbols_.size()) + 1;
  target.symbol = symbols_.emplace(target.name + '\n' + target.range.text(), next).first->second;
}

void NeutralUniverse::number(std::vector<Requirement>& needs) {
  for (Requirement& need : needs)
    for (resolve::Target& target : need.targets) number(target);
}

Status NeutralUniverse::add_package(const json::Value& value) {
  const auto name = value["name"].get<std::string>();
  Candidate candidate;
  TRY(candidate.version, Version::parse(value["version"].get<std::string>()));
  candidate.yanked = member(value, "yanked", false).get<bool>();
  if (member(value, "host", false).get<bool>()) candidate.origin = resolve::Origin::host;
  auto requirements = std::make_shared<Requirements>();
  TRY_STATUS(read_needs(member(value, "deps", json::Value::array()), requirements->needs));
  number(requirements->needs);
  for (const json::Value& conflict : member(value, "conflicts", json::Value::array())) {
    TRY(Exclusion exclusion, read_exclusion(conflict));
    requirements->excludes.push_back(std::move(exclusion));
  }
  for (const json::Value& provided : member(value, "provides", json::Value::array())) {
    resolve::Provided& entry = requirements->provides.emplace_back();
    entry.capability = provided["name"].get<std::string>();
    if (provided.contains("version")) {
      TRY(entry.version, Version::parse(provided["version"].get<std::string>()));
    }
    auto& known = providers_[entry.capability];
    if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
  }
  const json::Value variations = member(value, "variations", json::Value::object());
  for (const auto& [group, body] : variations.items()) {
    TRY(Group read, read_variation(group, body));
    requirements->groups.push_back(std::move(read));
  }
  const json::Value features = member(value, "features", json::Value::object());
  for (const auto& [feature, needs] : features.items()) {
    TRY(Group read, read_feature(feature, needs));
    requirements->groups.push_back(std::move(read));
  }
  candidate.requirements = std::move(requirements);
  packages_[name].push_back(std::move(candidate));
  return {};
}

Result<NeutralUniverse> NeutralUniverse::read(const json::Value& value) {
  NeutralUniverse universe;
  const json::Value externals = member(value, "externals", json::Value::object());
  for (const auto& [name, version] : externals.items()) {
    Candidate candidate;
    TRY(candidate.version, Version::parse(version.get<std::string>()));
    candidate.origin = resolve::Origin::host;
    universe.packages_[name] = {std::move(candidate)};
    universe.externals_.push_back(name);
  }
  for (const json::Value& package : value["packages"])
    if (!externals.contains(package["name"].get<std::string>())) TRY_STATUS(universe.add_package(package));
  for (auto& [capability, names] : universe.providers_) std::sort(names.begin(), names.end());
  const json::Value env = member(value, "env", json::Value::object());
  for (const auto& [name, fact] : env.items()) universe.facts_[name] = fact.get<std::string>();
  return universe;
}

const std::vector<Candidate>& NeutralUniverse::candidates(std::string_view name) {
  static const std::vector<Candidate> none;
  const auto at = packages_.find(name);
  return at == packages_.end() ? none : at->second;
}

std::vector<std::string> NeutralUniverse::providers(std::string_view capability) {
  const auto at = providers_.find(capability);
  return at == providers_.end() ? std::vector<std::string>() : at->second;
}

std::vector<std::string> NeutralUniverse::facts(std::string_view name) {
  const auto at = facts_.find(name);
  return at == facts_.end() ? std::vector<std::string>() : std::vector<std::string>{at->second};
}

std::vector<std::string> NeutralUniverse::names() {
  std::vector<std::string> out;
  for (const auto& [name, candidates] : packages_) out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

Result<resolve::Request> read_request(const json::Value& value, const NeutralUniverse& universe) {
  resolve::Request request;
  request.prereleases = resolve::Prereleases::prefer_stable;
  TRY_STATUS(read_needs(member(value, "root", json::Value::array()), request.roots));
  for (const std::string& name : universe.externals()) {
    TRY(Requirement requirement, read_requirement({{"name", name}}));
    request.roots.push_back(std::move(requirement));
  }
  const json::Value locked = member(value, "locked", json::Value::object());
  for (const auto& [name, version] : locked.items()) {
    TRY(Version parsed, Version::parse(version.get<std::string>()));
    request.lock.push_back({name, std::move(parsed), {}});
  }
  const json::Value options = member(value, "locked_variations", json::Value::object());
  for (const auto& [name, groups] : options.items()) {
    const auto same = [&, wanted = name](const resolve::Locked& entry) { return entry.name == wanted; };
    auto entry = std::find_if(request.lock.begin(), request.lock.end(), same);
    if (entry == request.lock.end()) {
      // Options without a version: one that nothing has.
      TRY(Version no_version, Version::parse("0.0.0-0"));
      entry = request.lock.insert(entry, {name, std::move(no_version), {}});
    }
    for (const auto& [group, option] : groups.items()) entry->options[group] = option.get<std::string>();
  }
  for (const json::Value& name : member(value, "update", json::Value::array()))
    request.upgrade.push_back(name.get<std::string>());
  for (const json::Value& constraint : member(value, "constraints", json::Value::array())) {
    TRY(VersionRange range, VersionRange::parse(text_of(constraint, "range", "*")));
    request.constraints.push_back({constraint["name"].get<std::string>(), std::move(range), "a constraint"});
  }
  const json::Value overrides = member(value, "overrides", json::Value::object());
  for (const auto& [name, text] : overrides.items()) {
    TRY(request.overrides[name], VersionRange::parse(text.get<std::string>()));
  }
  const json::Value providers = member(value, "prefer_providers", json::Value::object());
  for (const auto& [name, list] : providers.items())
    request.providers[name] = list.get<std::vector<std::string>>();
  const std::string prereleases = text_of(value, "prerelease", "prefer-stable");
  if (prereleases != "prefer-stable")
    request.prereleases =
        prereleases == "allow" ? resolve::Prereleases::allow : resolve::Prereleases::when_named;
  request.prefer_oldest = text_of(value, "prefer", "newest") == "oldest";
  request.prefer_host = text_of(value, "host_policy", "prefer") != "ignore";
  return request;
}

}  // namespace reef::test
