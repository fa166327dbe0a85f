#pragma once

#include <functional>
#include <map>
#include <string>

#include "core/archive/contents.h"
#include "core/archive/scan.h"
#include "core/os/cancel.h"

namespace reef::archive {

// What goes into an archive. `contents` says what each part is; digests and sizes of its trees are filled in.
struct PackInput {
  Contents contents;
  std::map<std::string, TreeInput> trees;  // by place
  std::map<std::string, Path> files;       // by place: of sources that are blobs, with digest and size known
  std::string lock;                        // text of reef.lock
  // The text of provenance.json for the finished contents. Called twice: its length may depend on everything
  // but digests of trees and blobs, and sizes of layers.
  std::function<std::string(const Contents&)> provenance;
};

struct PackOptions {
  unsigned threads = 0;  // 0: as many as processors; at most 4; the bytes do not depend on it
  const Cancellation* cancel = nullptr;
};

struct Packed {
  Contents contents;
  Digest manifest;  // of the OCI manifest: names the archive
  std::uint64_t bytes = 0;
};

// Writes an archive; the file appears whole, replacing what was there, or not at all. The same input gives
// the same bytes. Errors: invalid_input for entries that an archive cannot hold, integrity for a source that
// is damaged, busy for files that change meanwhile, io.
Result<Packed> write_archive(const PackInput& input, const Path& output, const PackOptions& options,
                             Filesystem& fs);

}  // namespace reef::archive
