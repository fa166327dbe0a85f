#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// That what a command names is there to be upgraded: a package that nobody knows is not. not_found; usage for
// a capability, with what provides it.
Status check_upgrades(Registry& registry, const Plan& plan, const std::shared_ptr<const LockOnDisk>& lock,
                      const PlanRequest& request);

// That the options asked for are of packages that somebody needs: of one that only the wish itself brought
// into the closure they would change nothing. not_found.
Status check_wishes(const Plan& plan);

}  // namespace reef::ops
