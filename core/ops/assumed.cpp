#include "core/ops/assumed.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/resolve/requirements.h"

namespace reef::ops {
namespace {

// The side of a range on which a version is. What is not below 14 begins with a pre-release of it that nobody
// named: it is told as what it is meant to be, from 14 on.
VersionRange side_of(const VersionRange& range, const Version& version) {
  if (range.contains(version)) return range;
  VersionRange other = range.complement();
  const auto& first = other.intervals().front().lower;
  if (other.intervals().size() != 1 || !first || !first->version.is_prerelease() || range.names_prerelease())
    return other;
  const auto plain = VersionRange::parse(">=" + Version::of(first->version.numbers()).text());
  if (!plain || !plain->contains(version)) return other;
  return other.intersected(*plain);
}

// Something that holds or not, and the versions of the tool with which that is so.
struct Truth {
  bool holds = true;
  VersionRange same;
};

// All of them: true as long as each is, false as long as one is.
Truth all_hold(const std::vector<Truth>& parts) {
  Truth out;
  out.holds = std::all_of(parts.begin(), parts.end(), [](const Truth& part) { return part.holds; });
  if (!out.holds) out.same = VersionRange::none();
  for (const Truth& part : parts)
    if (out.holds)
      out.same = out.same.intersected(part.same);
    else if (!part.holds)
      out.same = out.same.united(part.same);
  return out;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as manifests nest conditions
Truth truth_of(const Condition& condition, const Circumstances& now, const std::string& tool) {
  Condition others = condition;
  others.packages.erase(tool);
  others.all.clear();
  others.any.clear();
  others.negated.clear();
  std::vector<Truth> parts = {{holds(others, now), {}}};
  if (const auto asked = condition.packages.find(tool); asked != condition.packages.end()) {
    const Version& version = now.packages.at(tool);
    parts.push_back({asked->second.contains(version), side_of(asked->second, version)});
  }
  // "None of them": all of what is not.
  const auto none_of = [&](const std::vector<Condition>& conditions) {
    std::vector<Truth> opposites;
    for (const Condition& each : conditions) {
      opposites.push_back(truth_of(each, now, tool));
      opposites.back().holds = !opposites.back().holds;
    }
    return all_hold(opposites);
  };
  for (const Condition& each : condition.all) parts.push_back(truth_of(each, now, tool));
  if (!condition.any.empty()) {
    parts.push_back(none_of(condition.any));
    parts.back().holds = !parts.back().holds;
  }
  parts.push_back(none_of(condition.negated));
  return all_hold(parts);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as manifests nest conditions
bool asks_of(const Condition& condition, const std::string& tool) {
  if (condition.packages.contains(tool)) return true;
  for (const auto* parts : {&condition.all, &condition.any, &condition.negated})
    for (const Condition& part : *parts)
      if (asks_of(part, tool)) return true;
  return false;
}

// The options of a group up to the one that is chosen, in the order in which they are preferred.
std::vector<const Option*> tried(const Variation& variation, const std::string& chosen) {
  std::vector<std::string> preferred = variation.defaults;
  for (const Option& option : variation.options) preferred.push_back(option.name);
  std::vector<const Option*> out;
  for (const std::string& name : preferred) {
    if (const Option* option = variation.find(name)) out.push_back(option);
    if (name == chosen) break;
  }
  return out;
}

}  // namespace

Circumstances circumstances_of(const Platform& platform, const LockedPlatform& part) {
  Circumstances out;
  out.os = platform.os;
  out.arch = platform.arch;
  out.libc = platform.libc.value_or("");
  for (const Accelerator& accelerator : platform.accelerators) out.accelerators.push_back(accelerator.kind);
  for (const LockedPackage& package : part.packages) out.packages[package.name] = package.version;
  for (const LockedTool& tool : part.host) out.packages[tool.name] = tool.version;
  return out;
}

VersionRange assumed_of(const Manifest& package, const Circumstances& now, const std::string& tool) {
  VersionRange out;
  const auto keep = [&](const Condition& condition) {
    if (!condition.is_always()) out = out.intersected(truth_of(condition, now, tool).same);
  };
  for (const Dependency& need : package.dependencies) keep(need.when);
  for (const Variation& variation : package.variations) {
    const auto chosen = now.options.find(variation.group);
    if (chosen == now.options.end()) continue;
    for (const Option* option : tried(variation, chosen->second)) {
      keep(option->when);
      const auto excluded = option->package_conflicts.find(tool);
      if (excluded != option->package_conflicts.end() && holds(option->when, now))
        out = out.intersected(side_of(excluded->second, now.packages.at(tool)));
      if (option->name != chosen->second) continue;
      for (const Dependency& need : option->dependencies) keep(need.when);
    }
  }
  return out;
}

std::vector<std::string> asked_of(const Manifest& package, const std::map<std::string, std::string>& options,
                                  const std::string& tool) {
  std::vector<std::string> out;
  const auto add = [&](const Condition& when, const std::string& phrase) {
    if (asks_of(when, tool))
      out.push_back(fmt::format("{} when {}", phrase, resolve::describe(resolve::when_of(when))));
  };
  const auto add_needs = [&](const std::vector<Dependency>& needs) {
    for (const Dependency& need : needs)
      add(need.when, fmt::format("{} needs {}", package.name, need.target()));
  };
  add_needs(package.dependencies);
  for (const Variation& variation : package.variations) {
    const auto chosen = options.find(variation.group);
    if (chosen == options.end()) continue;
    for (const Option* option : tried(variation, chosen->second)) {
      add(option->when,
          fmt::format("`{} = {}` of {} exists only", variation.group, option->name, package.name));
      if (const auto excluded = option->package_conflicts.find(tool);
          excluded != option->package_conflicts.end())
        out.push_back(fmt::format("`{} = {}` of {} excludes {} {}", variation.group, option->name,
                                  package.name, tool, excluded->second.text()));
      if (option->name == chosen->second) add_needs(option->dependencies);
    }
  }
  return out;
}

}  // namespace reef::ops
