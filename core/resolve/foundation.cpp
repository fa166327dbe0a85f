#include <algorithm>
#include <utility>

#include "core/resolve/search.h"

// What clauses alone cannot say of a closure: that every package in it is reached from the request
// (and, in build_order.cpp, that nothing must be built before itself). Both are checked when everything is
// decided; a closure that fails becomes one more clause.
namespace reef::resolve {

Literal Search::not_as_now(Var var) {
  return {var, engine_.complement(var, engine_.set_of(var, static_cast<std::uint32_t>(engine_.single(var))))};
}

// Where only the lock chose between several that may serve together, selects one more: it may bring what
// nothing needs yet.
bool Search::select_another() {
  for (const std::uint32_t package : order_)
    for (const std::uint32_t id : encoder_.info(package).loads[value(package)].needs) {
      if (id == kNone || applies(encoder_.need(id)) != true || is_decided(encoder_.need(id))) continue;
      const Need need = encoder_.need(id);
      if (locked_target(need) == nullptr) continue;
      for (const TargetInfo& target : encoder_.targets(need)) {
        if (is_selected(target.package) || !possible(target)) continue;
        brought_another_ = true;
        select(TargetInfo(target), false, need);
        return true;
      }
    }
  return false;
}

// A package that was brought in to serve, and takes another one's place, leaves that one without a user: it
// is no part of the closure, unless a condition was told that it is.
void Search::drop_unneeded() {
  if (!brought_another_ || encoder_.error()) return;
  std::vector<std::uint32_t> needed;
  std::vector<char> seen(encoder_.package_count());
  const auto visit = [&](std::uint32_t id) {
    if (id == kNone || applies(encoder_.need(id)) != true) return;
    const TargetInfo* target = serving(encoder_.need(id));
    if (target != nullptr && std::exchange(seen[target->package], 1) == 0) needed.push_back(target->package);
  };
  for (const std::uint32_t id : encoder_.root_needs()) visit(id);
  for (std::size_t i = 0; i < needed.size(); ++i)
    for (const std::uint32_t id : encoder_.info(needed[i]).loads[value(needed[i])].needs) visit(id);
  if (std::any_of(order_.begin(), order_.end(), [&](std::uint32_t package) {
        return seen[package] == 0 && encoder_.info(package).in_condition;
      }))
    return;
  for (const std::uint32_t package : order_) reached_[package] = seen[package];
  std::erase_if(order_, [&](std::uint32_t package) { return seen[package] == 0; });
}

// A condition may hold a package in the closure that nothing needs ("this option exists when cuda is there"):
// with the same choices it stays unneeded, so these choices are refused.
bool Search::refuse_unfounded() {
  for (const std::uint32_t package : encoder_.conditional_packages()) {
    const PackageInfo info = encoder_.info(package);
    if (is_selected(package) || engine_.possible(info.var, info.absent())) continue;
    if (select_another()) return true;
    std::vector<Literal> literals;
    std::vector<std::uint32_t> present = order_;
    for (const std::uint32_t closed : closed_)
      if (!engine_.possible(encoder_.info(closed).var, encoder_.info(closed).absent()))
        present.push_back(closed);
    for (const std::uint32_t one : present) {
      literals.push_back(not_as_now(encoder_.info(one).var));
      for (const std::uint32_t group : encoder_.info(one).groups)
        literals.push_back(not_as_now(encoder_.group_info(group).var));
    }
    for (const std::uint32_t id : pending_) {
      const Need need = encoder_.need(id);
      if (need.special->capability != kNone &&
          engine_.single(encoder_.capability_info(need.special->capability).var) >= 0)
        literals.push_back(not_as_now(encoder_.capability_info(need.special->capability).var));
    }
    readying_.reset();
    Fact fact{.kind = Fact::Kind::unfounded, .package = package};
    fact.text = encoder_.add_text(fmt::format("nothing needs {}", info.name));
    encoder_.add_fact(literals, fact);
    return true;
  }
  return false;
}

}  // namespace reef::resolve
