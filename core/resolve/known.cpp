#include <algorithm>

#include "core/resolve/search.h"

// Conditions on packages and options during the search: when they count as known, and what becomes of the
// packages that only conditions speak of.
namespace reef::resolve {

bool Search::settled(Var var) const {
  const Encoder::Owner& owner = encoder_.owner(var);
  const auto known = [&](std::uint32_t package) {
    return is_selected(package) || std::find(closed_.begin(), closed_.end(), package) != closed_.end();
  };
  if (owner.package != kNone) return known(owner.package);
  const GroupInfo& group = encoder_.group_info(owner.group);
  if (!known(group.package)) return false;
  return engine_.single(var) == group.none() ||
         std::find(passed_.begin(), passed_.end(), owner.group) != passed_.end();
}

bool Search::applies_by_choice(const Need& need) const {
  const auto terms = encoder_.terms(need);
  return terms.empty() || std::any_of(terms.begin(), terms.end(), [&](const std::vector<Literal>& term) {
           return std::all_of(term.begin(), term.end(), [&](const Literal& literal) {
             return settled(literal.var) && engine_.subset(literal) && founded(literal);
           });
         });
}

// A condition that asks for a package does not bring it: only what is reached by other means counts.
bool Search::founded(const Literal& literal) const {
  const Encoder::Owner& owner = encoder_.owner(literal.var);
  if (owner.package != kNone)
    return is_selected(owner.package) || engine_.has(literal.set, encoder_.info(owner.package).absent());
  const GroupInfo& group = encoder_.group_info(owner.group);
  return is_selected(group.package) || engine_.has(literal.set, group.none());
}

// Applies, whatever is chosen for what the condition speaks of, and not only by packages that it would bring.
bool Search::applies_founded(const Need& need) const {
  const auto terms = encoder_.terms(need);
  const auto holds = [&](const Literal& literal) { return founded(literal); };
  const bool reachable = terms.empty() || std::any_of(terms.begin(), terms.end(), [&](const auto& term) {
                           return std::all_of(term.begin(), term.end(), holds);
                         });
  return reachable && applies(need) == true;
}

// Whether the lock has a package for a need that waits for a condition.
bool Search::is_held(std::uint32_t package) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](std::uint32_t id) {
    const Need& need = encoder_.need(id);
    const auto targets = encoder_.targets(need);
    return std::any_of(targets.begin(), targets.end(), [&](const TargetInfo& target) {
      return target.package == package && is_locked_for(need, package);
    });
  });
}

// A package that a condition speaks of, and that nothing reached, is absent. `held`: one that the lock has
// for a need, too, which would lose it by that.
Search::Step Search::close_condition(bool held) {
  for (const std::uint32_t id : pending_)
    for (const auto& term : encoder_.terms(encoder_.need(id)))
      for (const Literal& literal : term) {
        const Encoder::Owner& owner = encoder_.owner(literal.var);
        const std::uint32_t package =
            owner.package != kNone ? owner.package : encoder_.group_info(owner.group).package;
        const PackageInfo& info = encoder_.info(package);
        if (settled(info.var) || !engine_.possible(info.var, info.absent())) continue;
        if (!held && is_held(package)) continue;
        if (engine_.single(info.var) < 0) {
          decide_value(info.var, info.absent());
          return Step::acted;
        }
        closed_.push_back(package);
        return Step::grew;
      }
  return Step::nothing;
}

// Conditions of options speak of packages, too.
Search::Step Search::close_rest() {
  for (const std::uint32_t package : encoder_.conditional_packages()) {
    const PackageInfo& info = encoder_.info(package);
    if (is_selected(package) || engine_.single(info.var) >= 0) continue;
    decide_value(info.var, info.absent());
    return Step::acted;
  }
  return Step::nothing;
}

// A package that some condition holds in the closure, though nothing reached it yet: supposes a version, so
// that the conditions that speak of it are known.
Search::Step Search::suppose() {
  std::vector<std::uint32_t> left;
  for (const std::uint32_t package : encoder_.conditional_packages()) {
    const PackageInfo& info = encoder_.info(package);
    if (!settled(info.var) && !engine_.possible(info.var, info.absent())) left.push_back(package);
  }
  const auto next = std::min_element(left.begin(), left.end(), [&](std::uint32_t a, std::uint32_t b) {
    return encoder_.info(a).name < encoder_.info(b).name;
  });
  if (next == left.end()) return close_rest();
  const PackageInfo& info = encoder_.info(*next);
  std::uint32_t best = 0;
  while (!engine_.possible(info.var, best)) ++best;
  if (encoder_.load(*next, best)) return Step::acted;
  if (engine_.single(info.var) < 0) {
    decide_value(info.var, best);
    return Step::acted;
  }
  for (const std::uint32_t group : info.groups) {
    const Var var = encoder_.group_info(group).var;
    std::uint32_t option = 0;
    while (!engine_.possible(var, option)) ++option;
    if (engine_.single(var) >= 0) continue;
    decide_value(var, option);
    return Step::acted;
  }
  closed_.push_back(*next);
  return Step::grew;
}

}  // namespace reef::resolve
