#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/os/cancel.h"
#include "core/os/filesystem.h"
#include "core/os/lock.h"

// The cache of downloads, from outside: how large it is, whether it is whole, and what goes when it is too
// large.
namespace reef::fetch {

// Held by those who build from the cache's entries: while it lives, none of them is trimmed. io where the
// cache cannot be written.
Result<FileLock> use_cache(Filesystem& fs, const Path& cache, const Cancellation* cancel);

// Held while nobody uses the cache, and nobody may begin to; nothing when somebody does.
Result<std::optional<FileLock>> cache_alone(Filesystem& fs, const Path& cache);

struct CacheUse {
  std::uint64_t files = 0;  // entries and unfinished transfers
  std::uint64_t bytes = 0;
};
CacheUse cache_use(const Path& cache);

struct Trimmed {
  std::uint64_t files = 0;  // removed, or to be removed
  std::uint64_t bytes = 0;
  CacheUse left;
  bool in_use = false;  // somebody builds from it at this moment: nothing was removed
};
// Removes the entries that were not read for the longest time until the others take at most `limit` bytes
// together. dry: removes nothing.
Result<Trimmed> trim_cache(Filesystem& fs, const Path& cache, std::uint64_t limit, bool dry);

// Reads every entry; paths of those whose bytes do not have the digest that they are called by.
// repair: removes them, so that they are fetched again.
Result<std::vector<Path>> damaged_entries(Filesystem& fs, const Path& cache, bool repair);

// $REEF_CACHE_LIMIT, "500 MB", "20GiB" or bytes; else 20 GiB. invalid_input.
Result<std::uint64_t> parse_limit(const std::string& text);

}  // namespace reef::fetch
