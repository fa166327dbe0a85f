#pragma once

#include "core/model/condition.h"
#include "core/model/manifest.h"

namespace reef::ops {

// The versions of a tool, which is one of `now.packages`, with which all that a package says under conditions
// is as it is now: what it needs, and which of its options there are up to those that are chosen.
VersionRange assumed_of(const Manifest& package, const Circumstances& now, const std::string& tool);

}  // namespace reef::ops
