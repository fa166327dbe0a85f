#include <algorithm>

#include "core/resolve/encoder.h"

// What a version of a package excludes. A package that nothing else speaks of needs no clause yet: exclusions
// wait until there is a variable for it.
namespace reef::resolve {

bool same(const Exclusion& a, const Exclusion& b) {
  return a.name == b.name && a.kind == b.kind && a.range.text() == b.range.text();
}

void Encoder::load_exclusions(std::uint32_t package, std::uint32_t value) {
  for (const Exclusion& exclusion : packages_[package].values[value]->requirements->excludes) {
    Excluded excluded{.by = package, .base_count = 1, .exclusion = &exclusion};
    SetId outside = packages_[package].only_absent;
    if (packages_[package].values.size() > 1) {
      const SetId asking = engine_.empty_set(packages_[package].var);
      each_neighbour(package, value, [&](std::uint32_t neighbour) {
        const auto& requirements = packages_[package].values[neighbour]->requirements;
        const auto says_so = [&](const Exclusion& other) { return same(other, exclusion); };
        if (!requirements ||
            std::none_of(requirements->excludes.begin(), requirements->excludes.end(), says_so))
          return false;
        engine_.insert(asking, neighbour);
        return true;
      });
      outside = engine_.complement(packages_[package].var, asking);
    }
    excluded.base[0] = {packages_[package].var, outside};
    exclude(excluded);
  }
}

void Encoder::exclude(Excluded excluded) {
  excluded.next = kNone;
  const auto add = [&](std::uint32_t name) {
    if (names_[name].package != kNone) {
      forbid(names_[name].package, excluded);
      return;
    }
    const auto place = static_cast<std::uint32_t>(excluded_.size());
    excluded_.push_back(excluded);
    Name& waiting = names_[name];
    (waiting.first_excluded == kNone ? waiting.first_excluded : excluded_[waiting.last_excluded].next) =
        place;
    waiting.last_excluded = place;
  };
  const Exclusion& exclusion = *excluded.exclusion;
  const std::uint32_t name = name_of(exclusion.name);
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
  Literal literals[] = {excluded.base[0], excluded.base[1], {}};
  literals[excluded.base_count] = {var, engine_.complement(var, set)};
  add_fact(std::span(literals).first(excluded.base_count + 1), {.kind = Fact::Kind::exclusion,
                                                                .package = excluded.by,
                                                                .group = excluded.group,
                                                                .option = excluded.option,
                                                                .exclusion = &exclusion});
}

}  // namespace reef::resolve
