#pragma once

#include <string>
#include <vector>

#include "core/os/byte_stream.h"
#include "core/os/filesystem.h"

namespace reef::fetch {

// What is never part of a package's sources: `.git` and our own `.reef` at the top, and what some reef is
// just writing there.
inline const LeftOut& left_out_of_sources() {
  static const LeftOut out = LeftOut(std::vector<std::string>{".git", ".reef"}, [](const std::string& path) {
                               return is_unfinished(path);
                             }).and_special_files();
  return out;
}

// `walk` without that.
Result<std::vector<TreeEntry>> walk_sources(Filesystem& fs, const Path& folder);

}  // namespace reef::fetch
