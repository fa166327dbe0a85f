#include <algorithm>

#include "core/resolve/search.h"

// What is preferred: of several targets, of several providers, of several options.
namespace reef::resolve {

const Version* Search::provided_version(std::uint32_t package, std::uint32_t value,
                                        const std::string& name) const {
  const Candidate& candidate = *encoder_.info(package).values[value];
  if (!candidate.requirements) return nullptr;
  for (const Provided& provided : candidate.requirements->provides)
    if (provided.capability == name && provided.version) return &*provided.version;
  return nullptr;
}

const Version* Search::best_provided(const TargetInfo& target, const std::string& name) const {
  const PackageInfo& info = encoder_.info(target.package);
  const Version* best = nullptr;
  for (std::uint32_t value = 0; value < info.absent(); ++value) {
    if (!engine_.possible(info.var, value) || !engine_.has(target.set, value)) continue;
    const Version* version = provided_version(target.package, value, name);
    if (version && (!best || *version > *best)) best = version;
  }
  return best;
}

// Declared order; between the providers of one name: the package of that name, the user's order, the highest
// version provided, the name.
const TargetInfo* Search::best_target(const Need& need) const {
  const TargetInfo* best = nullptr;
  const auto targets = encoder_.targets(need);
  const auto user_place = [&](const TargetInfo& target, const std::string& name) {
    const auto order = request_.providers.find(name);
    if (order == request_.providers.end()) return std::size_t{0};
    const auto at = std::find(order->second.begin(), order->second.end(), encoder_.info(target.package).name);
    return static_cast<std::size_t>(at - order->second.begin());
  };
  for (const TargetInfo& target : targets) {
    if (!possible(target)) continue;
    if (need.special->choice != kNone &&
        !engine_.possible(need.special->choice, static_cast<std::uint32_t>(&target - targets.data())))
      continue;
    if (!best) {
      best = &target;
      continue;
    }
    if (best->target != target.target) break;
    if (need.special->capability != kNone) continue;  // mixed: the registry's order
    const std::string& name = need.requirement->targets[target.target].name;
    const std::string_view best_name = encoder_.info(best->package).name;
    const std::string_view target_name = encoder_.info(target.package).name;
    if (best_name == name) break;
    const auto place_of = [&](const TargetInfo& one) {
      return std::make_tuple(!is_locked_provider(one.package, name), user_place(one, name));
    };
    const auto place = place_of(target);
    const auto best_place = place_of(*best);
    if (place != best_place) {
      if (place < best_place) best = &target;
      continue;
    }
    const Version* version = best_provided(target, name);
    const Version* best_version = best_provided(*best, name);
    const auto order = version && best_version ? *version <=> *best_version
                       : version               ? std::strong_ordering::greater
                       : best_version          ? std::strong_ordering::less
                                               : std::strong_ordering::equal;
    if (order > 0 || (order == 0 && target_name < best_name)) best = &target;
  }
  return best;
}

// The target that the lock has for a need, where it can still serve.
const TargetInfo* Search::locked_target(const Need& need) const {
  for (const TargetInfo& target : encoder_.targets(need)) {
    const auto index = static_cast<std::uint32_t>(&target - encoder_.targets(need).data());
    const bool can_serve = possible(target) && is_in_time(need, target) &&
                           (need.special->choice == kNone || engine_.possible(need.special->choice, index));
    if (can_serve && is_locked_for(need, target.package)) return &target;
  }
  return nullptr;
}

// What was selected for a need besides what served it: it would have no user otherwise.
const TargetInfo* Search::brought_target(const Need& need) const {
  for (const auto& [id, package] : brought_) {
    if (encoder_.need(id).requirement != need.requirement) continue;
    for (const TargetInfo& target : encoder_.targets(need))
      if (target.package == package && satisfied(target) && is_in_time(need, target)) return &target;
  }
  return nullptr;
}

// Whether the lock has for the needs of a capability several providers, and none for all of them.
bool Search::is_locked_to_several(std::uint32_t index) const {
  const std::vector<std::uint32_t>& providers = encoder_.capability_info(index).providers;
  std::vector<Need> held;
  for (const std::uint32_t id : pending_) {
    const Need& need = encoder_.need(id);
    const auto locked = [&](std::uint32_t package) { return is_locked_for(need, package); };
    if (need.special->capability == index && std::any_of(providers.begin(), providers.end(), locked))
      held.push_back(need);
  }
  return !held.empty() && std::none_of(providers.begin(), providers.end(), [&](std::uint32_t package) {
    return std::all_of(held.begin(), held.end(),
                       [&](const Need& need) { return is_locked_for(need, package); });
  });
}

// See resolver.h, step 4.
std::uint32_t Search::best_provider(std::uint32_t index) {
  const CapabilityInfo& capability = encoder_.capability_info(index);
  const auto user = request_.providers.find(capability.name);
  const auto rank = [&](std::uint32_t value) {
    const std::uint32_t package = capability.providers[value];
    const PackageInfo& info = encoder_.info(package);
    const bool asked =
        std::any_of(request_.roots.begin(), request_.roots.end(), [&](const Requirement& root) {
          return root.targets.size() == 1 && root.targets.front().kind == Target::Kind::package &&
                 root.targets.front().name == info.name;
        });
    std::size_t place = 0;
    if (user != request_.providers.end())
      place = static_cast<std::size_t>(std::find(user->second.begin(), user->second.end(), info.name) -
                                       user->second.begin());
    bool here = false;
    bool stored = false;
    for (std::uint32_t i = 0; i < info.absent(); ++i) {
      if (is_excluded(info.name, info.values[i]->version)) continue;
      here = here || info.values[i]->origin != Origin::registry;
      stored = stored || info.values[i]->stored;
    }
    const bool served = std::any_of(pending_.begin(), pending_.end(), [&](const auto pending) {
      const Need need = encoder_.need(pending);
      return need.special->capability == index && is_locked_for(need, package);
    });
    return ProviderRank{!served,
                        !is_locked_provider(package, capability.name),
                        place,
                        !asked,
                        !is_selected(package),
                        !here,
                        !stored,
                        value};
  };
  std::vector<ProviderRank> ranks;
  for (std::uint32_t value = 0; value < capability.mixed(); ++value)
    if (engine_.possible(capability.var, value)) ranks.push_back(rank(value));
  if (ranks.empty() || (engine_.possible(capability.var, capability.mixed()) && is_locked_to_several(index)))
    return capability.mixed();
  std::sort(ranks.begin(), ranks.end());
  // One that the lock has may still serve beside others where it alone may not.
  const bool none_is_locked = std::get<0>(ranks.front()) != 0;
  const auto keeps_its_own = [&](std::uint32_t id) {
    const Need& need = encoder_.need(id);
    return need.special->capability == index && locked_target(need) != nullptr;
  };
  if (none_is_locked && engine_.possible(capability.var, capability.mixed()) &&
      std::any_of(pending_.begin(), pending_.end(), keeps_its_own))
    return capability.mixed();
  const auto best = static_cast<std::uint32_t>(ranks.front().back());
  provider_ranks_[index] = std::move(ranks);
  return best;
}

const std::vector<ProviderRank>* Search::provider_ranks(std::uint32_t capability,
                                                        std::uint32_t provider) const {
  const auto found = provider_ranks_.find(capability);
  return found != provider_ranks_.end() && found->second.front().back() == provider ? &found->second
                                                                                    : nullptr;
}

std::vector<std::string> Search::preferred_options(std::uint32_t package, const Group& group) const {
  std::vector<std::string> out = group.preferred();
  const std::string_view name = encoder_.info(package).name;
  if (const Locked* locked = encoder_.locked(name); locked != nullptr && !request_.may_leave_lock(name))
    if (const auto entry = locked->options.find(group.name); entry != locked->options.end())
      std::stable_partition(out.begin(), out.end(),
                            [&](const std::string& option) { return option == entry->second; });
  return out;
}

// The next group of the selected packages.
Search::Step Search::choose_option() {
  for (; state_.group_node < order_.size(); ++state_.group_node, state_.group = 0) {
    const std::uint32_t package = order_[state_.group_node];
    const Candidate& candidate = *encoder_.info(package).values[value(package)];
    if (!candidate.requirements || state_.group >= candidate.requirements->groups.size()) continue;
    const Group& group = candidate.requirements->groups[state_.group];
    const std::uint32_t index = encoder_.group(package, group.name);
    const GroupInfo& info = encoder_.group_info(index);
    if (engine_.single(info.var) >= 0) {
      passed_.push_back(index);
      ++state_.group;
      return Step::grew;
    }
    for (const std::string& option : preferred_options(package, group)) {
      const auto at = std::find(info.options.begin(), info.options.end(), option);
      const auto choice = static_cast<std::uint32_t>(at - info.options.begin());
      if (at == info.options.end() || !engine_.possible(info.var, choice)) continue;
      decide_value(info.var, choice);
      return Step::acted;
    }
  }
  return Step::nothing;
}

}  // namespace reef::resolve
