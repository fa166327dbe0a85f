#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// What the lock holds, and a plan has otherwise: first those that are in the plan in another version, then
// those that somebody did without because they are no longer there. In the order of the lock.
//
//   "c 1.1.0 was locked, it is 1.0.0 now: that version is no longer there"
//   "gpu-sdk 1.5 was locked, this host has none now: `apt install gpu-sdk` would install it"
//
// What a changed manifest no longer needs is not told, nor what may leave the lock.
std::vector<Moved> moved_from(const LockedPlatform& lock, const Plan& plan, const PlanRequest& request,
                              resolve::Universe& universe);

}  // namespace reef::ops
