#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/resolve/resolver.h"

namespace reef::resolve {
namespace {

// "`engine = onnxruntime`" speaks of the group `engine`.
bool speaks_of(const Skipped& skipped, const std::string& group) {
  return skipped.choice.starts_with(fmt::format("`{} = ", group));
}

// The groups of a package whose chosen option is there only because the lock holds it.
std::vector<std::string> held_groups(const Selected& package) {
  std::vector<std::string> out;
  if (!package.candidate->requirements) return out;
  for (const Group& group : package.candidate->requirements->groups) {
    const auto why = package.option_reasons.find(group.name);
    if (why == package.option_reasons.end() || why->second != "locked") continue;
    const std::vector<std::string> preferred = group.preferred();
    if (preferred.front() != package.options.at(group.name)) out.push_back(group.name);
  }
  return out;
}

// Options of a solution in which the lock has no word on those that it holds.
Status look_at_options(Universe& universe, const Request& request, const Solution& solution,
                       std::vector<Skipped>& skipped) {
  std::map<std::string, std::vector<std::string>> held;
  for (const Selected& package : solution.packages)
    if (auto groups = held_groups(package); !groups.empty()) held.emplace(package.name, std::move(groups));
  if (held.empty()) return {};
  Request without = request;
  without.explain = false;
  for (Locked& locked : without.lock)
    if (const auto found = held.find(locked.name); found != held.end())
      for (const std::string& group : found->second) locked.options.erase(group);
  TRY(const Outcome outcome, resolve(universe, without));
  const auto* other = std::get_if<Solution>(&outcome);
  if (other == nullptr) return {};  // the time is up
  for (const Skipped& each : other->skipped) {
    const auto found = held.find(each.package);
    if (found == held.end()) continue;
    const auto& groups = found->second;
    if (std::any_of(groups.begin(), groups.end(),
                    [&](const std::string& group) { return speaks_of(each, group); }))
      skipped.push_back(each);
  }
  return {};
}

// Versions that a solution without the lock has not either.
Status look_at_versions(Universe& universe, const Request& request, std::vector<Skipped>& skipped) {
  const auto is_held = [](const Skipped& each) { return each.held; };
  if (!request.explain || request.upgrade_all || std::none_of(skipped.begin(), skipped.end(), is_held))
    return {};
  Request without = request;
  without.upgrade_all = true;
  TRY(const Outcome outcome, resolve(universe, without));
  const auto* other = std::get_if<Solution>(&outcome);
  if (other == nullptr) return {};
  for (Skipped& each : skipped) {
    if (!each.held) continue;
    for (const Skipped& free : other->skipped)
      if (free.package == each.package && free.choice == each.choice) each = free;
  }
  return {};
}

}  // namespace

Status look_behind_lock(Universe& universe, const Request& request, const Solution& solution,
                        std::vector<Skipped>& skipped) {
  TRY_STATUS(look_at_versions(universe, request, skipped));
  return look_at_options(universe, request, solution, skipped);
}

}  // namespace reef::resolve
