#pragma once

#include <string>
#include <vector>

#include "core/archive/contents.h"
#include "core/archive/ustar.h"
#include "core/os/filesystem.h"

namespace reef::archive {

// A folder that becomes a tree of an archive.
struct TreeInput {
  Path folder;
  LeftOut left_out{};
};

// An entry of it, with what is found out about it later.
struct ScannedEntry {
  Member member;
  FileStat stat;
  bool apart = false;  // a blob of its own
  Digest digest;       // of a file; filled when it is read
};

// Files from this size on are looked at: those that do not compress stand apart.
inline constexpr std::uint64_t kLargeFile = std::uint64_t{1} << 20U;

// The entries below a folder in the order of an archive, with what must stand apart: the package's manifest,
// and large files that do not compress. invalid_input names the first entry that an archive cannot hold.
Result<std::vector<ScannedEntry>> scan_tree(const TreeInput& input, Filesystem& fs);

// Whether three samples of a file become smaller by a tenth.
Result<bool> compresses(const Path& file, std::uint64_t size);

// The error for a file that is not the one that was scanned.
Failure changed_while_packing(const Path& file);

}  // namespace reef::archive
