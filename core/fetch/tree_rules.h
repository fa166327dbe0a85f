#pragma once

#include <string>
#include <vector>

#include "core/os/filesystem.h"

namespace reef::fetch {

// Names at the top of a package folder that are never part of its sources: `.git` and our own `.reef`.
inline const std::vector<std::string>& left_out_names() {
  static const std::vector<std::string> names = {".git", ".reef"};
  return names;
}

// `walk` without left_out_names.
Result<std::vector<TreeEntry>> walk_sources(Filesystem& fs, const Path& folder);

}  // namespace reef::fetch
