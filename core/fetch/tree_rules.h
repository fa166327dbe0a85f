#pragma once

#include <string>
#include <vector>

#include "core/os/byte_stream.h"
#include "core/os/filesystem.h"

namespace reef::fetch {

// What is no part of a folder of sources: `.git` and our own `.reef` at the top, what some reef is just
// writing there, and what is no part of the package. place: of the folder, below the package's.
inline LeftOut left_out_of_sources(const Path& place, const LeftOut& of_package) {
  const auto rule = [place, of_package](const std::string& path) {
    return is_unfinished(path) || of_package.has((place / path).string());
  };
  return LeftOut(std::vector<std::string>{".git", ".reef"}, rule).and_special_files();
}

}  // namespace reef::fetch
