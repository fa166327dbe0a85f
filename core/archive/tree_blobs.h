#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/archive/contents.h"
#include "core/archive/pack.h"
#include "core/archive/read.h"
#include "core/archive/scan.h"

// A tree outside of a `.reef` file: its blobs are files of their own, as registries serve them. The same
// folder gives the same blobs, in an archive and here.
namespace reef::archive {

// Where the file of a blob is in a folder of many: `DD/HEX`, two digits and all digits of its digest.
Path blob_file(const Path& blobs, const Digest& digest);

// Writes the blobs of a folder into another one and says what they hold. A file that is there already and,
// read to its end, whole is left alone; others appear whole or not at all; not synced. `repaired`: counts
// the files that were there, damaged. Errors: as write_archive.
Result<Tree> write_tree_blobs(const TreeInput& input, const Path& blobs, const PackOptions& options,
                              Filesystem& fs, std::size_t* repaired = nullptr);

// Every blob of a tree, each once: its layer first.
std::vector<Blob> blobs_of(const Tree& tree);

// Where the file of a blob is.
using BlobFiles = std::function<Result<Path>(const Blob&)>;

// Makes the folder `target`, which must not exist, from the blobs of a tree: whole, by a rename, after every
// byte was compared, or not at all. Errors are of code integrity and name the entry; usage when the target is
// there already; those of `files`; io and interrupted.
Status unpack_tree_blobs(const Tree& tree, const BlobFiles& files, const Path& target,
                         const ReadOptions& options, Filesystem& fs);

}  // namespace reef::archive
