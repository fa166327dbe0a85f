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

// Where nothing but preference chose between several that may serve together, selects one more: what a
// condition holds in the closure, or else whatever may bring what nothing needs yet.
bool Search::select_another(std::uint32_t wanted) {
  const auto bring = [&](std::uint32_t id, bool itself) {
    if (id == kNone || is_decided(encoder_.need(id)) || !applies_founded(encoder_.need(id))) return false;
    const Need need = encoder_.need(id);
    for (const TargetInfo& target : encoder_.targets(need)) {
      const std::uint32_t package = target.package;
      if (is_selected(package) || !possible(target) || (itself && package != wanted)) continue;
      brought_another_ = true;
      select(TargetInfo(target), false, need);
      if (itself && is_selected(package)) brought_.emplace_back(id, package);
      return true;
    }
    return false;
  };
  for (const bool itself : {true, false}) {
    const auto bring_one = [&](std::uint32_t id) { return bring(id, itself); };
    if (std::any_of(encoder_.root_needs().begin(), encoder_.root_needs().end(), bring_one)) return true;
    for (const std::uint32_t package : order_) {
      const std::span<const std::uint32_t> needs = encoder_.info(package).loads[value(package)].needs;
      if (std::any_of(needs.begin(), needs.end(), bring_one)) return true;
    }
  }
  return false;
}

// Literals of which one must hold for other choices: of the packages that `counts` accepts.
template <class Counts>
std::vector<Literal> Search::not_these_choices(Counts counts) {
  std::vector<Literal> out;
  std::vector<std::uint32_t> present = order_;
  for (const std::uint32_t closed : closed_)
    if (!engine_.possible(encoder_.info(closed).var, encoder_.info(closed).absent()))
      present.push_back(closed);
  for (const std::uint32_t one : present) {
    if (!counts(one)) continue;
    out.push_back(not_as_now(encoder_.info(one).var));
    for (const std::uint32_t group : encoder_.info(one).groups)
      out.push_back(not_as_now(encoder_.group_info(group).var));
  }
  for (const std::uint32_t id : pending_) {
    const Need need = encoder_.need(id);
    if (need.special->capability != kNone &&
        engine_.single(encoder_.capability_info(need.special->capability).var) >= 0)
      out.push_back(not_as_now(encoder_.capability_info(need.special->capability).var));
  }
  return out;
}

// What holds of a closure without those of its packages that nobody needs.
class Search::Without {
 public:
  Without(const Search& search, const std::vector<char>& needed) : search_(search), needed_(needed) {}

  // The package of a variable, if nobody needs it; else kNone.
  std::uint32_t unneeded(Var var) const {
    const std::uint32_t package = search_.package_of(var);
    return package != kNone && search_.is_selected(package) && !needed_[package] ? package : kNone;
  }
  bool holds(const Literal& literal) const {
    const std::uint32_t package = search_.package_of(literal.var);
    const std::uint32_t none = search_.engine_.value_count(literal.var) - 1;
    const bool absent =
        package != kNone &&
        (search_.is_selected(package) ? !needed_[package] : search_.engine_.possible(literal.var, none));
    return absent ? search_.engine_.has(literal.set, none) : search_.engine_.subset(literal);
  }
  bool applies(const Need& need) const {
    const auto terms = search_.encoder_.terms(need);
    return terms.empty() || std::any_of(terms.begin(), terms.end(), [&](const auto& term) {
             return std::all_of(term.begin(), term.end(), [&](const Literal& one) { return holds(one); });
           });
  }
  // One that keeps a need from applying.
  std::uint32_t kept_away_by(const Need& need) const {
    for (const auto& term : search_.encoder_.terms(need))
      for (const Literal& literal : term)
        if (holds(literal) && !search_.engine_.subset(literal)) return unneeded(literal.var);
    return kNone;
  }
  // One by which alone a clause holds.
  std::uint32_t held_by(std::span<const Literal> clause) const {
    std::uint32_t out = kNone;
    for (const Literal& literal : clause) {
      if (holds(literal)) return kNone;
      if (search_.engine_.subset(literal)) out = unneeded(literal.var);
    }
    return out;
  }

 private:
  const Search& search_;
  const std::vector<char>& needed_;
};

std::uint32_t Search::package_of(Var var) const {
  const Encoder::Owner& owner = encoder_.owner(var);
  return owner.group == kNone ? owner.package : encoder_.group_info(owner.group).package;
}

// Adds to packages those that they need, or the request does, under conditions that speak of no others: what
// serves, or whatever could of those `among`.
void Search::add_needed(std::vector<char>& needed, const std::vector<char>* among) const {
  const Without without(*this, needed);
  const Without without_others(*this, among != nullptr ? *among : needed);
  for (bool grew = true; grew;) {
    grew = false;
    const auto add = [&](const TargetInfo& target) {
      if (std::exchange(needed[target.package], 1) == 0) grew = true;
    };
    const auto visit = [&](std::uint32_t id) {
      if (id == kNone || applies(encoder_.need(id)) != true) return;
      const Need& need = encoder_.need(id);
      if (!without.applies(need) || !without_others.applies(need)) return;
      if (among != nullptr) {
        for (const TargetInfo& target : encoder_.targets(need))
          if (satisfied(target) && (*among)[target.package]) add(target);
      } else if (const TargetInfo* target = serving(need)) {
        add(*target);
      }
    };
    for (const std::uint32_t id : encoder_.root_needs()) visit(id);
    for (const std::uint32_t package : order_)
      if (needed[package])
        for (const std::uint32_t id : encoder_.info(package).loads[value(package)].needs) visit(id);
  }
}

// Adds one that needed packages cannot do without, or one that brings such a one. False when there is none.
bool Search::add_missed(std::vector<char>& needed) const {
  if (const std::uint32_t one = missed(needed); one != kNone) {
    needed[one] = 1;
    return true;
  }
  std::vector<char> reached(needed.size());
  add_needed(reached, &needed);
  for (const std::uint32_t user : order_) {
    if (needed[user]) continue;
    for (const std::uint32_t id : encoder_.info(user).loads[value(user)].needs) {
      if (id == kNone || applies(encoder_.need(id)) != true) continue;
      const auto targets = all_serving(encoder_.need(id));
      if (std::none_of(targets.begin(), targets.end(), [&](const TargetInfo* target) {
            return needed[target->package] && !reached[target->package];
          }))
        continue;
      needed[user] = 1;
      return true;
    }
  }
  return false;
}

// A package without which the closure would not be one; kNone when those that nobody needs may go.
std::uint32_t Search::missed(const std::vector<char>& needed) const {
  const Without without(*this, needed);
  std::uint32_t out = kNone;
  const auto look = [&](std::uint32_t id) {
    if (out != kNone || id == kNone || applies(encoder_.need(id)) == true) return;
    if (without.applies(encoder_.need(id))) out = without.kept_away_by(encoder_.need(id));
  };
  for (const std::uint32_t id : encoder_.root_needs()) look(id);
  for (const std::uint32_t package : order_)
    if (needed[package])
      for (const std::uint32_t id : encoder_.info(package).loads[value(package)].needs) look(id);
  for (ClauseId id = 0; out == kNone && static_cast<std::size_t>(id) < engine_.clause_count(); ++id)
    if (const Fact::Kind kind = encoder_.fact(id).kind;
        kind != Fact::Kind::learnt && kind != Fact::Kind::preference)
      out = without.held_by(engine_.literals(id));
  return out;
}

// A package that was brought in to serve, and takes another one's place, leaves that one without a user: it
// is no part of the closure, unless there is none without it. True when the search must go on.
bool Search::drop_unneeded() {
  if (encoder_.error() || !(brought_another_ || (readying_ && readying_->others_serve))) return false;
  std::vector<char> needed(encoder_.package_count());
  do add_needed(needed, nullptr);
  while (add_missed(needed));
  const auto unneeded =
      std::find_if(order_.begin(), order_.end(), [&](std::uint32_t package) { return !needed[package]; });
  if (unneeded == order_.end()) return false;
  // Without it fewer needs may apply, and that is another closure: known to be one, so the search finds it.
  const Without without(*this, needed);
  const auto lapses = [&](std::uint32_t id) {
    return id != kNone && applies(encoder_.need(id)) == true && !without.applies(encoder_.need(id));
  };
  const auto some_lapse = [&](std::span<const std::uint32_t> needs) {
    return std::any_of(needs.begin(), needs.end(), lapses);
  };
  if (some_lapse(encoder_.root_needs()) ||
      std::any_of(order_.begin(), order_.end(), [&](std::uint32_t package) {
        return needed[package] && some_lapse(encoder_.info(package).loads[value(package)].needs);
      })) {
    const PackageInfo info = encoder_.info(*unneeded);
    std::vector<Literal> literals =
        not_these_choices([&](std::uint32_t one) { return !is_selected(one) || needed[one]; });
    literals.push_back({info.var, info.only_absent});
    readying_.reset();
    encoder_.add_fact(literals, {.kind = Fact::Kind::preference});
    return true;
  }
  for (const std::uint32_t package : order_) reached_[package] = needed[package];
  std::erase_if(order_, [&](std::uint32_t package) { return needed[package] == 0; });
  return false;
}

// Adds literals of which one must hold for another package to serve one of the needs: where it is open who
// does, one that cannot now may be kept away by choices that are not refused.
void Search::add_others_possible(std::vector<Literal>& literals) {
  const auto visit = [&](std::uint32_t id) {
    if (id == kNone || !applies_founded(encoder_.need(id))) return;
    const Need& need = encoder_.need(id);
    if (const std::uint32_t choice = need.special->choice; choice != kNone && engine_.single(choice) >= 0)
      literals.push_back(not_as_now(choice));
    if (is_decided(need)) return;
    for (const TargetInfo& target : encoder_.targets(need))
      if (!is_selected(target.package)) literals.push_back({encoder_.info(target.package).var, target.set});
  };
  for (const std::uint32_t id : encoder_.root_needs()) visit(id);
  for (const std::uint32_t package : order_)
    for (const std::uint32_t id : encoder_.info(package).loads[value(package)].needs) visit(id);
}

// A condition may hold a package in the closure that nothing needs ("this option exists when cuda is there"):
// with the same choices it stays unneeded, so these choices are refused.
bool Search::refuse_unfounded() {
  for (const std::uint32_t package : encoder_.conditional_packages()) {
    const PackageInfo info = encoder_.info(package);
    if (is_selected(package) || engine_.possible(info.var, info.absent())) continue;
    readying_.reset();
    if (select_another(package)) return true;
    std::vector<Literal> literals = not_these_choices([](std::uint32_t) { return true; });
    add_others_possible(literals);
    Fact fact{.kind = Fact::Kind::unfounded, .package = package};
    fact.text = encoder_.add_text(fmt::format("nothing needs {}", info.name));
    encoder_.add_fact(literals, fact);
    return true;
  }
  return false;
}

}  // namespace reef::resolve
