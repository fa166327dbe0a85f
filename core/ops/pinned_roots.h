#pragma once

#include <memory>

#include "core/ops/keys.h"
#include "core/ops/known_registries.h"
#include "core/registry/registry_place.h"
#include "core/remote/oci_packages.h"

namespace reef::ops {

// Believes the roots of a registry that one of its keys (PinnedKeys) signed, and none that was signed before
// the last one that it believed. What is believed is remembered in `registries.json`.
//
// Null for a registry without keys.
std::shared_ptr<RootGuard> guard_of(const KnownRegistry& registry, const KnownRegistries& registries,
                                    const Keys& keys);

// Of an OCI registry, where each version is signed by itself: nothing is remembered.
std::shared_ptr<remote::EntryGuard> entry_guard_of(const KnownRegistry& registry, const Keys& keys);

}  // namespace reef::ops
