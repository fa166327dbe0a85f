#pragma once

#include "core/os/filesystem.h"

namespace reef {

// Returns after everything that was written to the file system of this folder is on its disk, by anybody: for
// many files cheaper than one by one.
Status sync_file_system(const Path& folder);

}  // namespace reef
