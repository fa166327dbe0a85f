#pragma once

#include "core/model/condition.h"
#include "core/model/lockfile.h"
#include "core/model/manifest.h"
#include "core/model/platform.h"

namespace reef::ops {

// What a part of a lock says of its platform, but for the options, which each package has of its own.
Circumstances circumstances_of(const Platform& platform, const LockedPlatform& part);

// The versions of a tool, which is one of `now.packages`, with which all that a package says under conditions
// is as it is now: what it needs, and which of its options there are up to those that are chosen.
VersionRange assumed_of(const Manifest& package, const Circumstances& now, const std::string& tool);

// What a package says under conditions on a tool: "wall needs paint when mason >=14", "`stone = hard` of
// tower exists only when mason >=14". Of options up to those that are chosen, as above.
std::vector<std::string> asked_of(const Manifest& package, const std::map<std::string, std::string>& options,
                                  const std::string& tool);

}  // namespace reef::ops
