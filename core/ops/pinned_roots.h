#pragma once

#include <memory>

#include "core/ops/keys.h"
#include "core/ops/known_registries.h"
#include "core/registry/registry_place.h"

namespace reef::ops {

// Believes the roots of a registry that one of its keys signed, and none that was signed before the last one
// that it believed. A key of the registry that was revoked (Keys) stands for the one that took its place, if
// that is trusted here, else for none. What is believed is remembered in `registries.json`.
//
// Null for a registry without keys.
std::shared_ptr<RootGuard> guard_of(const KnownRegistry& registry, const KnownRegistries& registries,
                                    const Keys& keys);

}  // namespace reef::ops
