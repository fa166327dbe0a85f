#include <algorithm>
#include <array>

#include "core/resolve/encoder.h"

// The clauses of one version of a package: what it needs, excludes and offers.
namespace reef::resolve {
namespace {

// Ids that were not given yet.
constexpr std::uint32_t kUnseen = kNone - 1;

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
  return a.purpose == b.purpose && a.role == b.role &&
         std::equal(a.targets.begin(), a.targets.end(), b.targets.begin(), b.targets.end(),
                    [](const Target& x, const Target& y) { return same(x, y); }) &&
         same(a.when, b.when);
}

void Encoder::add_roots() {
  for (const Requirement& root : request_.roots) {
    Need need;
    need.requirement = &root;
    root_needs_.push_back(add_need(need, {}, kNone));
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

void Encoder::load_needs(std::uint32_t package, std::uint32_t value) {
  const Requirements& requirements = *packages_[package].values[value]->requirements;
  if (packages_[package].values.size() == 1 && requirements.groups.empty()) {
    const std::span<std::uint32_t> needs = arena_.array<std::uint32_t>(requirements.needs.size());
    packages_[package].loads[value].needs = needs;
    for (std::size_t i = 0; i < needs.size(); ++i)
      needs[i] = load_only_version(package, requirements.needs[i]);
    return;
  }
  positions_.clear();
  each_requirement(requirements, [&](std::size_t flat, const Requirement& need, const Group* own,
                                     const GroupOption* option) {
    positions_.push_back({flat, &need, own, option});
  });
  if (positions_.empty()) return;
  if (positions_.back().group && !packages_[package].groups_known) create_groups(package);
  need_ids(package, value, positions_.size());
  for (std::size_t i = 0; i < positions_.size(); ++i)
    if (packages_[package].loads[value].needs[positions_[i].flat] == kUnseen)
      load_need(package, value, positions_[i]);
}

// Most requirements of a large closure ask for what every solution has anyway: nothing is to be said of them
// in clauses.
std::uint32_t Encoder::load_only_version(std::uint32_t package, const Requirement& requirement) {
  Need need;
  need.requirement = &requirement;
  need.owner = package;
  need.outside = packages_[package].only_absent;
  const Expanded* known = settled(requirement);
  if (known == nullptr) return add_need(need, {}, package);
  need.first_target = known->first;
  need.target_count = known->count & Need::kMostTargets;
  note_purpose(need);
  needs_.push_back(need);
  return static_cast<std::uint32_t>(needs_.size()) - 1;
}

// Where the ids of a version's needs stand.
std::span<std::uint32_t> Encoder::need_ids(std::uint32_t package, std::uint32_t value, std::size_t count) {
  std::span<std::uint32_t>& needs = packages_[package].loads[value].needs;
  if (needs.empty()) {
    needs = arena_.array<std::uint32_t>(count);
    std::fill(needs.begin(), needs.end(), kUnseen);
  }
  return needs;
}

// The place of the same requirement among those of another version; `count` is how many that has.
std::size_t Encoder::find_same(const Requirements& requirements, const Position& position,
                               std::size_t& count) {
  std::size_t found = kNone;
  const auto group_name = [](const Group* group) { return group ? std::string_view(group->name) : ""; };
  each_requirement(requirements, [&](std::size_t flat, const Requirement& other, const Group* own,
                                     const GroupOption* option) {
    count = flat + 1;
    if (found != kNone || group_name(own) != group_name(position.group)) return;
    if (own && option->name != position.option->name) return;
    if (same(other, *position.requirement)) found = flat;
  });
  return found;
}

void Encoder::load_need(std::uint32_t package, std::uint32_t value, const Position& position) {
  Need need;
  need.requirement = position.requirement;
  need.owner = package;
  const SetId asking = engine_.empty_set(packages_[package].var);
  members_.clear();
  each_neighbour(package, value, [&](std::uint32_t neighbour) {
    if (neighbour == value) {
      members_.push_back(&packages_[package].loads[value].needs[position.flat]);
      engine_.insert(asking, value);
      return true;
    }
    const auto& requirements = packages_[package].values[neighbour]->requirements;
    if (!requirements) return false;
    std::size_t count = packages_[package].loads[value].needs.size();
    const bool shared = requirements == packages_[package].values[value]->requirements;
    const std::size_t found = shared ? position.flat : find_same(*requirements, position, count);
    if (found == kNone) return false;
    std::uint32_t& id = need_ids(package, neighbour, count)[found];
    if (id != kUnseen) return false;
    members_.push_back(&id);
    engine_.insert(asking, neighbour);
    return true;
  });
  need.outside = engine_.complement(packages_[package].var, asking);
  SpecialNeed special;
  if (position.group) {
    special.group = group(package, position.group->name);
    const auto& options = groups_[special.group].options;
    special.option = static_cast<std::uint32_t>(
        std::find(options.begin(), options.end(), position.option->name) - options.begin());
  }
  const std::uint32_t index = add_need(need, special, package);
  for (std::uint32_t* const id : members_) *id = index;
}

// kNone when its condition never holds here.
std::uint32_t Encoder::add_need(Need need, SpecialNeed special, std::uint32_t package) {
  const Requirement& requirement = *need.requirement;
  if (!requirement.when.is_always() || special.group != kNone) {
    Terms terms = terms_of(package, requirement.when, false);
    if (terms.empty()) return kNone;
    if (special.group != kNone)
      for (auto& term : terms)
        term.push_back(
            {groups_[special.group].var, engine_.set_of(groups_[special.group].var, special.option)});
    if (!terms.front().empty()) {
      special.first_term = static_cast<std::uint32_t>(terms_.size());
      special.term_count = static_cast<std::uint32_t>(terms.size());
      terms_.insert(terms_.end(), terms.begin(), terms.end());
    }
  }
  if (requirement.targets.size() == 1 && requirement.targets.front().kind == Target::Kind::capability)
    special.capability = capability(requirement.targets.front().name);
  set_special(need, special);
  note_purpose(need);
  add_targets(need);
  const auto index = static_cast<std::uint32_t>(needs_.size());
  needs_.push_back(need);
  std::vector<Literal> base;
  Literal owner;
  if (package != kNone) owner = {packages_[package].var, need.outside};
  const std::span<const Literal> asked(&owner, package == kNone ? 0 : 1);
  if (!need.conditional()) {
    add_need_clauses(index, asked);
    return index;
  }
  const auto first = terms_.begin() + special.first_term;
  const Terms terms(first, first + special.term_count);
  for (const auto& term : terms) {
    base.assign(asked.begin(), asked.end());
    for (const Literal& literal : term)
      base.push_back({literal.var, engine_.complement(literal.var, literal.set)});
    add_need_clauses(index, base);
  }
  return index;
}

void Encoder::set_special(Need& need, const SpecialNeed& special) {
  if (special == kNothingSpecial) return;
  const std::span<SpecialNeed> own = arena_.array<SpecialNeed>(1);
  own.front() = special;
  need.special = own.data();
}

void Encoder::note_purpose(Need& need) {
  need.builds = need.requirement->purpose != Purpose::run;
  has_build_needs_ = has_build_needs_ || need.builds;
}

void Encoder::add_need_clauses(std::uint32_t index, std::span<const Literal> base) {
  const Need& need = needs_[index];
  bool options = false;
  clause_.assign(base.begin(), base.end());
  for (const TargetInfo& target : targets(need)) {
    clause_.push_back({packages_[target.package].var, target.set});
    options = options || target.asks_options;
  }
  add_fact(clause_, {.kind = Fact::Kind::need, .package = need.owner, .need = index});
  if (!options && need.special->capability == kNone && need.special->choice == kNone) return;
  if (need.target_count == 1 && options && need.special->capability == kNone)
    add_option_clauses(index, base, TargetInfo(targets(need).front()));
  else
    add_serving_clauses(index, base, options);
}

// Which target serves: all who need a capability have one provider, and options are asked of one target.
void Encoder::add_serving_clauses(std::uint32_t index, std::span<const Literal> base, bool options) {
  const auto with_base = [&](std::initializer_list<Literal> more) {
    std::vector<Literal> literals(base.begin(), base.end());
    literals.insert(literals.end(), more);
    return literals;
  };
  const std::vector<TargetInfo> all(targets(needs_[index]).begin(), targets(needs_[index]).end());
  const Fact serve{.kind = Fact::Kind::serve, .package = needs_[index].owner, .need = index};
  if (options && needs_[index].special->choice == kNone && !all.empty()) {
    SpecialNeed special = *needs_[index].special;
    special.choice = new_variable(static_cast<std::uint32_t>(all.size()), {kNone, kNone, kNone, index});
    set_special(needs_[index], special);
  }
  const std::uint32_t choice = needs_[index].special->choice;
  for (std::uint32_t i = 0; choice != kNone && i < all.size(); ++i) {
    const Literal other{choice, engine_.complement(choice, engine_.set_of(choice, i))};
    add_fact(with_base({other, {packages_[all[i].package].var, all[i].set}}), serve);
    add_option_clauses(index, with_base({other}), all[i]);
  }
  if (needs_[index].special->capability == kNone) return;
  const CapabilityInfo& capability = capabilities_[needs_[index].special->capability];
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

void Encoder::add_option_clauses(std::uint32_t index, std::span<const Literal> base,
                                 const TargetInfo& target) {
  const std::map<std::string, std::string>& with = needs_[index].requirement->targets[target.target].with;
  for (const auto& [name, option] : with) {
    Fact fact{.kind = Fact::Kind::option_need, .package = needs_[index].owner, .need = index};
    fact.group = group(target.package, name);
    fact.text = add_text(fmt::format("{} = {}", name, option));
    std::vector<Literal> literals(base.begin(), base.end());
    if (fact.group != kNone) literals.push_back(option_literal(target.package, name, {option}));
    add_fact(literals, fact);
  }
}

void Encoder::load_option(std::uint32_t package, std::uint32_t value, std::uint32_t group_index,
                          const GroupOption& option) {
  const GroupInfo info = groups_[group_index];
  const auto option_value = static_cast<std::uint32_t>(
      std::find(info.options.begin(), info.options.end(), option.name) - info.options.begin());
  const std::array<Literal, 2> base = {
      {{packages_[package].var,
        engine_.complement(packages_[package].var, engine_.set_of(packages_[package].var, value))},
       {info.var, engine_.complement(info.var, engine_.set_of(info.var, option_value))}}};
  Fact fact{.package = package, .group = group_index, .option = option_value};
  fact.group_option = &option;
  if (!option.when.is_always()) {
    fact.kind = Fact::Kind::option_when;
    for (const auto& term : terms_of(package, option.when, true)) {
      std::vector<Literal> literals(base.begin(), base.end());
      for (const Literal& literal : term)
        literals.push_back({literal.var, engine_.complement(literal.var, literal.set)});
      add_fact(literals, fact);
    }
  }
  for (const auto& [other, options] : option.conflicts) {
    if (group(package, other) == kNone) continue;
    fact.kind = Fact::Kind::option_conflict;
    std::vector<Literal> literals(base.begin(), base.end());
    const Literal chosen = option_literal(package, other, options);
    literals.push_back({chosen.var, engine_.complement(chosen.var, chosen.set)});
    add_fact(literals, fact);
  }
  for (const Exclusion& exclusion : option.excludes)
    exclude({.by = package,
             .group = group_index,
             .option = option_value,
             .base = {base[0], base[1]},
             .base_count = 2,
             .exclusion = &exclusion});
}

}  // namespace reef::resolve
