#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/os/filesystem.h"

namespace reef {

// What the system says of everything below a folder without reading a byte of it.
struct TreeStamp {
  // Of names, types, modes, sizes, link targets' sizes, inodes and times of change (mtime and ctime, of which
  // the second cannot be set by anybody). The folder itself does not count, so that it may be renamed.
  Digest digest;
  std::int64_t newest_ns = 0;  // the latest of all times of change
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // of all files
};

// Two equal stamps mean that nothing below the folder was changed in between, except within the grain of the
// file system's clock (some milliseconds): a stamp younger than that proves nothing yet. About a microsecond
// an entry. `skip`: top-level names that do not count. not_found and io as Filesystem.
Result<TreeStamp> stamp_tree(const Path& folder, const std::vector<std::string>& skip = {});

}  // namespace reef
