#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/registry/registry.h"

namespace reef {

// Packages in folders: `<root>/.../<folder>/reef.json` (or `reef.yaml`), at most kDeepestPackage folders
// below a root; folders whose names begin with a dot are passed over, and nothing is looked for inside a
// package. Names and versions are those in the manifests; several versions of a name are several folders.
//
// cache: a file that keeps what the manifests say (BinaryIndex; content digests in `<cache>.digests`), so
// that opening the registry again maps that file, and calls `stat` once for each folder and manifest; empty:
// no file is kept. It is rebuilt when something changed, written atomically, and ignored when it is damaged
// or cannot be written. Any number of processes may share it.
struct FolderRegistryOptions {
  std::vector<Path> roots;
  Path cache;
  std::string name;  // for messages; empty: "the packages in <roots>"
  // Somebody else's, as it was brought here: another content under a version is no edit.
  bool is_published = false;
};

constexpr int kDeepestPackage = 3;

// A manifest that cannot be read stands in the way of its own package only, which is known by the name that
// its text gives (or else by its folder's). It has no versions, be there other manifests that are good:
// asking for it gives the problem. Two folders with one name and version, and different content: asking for
// that version is an integrity error naming both. not_found when a root is not there.
Result<std::unique_ptr<Registry>> open_folder_registry(Filesystem& fs, FolderRegistryOptions options);

}  // namespace reef
