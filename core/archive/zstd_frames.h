#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.h"

// Zstandard (RFC 8878) as `.reef` files have it: frames of at most 4 MiB that do not depend on each other,
// each with its size and a check sum, one after the other and nothing between.
namespace reef::archive {

inline constexpr std::size_t kFrame = std::size_t{4} << 20U;  // bytes of contents, at most
inline constexpr int kZstdLevel = 3;
inline constexpr std::uint64_t kMostRatio = 200;  // contents for a byte, of what is large (tree_reader.h)

// One frame. The library is linked statically: the same contents give the same frame wherever this program
// runs.
Result<std::string> compress_frame(std::string_view contents);

// The same in one frame, or in two of which the first is stored as it is, so that no byte stands for more
// than kMostRatio: whatever is made of such frames, readers take it for no bomb.
Result<std::string> compress_bounded(std::string_view contents);

// The contents of one whole frame, as FrameSplitter hands it out. integrity: damaged, or its size is not what
// it says.
Result<std::string> decompress_frame(std::string_view frame);

// Cuts a stream into its frames without decompressing them; pieces may be cut anywhere. Every frame must give
// its size (1 byte to 4 MiB), a check sum and no dictionary, and take no more than 4 MiB to decompress;
// skippable frames and everything else are refused (integrity).
class FrameSplitter {
 public:
  using Visit = std::function<Status(std::string frame, std::size_t contents)>;
  Status add(std::string_view bytes, const Visit& visit);
  // At the end of the stream: integrity when a frame is not complete.
  Status finish() const;

 private:
  // How many bytes of `frame_` are needed before anything more can be said; moves `parsed_` over what is
  // known.
  Result<std::size_t> needed();

  std::string frame_;
  std::size_t parsed_ = 0;    // the header and whole blocks of it
  std::size_t contents_ = 0;  // what its header gives
  bool last_block_ = false;
};

}  // namespace reef::archive
