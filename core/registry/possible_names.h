#pragma once

#include <string>
#include <vector>

#include "core/os/filesystem.h"

namespace reef {

// The names that the package of a manifest with problems may have, so that asking for it leads to them: what
// its text gives as the name, be it no JSON or YAML elsewhere. Without one, what its folder tells:
// `num-2.0.0` may be `num-2.0.0` and `num`, `num/2.0.0` is `num`. At least one.
std::vector<std::string> possible_names(Filesystem& fs, const Path& manifest);

}  // namespace reef
