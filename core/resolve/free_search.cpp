#include <algorithm>

#include "core/resolve/search.h"

// Is there a solution at all? Decides the packages that took part in most recent conflicts first and restarts
// from time to time, without regard to what is preferred.
namespace reef::resolve {

Search::FreeEnd Search::search_freely(std::uint64_t budget) {
  const std::uint64_t start = engine_.conflicts();
  double until_restart = 100;
  double since_restart = 0;
  for (;;) {
    const ClauseId conflict = engine_.propagate();
    if (conflict != kNoClause) {
      if (engine_.conflicts() >= request_.limits.conflicts) return FreeEnd::out_of_limits;
      if (engine_.conflicts() % 256 == 0 && out_of_time()) return FreeEnd::out_of_limits;
      if (engine_.conflicts() - start > budget) return FreeEnd::out_of_budget;
      if (!engine_.learn(conflict)) return FreeEnd::refuted;
      if (++since_restart <= until_restart) continue;
      since_restart = 0;
      until_restart *= 1.1;
      engine_.backjump(0);
      continue;
    }
    bool loaded = false;
    if (!decide_freely(loaded) && !loaded && !decide_open_need()) return FreeEnd::solvable;
  }
}

// Decides the most active variable that must have a value; `loaded`: a version was read instead.
bool Search::decide_freely(bool& loaded) {
  Var best = 0;
  double best_activity = -1;
  const auto consider = [&](Var var) {
    if (engine_.activity(var) <= best_activity) return;
    best = var;
    best_activity = engine_.activity(var);
  };
  for (std::uint32_t package = 0; package < encoder_.package_count(); ++package) {
    const PackageInfo& info = encoder_.info(package);
    if (engine_.possible(info.var, info.absent())) continue;
    const std::int64_t only = engine_.single(info.var);
    if (only < 0) {
      consider(info.var);
    } else if (encoder_.load(package, static_cast<std::uint32_t>(only))) {
      loaded = true;
      return false;
    }
    for (const std::uint32_t index : encoder_.info(package).groups) {
      const GroupInfo& group = encoder_.group_info(index);
      if (!engine_.possible(group.var, group.none()) && engine_.single(group.var) < 0) consider(group.var);
    }
  }
  if (best_activity < 0) return false;
  std::uint32_t value = 0;
  while (!engine_.possible(best, value)) ++value;
  const std::uint32_t package = encoder_.owner(best).package;
  if (package != kNone && encoder_.load(package, value)) {
    loaded = true;
    return false;
  }
  engine_.decide(best, engine_.set_of(best, value));
  return true;
}

// Requirements with several targets do not propagate by themselves: picks a target for the first open one.
bool Search::decide_open_need() {
  for (std::uint32_t id = 0; id < encoder_.need_count(); ++id) {
    const Need need = encoder_.need(id);
    if (need.target_count < 2) continue;
    if (need.owner != kNone) {
      const PackageInfo& owner = encoder_.info(need.owner);
      const std::int64_t value = engine_.single(owner.var);
      if (value < 0 || value == owner.absent() ||
          engine_.has(need.outside, static_cast<std::uint32_t>(value)))
        continue;
    }
    if (applies(need) != true) continue;
    const auto targets = encoder_.targets(need);
    const auto met = [&](const TargetInfo& target) {
      return engine_.subset({encoder_.info(target.package).var, target.set});
    };
    if (std::any_of(targets.begin(), targets.end(), met)) continue;
    const auto open =
        std::find_if(targets.begin(), targets.end(), [&](const TargetInfo& t) { return possible(t); });
    if (open == targets.end()) continue;
    engine_.decide(encoder_.info(open->package).var, open->set);
    return true;
  }
  return false;
}

}  // namespace reef::resolve
