#pragma once

#include "core/ops/session.h"
#include "core/registry/build_registry.h"

namespace reef::ops {

// Writes the index of a folder of packages, so that it can be served as it is. Without a home nothing is
// remembered, and every package is read.
Result<RegistryBuilt> publish_folder(const Machine& machine, const std::string& folder);

}  // namespace reef::ops
