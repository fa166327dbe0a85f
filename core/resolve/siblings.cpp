#include <algorithm>

#include "core/resolve/search.h"

// Fairness between the packages that were asked for directly. Taken strictly in order, the newest version of
// the first may push the second back to a version so old that it does not know the first yet (`a` 2 conflicts
// with every `b` 2.x, so `b` 1.0 is chosen). So a solution is tried first in which none of them is older than
// the requirements on it allow: a version is given up only where another one's requirement excludes it.
namespace reef::resolve {
namespace {

// An attempt that takes more conflicts than this is given up.
constexpr std::uint64_t kConflictsForFairness = 200;
// Nobody weighs more packages against each other.
constexpr std::size_t kMostSiblings = 64;

}  // namespace

// Decides for fairness, once, before the first package.
bool Search::prefer_fair() {
  if (fair_dropped_ || request_.roots.size() < 2 || request_.roots.size() > kMostSiblings) return false;
  if (!fair_) {
    fair_ = encoder_.new_switch();
    fair_since_ = engine_.conflicts();
  }
  if (engine_.single(*fair_) >= 0) return false;
  decide_value(*fair_, 1);
  return true;
}

void Search::drop_fairness() {
  fair_dropped_ = true;
  const Literal unfair{*fair_, engine_.set_of(*fair_, 0)};
  encoder_.add_fact({&unfair, 1}, {.kind = Fact::Kind::preference});
}

// Whether every requirement of the request, and of the packages selected so far, admits a version.
bool Search::allowed_by_selected(std::uint32_t package, std::uint32_t value, bool request_only) const {
  const auto admits = [&](std::span<const std::uint32_t> needs) {
    return std::all_of(needs.begin(), needs.end(), [&](std::uint32_t id) {
      if (id == kNone || id >= encoder_.need_count()) return true;
      const Need& need = encoder_.need(id);
      const auto targets = encoder_.targets(need);
      if (targets.size() != 1 || targets.front().package != package || need.conditional()) return true;
      return engine_.has(targets.front().set, value);
    });
  };
  if (request_only || !admits(encoder_.root_needs())) return admits(encoder_.root_needs());
  return std::all_of(order_.begin(), order_.end(), [&](std::uint32_t selected) {
    return admits(encoder_.info(selected).loads[this->value(selected)].needs);
  });
}

// Adds a clause when a selected package could be newer for all that the others ask of it.
bool Search::regrets(std::uint32_t package) {
  if (is_locked(package)) return false;
  const std::uint32_t chosen = value(package);
  for (std::uint32_t better = 0; better < chosen; ++better) {
    const PackageInfo info = encoder_.info(package);
    if (info.hidden && engine_.has(*info.hidden, better)) continue;
    const bool unripe =
        info.values[chosen]->version.is_prerelease() && !info.values[better]->version.is_prerelease();
    if (!allowed_by_selected(package, better, unripe)) continue;
    std::vector<Literal> literals = {
        {*fair_, engine_.set_of(*fair_, 0)},
        {info.var, engine_.complement(info.var, engine_.set_of(info.var, chosen))}};
    // Versions of the others that exclude the better one would do.
    for (const std::uint32_t sibling : order_) {
      if (sibling == package || unripe) continue;
      const PackageInfo& other = encoder_.info(sibling);
      const Literal excluding{other.var, engine_.empty_set(other.var)};
      for (std::uint32_t i = 0; i < other.absent(); ++i) {
        if (!other.values[i]->requirements) continue;
        for (const Requirement& need : other.values[i]->requirements->needs)
          if (need.targets.size() == 1 && need.targets.front().name == info.name &&
              !need.targets.front().range.contains(info.values[better]->version))
            engine_.insert(excluding.set, i);
      }
      literals.push_back(excluding);
    }
    const auto holds = [&](const Literal& literal) { return engine_.subset(literal); };
    if (std::any_of(literals.begin(), literals.end(), holds)) continue;
    encoder_.add_fact(literals, {.kind = Fact::Kind::preference});
    return true;
  }
  return false;
}

// After the packages of the request are selected.
bool Search::refuse_regret() {
  if (!fair_ || fair_dropped_ || engine_.single(*fair_) != 1) return false;
  if (engine_.conflicts() - fair_since_ > kConflictsForFairness) {
    drop_fairness();
    return true;
  }
  const std::vector<std::uint32_t> direct = order_;
  return std::any_of(direct.begin(), direct.end(), [&](std::uint32_t package) { return regrets(package); });
}

}  // namespace reef::resolve
