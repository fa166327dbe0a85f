#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// A platform other than this host, as it is typed: "linux-aarch64", "macos-arm64". The C library is the one
// that its systems usually have; there is no accelerator. usage for what is no platform, with the ones there
// are.
Result<Platform> parse_platform(const std::string& text);

// Adds parts for other platforms to a plan's lock: for those named, and for those that the lock on disk has.
// A part that is there and still holds stays as it is; of one that does not, what still fits: the tools that
// were found on its host, too. `dropped`: parts that the lock is to lose; usage for one that it has not, and
// for this host's.
Status lock_platforms(Session& session, Plan& plan, const PlanRequest& request,
                      const std::vector<std::string>& named, const std::vector<std::string>& dropped = {});

}  // namespace reef::ops
