#pragma once

#include <map>
#include <memory>

#include "core/model/lockfile.h"
#include "core/model/manifest.h"
#include "core/model/platform.h"

namespace reef::ops {

// A platform with the C library and the accelerators of the host that wrote its part of a lock, which the
// part does not name: those with which most of the conditions in `manifests` (of its packages, by name) are
// as it has them. What does not show is as it was.
Platform facts_there(Platform platform, const LockedPlatform& part,
                     const std::map<std::string, std::shared_ptr<const Manifest>>& manifests);

// The conditions on the C library and the accelerators that are otherwise on this host than a part for its
// platform has them: "ship needs paint when accelerator is warp-drive: so it is where this was written, not
// here".
std::vector<std::string> otherwise_here(
    const Platform& here, const LockedPlatform& part,
    const std::map<std::string, std::shared_ptr<const Manifest>>& manifests);

}  // namespace reef::ops
