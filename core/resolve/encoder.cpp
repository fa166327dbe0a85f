#include "core/resolve/encoder.h"

#include <algorithm>
#include <numeric>

// Packages, groups and capabilities as variables, and the clauses that hold of them always.
namespace reef::resolve {

Encoder::Encoder(Universe& universe, const Request& request, Engine& engine)
    : universe_(universe), request_(request), engine_(engine) {
  for (const Locked& locked : request.lock)
    if (locked.open)
      open_.insert(locked.name);
    else
      locked_.emplace(locked.name, &locked);
  const auto pin = [&](const std::string& name, const VersionRange& range) {
    Pin& entry = pins_[name];
    entry.prerelease = entry.prerelease || range.names_prerelease();
    if (auto version = range.single()) entry.exact.push_back(*std::move(version));
  };
  for (const Requirement& root : request.roots)
    for (const Target& target : root.targets)
      if (!target.range.is_any()) pin(target.name, target.range);
  for (const auto& [name, range] : request.overrides) pin(name, range);
  if (request.prereleases == Prereleases::when_named)
    for (const Requirement& root : request.roots) pin_named_by(root);
}

// What a project's manifest names is named by the user. Options that are not chosen count, too: stable
// versions come first anyway.
void Encoder::pin_named_by(const Requirement& root) {
  const auto look = [&](const std::vector<Requirement>& needs) {
    for (const Requirement& need : needs)
      for (const Target& target : need.targets)
        if (target.range.names_prerelease()) pins_[target.name].prerelease = true;
  };
  for (const Target& target : root.targets) {
    if (target.kind == Target::Kind::capability) continue;
    for (const Candidate& candidate : universe_.candidates(target.name)) {
      if (candidate.origin != Origin::workspace || !candidate.requirements) continue;
      look(candidate.requirements->needs);
      for (const Group& group : candidate.requirements->groups)
        for (const GroupOption& option : group.options) look(option.needs);
    }
  }
}

Var Encoder::new_variable(std::uint32_t values, Owner owner) {
  const Var var = engine_.new_variable(values);
  owners_.push_back(owner);
  if (owner.package != kNone || owner.group != kNone) engine_.set_optional(var);
  return var;
}

const Locked* Encoder::locked(std::string_view package) const {
  if (locked_.empty()) return nullptr;
  const auto found = locked_.find(package);
  return found == locked_.end() ? nullptr : found->second;
}

std::uint32_t Encoder::name_of(std::string_view text) {
  const std::uint32_t name = name_table_.add(text);
  if (name == names_.size()) names_.emplace_back();
  return name;
}

std::uint32_t Encoder::package_of(std::uint32_t name) {
  if (names_[name].package != kNone) return names_[name].package;
  const auto index = static_cast<std::uint32_t>(packages_.size());
  names_[name].package = index;
  PackageInfo& info = packages_.emplace_back();
  info.name = name_table_.text(name);
  read_candidates(info);
  sort_values(info);
  info.loads = arena_.array<PackageInfo::Value>(info.values.size());
  info.var = new_variable(info.absent() + 1, {index, kNone, kNone, kNone});
  info.only_absent = engine_.set_of(info.var, info.absent());
  hide_prereleases(info);
  add_package_clauses(index);
  for (std::uint32_t at = names_[name].first_excluded; at != kNone; at = excluded_[at].next) {
    const Excluded one = excluded_[at];
    forbid(index, one);
  }
  return index;
}

std::span<const std::uint32_t> Encoder::providers_of(std::uint32_t name) {
  if (names_[name].providers_known) return names_[name].providers;
  names_[name].providers_known = true;
  const std::vector<std::string> found = universe_.providers(name_table_.text(name));
  const std::span<std::uint32_t> providers = arena_.array<std::uint32_t>(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) providers[i] = name_of(found[i]);
  return names_[name].providers = providers;
}

void Encoder::read_candidates(PackageInfo& info) {
  const auto pin = pins_.empty() ? pins_.end() : pins_.find(info.name);
  const Locked* locked = this->locked(info.name);
  read_.clear();
  unread_.clear();
  for (const Candidate& candidate : universe_.candidates(info.name)) {
    bool usable = !candidate.yanked;
    if (!usable && pin != pins_.end())
      usable = std::find(pin->second.exact.begin(), pin->second.exact.end(), candidate.version) !=
               pin->second.exact.end();
    if (!usable && locked != nullptr && !request_.may_leave_lock(info.name))
      usable = locked->version == candidate.version;
    (usable ? read_ : unread_).push_back(&candidate);
  }
  const auto older = [&](const Candidate* a, const Candidate* b) {
    const auto order = a->version <=> b->version;
    if (order != 0) return order < 0;
    return request_.prefer_oldest ? a->origin < b->origin : a->origin > b->origin;
  };
  std::sort(unread_.begin(), unread_.end(), older);
  // Registries list the newest first.
  std::reverse(read_.begin(), read_.end());
  if (!std::is_sorted(read_.begin(), read_.end(), older)) std::sort(read_.begin(), read_.end(), older);
  info.left_out = arena_.copy(std::span<const Candidate* const>(unread_));
}

// `read_` has them oldest first.
void Encoder::sort_values(PackageInfo& info) {
  const std::size_t count = read_.size();
  const std::span<const Candidate*> values = arena_.array<const Candidate*>(count);
  info.values = values;
  if (count == 1) values.front() = read_.front();
  if (count < 2) return;
  const bool stable_first = request_.prereleases != Prereleases::allow;
  const auto place = [&](const Candidate& candidate) {
    const int origin = candidate.origin == Origin::workspace                      ? 0
                       : candidate.origin == Origin::host && request_.prefer_host ? 2
                                                                                  : 4;
    return origin + (stable_first && candidate.version.is_prerelease() ? 1 : 0);
  };
  const std::span<std::uint32_t> order = arena_.array<std::uint32_t>(count);  // value -> index in read_
  std::iota(order.begin(), order.end(), 0U);
  if (!request_.prefer_oldest) std::reverse(order.begin(), order.end());
  const auto preferred = [&](std::uint32_t a, std::uint32_t b) {
    return place(*read_[a]) < place(*read_[b]);
  };
  std::stable_sort(order.begin(), order.end(), preferred);
  const std::span<std::uint32_t> by_version = arena_.array<std::uint32_t>(count);
  for (std::uint32_t value = 0; value < count; ++value) {
    values[value] = read_[order[value]];
    by_version[order[value]] = value;
  }
  info.rank = order;
  info.by_version = by_version;
}

void Encoder::hide_prereleases(PackageInfo& info) {
  if (request_.prereleases != Prereleases::when_named) return;
  const auto is_stable = [](const Candidate* candidate) { return !candidate->version.is_prerelease(); };
  if (std::none_of(info.values.begin(), info.values.end(), is_stable)) return;
  const auto pin = pins_.find(info.name);
  if (pin != pins_.end() && pin->second.prerelease) return;
  const Locked* locked = this->locked(info.name);
  for (std::uint32_t value = 0; value < info.values.size(); ++value) {
    const Candidate& candidate = *info.values[value];
    if (!candidate.version.is_prerelease() || candidate.origin != Origin::registry) continue;
    if (locked != nullptr && locked->version == candidate.version) continue;
    if (!info.hidden) info.hidden = engine_.empty_set(info.var);
    engine_.insert(*info.hidden, value);
  }
}

void Encoder::add_package_clauses(std::uint32_t package) {
  const PackageInfo& info = packages_[package];
  const auto restrict_to = [&](const VersionRange& range, Fact fact) {
    const Literal literal{info.var, or_absent(package, values_in(package, range, false))};
    fact.package = package;
    add_fact({&literal, 1}, fact);
  };
  for (const Constraint& constraint : request_.constraints) {
    if (constraint.name != info.name) continue;
    Fact fact{.kind = Fact::Kind::constraint};
    fact.text = add_text(constraint.reason);
    restrict_to(constraint.range, fact);
  }
  if (!request_.frozen) return;
  if (const Locked* locked = this->locked(info.name))
    restrict_to(VersionRange::exactly(locked->version), Fact{.kind = Fact::Kind::locked});
  else if (!is_locked_open(info.name))
    restrict_to(VersionRange::none(), Fact{.kind = Fact::Kind::unlisted});
}

SetId Encoder::or_absent(std::uint32_t package, SetId set) {
  engine_.insert(set, packages_[package].absent());
  return set;
}

SetId Encoder::values_in(std::uint32_t package, const VersionRange& range, bool required) {
  const PackageInfo& info = packages_[package];
  const SetId set = engine_.empty_set(info.var);
  if (info.values.size() == 1) {
    if (range.contains(info.values.front()->version)) engine_.insert(set, 0);
    return set;
  }
  const auto begin = info.by_version.begin();
  const auto end = info.by_version.end();
  for (const VersionRange::Interval& interval : range.intervals()) {
    const auto first = !interval.lower ? begin : std::partition_point(begin, end, [&](std::uint32_t value) {
      const auto order = info.values[value]->version <=> interval.lower->version;
      return order < 0 || (order == 0 && !interval.lower->inclusive);
    });
    const auto last = !interval.upper ? end : std::partition_point(first, end, [&](std::uint32_t value) {
      const auto order = info.values[value]->version <=> interval.upper->version;
      return order < 0 || (order == 0 && interval.upper->inclusive);
    });
    for (auto at = first; at < last; ++at) engine_.insert(set, *at);
  }
  if (required && info.hidden && !range.names_prerelease())
    for (std::uint32_t value = 0; value < info.values.size(); ++value)
      if (engine_.has(*info.hidden, value)) engine_.erase(set, value);
  return set;
}

std::uint32_t Encoder::group(std::uint32_t package, std::string_view name) {
  if (!packages_[package].groups_known) create_groups(package);
  for (const std::uint32_t index : packages_[package].groups)
    if (groups_[index].name == name) return index;
  return kNone;
}

void Encoder::create_groups(std::uint32_t package) {
  packages_[package].groups_known = true;
  const std::size_t first = groups_.size();
  for (const Candidate* candidate : packages_[package].values) {
    if (!candidate->requirements) continue;
    for (const Group& group : candidate->requirements->groups) {
      auto found = std::find_if(groups_.begin() + static_cast<std::ptrdiff_t>(first), groups_.end(),
                                [&](const GroupInfo& known) { return known.name == group.name; });
      if (found == groups_.end()) {
        groups_.push_back({package, 0, group.name, {}});
        found = groups_.end() - 1;
      }
      for (const GroupOption& option : group.options)
        if (std::find(found->options.begin(), found->options.end(), option.name) == found->options.end())
          found->options.push_back(option.name);
    }
  }
  for (auto index = static_cast<std::uint32_t>(first); index < groups_.size(); ++index) {
    packages_[package].groups.push_back(index);
    groups_[index].var = new_variable(groups_[index].none() + 1, {kNone, index, kNone, kNone});
    add_group_clauses(index);
  }
}

// A group has a value exactly when the selected version has the group, and it is one of that version's.
void Encoder::add_group_clauses(std::uint32_t index) {
  const GroupInfo& group = groups_[index];
  const PackageInfo& info = packages_[group.package];
  std::vector<SetId> having(group.options.size() + 1);  // option (or none) -> versions
  for (SetId& set : having) set = engine_.empty_set(info.var);
  engine_.insert(having.back(), info.absent());
  for (std::uint32_t value = 0; value < info.values.size(); ++value) {
    const Group* own = nullptr;
    if (info.values[value]->requirements)
      for (const Group& candidate : info.values[value]->requirements->groups)
        if (candidate.name == group.name) own = &candidate;
    if (!own) engine_.insert(having.back(), value);
    for (std::size_t i = 0; own && i < own->options.size(); ++i) {
      const auto at = std::find(group.options.begin(), group.options.end(), own->options[i].name);
      engine_.insert(having[static_cast<std::size_t>(at - group.options.begin())], value);
    }
  }
  for (std::uint32_t option = 0; option < having.size(); ++option) {
    const Literal literals[] = {
        {group.var, engine_.complement(group.var, engine_.set_of(group.var, option))},
        {info.var, having[option]},
    };
    add_fact(literals,
             {.kind = Fact::Kind::structure, .package = group.package, .group = index, .option = option});
  }
  if (!request_.frozen) return;
  const Locked* locked = this->locked(info.name);
  if (locked == nullptr) return;
  const auto entry = locked->options.find(group.name);
  if (entry == locked->options.end()) return;
  Literal literal = option_literal(group.package, group.name, {entry->second});
  engine_.insert(literal.set, group.none());
  add_fact({&literal, 1}, {.kind = Fact::Kind::locked, .package = group.package, .group = index});
}

std::uint32_t Encoder::capability(const std::string& name) {
  if (const auto found = capability_ids_.find(name); found != capability_ids_.end()) return found->second;
  CapabilityInfo info;
  info.name = name;
  for (const std::string& provider : universe_.providers(name)) {
    const std::uint32_t index = package(provider);
    if (std::find(info.providers.begin(), info.providers.end(), index) == info.providers.end())
      info.providers.push_back(index);
  }
  const auto index = static_cast<std::uint32_t>(capabilities_.size());
  info.var = new_variable(info.mixed() + 1, {kNone, kNone, index, kNone});
  capabilities_.push_back(std::move(info));
  capability_ids_.emplace(name, index);
  return index;
}

const Fact& Encoder::fact(ClauseId id) const {
  static const Fact learnt;
  const auto index = static_cast<std::size_t>(id);
  return index < facts_.size() ? facts_[index] : learnt;
}

void Encoder::add_fact(std::span<const Literal> literals, const Fact& fact) {
  const ClauseId id = engine_.add(literals);
  if (id == kNoClause) return;
  facts_.resize(static_cast<std::size_t>(id));  // learnt clauses lie between
  facts_.push_back(fact);
}

std::uint32_t Encoder::add_text(std::string text) {
  texts_.push_back(std::move(text));
  return static_cast<std::uint32_t>(texts_.size()) - 1;
}

}  // namespace reef::resolve
