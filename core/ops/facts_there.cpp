#include "core/ops/facts_there.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/ops/assumed.h"

namespace reef::ops {
namespace {

// What a part shows: that a condition of one of its packages holds there, or not.
struct Shown {
  const LockedPackage* package = nullptr;
  const Condition* when = nullptr;
  bool holds = false;
  const Dependency* need = nullptr;  // that has the condition, or
  const Variation* group = nullptr;  // of an option that has it

  std::string text() const {
    const std::string what = need != nullptr ? fmt::format("{} needs {}", package->name, need->target())
                                             : fmt::format("`{} = {}` of {} exists only", group->group,
                                                           package->options.at(group->group), package->name);
    return fmt::format("{} when {}", what, describe(*when));
  }
};

std::vector<Shown> shown_by(const LockedPackage& package, const Manifest& manifest) {
  std::vector<Shown> out;
  const auto add = [&](const std::vector<Dependency>& needs) {
    for (const Dependency& need : needs)
      if (!need.when.is_always())
        out.push_back({&package, &need.when, package.dependencies.contains(need.role), &need, nullptr});
  };
  add(manifest.dependencies);
  for (const auto& [group, chosen] : package.options) {
    const Variation* variation = manifest.find_variation(group);
    const Option* option = variation != nullptr ? variation->find(chosen) : nullptr;
    if (option == nullptr) continue;
    if (!option->when.is_always()) out.push_back({&package, &option->when, true, nullptr, variation});
    add(option->dependencies);
  }
  return out;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as manifests nest conditions
void name_facts(const Condition& condition, std::set<std::string>& libcs, std::set<std::string>& kinds) {
  libcs.insert(condition.libc.begin(), condition.libc.end());
  kinds.insert(condition.accelerator.begin(), condition.accelerator.end());
  for (const auto* parts : {&condition.all, &condition.any, &condition.negated})
    for (const Condition& part : *parts) name_facts(part, libcs, kinds);
}

bool is_as_shown(const Shown& one, Circumstances now) {
  now.options = one.package->options;
  return holds(*one.when, now) == one.holds;
}

std::size_t count_wrong(const std::vector<Shown>& shown, const Circumstances& now) {
  return static_cast<std::size_t>(
      std::count_if(shown.begin(), shown.end(), [&](const Shown& one) { return !is_as_shown(one, now); }));
}

}  // namespace

Platform facts_there(Platform platform, const LockedPlatform& part,
                     const std::map<std::string, std::shared_ptr<const Manifest>>& manifests) {
  std::vector<Shown> shown;
  for (const LockedPackage& package : part.packages)
    if (const auto manifest = manifests.find(package.name); manifest != manifests.end())
      for (const Shown& one : shown_by(package, *manifest->second)) shown.push_back(one);
  std::set<std::string> others;
  std::set<std::string> named;
  for (const Shown& one : shown) name_facts(*one.when, others, named);
  std::vector<std::string> libcs = {platform.libc.value_or("")};
  if (platform.libc)
    for (const std::string& libc : others)
      if (libc != libcs.front()) libcs.push_back(libc);
  constexpr std::size_t kMostKinds = 6;
  std::vector<std::string> kinds(named.begin(), named.end());
  if (kinds.size() > kMostKinds) kinds.resize(kMostKinds);

  Circumstances now;
  now.os = platform.os;
  now.arch = platform.arch;
  for (const LockedPackage& package : part.packages) now.packages[package.name] = package.version;
  for (const LockedTool& tool : part.host)
    if (tool.found) now.packages[tool.name] = tool.version;
  std::optional<std::size_t> fewest;
  Circumstances best;
  for (const std::string& libc : libcs)
    for (std::size_t mask = 0; mask < std::size_t{1} << kinds.size(); ++mask) {
      now.libc = libc;
      now.accelerators.clear();
      for (std::size_t i = 0; i < kinds.size(); ++i)
        if ((mask >> i & 1U) != 0) now.accelerators.push_back(kinds[i]);
      const std::size_t wrong = count_wrong(shown, now);
      if (fewest && wrong >= *fewest) continue;
      fewest = wrong;
      best = now;
    }
  if (platform.libc) platform.libc = best.libc;
  for (const std::string& kind : best.accelerators) platform.accelerators.push_back({kind, "", {}, {}});
  return platform;
}

std::vector<std::string> otherwise_here(
    const Platform& here, const LockedPlatform& part,
    const std::map<std::string, std::shared_ptr<const Manifest>>& manifests) {
  std::vector<std::string> out;
  const Circumstances now = circumstances_of(here, part);
  for (const LockedPackage& package : part.packages) {
    const auto manifest = manifests.find(package.name);
    if (manifest == manifests.end()) continue;
    for (const Shown& one : shown_by(package, *manifest->second)) {
      std::set<std::string> libcs;
      std::set<std::string> kinds;
      name_facts(*one.when, libcs, kinds);
      if ((libcs.empty() && kinds.empty()) || is_as_shown(one, now)) continue;
      out.push_back(fmt::format("{}: {}", one.text(),
                                one.holds ? "so it is where this part was written, and not here"
                                          : "so it is here, and not where, or when, this part was written"));
    }
  }
  return out;
}

}  // namespace reef::ops
