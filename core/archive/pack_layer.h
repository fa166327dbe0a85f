#pragma once

#include <vector>

#include "core/archive/pack.h"
#include "core/archive/workers.h"
#include "core/os/byte_stream.h"

// The two kinds of layers, written at their place in the file.
namespace reef::archive {

struct LayerWriter {
  OutputFile* file;
  Workers& workers;
  unsigned threads;
  const Cancellation* cancel;
  Filesystem& fs;

  Status check() const { return cancel == nullptr ? Status() : cancel->check(); }
};

// Everything of a tree that does not stand apart, from `offset` on, without the member's header. Fills the
// digests of its files. No layer: nothing is left.
Result<std::optional<CodeLayer>> write_code_layer(std::vector<ScannedEntry>& entries, const Path& folder,
                                                  std::uint64_t offset, const LayerWriter& writer);

// A file of `size` bytes at `offset`; its digest.
Result<Digest> write_raw_layer(const Path& from, std::uint64_t size, std::uint64_t offset,
                               const LayerWriter& writer);

}  // namespace reef::archive
