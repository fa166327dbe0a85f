#pragma once

#include "core/registry/registry.h"

namespace reef {

struct RegistryBuilt {
  Path file;  // registry.json
  std::size_t packages = 0;
  std::size_t versions = 0;
  std::size_t written = 0;  // files of packages that are new or were damaged
  std::size_t removed = 0;  // that neither this root file nor the one before names
  bool changed = false;     // the root file
  Digest digest;            // of the root file: it identifies everything the registry says
};

// Writes the index of a folder of packages into it: `registry.json` and `index/` (docs/registry-index.md).
// The same packages give the same bytes. The root file is replaced atomically after all it names is there, so
// that readers see the old or the new registry; the files of the one before stay for those who still read it.
//
// cache: as for open_published_registry; with it, packages that did not change are not read again.
//
// Errors: not_found when the folder is missing; invalid_input when it is itself a package or has one in
// `index`, and the first problem of a manifest; integrity when one version has two contents; busy when
// another process builds it.
Result<RegistryBuilt> build_registry(Filesystem& fs, const Path& root, const Path& cache);

}  // namespace reef
