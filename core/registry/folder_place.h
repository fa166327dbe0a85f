#pragma once

#include <memory>

#include "core/os/filesystem.h"
#include "core/registry/registry_place.h"

namespace reef {

// A published registry in a folder: every file is used where it is.
// name: what messages call it; empty: after the folder. guard: null where every root is believed. copy_of:
// the registry that others publish and the folder is only a copy of; empty: who reads the folder can mend it.
std::unique_ptr<RegistryPlace> make_folder_place(Filesystem& fs, const Path& folder, std::string name = "",
                                                 std::shared_ptr<RootGuard> guard = nullptr,
                                                 std::string copy_of = "");

}  // namespace reef
