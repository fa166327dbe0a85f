#pragma once

#include <functional>

#include "core/archive/tree_blobs.h"
#include "core/os/clock.h"
#include "core/registry/binary_index.h"

namespace reef::remote {

// "ink 1.0.0", for people.
std::string label_of(const IndexedVersion& version);

// Contents of packages that came from elsewhere, unpacked: `<cache>/packages/<digest>/`, each whole or not at
// all. `<digest>.seen` beside it says which state of the folder was compared with the digest, and by its time
// when it was last used; `<digest>.lock` is held while it is made. All of it can be deleted at any time. Safe
// for several threads and processes.
class PackageFolders {
 public:
  PackageFolders(Filesystem& fs, Clock& clock, const Cancellation& cancel, const Path& cache)
      : fs_(fs), clock_(clock), cancel_(cancel), top_(cache / "packages") {}

  // The folder with this content. When it is not there, or was changed, it is made of the blobs that `fetch`
  // brings.
  Result<Path> get(const archive::Tree& tree, const std::function<Result<archive::BlobFiles>()>& fetch) const;

  struct Removed {
    std::size_t folders = 0;
    std::uint64_t bytes = 0;
  };
  // Those that were not used for `unused`. Only while nobody builds from them (fetch::use_cache).
  Result<Removed> remove_old(std::chrono::nanoseconds unused, bool dry) const;

 private:
  bool is_sound(const Digest& digest) const;
  Path memory_of(const Digest& digest) const { return top_ / (digest.hex() + ".seen"); }

  Filesystem& fs_;
  Clock& clock_;
  const Cancellation& cancel_;
  Path top_;
};

}  // namespace reef::remote
