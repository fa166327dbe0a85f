#include "core/resolve/requirements.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::resolve {
namespace {

When fact(std::string name, std::vector<std::string> values) {
  When when{.kind = When::Kind::fact, .name = std::move(name)};
  when.values = std::move(values);
  return when;
}

When combination(When::Kind kind, const std::vector<Condition>& conditions) {
  When when{.kind = kind};
  for (const Condition& condition : conditions) when.parts.push_back(when_of(condition));
  return when;
}

Group group_of(const Variation& variation) {
  Group group{variation.group, variation.defaults, {}, variation.place};
  for (const Option& option : variation.options) {
    GroupOption& out = group.options.emplace_back();
    out.name = option.name;
    for (const Dependency& dependency : option.dependencies) out.needs.push_back(requirement_of(dependency));
    for (const auto& [package, range] : option.package_conflicts)
      out.excludes.push_back({package, Target::Kind::package, range, option.place});
    out.conflicts = option.conflicts;
    out.when = when_of(option.when);
    out.place = option.place;
  }
  return group;
}

std::string joined(const std::vector<When>& parts, std::string_view separator) {
  std::string out;
  for (const When& part : parts) {
    const bool nested = part.parts.size() > 1;
    out += fmt::format("{}{}{}{}", out.empty() ? "" : separator, nested ? "(" : "", describe(part),
                       nested ? ")" : "");
  }
  return out;
}

}  // namespace

When when_of(const Condition& condition) {
  When all{.kind = When::Kind::all};
  for (const auto& [group, options] : condition.with) {
    When& part = all.parts.emplace_back(When{.kind = When::Kind::option, .name = group});
    part.values = options;
  }
  if (!condition.os.empty()) all.parts.push_back(fact("os", condition.os));
  if (!condition.arch.empty()) all.parts.push_back(fact("arch", condition.arch));
  if (!condition.libc.empty()) all.parts.push_back(fact("libc", condition.libc));
  if (!condition.accelerator.empty()) all.parts.push_back(fact("accelerator", condition.accelerator));
  for (const auto& [package, range] : condition.packages) {
    When& part = all.parts.emplace_back(When{.kind = When::Kind::package, .name = package});
    part.range = range;
  }
  for (const Condition& part : condition.all) all.parts.push_back(when_of(part));
  if (!condition.any.empty()) all.parts.push_back(combination(When::Kind::any, condition.any));
  if (!condition.negated.empty()) all.parts.push_back(combination(When::Kind::none, condition.negated));
  if (all.parts.empty()) return {};
  if (all.parts.size() == 1) {
    When only = std::move(all.parts.front());
    return only;
  }
  return all;
}

Requirement requirement_of(const Dependency& dependency) {
  Target target;
  target.name = dependency.target();
  target.kind = dependency.package.empty() ? Target::Kind::capability : Target::Kind::package;
  target.range = dependency.version;
  target.with = dependency.with;
  return {{target}, dependency.purpose, when_of(dependency.when), dependency.role, dependency.place};
}

std::vector<std::string> Group::preferred() const {
  std::vector<std::string> out = defaults;
  for (const GroupOption& option : options)
    if (std::find(out.begin(), out.end(), option.name) == out.end()) out.push_back(option.name);
  return out;
}

std::shared_ptr<const Requirements> requirements_of(const Manifest& manifest) {
  auto out = std::make_shared<Requirements>();
  out->place = manifest.place;
  for (const Dependency& dependency : manifest.dependencies) out->needs.push_back(requirement_of(dependency));
  for (const Variation& variation : manifest.variations) out->groups.push_back(group_of(variation));
  for (const auto& [capability, version] : manifest.provides) out->provides.push_back({capability, version});
  return out;
}

std::string describe(const When& when) {
  switch (when.kind) {
    case When::Kind::always:
      return "always";
    case When::Kind::fact:
      return fmt::format("{} is {}", when.name, join(when.values, " or "));
    case When::Kind::option:
      return fmt::format("`{} = {}`", when.name, join(when.values, " or "));
    case When::Kind::package: {
      std::string out = when.range.is_any() ? when.name : fmt::format("{} {}", when.name, when.range.text());
      for (const auto& [group, option] : when.with) out += fmt::format(" with `{} = {}`", group, option);
      return out + " is used";
    }
    case When::Kind::all:
      return joined(when.parts, " and ");
    case When::Kind::any:
      return joined(when.parts, " or ");
    case When::Kind::none:
      return "not " + (when.parts.size() == 1 ? describe(when.parts.front())
                                              : fmt::format("({})", joined(when.parts, " or ")));
  }
  return {};
}

}  // namespace reef::resolve
