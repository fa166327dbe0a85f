#include <algorithm>

#include "core/resolve/encoder.h"

// What can meet a requirement: packages in some versions. Targets with the same symbol say the same, so they
// are expanded once.
namespace reef::resolve {

void Encoder::add_targets(Need& need) {
  const std::vector<Target>& wanted = need.requirement->targets;
  const bool by_symbol =
      wanted.size() == 1 && wanted.front().symbol != 0 && need.special->capability == kNone;
  if (by_symbol) {
    const Expanded& known = expanded(wanted.front().symbol);
    need.first_target = known.first;
    need.target_count = known.count & Need::kMostTargets;
    if (known.symbol != 0) return;
  }
  need.first_target = static_cast<std::uint32_t>(targets_.size());
  for (std::uint32_t i = 0; i < wanted.size(); ++i) expand(wanted[i], i, need);
  const auto count = static_cast<std::uint32_t>(targets_.size()) - need.first_target;
  need.target_count = count & Need::kMostTargets;
  if (!by_symbol) return;
  expanded(wanted.front().symbol) = {wanted.front().symbol, need.first_target, count, false};
  ++expanded_count_;
}

// Where the targets of a symbol stand, or could be put: its symbol is 0 then.
Encoder::Expanded& Encoder::expanded(std::uint32_t symbol) {
  const auto slot = [&]() -> Expanded& {
    const std::size_t mask = expanded_.size() - 1;
    std::size_t at = (symbol * std::size_t{0x9e3779b97f4a7c15U} >> 32) & mask;
    while (expanded_[at].symbol != 0 && expanded_[at].symbol != symbol) at = (at + 1) & mask;
    return expanded_[at];
  };
  if (2 * (expanded_count_ + 1) <= expanded_.size()) return slot();
  std::vector<Expanded> before(std::max<std::size_t>(64, 2 * expanded_.size()));
  before.swap(expanded_);
  const std::uint32_t wanted = symbol;
  for (const Expanded& one : before) {
    symbol = one.symbol;
    if (symbol != 0) slot() = one;
  }
  symbol = wanted;
  return slot();
}

// The targets of a requirement that asks for nothing but what every solution has; null for others.
const Encoder::Expanded* Encoder::settled(const Requirement& requirement) {
  if (!requirement.when.is_always() || requirement.targets.size() != 1) return nullptr;
  const std::uint32_t symbol = requirement.targets.front().symbol;
  if (symbol == 0) return nullptr;
  Expanded& known = expanded(symbol);
  if (!known.settled && engine_.level() == 0 && known.symbol != 0)
    known.settled = std::any_of(
        targets_.begin() + known.first, targets_.begin() + known.first + known.count,
        [&](const TargetInfo& target) {
          return !target.asks_options && engine_.subset({packages_[target.package].var, target.set});
        });
  return known.settled ? &known : nullptr;
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
void Encoder::expand(const Target& target, std::uint32_t target_index, const Need& need) {
  const auto add = [&](std::uint32_t index, SetId set, std::uint32_t provider) {
    targets_.push_back(
        {index, set, target_index, provider, !target.with.empty(), target.kind == Target::Kind::capability});
  };
  if (need.special->capability != kNone) {
    const std::vector<std::uint32_t> providers = capabilities_[need.special->capability].providers;
    for (std::uint32_t i = 0; i < providers.size(); ++i) {
      const SetId set = providing(providers[i], target.name, target.range);
      if (!engine_.is_empty(packages_[providers[i]].var, set)) add(providers[i], set, i);
    }
    return;
  }
  const std::uint32_t name = name_of(target.name);
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
  for (const std::uint32_t provider_name : providers_of(name)) {
    const std::uint32_t provider = package_of(provider_name);
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

}  // namespace reef::resolve
