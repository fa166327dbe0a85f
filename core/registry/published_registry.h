#pragma once

#include <memory>
#include <string>

#include "core/registry/registry.h"
#include "core/registry/registry_place.h"

namespace reef {

// A registry with an index that `reef registry build` made (docs/registry-index.md): its root file is read
// when it changed, the file of a package when that package is asked for, manifests and folders where the
// place has them. Every file is compared with its digest in the root.
//
// cache: a folder for what was read, one for all registries: the names in the root and, in a second file, the
// packages that were ever asked for, as binary indexes, each used as long as its digest is the root's.
// Rebuilt silently when damaged; empty: nothing is kept.
//
// Errors: integrity when a file is missing or differs from its digest, or the content of a package from the
// index's; busy when the registry was published anew meanwhile; invalid_input for another format.
Result<std::unique_ptr<Registry>> open_published_registry(Filesystem& fs,
                                                          std::unique_ptr<RegistryPlace> place,
                                                          const Path& cache);
// The same of a folder.
Result<std::unique_ptr<Registry>> open_published_registry(Filesystem& fs, const Path& root,
                                                          const Path& cache);

// True when the folder has a registry.json.
bool is_published(Filesystem& fs, const Path& folder);

// Several folders as one registry, merged in this order (merge_registries): published ones, and all others as
// one FolderRegistry.
Result<std::unique_ptr<Registry>> open_registries(Filesystem& fs, const std::vector<Path>& roots,
                                                  const Path& cache);

// The file below `cache` that keeps what is known of these folders.
Path cache_file_of(const Path& cache, const std::vector<Path>& roots, std::string_view suffix);

}  // namespace reef
