#pragma once

#include <string_view>

#include "core/model/manifest.h"
#include "core/os/filesystem.h"

namespace reef {

// `reef.json` or `reef.yaml` in a folder; not_found names both and says how to begin (`reef init`).
// invalid_input when both are there; usage for an archive, with the verbs that take one.
Result<Path> find_manifest(Filesystem& fs, const Path& folder);

// The manifest in `path`, with all its problems in the list; `shown` is the name that messages give the file.
// Fails only when there is no text to read: missing, unreadable, larger than kLargestManifest.
Result<Manifest> read_manifest_file(Filesystem& fs, const Path& path, std::string_view shown,
                                    json::Problems& problems);

// The same with the first problem as the error.
Result<Manifest> load_manifest(Filesystem& fs, const Path& path);

}  // namespace reef
