#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/registry/registry.h"

namespace reef {

// Enough of `stat` to notice that a file or folder was changed or replaced.
struct Stamp {
  std::int64_t mtime_ns = 0;
  std::uint64_t size = 0;  // 0 for folders, whose size means nothing
  std::uint64_t inode = 0;
  bool operator==(const Stamp&) const = default;
};
Stamp stamp_of(const FileStat& stat);

// A file that was written in the same moment as what remembers it may have been written again with the same
// stamp: clocks of filesystems tick every few milliseconds. Such stamps prove nothing.
bool is_too_fresh(const Stamp& stamp, std::int64_t remembered_at_ns);

// Replaces a file that may be lost: whole or not at all for other processes, but not synced, so that after a
// crash of the machine it may be empty or damaged. Best effort; makes the folder.
void write_cache_file(Filesystem& fs, const Path& file, std::string_view bytes);

// One manifest that was found below a root.
struct IndexedManifest {
  Path folder;
  std::string file;  // reef.json or reef.yaml
  Stamp stamp;
  bool readable = true;
  CatalogueEntry entry;  // of an unreadable manifest only the name, as far as it can be told
};

// What is below some roots: every manifest, and every folder in which one could appear.
struct CatalogueIndex {
  struct Folder {
    Path path;
    Stamp stamp;
  };
  std::vector<Path> roots;
  std::vector<Folder> folders;  // those that are looked into and have no manifest
  std::vector<IndexedManifest> manifests;
};

// Walks the roots. Manifests with the stamp that `before` knows are taken from there, the others are read.
Result<CatalogueIndex> scan_catalogue(Filesystem& fs, const std::vector<Path>& roots,
                                      const CatalogueIndex* before);

// True when a `stat` of everything in it finds nothing changed.
bool is_current(Filesystem& fs, const CatalogueIndex& index);

// The index kept in a file, when that can be read and is about these roots. Stamps that are too fresh are
// cleared, so that what they are of is read again.
std::optional<CatalogueIndex> read_index(Filesystem& fs, const Path& file, const std::vector<Path>& roots);
// Best effort: without the file everything is found again by walking.
void write_index(Filesystem& fs, const Path& file, const CatalogueIndex& index);

}  // namespace reef
