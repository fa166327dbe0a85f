#include "core/resolve/changed_universe.h"

#include <algorithm>
#include <memory>

#include "core/resolve/encoder.h"

namespace reef::resolve {
namespace {

void apply(const Change& change, std::vector<Requirement>& needs, std::vector<Exclusion>& excludes) {
  if (change.exclusion != nullptr)
    std::erase_if(excludes, [&](const Exclusion& each) { return same(each, *change.exclusion); });
  if (change.requirement == nullptr) return;
  const auto is_it = [&](const Requirement& need) { return same(need, *change.requirement); };
  if (change.to == Change::To::gone) std::erase_if(needs, is_it);
  for (Requirement& need : needs) {
    if (!is_it(need)) continue;
    for (Target& target : need.targets) {
      if (change.to == Change::To::any_range) target.range = VersionRange();
      if (change.to == Change::To::no_options) target.with.clear();
    }
  }
}

}  // namespace

ChangedUniverse::ChangedUniverse(Universe& universe, const Change& change)
    : universe_(universe), package_(change.package), candidates_(universe.candidates(change.package)) {
  for (Candidate& candidate : candidates_) {
    if (!candidate.requirements) continue;
    auto changed = std::make_shared<Requirements>(*candidate.requirements);
    apply(change, changed->needs, changed->excludes);
    for (Group& group : changed->groups)
      for (GroupOption& option : group.options) apply(change, option.needs, option.excludes);
    candidate.requirements = std::move(changed);
  }
}

}  // namespace reef::resolve
