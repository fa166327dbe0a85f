#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/os/cancel.h"
#include "core/os/clock.h"
#include "core/os/filesystem.h"
#include "core/os/lock.h"

namespace reef::fetch {

// Files by their digest, and what npm and git call them. Layout below the cache's folder:
//
//   downloads/sha256/ab/<hex>            an entry: verified before it got this name, never written again
//   downloads/sha256/ab/<hex>.seen.json  size and time of an entry when its digest was last computed
//   downloads/sha256/ab/<hex>.part       the beginning of an interrupted transfer
//   downloads/sha256/ab/<hex>.part.json  where it came from and what tells that it has not changed there
//   downloads/{npm,git}/<key>.json       which entry an npm integrity or a git commit means
//   downloads/locks/<name>.lock          held by whoever makes the entry
//   tmp/                                 folders of running transfers
//
// Every file but the entries may be deleted at any time. Safe for several threads and processes.
class Cache {
 public:
  struct Policy {
    std::uint64_t always_verified = 0;
    bool verify_all = false;
  };
  struct Entry {
    Path path;
    std::uint64_t bytes = 0;
  };
  // What a name means.
  struct Alias {
    Digest file;
    Digest tree;                     // git only
    std::vector<std::string> notes;  // git only
  };

  Cache(Filesystem& fs, const Path& folder, Policy policy)
      : fs_(fs), folder_(folder / "downloads"), temporary_(folder / "tmp"), policy_(policy) {}

  // Makes the folders, and removes what transfers that were killed more than a day ago left in tmp/.
  Status prepare(SystemTime now);

  // The entry, when it is there and sound. A damaged one is as good as absent: `put` replaces it.
  Result<std::optional<Entry>> find(const Digest& digest);
  Path entry_path(const Digest& digest) const;
  // Where a transfer for this digest collects its bytes; the folder exists afterwards.
  Result<Path> part_path(const Digest& digest);
  // Makes a file with this digest the entry, durable unless it is always verified. The caller has checked the
  // digest and holds the lock.
  Result<Entry> put(const Path& file, const Digest& digest);

  Result<std::optional<Alias>> find_alias(const std::string& kind, const std::string& key);
  Status put_alias(const std::string& kind, const std::string& key, const Alias& alias);

  // One holder of a name at a time, among all threads and processes.
  Result<FileLock> lock(const std::string& name, const Cancellation& cancel);
  Result<TemporaryFolder> temporary_folder(std::string_view prefix);

 private:
  bool looks_unchanged(const Path& path, const FileStat& stat);
  Status remember(const Path& path);

  Filesystem& fs_;
  Path folder_;
  Path temporary_;
  Policy policy_;
};

}  // namespace reef::fetch
