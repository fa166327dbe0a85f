#pragma once

#include "core/os/cancel.h"
#include "core/os/lock.h"
#include "core/registry/registry.h"
#include "core/registry/yanked.h"

namespace reef {

// What `yanked.json` shall say of one version.
struct YankChange {
  std::string name;
  Version version;
  bool yanked = true;
};

struct BuildOptions {
  Path cache;  // as for open_published_registry; with it, packages that did not change are not read again
  bool wait = false;  // while another process builds the same; else `busy`
  const Cancellation* cancel = nullptr;
  std::optional<YankChange> yank{};  // made before the index is
  bool replace = false;              // what was published with another content is not refused
};

struct RegistryBuilt {
  Path file;  // registry.json
  std::size_t packages = 0;
  std::size_t versions = 0;
  std::size_t written = 0;  // files of the index that are new or were damaged
  std::size_t packed = 0;  // versions whose content was packed: new ones, or with a file not there or damaged
  std::size_t repaired = 0;  // files of contents that were damaged, and were written again
  std::size_t removed = 0;   // files that neither this root file nor the one before names
  bool changed = false;      // the root file
  Digest digest;             // of the root file: it identifies everything the registry says
  std::vector<std::string>
      gone;  // "NAME@VERSION": what the root before had, and is not in the folder any more
};

// Publishes a folder of packages: writes into it `registry.json`, `index/`, and `blobs/` with the contents of
// the packages (docs/registry-index.md), for whoever cannot read the folder itself. The same packages give
// the same bytes. The root file is replaced atomically after all it names is on the disk, so that readers see
// the old or the new registry; the files of the one before stay for those who still read it.
//
// Every file of contents is compared with its digest: read once, and again when its stamp has changed.
//
// Versions that `yanked.json` names are marked in the index. A crash between that file and the root leaves
// the one before the other; the same again finishes.
//
// What was published never changes: a version with another content than the root before says is refused.
//
// Errors: not_found when the folder is missing, or has no such version to be yanked; invalid_input when it is
// itself a package or has one in `index` or `blobs`, the first problem of a manifest, and files that cannot
// be packed (core/archive/README.md); integrity when one version has two contents, or another one than was
// published; busy when another process
// builds it, or a package changes meanwhile.
Result<RegistryBuilt> build_registry(Filesystem& fs, const Path& root, const BuildOptions& options);

// Held by whoever changes what is in the folder. Errors: as above.
Result<FileLock> lock_registry(Filesystem& fs, const Path& root, const BuildOptions& options);
// The same as build_registry, for those who hold it.
Result<RegistryBuilt> build_registry(Filesystem& fs, const Path& root, const BuildOptions& options,
                                     const FileLock& lock);

}  // namespace reef
