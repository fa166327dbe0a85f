#pragma once

#include <string>
#include <vector>

#include "core/model/exclude.h"
#include "core/os/byte_stream.h"
#include "core/os/filesystem.h"

namespace reef::fetch {

// What is no part of a package's sources: `.git` and our own `.reef` at the top, what some reef is just
// writing there, and what the manifest excludes. place: of the folder, below the package's.
inline LeftOut left_out_of_sources(const Path& place, const Exclude& exclude) {
  const auto rule = [place, exclude](const std::string& path) {
    return is_unfinished(path) || exclude.reason_for((place / path).string()) != nullptr;
  };
  return LeftOut(std::vector<std::string>{".git", ".reef"}, rule).and_special_files();
}

}  // namespace reef::fetch
