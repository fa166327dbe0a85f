#include "tests/unit/resolve/oracle.h"

#include <algorithm>
#include <functional>
#include <set>

namespace reef::test {

using resolve::Candidate;
using resolve::Origin;
using resolve::Target;

Oracle::Oracle(World& world, const resolve::Request& request) : world_(world), request_(request) {
  for (const auto& [name, candidates] : world.packages) {
    Package& package = packages_.emplace_back();
    package.name = name;
    for (const Candidate& candidate : candidates) {
      const bool locked =
          !request.may_leave_lock(name) &&
          std::any_of(request.lock.begin(), request.lock.end(), [&, n = name](const auto& entry) {
            return entry.name == n && entry.version == candidate.version;
          });
      const bool constrained = std::any_of(
          request.constraints.begin(), request.constraints.end(),
          [&, n = name](const auto& one) { return one.name == n && !one.range.contains(candidate.version); });
      const auto changed = request.overrides.find(name);
      const bool pinned =
          changed != request.overrides.end() && changed->second.single() == std::optional(candidate.version);
      if ((!candidate.yanked || locked || pinned) && !constrained) package.values.push_back(&candidate);
    }
    std::stable_sort(package.values.begin(), package.values.end(),
                     [&](const Candidate* a, const Candidate* b) {
                       if (request.prefer_host && (a->origin == Origin::host) != (b->origin == Origin::host))
                         return a->origin == Origin::host;
                       return request.prefer_oldest ? a->version < b->version : a->version > b->version;
                     });
    for (const Candidate* candidate : package.values)
      for (const resolve::Group& group : candidate->requirements->groups) {
        auto at = std::find(package.groups.begin(), package.groups.end(), group.name);
        if (at == package.groups.end()) {
          package.groups.push_back(group.name);
          package.options.emplace_back();
          at = package.groups.end() - 1;
        }
        auto& options = package.options[static_cast<std::size_t>(at - package.groups.begin())];
        for (const auto& option : group.options)
          if (std::find(options.begin(), options.end(), option.name) == options.end())
            options.push_back(option.name);
      }
  }
  for (std::size_t i = 0; i < packages_.size(); ++i)
    for (const Candidate* candidate : packages_[i].values)
      packages_[i].versions.push_back(compile(static_cast<int>(i), *candidate));
  for (const auto& root : request.roots) roots_.push_back(compile(root, -1, -1, -1));
  Assignment a{std::vector<int>(packages_.size(), -1), {}};
  for (const Package& package : packages_) a.options.emplace_back(package.groups.size(), -1);
  enumerate(0, a);
}

int Oracle::index_of(const std::string& name) const {
  for (std::size_t i = 0; i < packages_.size(); ++i)
    if (packages_[i].name == name) return static_cast<int>(i);
  return -1;
}

unsigned Oracle::mask_of(int package, const VersionRange& range) const {
  unsigned mask = 0;
  if (package < 0) return mask;
  const auto& values = packages_[static_cast<std::size_t>(package)].values;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (range.contains(values[i]->version)) mask |= 1U << i;
  return mask;
}

int Oracle::group_of(int package, const std::string& name) const {
  if (package < 0) return -1;
  const auto& groups = packages_[static_cast<std::size_t>(package)].groups;
  const auto at = std::find(groups.begin(), groups.end(), name);
  return at == groups.end() ? -1 : static_cast<int>(at - groups.begin());
}

unsigned Oracle::option_mask(int package, int group, const std::vector<std::string>& options) const {
  unsigned mask = 0;
  if (group < 0) return mask;
  const auto& known = packages_[static_cast<std::size_t>(package)].options[static_cast<std::size_t>(group)];
  for (std::size_t i = 0; i < known.size(); ++i)
    if (std::find(options.begin(), options.end(), known[i]) != options.end()) mask |= 1U << i;
  return mask;
}

Oracle::When Oracle::compile(const resolve::When& when, int owner) const {
  When out;
  out.kind = when.kind;
  if (when.kind == resolve::When::Kind::fact)
    for (const std::string& fact : world_.facts(when.name))
      out.holds = out.holds || std::find(when.values.begin(), when.values.end(), fact) != when.values.end();
  if (when.kind == resolve::When::Kind::option) {
    out.package = owner;
    out.group = group_of(owner, when.name);
    out.mask = option_mask(owner, out.group, when.values);
  }
  if (when.kind == resolve::When::Kind::package) {
    out.package = index_of(when.name);
    out.mask = mask_of(out.package, when.range);
  }
  for (const auto& part : when.parts) out.parts.push_back(compile(part, owner));
  return out;
}

Oracle::Need Oracle::compile(const resolve::Requirement& need, int owner, int group, int option) const {
  Need out;
  out.when = compile(need.when, owner);
  out.group = group;
  out.option = option;
  out.build = need.purpose != Purpose::run;
  for (const Target& target : need.targets) {
    if (target.kind == Target::Kind::package) {
      Alternative& alternative = out.alternatives.emplace_back();
      alternative.package = index_of(target.name);
      const auto changed = request_.overrides.find(target.name);
      alternative.mask =
          mask_of(alternative.package, changed == request_.overrides.end() ? target.range : changed->second);
      for (const auto& [name, wanted] : target.with) {
        const int asked = group_of(alternative.package, name);
        alternative.impossible = alternative.impossible || asked < 0;
        alternative.options.emplace_back(asked, option_mask(alternative.package, asked, {wanted}));
      }
      continue;
    }
    out.capability = target.name;
    for (const std::string& provider : world_.providers(target.name)) {
      Alternative alternative;
      alternative.package = index_of(provider);
      const auto& values = packages_[static_cast<std::size_t>(alternative.package)].values;
      for (std::size_t i = 0; i < values.size(); ++i)
        for (const auto& provided : values[i]->requirements->provides)
          if (provided.capability == target.name &&
              (provided.version ? target.range.contains(*provided.version) : target.range.is_any()))
            alternative.mask |= 1U << i;
      if (alternative.mask) out.alternatives.push_back(alternative);
    }
  }
  return out;
}

Oracle::Version Oracle::compile(int package, const Candidate& candidate) const {
  Version out;
  out.groups.resize(packages_[static_cast<std::size_t>(package)].groups.size());
  for (const auto& need : candidate.requirements->needs) out.needs.push_back(compile(need, package, -1, -1));
  const auto exclude = [&](const resolve::Exclusion& exclusion, int group, int option) {
    const int other = index_of(exclusion.name);
    if (other != package) out.excludes.push_back({group, option, other, mask_of(other, exclusion.range)});
  };
  for (const auto& exclusion : candidate.requirements->excludes) exclude(exclusion, -1, -1);
  for (const auto& group : candidate.requirements->groups) {
    const int g = group_of(package, group.name);
    const auto option_index = [&](const std::string& name) {
      const auto& known = packages_[static_cast<std::size_t>(package)].options[static_cast<std::size_t>(g)];
      return static_cast<int>(std::find(known.begin(), known.end(), name) - known.begin());
    };
    std::vector<int>& order = out.groups[static_cast<std::size_t>(g)];
    const auto add = [&](int option) {
      if (std::find(order.begin(), order.end(), option) == order.end()) order.push_back(option);
    };
    for (const auto& entry : request_.lock)
      if (entry.name == packages_[static_cast<std::size_t>(package)].name &&
          !request_.may_leave_lock(entry.name) && entry.options.count(group.name))
        add(option_index(entry.options.at(group.name)));
    for (const std::string& name : group.defaults) add(option_index(name));
    for (const auto& option : group.options) {
      const int o = option_index(option.name);
      add(o);
      for (const auto& need : option.needs) out.needs.push_back(compile(need, package, g, o));
      for (const auto& exclusion : option.excludes) exclude(exclusion, g, o);
      if (!option.when.is_always()) out.rules.push_back({g, o, compile(option.when, package)});
      for (const auto& [other, options] : option.conflicts) {
        When clash;
        clash.kind = resolve::When::Kind::none;
        When& part = clash.parts.emplace_back();
        part.kind = resolve::When::Kind::option;
        part.package = package;
        part.group = group_of(package, other);
        part.mask = option_mask(package, part.group, options);
        out.rules.push_back({g, o, clash});
      }
    }
    // A locked option that this version has not is no option of it.
    order.erase(std::remove_if(order.begin(), order.end(),
                               [&](int o) {
                                 return std::none_of(
                                     group.options.begin(), group.options.end(),
                                     [&](const auto& option) { return option_index(option.name) == o; });
                               }),
                order.end());
  }
  return out;
}

bool Oracle::holds(const When& when, const Assignment& a) const {
  using Kind = resolve::When::Kind;
  const auto part_holds = [&](const When& part) { return holds(part, a); };
  switch (when.kind) {
    case Kind::always:
      return true;
    case Kind::fact:
      return when.holds;
    case Kind::option: {
      if (when.package < 0 || when.group < 0) return false;
      const int option =
          a.options[static_cast<std::size_t>(when.package)][static_cast<std::size_t>(when.group)];
      return option >= 0 && (when.mask >> option & 1U);
    }
    case Kind::package: {
      const int value = when.package < 0 ? -1 : a.value[static_cast<std::size_t>(when.package)];
      return value >= 0 && (when.mask >> value & 1U);
    }
    case Kind::all:
      return std::all_of(when.parts.begin(), when.parts.end(), part_holds);
    case Kind::any:
      return std::any_of(when.parts.begin(), when.parts.end(), part_holds);
    case Kind::none:
      return std::none_of(when.parts.begin(), when.parts.end(), part_holds);
  }
  return false;
}

bool Oracle::active(const Need& need, int owner, const Assignment& a) const {
  if (need.group >= 0 &&
      a.options[static_cast<std::size_t>(owner)][static_cast<std::size_t>(need.group)] != need.option)
    return false;
  return holds(need.when, a);
}

bool Oracle::meets(const Alternative& alternative, const Assignment& a) const {
  if (alternative.package < 0 || alternative.impossible) return false;
  const auto package = static_cast<std::size_t>(alternative.package);
  if (a.value[package] < 0 || !(alternative.mask >> a.value[package] & 1U)) return false;
  return std::all_of(alternative.options.begin(), alternative.options.end(), [&](const auto& wanted) {
    const int option = a.options[package][static_cast<std::size_t>(wanted.first)];
    return option >= 0 && (wanted.second >> option & 1U);
  });
}

bool Oracle::met(const Need& need, const Assignment& a) const {
  return std::any_of(need.alternatives.begin(), need.alternatives.end(),
                     [&](const Alternative& alternative) { return meets(alternative, a); });
}

bool Oracle::valid(const Assignment& a) const {
  for (const Need& root : roots_)
    if (active(root, -1, a) && !met(root, a)) return false;
  for (std::size_t p = 0; p < packages_.size(); ++p) {
    if (a.value[p] < 0) continue;
    const Version& version = packages_[p].versions[static_cast<std::size_t>(a.value[p])];
    const auto chosen = [&](int group, int option) {
      return group < 0 || a.options[p][static_cast<std::size_t>(group)] == option;
    };
    for (const Need& need : version.needs)
      if (active(need, static_cast<int>(p), a) && !met(need, a)) return false;
    for (const auto& exclusion : version.excludes) {
      if (!chosen(exclusion.group, exclusion.option) || exclusion.package < 0) continue;
      const int value = a.value[static_cast<std::size_t>(exclusion.package)];
      if (value >= 0 && (exclusion.mask >> value & 1U)) return false;
    }
    for (const auto& rule : version.rules)
      if (chosen(rule.group, rule.option) && !holds(rule.when, a)) return false;
  }
  return reached(a) && !has_build_cycle(a);
}

// Like holds(), with the packages that a condition asks for among those seen.
bool Oracle::founded(const When& when, const Assignment& a, const std::vector<char>& seen,
                     bool negated) const {
  using Kind = resolve::When::Kind;
  if (when.parts.empty()) {
    const bool unseen = when.kind == Kind::package && !negated && when.package >= 0 &&
                        !seen[static_cast<std::size_t>(when.package)];
    return !unseen && holds(when, a) != negated;
  }
  const bool parts_negated = (when.kind == Kind::none) != negated;
  const bool conjunction = (when.kind == Kind::any) == negated;
  const auto part = [&](const When& one) { return founded(one, a, seen, parts_negated); };
  return conjunction ? std::all_of(when.parts.begin(), when.parts.end(), part)
                     : std::any_of(when.parts.begin(), when.parts.end(), part);
}

// Every selected package is asked for by the request or by a package that is reached itself.
// A condition that asks for a package counts only when that one is reached before.
bool Oracle::reached(const Assignment& a) const {
  std::vector<char> seen(packages_.size());
  bool changed = true;
  const auto visit = [&](const Need& need, int owner) {
    if (!active(need, owner, a) || !founded(need.when, a, seen, false)) return;
    for (const Alternative& alternative : need.alternatives) {
      if (!meets(alternative, a) || seen[static_cast<std::size_t>(alternative.package)]) continue;
      seen[static_cast<std::size_t>(alternative.package)] = 1;
      changed = true;
    }
  };
  while (changed) {
    changed = false;
    for (const Need& root : roots_) visit(root, -1);
    for (std::size_t p = 0; p < packages_.size(); ++p)
      if (seen[p])
        for (const Need& need : packages_[p].versions[static_cast<std::size_t>(a.value[p])].needs)
          visit(need, static_cast<int>(p));
  }
  for (std::size_t p = 0; p < packages_.size(); ++p)
    if (a.value[p] >= 0 && !seen[p]) return false;
  return true;
}

bool Oracle::has_build_cycle(const Assignment& a) const {
  // Of each kind of need, whether some of the packages among those given meets it.
  using Set = std::set<std::size_t>;
  const auto is_served = [&](std::size_t p, bool build, const Set& by) {
    const std::vector<Need>& needs = packages_[p].versions[static_cast<std::size_t>(a.value[p])].needs;
    return std::all_of(needs.begin(), needs.end(), [&](const Need& need) {
      if (need.build != build || !active(need, static_cast<int>(p), a)) return true;
      return std::any_of(need.alternatives.begin(), need.alternatives.end(), [&](const auto& alternative) {
        return meets(alternative, a) && by.count(static_cast<std::size_t>(alternative.package)) != 0;
      });
    });
  };
  Set left;
  Set built;
  for (std::size_t p = 0; p < packages_.size(); ++p)
    if (a.value[p] >= 0) left.insert(p);
  for (bool changed = true; changed;) {
    changed = false;
    // The most of what is built that can run, each with others of these.
    Set ready = built;
    for (bool removed = true; removed;) {
      removed = false;
      for (auto at = ready.begin(); at != ready.end();) {
        const bool runs = is_served(*at, false, ready);
        removed = removed || !runs;
        at = runs ? std::next(at) : ready.erase(at);
      }
    }
    for (auto at = left.begin(); at != left.end();) {
      const bool can = is_served(*at, true, ready);
      changed = changed || can;
      if (can) built.insert(*at);
      at = can ? left.erase(at) : std::next(at);
    }
  }
  return !left.empty();
}

void Oracle::enumerate(std::size_t package, Assignment& a) {
  if (package == packages_.size()) {
    if (valid(a)) solutions_.push_back(a);
    return;
  }
  a.value[package] = -1;
  enumerate(package + 1, a);
  const Package& info = packages_[package];
  for (std::size_t value = 0; value < info.values.size(); ++value) {
    a.value[package] = static_cast<int>(value);
    const auto& groups = info.versions[value].groups;
    const std::function<void(std::size_t)> choose = [&](std::size_t group) {
      if (group == groups.size()) {
        enumerate(package + 1, a);
        return;
      }
      for (const int option : groups[group]) {
        a.options[package][group] = option;
        choose(group + 1);
      }
      if (groups[group].empty()) choose(group + 1);
      a.options[package][group] = -1;
    };
    choose(0);
  }
  a.value[package] = -1;
}

}  // namespace reef::test
