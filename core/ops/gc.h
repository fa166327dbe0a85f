#pragma once

#include "core/fetch/upkeep.h"
#include "core/ops/replay_homes.h"
#include "core/ops/session.h"
#include "core/remote/package_folders.h"
#include "core/store/roots.h"

namespace reef::ops {

struct GcRequest {
  bool dry_run = false;
  std::chrono::nanoseconds unused = std::chrono::hours(24 * 30);  // packages of the catalogue, and replays
  std::optional<std::uint64_t> cache_limit;                       // absent: $REEF_CACHE_LIMIT, else 20 GiB
};

struct Garbage {
  std::string folder_name;
  std::string name;  // "digits 1.0.0"; the folder's name when it cannot be read
  std::uint64_t bytes = 0;
};

struct GcReport {
  std::vector<Garbage> prefixes;        // removed, or to be removed; by name
  std::uint64_t prefix_bytes = 0;       // of all of them
  std::size_t kept = 0;                 // prefixes that somebody refers to
  std::size_t in_use = 0;               // of those, the ones that only a running process keeps
  std::vector<store::Root> roots;       // that hold
  std::vector<store::Root> dead_roots;  // projects that are gone, packages that nobody used
  std::size_t leftovers = 0;            // folders of killed processes: stages, temporary ones, drafts
  std::uint64_t log_bytes = 0;
  fetch::Trimmed downloads;
  remote::PackageFolders::Removed contents;  // of packages of registries elsewhere, unpacked
  ReplayHomes::Removed replays;              // of archives that were not replayed lately

  std::uint64_t bytes() const {
    return prefix_bytes + log_bytes + downloads.bytes + contents.bytes + replays.bytes;
  }
};

// Removes what nothing refers to: prefixes that are in the closure of no project (with its lock), of no pin,
// of no package of the catalogue that was used lately, and of no running process; what killed processes left;
// old logs; what replays of archives made that were not repeated lately and are not pinned; downloads beyond
// their limit; unpacked contents of packages that were not used lately, and commits of git registries that
// are used no more. A crash at any instant leaves prefixes whole or gone. A home that is not there has no
// garbage.
Result<GcReport> gc(const Machine& machine, const Home& home, const GcRequest& request);

}  // namespace reef::ops
