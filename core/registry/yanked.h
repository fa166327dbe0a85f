#pragma once

#include <map>
#include <set>
#include <string>

#include "core/model/version.h"
#include "core/os/filesystem.h"

namespace reef {

// `yanked.json` at the top of a folder of packages: versions that `reef registry build` marks as yanked. They
// stay where they are, with the same content, for those whose lock names them; nobody else gets them. It
// stands beside the packages, not in their manifests, for what was published never changes.
inline constexpr const char* kYankedFile = "yanked.json";

using Yanked = std::map<std::string, std::set<Version>>;  // name -> versions, none empty

// Empty when there is no such file. Errors: the first problem of the file.
Result<Yanked> read_yanked(Filesystem& fs, const Path& root);

// Atomically.
Status write_yanked(Filesystem& fs, const Path& root, const Yanked& yanked);

}  // namespace reef
