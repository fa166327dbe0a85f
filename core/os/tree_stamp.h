#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/os/clock.h"
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
// an entry. not_found and io as Filesystem.
Result<TreeStamp> stamp_tree(const Path& folder, const LeftOut& left_out = {});

// When a file, or a folder or anything below it, was last changed: the latest mtime or ctime, nanoseconds
// since 1970-01-01 UTC. Follows a symlink at `path`. not_found and io as Filesystem.
Result<std::int64_t> newest_change(const Path& path);

// `digest_tree`, without reading what was read before: the digest is kept with its stamp in the file
// `memory`, whose folder is made. Nothing is kept of a folder in which something was changed within the last
// two seconds: it may change again without another stamp. is_settled: told that nothing was.
Result<Digest> digest_known_tree(Filesystem& fs, const Path& folder, const LeftOut& left_out,
                                 const Path& memory, SystemTime now, bool* is_settled = nullptr);

}  // namespace reef
