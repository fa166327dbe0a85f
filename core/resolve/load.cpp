#include <algorithm>

#include "core/resolve/encoder.h"

// The clauses of one version of a package: what it needs, excludes and offers.
namespace reef::resolve {
namespace {

bool same(const When& a, const When& b) {
  return a.kind == b.kind && a.name == b.name && a.values == b.values && a.with == b.with &&
         a.range.text() == b.range.text() &&
         std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                    [](const When& x, const When& y) { return same(x, y); });
}

bool same(const Target& a, const Target& b) {
  if (a.symbol && b.symbol) return a.symbol == b.symbol;
  return a.kind == b.kind && a.name == b.name && a.range.text() == b.range.text() && a.with == b.with;
}

// Requirements of a version in one list: its own, then those of each option, as Value::needs counts them.
template <class Visit>
void each_requirement(const Requirements& requirements, Visit visit) {
  std::size_t flat = 0;
  for (const Requirement& need : requirements.needs) visit(flat++, need, nullptr, nullptr);
  for (const Group& group : requirements.groups)
    for (const GroupOption& option : group.options)
      for (const Requirement& need : option.needs) visit(flat++, need, &group, &option);
}

}  // namespace

bool same(const Requirement& a, const Requirement& b) {
  return a.purpose == b.purpose &&
         std::equal(a.targets.begin(), a.targets.end(), b.targets.begin(), b.targets.end(),
                    [](const Target& x, const Target& y) { return same(x, y); }) &&
         same(a.when, b.when);
}

bool same(const Exclusion& a, const Exclusion& b) {
  return a.name == b.name && a.kind == b.kind && a.range.text() == b.range.text();
}

void Encoder::add_roots() {
  for (const Requirement& root : request_.roots) {
    Need need;
    need.requirement = &root;
    root_needs_.push_back(add_need(need, kNone));
  }
  // Those with the fewest versions to choose from first. Pre-releases count only where there is nothing else.
  const auto choices = [&](std::uint32_t id) {
    std::size_t stable = 0;
    std::size_t all = 0;
    for (const TargetInfo& target : targets(needs_[id]))
      for (std::uint32_t value = 0; value < packages_[target.package].absent(); ++value) {
        if (!engine_.has(target.set, value)) continue;
        ++all;
        if (!packages_[target.package].values[value]->version.is_prerelease()) ++stable;
      }
    return stable ? stable : all;
  };
  std::vector<std::pair<std::size_t, std::uint32_t>> counted;
  for (const std::uint32_t id : root_needs_)
    if (id != kNone) counted.emplace_back(choices(id), id);
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < counted.size(); ++i) root_order_.push_back(counted[i].second);
}

bool Encoder::load(std::uint32_t package, std::uint32_t value) {
  if (packages_[package].loads[value].loaded) return false;
  packages_[package].loads[value].loaded = true;
  const Candidate& candidate = *packages_[package].values[value];
  if (!candidate.requirements) return true;
  load_needs(package, value);
  load_exclusions(package, value);
  if (candidate.requirements->groups.empty()) return true;
  if (!packages_[package].groups_known) create_groups(package);
  for (const Group& own : candidate.requirements->groups)
    for (const GroupOption& option : own.options)
      load_option(package, value, group(package, own.name), option);
  return true;
}

template <class Visit>
void Encoder::each_neighbour(std::uint32_t package, std::uint32_t value, Visit visit) {
  visit(value);
  if (packages_[package].values.size() < 2) return;
  const auto at = [&](std::size_t rank) { return packages_[package].by_version[rank]; };
  const std::size_t rank = packages_[package].rank[value];
  for (std::size_t i = rank + 1; i < packages_[package].values.size() && visit(at(i)); ++i) continue;
  for (std::size_t i = rank; i > 0 && visit(at(i - 1)); --i) continue;
}

void Encoder::load_needs(std::uint32_t package, std::uint32_t value) {
  positions_.clear();
  each_requirement(
      *packages_[package].values[value]->requirements,
      [&](std::size_t flat, const Requirement& need, const Group* own, const GroupOption* option) {
        positions_.push_back({flat, &need, own, option});
      });
  if (positions_.empty()) return;
  if (positions_.back().group && !packages_[package].groups_known) create_groups(package);
  auto& needs = packages_[package].loads[value].needs;
  if (needs.empty()) needs.assign(positions_.size(), kNone - 1);  // not seen yet
  for (std::size_t i = 0; i < positions_.size(); ++i) {
    const Position position = positions_[i];
    if (packages_[package].loads[value].needs[position.flat] == kNone - 1)
      load_need(package, value, position);
  }
}

void Encoder::load_need(std::uint32_t package, std::uint32_t value, const Position& position) {
  Need need;
  need.requirement = position.requirement;
  need.owner = package;
  if (packages_[package].values.size() == 1 && !position.group) {
    need.outside = engine_.set_of(packages_[package].var, packages_[package].absent());
    const std::uint32_t index = add_need(need, package);
    packages_[package].loads[value].needs[position.flat] = index;
    return;
  }
  const SetId asking = engine_.empty_set(packages_[package].var);
  struct Member {
    std::uint32_t value;
    std::size_t flat;
  };
  std::vector<Member> members;
  const auto group_name = [](const Group* group) { return group ? std::string_view(group->name) : ""; };
  each_neighbour(package, value, [&](std::uint32_t neighbour) {
    if (neighbour == value) {
      members.push_back({value, position.flat});
      return true;
    }
    const auto& requirements = packages_[package].values[neighbour]->requirements;
    if (!requirements) return false;
    std::size_t found = kNone;
    if (requirements == packages_[package].values[value]->requirements) found = position.flat;
    std::size_t count = 0;
    each_requirement(*requirements, [&](std::size_t flat, const Requirement& other, const Group* own,
                                        const GroupOption* option) {
      count = flat + 1;
      if (found != kNone || group_name(own) != group_name(position.group)) return;
      if (own && option->name != position.option->name) return;
      if (same(other, *position.requirement)) found = flat;
    });
    if (found == kNone) return false;
    auto& needs = packages_[package].loads[neighbour].needs;
    if (needs.empty()) needs.assign(count, kNone - 1);
    if (needs[found] != kNone - 1) return false;
    members.push_back({neighbour, found});
    return true;
  });
  for (const Member& member : members) engine_.insert(asking, member.value);

  need.outside = engine_.complement(packages_[package].var, asking);
  if (position.group) {
    need.group = group(package, position.group->name);
    const auto& options = groups_[need.group].options;
    need.option = static_cast<std::uint32_t>(
        std::find(options.begin(), options.end(), position.option->name) - options.begin());
  }
  const std::uint32_t index = add_need(need, package);
  for (const Member& member : members) packages_[package].loads[member.value].needs[member.flat] = index;
}

// kNone when its condition never holds here.
std::uint32_t Encoder::add_need(Need need, std::uint32_t package) {
  const Requirement& requirement = *need.requirement;
  if (!requirement.when.is_always() || need.group != kNone) {
    Terms terms = terms_of(package, requirement.when, false);
    if (terms.empty()) return kNone;
    if (need.group != kNone)
      for (auto& term : terms)
        term.push_back({groups_[need.group].var, engine_.set_of(groups_[need.group].var, need.option)});
    if (!terms.front().empty()) {
      need.first_term = static_cast<std::uint32_t>(terms_.size());
      need.term_count = static_cast<std::uint32_t>(terms.size());
      terms_.insert(terms_.end(), terms.begin(), terms.end());
    }
  }
  if (requirement.targets.size() == 1 && requirement.targets.front().kind == Target::Kind::capability)
    need.capability = capability(requirement.targets.front().name);
  need.builds = requirement.purpose != Purpose::run;
  add_targets(need);
  const auto index = static_cast<std::uint32_t>(needs_.size());
  needs_.push_back(need);
  base_.clear();
  if (package != kNone) base_.push_back({packages_[package].var, need.outside});
  if (!need.conditional()) {
    add_need_clauses(index, base_);
    return index;
  }
  const Terms terms(terms_.begin() + need.first_term, terms_.begin() + need.first_term + need.term_count);
  const std::vector<Literal> asked = base_;
  for (const auto& term : terms) {
    std::vector<Literal> base = asked;
    for (const Literal& literal : term)
      base.push_back({literal.var, engine_.complement(literal.var, literal.set)});
    add_need_clauses(index, base);
  }
  return index;
}

void Encoder::add_targets(Need& need) {
  const std::vector<Target>& wanted = need.requirement->targets;
  const std::uint32_t symbol = wanted.size() == 1 && need.capability == kNone ? wanted.front().symbol : 0;
  if (symbol >= expanded_.size()) expanded_.resize(std::max<std::size_t>(symbol + 1, 2 * expanded_.size()));
  const Expanded known = symbol ? expanded_[symbol] : Expanded{};
  if (known.first != kNone) {
    need.first_target = known.first;
    need.target_count = known.count;
    return;
  }
  need.first_target = static_cast<std::uint32_t>(targets_.size());
  for (std::uint32_t i = 0; i < wanted.size(); ++i) expand(wanted[i], i, need);
  need.target_count = static_cast<std::uint32_t>(targets_.size()) - need.first_target;
  if (symbol) expanded_[symbol] = {need.first_target, need.target_count};
}

void Encoder::add_need_clauses(std::uint32_t index, const std::vector<Literal>& base) {
  const Fact fact{.kind = Fact::Kind::need, .package = needs_[index].owner, .need = index};
  const auto& wanted = needs_[index].requirement->targets;
  bool options = false;
  clause_.assign(base.begin(), base.end());
  for (const TargetInfo& target : targets(needs_[index])) {
    clause_.push_back({packages_[target.package].var, target.set});
    options = options || !wanted[target.target].with.empty();
  }
  add_fact(clause_, fact);
  if (!options && needs_[index].capability == kNone && needs_[index].choice == kNone) return;

  const auto with_base = [&](std::initializer_list<Literal> more) {
    std::vector<Literal> literals = base;
    literals.insert(literals.end(), more);
    return literals;
  };
  const std::vector<TargetInfo> all(targets(needs_[index]).begin(), targets(needs_[index]).end());
  if (all.size() == 1 && options && needs_[index].capability == kNone) {
    add_option_clauses(index, base, all.front());
    return;
  }
  Fact serve = fact;
  serve.kind = Fact::Kind::serve;
  if (options && needs_[index].choice == kNone && !all.empty())
    needs_[index].choice = new_variable(static_cast<std::uint32_t>(all.size()), {kNone, kNone, kNone, index});
  const std::uint32_t choice = needs_[index].choice;
  for (std::uint32_t i = 0; choice != kNone && i < all.size(); ++i) {
    const Literal other{choice, engine_.complement(choice, engine_.set_of(choice, i))};
    add_fact(with_base({other, {packages_[all[i].package].var, all[i].set}}), serve);
    add_option_clauses(index, with_base({other}), all[i]);
  }
  if (needs_[index].capability == kNone) return;
  const CapabilityInfo& capability = capabilities_[needs_[index].capability];
  const SetId able = engine_.set_of(capability.var, capability.mixed());
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    engine_.insert(able, all[i].provider);
    const Literal other{capability.var,
                        engine_.complement(capability.var, engine_.set_of(capability.var, all[i].provider))};
    add_fact(with_base({other, {packages_[all[i].package].var, all[i].set}}), serve);
    if (choice != kNone) add_fact(with_base({other, {choice, engine_.set_of(choice, i)}}), serve);
  }
  add_fact(with_base({{capability.var, able}}), serve);
}

void Encoder::add_option_clauses(std::uint32_t index, const std::vector<Literal>& base,
                                 const TargetInfo& target) {
  const std::map<std::string, std::string>& with = needs_[index].requirement->targets[target.target].with;
  for (const auto& [name, option] : with) {
    Fact fact{.kind = Fact::Kind::option_need, .package = needs_[index].owner, .need = index};
    fact.group = group(target.package, name);
    fact.text = add_text(fmt::format("{} = {}", name, option));
    std::vector<Literal> literals = base;
    if (fact.group != kNone) literals.push_back(option_literal(target.package, name, {option}));
    add_fact(literals, fact);
  }
}

// The versions of a package that provide a capability in a range.
SetId Encoder::providing(std::uint32_t package, const std::string& name, const VersionRange& range) {
  const PackageInfo& info = packages_[package];
  const SetId set = engine_.empty_set(info.var);
  for (std::uint32_t value = 0; value < info.values.size(); ++value) {
    if (!info.values[value]->requirements) continue;
    if (info.hidden && engine_.has(*info.hidden, value)) continue;
    for (const Provided& provided : info.values[value]->requirements->provides)
      if (provided.capability == name &&
          (provided.version ? range.contains(*provided.version) : range.is_any()))
        engine_.insert(set, value);
  }
  return set;
}

// Appends to targets_ what can meet a target.
void Encoder::expand(const Target& target, std::uint32_t target_index, Need& need) {
  const auto add = [&](std::uint32_t index, SetId set, std::uint32_t provider) {
    targets_.push_back({index, set, target_index, provider});
  };
  if (need.capability != kNone) {
    const std::vector<std::uint32_t> providers = capabilities_[need.capability].providers;
    for (std::uint32_t i = 0; i < providers.size(); ++i) {
      const SetId set = providing(providers[i], target.name, target.range);
      if (!engine_.is_empty(packages_[providers[i]].var, set)) add(providers[i], set, i);
    }
    return;
  }
  const std::uint32_t name = name_id(target.name);
  std::uint32_t own = kNone;
  if (target.kind != Target::Kind::capability) {
    own = package_of(name);
    const VersionRange* range = &target.range;
    if (!request_.overrides.empty())
      if (const auto changed = request_.overrides.find(target.name); changed != request_.overrides.end())
        range = &changed->second;
    add(own, values_in(own, *range, true), 0);
  }
  if (target.kind == Target::Kind::package) return;
  const std::size_t first = targets_.size();
  for (std::size_t i = 0; i < providers_of(name).size(); ++i) {
    const std::uint32_t provider = package_of(providers_of(name)[i]);
    const SetId set = providing(provider, target.name, target.range);
    if (engine_.is_empty(packages_[provider].var, set)) continue;
    if (provider == own) {
      for (std::uint32_t value = 0; value < packages_[own].values.size(); ++value)
        if (engine_.has(set, value)) engine_.insert(targets_[first - 1].set, value);
    } else {
      add(provider, set, 0);
    }
  }
}

void Encoder::load_exclusions(std::uint32_t package, std::uint32_t value) {
  for (const Exclusion& exclusion : packages_[package].values[value]->requirements->excludes) {
    const SetId asking = engine_.empty_set(packages_[package].var);
    each_neighbour(package, value, [&](std::uint32_t neighbour) {
      const auto& requirements = packages_[package].values[neighbour]->requirements;
      if (!requirements || std::none_of(requirements->excludes.begin(), requirements->excludes.end(),
                                        [&](const Exclusion& other) { return same(other, exclusion); }))
        return false;
      engine_.insert(asking, neighbour);
      return true;
    });
    exclude(package, {{packages_[package].var, engine_.complement(packages_[package].var, asking)}},
            exclusion, {.kind = Fact::Kind::exclusion, .package = package});
  }
}

// A package that nothing speaks of but this needs no clause yet.
void Encoder::exclude(std::uint32_t package, const std::vector<Literal>& base, const Exclusion& exclusion,
                      Fact fact) {
  fact.exclusion = &exclusion;
  Excluded excluded{package, base, &exclusion, fact, false};
  const auto add = [&](std::uint32_t name) {
    if (names_[name].package != kNone)
      forbid(names_[name].package, excluded);
    else
      names_[name].excluded.push_back(excluded);
  };
  const std::uint32_t name = name_id(exclusion.name);
  if (exclusion.kind != Target::Kind::capability) add(name);
  if (exclusion.kind == Target::Kind::package) return;
  excluded.as_provider = true;
  for (const std::uint32_t provider : providers_of(name)) add(provider);
}

void Encoder::forbid(std::uint32_t package, const Excluded& excluded) {
  if (package == excluded.by) return;
  const Exclusion& exclusion = *excluded.exclusion;
  const SetId set = excluded.as_provider ? providing(package, exclusion.name, exclusion.range)
                                         : values_in(package, exclusion.range, false);
  const Var var = packages_[package].var;
  if (engine_.is_empty(var, set)) return;
  std::vector<Literal> literals = excluded.base;
  literals.push_back({var, engine_.complement(var, set)});
  add_fact(literals, excluded.fact);
}

void Encoder::load_option(std::uint32_t package, std::uint32_t value, std::uint32_t group_index,
                          const GroupOption& option) {
  const GroupInfo info = groups_[group_index];
  const auto option_value = static_cast<std::uint32_t>(
      std::find(info.options.begin(), info.options.end(), option.name) - info.options.begin());
  const std::vector<Literal> base = {
      {packages_[package].var,
       engine_.complement(packages_[package].var, engine_.set_of(packages_[package].var, value))},
      {info.var, engine_.complement(info.var, engine_.set_of(info.var, option_value))}};
  Fact fact{.package = package, .group = group_index, .option = option_value};
  fact.group_option = &option;
  if (!option.when.is_always()) {
    fact.kind = Fact::Kind::option_when;
    for (const auto& term : terms_of(package, option.when, true)) {
      std::vector<Literal> literals = base;
      for (const Literal& literal : term)
        literals.push_back({literal.var, engine_.complement(literal.var, literal.set)});
      add_fact(literals, fact);
    }
  }
  for (const auto& [other, options] : option.conflicts) {
    if (group(package, other) == kNone) continue;
    fact.kind = Fact::Kind::option_conflict;
    std::vector<Literal> literals = base;
    const Literal chosen = option_literal(package, other, options);
    literals.push_back({chosen.var, engine_.complement(chosen.var, chosen.set)});
    add_fact(literals, fact);
  }
  fact.kind = Fact::Kind::exclusion;
  for (const Exclusion& exclusion : option.excludes) exclude(package, base, exclusion, fact);
}

}  // namespace reef::resolve
