#include <algorithm>
#include <functional>
#include <set>

#include "core/resolve/search.h"
#include "tests/unit/resolve/oracle.h"

// The preferred solution, choice by choice.
namespace reef::test {

using resolve::Origin;
using resolve::Target;

// Keeps the solutions that agree with a choice; false, and no change, when none does.
template <class Keep>
bool Oracle::narrow(Keep keep) {
  std::vector<Assignment> kept;
  std::copy_if(solutions_.begin(), solutions_.end(), std::back_inserter(kept), keep);
  if (kept.empty()) return false;
  solutions_ = std::move(kept);
  return true;
}

// The newest version of each, or absent. Where a package can do without its newest version only by being
// absent, both are right: strictly, it is absent; else the newest version counts that some solution has.
void Oracle::assume_upgrades(unsigned strictly) {
  for (std::size_t i = 0; i < request_.upgrade.size(); ++i) {
    const int package = index_of(request_.upgrade[i]);
    if (package < 0) continue;
    const auto p = static_cast<std::size_t>(package);
    const bool strict = strictly >> i & 1U;
    for (int value = 0; value < static_cast<int>(packages_[p].values.size()); ++value) {
      const bool had = std::any_of(solutions_.begin(), solutions_.end(),
                                   [&](const Assignment& a) { return a.value[p] == value; });
      if (!had && !strict) continue;
      if (narrow([&](const Assignment& a) { return a.value[p] < 0 || a.value[p] == value; })) break;
    }
  }
}

void Oracle::assume_lock() {
  for (const auto* locked : resolve::lock_by_distance(world_, request_)) {
    const auto& entry = *locked;
    const int package = index_of(entry.name);
    if (package < 0 || request_.may_leave_lock(entry.name)) continue;
    const auto p = static_cast<std::size_t>(package);
    for (std::size_t value = 0; value < packages_[p].values.size(); ++value)
      if (packages_[p].values[value]->version == entry.version)
        narrow([&](const Assignment& a) { return a.value[p] < 0 || a.value[p] == static_cast<int>(value); });
    for (const auto& [name, option] : entry.options) {
      const int group = group_of(package, name);
      const unsigned mask = option_mask(package, group, {option});
      if (mask == 0) continue;
      narrow([&](const Assignment& a) {
        const int chosen = a.options[p][static_cast<std::size_t>(group)];
        return chosen < 0 || (mask >> chosen & 1U);
      });
    }
  }
}

// What a condition comes to, given the choices made so far; nothing when it depends on later ones.
std::optional<bool> Oracle::known(const When& when) const {
  using Kind = resolve::When::Kind;
  const Assignment& a = solutions_.front();
  const auto is_known = [&](int package) {
    return std::find(order_.begin(), order_.end(), package) != order_.end() || closed_.count(package);
  };
  switch (when.kind) {
    case Kind::always:
    case Kind::fact:
      return holds(when, a);
    case Kind::package:
      if (when.package < 0) return false;
      return is_known(when.package) ? std::optional(holds(when, a)) : std::nullopt;
    case Kind::option: {
      if (when.group < 0) return false;
      const bool has =
          !packages_[static_cast<std::size_t>(when.package)]
               .versions[static_cast<std::size_t>(a.value[static_cast<std::size_t>(when.package)])]
               .groups[static_cast<std::size_t>(when.group)]
               .empty();
      const bool passed = !has || passed_.count({when.package, when.group});
      return is_known(when.package) && passed ? std::optional(holds(when, a)) : std::nullopt;
    }
    case Kind::all:
    case Kind::any:
    case Kind::none:
      break;
  }
  const bool deciding = when.kind != Kind::all;  // the value of a part that settles the whole
  bool open = false;
  for (const When& part : when.parts) {
    const auto value = known(part);
    if (value == deciding) return when.kind == Kind::any;
    open = open || !value;
  }
  return open ? std::nullopt : std::optional(when.kind != Kind::any);
}

std::optional<bool> Oracle::decided(const Need& need, int owner) const {
  if (need.group >= 0) {
    When option;
    option.kind = resolve::When::Kind::option;
    option.package = owner;
    option.group = need.group;
    option.mask = 1U << need.option;
    if (known(option) != true) return known(option);
  }
  return known(need.when);
}

// Whether facts alone tell what a condition comes to.
std::optional<bool> Oracle::constant(const When& when) {
  using Kind = resolve::When::Kind;
  switch (when.kind) {
    case Kind::always:
      return true;
    case Kind::fact:
      return when.holds;
    case Kind::package:
    case Kind::option:
      break;
    case Kind::all:
    case Kind::any:
    case Kind::none: {
      const bool deciding = when.kind != Kind::all;
      bool open = false;
      for (const When& part : when.parts) {
        const auto value = constant(part);
        if (value == deciding) return when.kind == Kind::any;
        open = open || !value;
      }
      return open ? std::nullopt : std::optional(when.kind != Kind::any);
    }
  }
  return when.kind == Kind::option && when.group < 0 ? std::optional(false) : std::nullopt;
}

// Packages a condition speaks of, in its order.
void Oracle::collect(const When& when, std::vector<int>& out) {
  if ((when.kind == resolve::When::Kind::package || when.kind == resolve::When::Kind::option) &&
      when.package >= 0)
    out.push_back(when.package);
  for (const When& part : when.parts) collect(part, out);
}

bool Oracle::take(const Alternative& alternative) {
  if (alternative.package < 0) return false;
  const auto p = static_cast<std::size_t>(alternative.package);
  for (std::size_t value = 0; value < packages_[p].values.size(); ++value) {
    if (!(alternative.mask >> value & 1U)) continue;
    if (!narrow([&](const Assignment& a) {
          return a.value[p] == static_cast<int>(value) && meets(alternative, a);
        }))
      continue;
    order_.push_back(alternative.package);
    return true;
  }
  return false;
}

// Selects a package for an open requirement; false when nothing is left to do for it.
bool Oracle::select(const Need& need) {
  const auto selected = [&](const Alternative& alternative) {
    return std::find(order_.begin(), order_.end(), alternative.package) != order_.end() &&
           meets(alternative, solutions_.front());
  };
  if (std::any_of(need.alternatives.begin(), need.alternatives.end(), selected)) return false;
  return std::any_of(need.alternatives.begin(), need.alternatives.end(),
                     [&](const Alternative& alternative) { return take(alternative); });
}

bool Oracle::select_capability(const Need& need) {
  const auto serves_all = [&](const Assignment& a, int provider) {
    const auto served = [&](const Need& other, int owner) {
      if (other.capability != need.capability || !active(other, owner, a)) return true;
      return std::any_of(other.alternatives.begin(), other.alternatives.end(),
                         [&](const Alternative& alternative) {
                           return alternative.package == provider && meets(alternative, a);
                         });
    };
    for (const Need& root : roots_)
      if (!served(root, -1)) return false;
    for (std::size_t p = 0; p < packages_.size(); ++p)
      if (a.value[p] >= 0)
        for (const Need& other : packages_[p].versions[static_cast<std::size_t>(a.value[p])].needs)
          if (!served(other, static_cast<int>(p))) return false;
    return true;
  };
  if (!providers_.count(need.capability)) {
    std::vector<std::pair<std::tuple<bool, bool, bool, bool, std::size_t>, int>> ranked;
    const auto names = world_.providers(need.capability);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const int package = index_of(names[i]);
      const auto p = static_cast<std::size_t>(package);
      const bool locked =
          !request_.upgrade_all && std::any_of(request_.lock.begin(), request_.lock.end(),
                                               [&](const auto& e) { return e.name == names[i]; });
      const bool asked = std::any_of(request_.roots.begin(), request_.roots.end(), [&](const auto& root) {
        return root.targets.size() == 1 && root.targets.front().kind == Target::Kind::package &&
               root.targets.front().name == names[i];
      });
      const bool selected = std::find(order_.begin(), order_.end(), package) != order_.end();
      const bool here = std::any_of(packages_[p].values.begin(), packages_[p].values.end(),
                                    [](const auto* c) { return c->origin == Origin::host; });
      ranked.push_back({{!locked, !asked, !selected, !here, i}, package});
    }
    std::sort(ranked.begin(), ranked.end());
    int chosen = -1;
    for (const auto& [rank, package] : ranked)
      if (chosen < 0 &&
          narrow([&, provider = package](const Assignment& a) { return serves_all(a, provider); }))
        chosen = package;
    providers_[need.capability] = chosen;
    return true;
  }
  const int provider = providers_[need.capability];
  if (provider < 0) return select(need);
  Need only = need;
  only.alternatives.erase(
      std::remove_if(only.alternatives.begin(), only.alternatives.end(),
                     [&](const Alternative& alternative) { return alternative.package != provider; }),
      only.alternatives.end());
  return select(only);
}

bool Oracle::choose_option() {
  for (const int package : order_) {
    const auto p = static_cast<std::size_t>(package);
    const resolve::Candidate& candidate =
        *packages_[p].values[static_cast<std::size_t>(solutions_.front().value[p])];
    const Version& version = packages_[p].versions[static_cast<std::size_t>(solutions_.front().value[p])];
    for (const auto& own : candidate.requirements->groups) {
      const int index = group_of(package, own.name);
      const auto group = static_cast<std::size_t>(index);
      if (!passed_.insert({package, index}).second) continue;
      for (const int option : version.groups[group])
        if (narrow([&](const Assignment& a) { return a.options[p][group] == option; })) return true;
      return true;
    }
  }
  return false;
}

// The next choice in the order of the specification.
bool Oracle::advance() {
  struct Open {
    const Need* need;
    int owner;
  };
  std::vector<Open> pending;
  std::vector<Open> conditional;
  std::vector<Open> capabilities;
  const auto walk = [&](const std::vector<Need>& needs, int owner) {
    for (const Need& need : needs) {
      const auto fixed = constant(need.when);
      const bool plain = need.group < 0 && fixed == true;
      if (fixed == false) continue;
      if (!need.capability.empty() || !plain) pending.push_back({&need, owner});
      if (!need.capability.empty())
        capabilities.push_back({&need, owner});
      else if (!plain)
        conditional.push_back({&need, owner});
      else if (select(need))
        return true;
    }
    return false;
  };
  if (walk(roots_, -1)) return true;
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const auto p = static_cast<std::size_t>(order_[i]);
    if (walk(packages_[p].versions[static_cast<std::size_t>(solutions_.front().value[p])].needs, order_[i]))
      return true;
  }
  for (const Open& open : conditional)
    if (decided(*open.need, open.owner) == true && select(*open.need)) return true;
  if (choose_option()) return true;
  for (const Open& open : capabilities)
    if (decided(*open.need, open.owner) == true && select_capability(*open.need)) return true;
  for (const Open& open : pending) {
    std::vector<int> packages;
    collect(open.need->when, packages);
    for (const int package : packages) {
      const auto p = static_cast<std::size_t>(package);
      if (std::find(order_.begin(), order_.end(), package) != order_.end() || closed_.count(package))
        continue;
      if (!narrow([&](const Assignment& a) { return a.value[p] < 0; })) continue;
      closed_.insert(package);
      return true;
    }
  }
  for (const Open& open : pending) {
    const auto applies = [&](const Assignment& a) { return active(*open.need, open.owner, a); };
    if (!std::all_of(solutions_.begin(), solutions_.end(), applies)) continue;
    if (open.need->capability.empty() ? select(*open.need) : select_capability(*open.need)) return true;
  }
  std::set<int> unknown;
  for (const Open& open : pending) {
    std::vector<int> packages;
    collect(open.need->when, packages);
    unknown.insert(packages.begin(), packages.end());
  }
  for (const int package : unknown) {
    const auto p = static_cast<std::size_t>(package);
    if (std::find(order_.begin(), order_.end(), package) != order_.end() || !closed_.insert(package).second)
      continue;
    for (std::size_t value = 0; value < packages_[p].values.size(); ++value)
      if (narrow([&](const Assignment& a) { return a.value[p] == static_cast<int>(value); })) return true;
    return true;
  }
  return false;
}

std::set<std::string> Oracle::preferred() const {
  std::set<std::string> out;
  for (unsigned strictly = 0; strictly >> request_.upgrade.size() == 0; ++strictly)
    out.insert(Oracle(*this).preferred_with(strictly));
  return out;
}

std::string Oracle::preferred_with(unsigned strictly) {
  assume_upgrades(strictly);
  assume_lock();
  while (advance()) continue;
  return text_of(solutions_.front(), order_);
}

std::set<std::string> Oracle::all() const {
  std::set<std::string> out;
  for (const Assignment& a : solutions_) {
    std::vector<int> selected;
    for (std::size_t p = 0; p < packages_.size(); ++p)
      if (a.value[p] >= 0) selected.push_back(static_cast<int>(p));
    out.insert(text_of(a, selected));
  }
  return out;
}

std::string Oracle::text_of(const Assignment& a, const std::vector<int>& packages) const {
  std::vector<std::string> parts;
  for (const int package : packages) {
    const auto p = static_cast<std::size_t>(package);
    std::string options;
    std::map<std::string, std::string> sorted;
    for (std::size_t g = 0; g < packages_[p].groups.size(); ++g)
      if (a.options[p][g] >= 0)
        sorted[packages_[p].groups[g]] = packages_[p].options[g][static_cast<std::size_t>(a.options[p][g])];
    for (const auto& [group, option] : sorted)
      options += fmt::format("{}{}={}", options.empty() ? "[" : ",", group, option);
    parts.push_back(fmt::format("{}={}{}{}", packages_[p].name,
                                packages_[p].values[static_cast<std::size_t>(a.value[p])]->version.text(),
                                options, options.empty() ? "" : "]"));
  }
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, " "));
}

}  // namespace reef::test
