#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// A platform other than this host, as it is typed: "linux-aarch64", "macos-arm64". The C library is the one
// that its systems usually have; there is no accelerator. usage for what is no platform, with the ones there
// are.
Result<Platform> parse_platform(const std::string& text);

// The closure of a plan's target for another platform. Conditions are evaluated for that platform. Of its
// host nothing is known: every tool is taken to be there, in a version that suits all who ask for it, and
// what they ask for is what the lock records. As providers of a capability packages come before tools.
//
// The version of a tool in the answer is the one that was assumed.
//
// `held`: choices that are kept wherever they fit, those of an earlier lock or the versions of this host.
// Errors: of manifests; no_solution.
Result<LockedPlatform> foreign_part(Session& session, const Target& target, const PlanRequest& request,
                                    const std::vector<resolve::Locked>& held, const Platform& platform);

// Adds parts for other platforms to a plan's lock: for those named, and for those that the lock on disk has.
// A part that is there and still holds stays as it is: what was found on its host, too. `dropped`: parts that
// the lock is to lose; usage for one that it has not, and for this host's.
Status lock_platforms(Session& session, Plan& plan, const PlanRequest& request,
                      const std::vector<std::string>& named, const std::vector<std::string>& dropped = {});

}  // namespace reef::ops
