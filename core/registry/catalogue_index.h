#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/registry/binary_index.h"

namespace reef {

Stamp stamp_of(const FileStat& stat);

// A file that was written in the same moment as what remembers it may have been written again with the same
// stamp: clocks of filesystems tick every few milliseconds. Such stamps prove nothing.
bool is_too_fresh(const Stamp& stamp, std::int64_t remembered_at_ns);

// Replaces a file that may be lost: whole or not at all for other processes, but not synced, so that after a
// crash of the machine it may be empty or damaged. Best effort; makes the folder.
void write_cache_file(Filesystem& fs, const Path& file, std::string_view bytes);

// A published registry has this file at its top, its index and the contents of its packages in folders of
// these names (see docs/registry-index.md). No packages are looked for in them.
constexpr std::string_view kRegistryRoot = "registry.json";
constexpr std::string_view kRegistryFolder = "index";
constexpr std::string_view kContentFolder = "blobs";

Error changed_while_read(std::string_view file);

// Why nothing is given of a package, were it of good versions beside bad ones: the problem of a manifest, or
// that one name is a tool of the host and something else. Nothing: the package is good.
std::optional<Error> problem_of(Filesystem& fs, const IndexedPackage& package);

// The index of every manifest below the roots (open_folder_registry tells which are found), from the cache
// file when a `stat` of everything in it finds nothing changed; else from a walk, in which only what changed
// is read, and the cache is written anew, as well as that can be done. An empty path: no cache.
// not_found when a root is not there.
Result<std::unique_ptr<BinaryIndex>> open_catalogue(Filesystem& fs, const std::vector<Path>& roots,
                                                    const Path& cache);

}  // namespace reef
