#pragma once

#include <string>
#include <vector>

#include "core/archive/outer_reader.h"

// Where everything of a `.reef` file stands. All of it that is no blob is a function of the contents, so a
// file can be made again, byte for byte, from its blobs alone.
namespace reef::archive {

// How far the head reaches: everything before the layers, with its padding. The head is written last, when
// digests and sizes of layers are known, into a room that was left for it when they were not: as if each had
// 999,999,999,999 bytes and none was equal to another, up to a multiple of kHeadAlignment.
std::uint64_t head_size_of(const Contents& contents);

struct Outline {
  struct Part {
    std::uint64_t offset = 0;
    std::string bytes;
  };
  struct PlacedLayer {
    Layer layer;
    std::uint64_t offset = 0;  // of its bytes
  };
  Blob manifest;
  Blob config;
  std::string manifest_bytes;
  std::vector<Part> parts;          // headers, layout, index, manifest, config; in the order of the file
  std::vector<PlacedLayer> layers;  // in the order of the file
  std::uint64_t bytes = 0;          // of the whole file; what is neither a part nor a layer is zero
};

// config: what write_config gives for the contents. Errors: bug, when the head is larger than its room.
Result<Outline> outline_of(const Contents& contents, const std::string& config);

// That a file has everything at its place; reads no layer. integrity names the first byte that is wrong.
Status check_outline(const Outline& outline, const Path& file);

}  // namespace reef::archive
