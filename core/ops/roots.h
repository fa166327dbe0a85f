#pragma once

#include "core/ops/plan.h"
#include "core/store/roots.h"

namespace reef::ops {

// From now on, and until the session ends, nothing of this closure is removed from the store. Where the home
// cannot be written nothing can be removed, and nothing is done. interrupted.
Status hold(Session& session, const Plan& plan);

// What a plan is a root of: its project with its lock, or a package of the catalogue.
store::Root root_of(Session& session, const Plan& plan);

// Notes that somebody installed this closure, for `gc`; best effort.
void keep_root(Session& session, const Plan& plan);

}  // namespace reef::ops
