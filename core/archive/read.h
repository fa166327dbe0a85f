#pragma once

#include <string>

#include "core/archive/outer_reader.h"
#include "core/os/cancel.h"

// Reading `.reef` files, from a file or a pipe, once from the beginning to the end, in memory that does not
// depend on their size. Every byte is compared with what it must be: digests of blobs and trees, and the one
// form of everything else. Nothing is executed; nothing is written but below the target.
//
// Errors are of code integrity and name the part and, in a tree, the entry; io and interrupted are the
// machine's.
namespace reef::archive {

struct ReadOptions {
  unsigned threads = 0;  // 0: as many as processors; at most 4
  const Cancellation* cancel = nullptr;
};

struct ArchiveRead {
  Contents contents;
  Digest manifest;              // of the OCI manifest: names the archive
  std::string config;           // its text
  std::string lock;             // of reef.lock
  std::string provenance;       // of provenance.json
  std::string manifest_text{};  // of the root package's reef.json or reef.yaml
  std::uint64_t bytes = 0;
};

// Reads what the config says; no layer, so 64 KiB of the stream are enough for most archives. `lock`,
// `provenance` and `manifest_text` stay empty, `bytes` is what was read.
Result<ArchiveRead> inspect_archive(InputStream& stream);

// Reads every byte, writes nothing.
Result<ArchiveRead> verify_archive(InputStream& stream, const ReadOptions& options);

// The same, and unpacks into the folder `target`, which must not exist: it appears whole, by a rename, after
// every byte was compared, or not at all. In it:
//
//   archive.json              the config
//   provenance.json
//   packages/NAME-VERSION/    every package of the closure; the root has its reef.lock
//   sources/HEX, sources/COMMIT/
//   records/ID/
//   builds/KEY/               as packed: kStoreMark stands where the store's folder belongs
Result<ArchiveRead> unpack_reef(InputStream& stream, const Path& target, const ReadOptions& options,
                                Filesystem& fs);

}  // namespace reef::archive
