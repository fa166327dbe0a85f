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

}  // namespace

Result<std::vector<Skipped>> skipped_behind_lock(Universe& universe, const Request& request,
                                                 const Solution& solution) {
  std::map<std::string, std::vector<std::string>> held;
  for (const Selected& package : solution.packages)
    if (auto groups = held_groups(package); !groups.empty()) held.emplace(package.name, std::move(groups));
  std::vector<Skipped> out;
  if (held.empty()) return out;
  Request without = request;
  without.explain = false;
  for (Locked& locked : without.lock)
    if (const auto found = held.find(locked.name); found != held.end())
      for (const std::string& group : found->second) locked.options.erase(group);
  TRY(const Outcome outcome, resolve(universe, without));
  const auto* other = std::get_if<Solution>(&outcome);
  if (other == nullptr) return out;  // the time is up
  for (const Skipped& skipped : other->skipped) {
    const auto found = held.find(skipped.package);
    if (found == held.end()) continue;
    const auto& groups = found->second;
    if (std::any_of(groups.begin(), groups.end(),
                    [&](const std::string& group) { return speaks_of(skipped, group); }))
      out.push_back(skipped);
  }
  return out;
}

}  // namespace reef::resolve
