#pragma once

#include <string>
#include <vector>

#include "core/archive/oci.h"
#include "core/archive/ustar.h"
#include "core/os/byte_stream.h"

namespace reef::archive {

// The tar around everything, member by member, from a file or a pipe. Accepts only what the writer writes;
// all errors are of code integrity (io for the disk's) and name the member.
class OuterReader {
 public:
  explicit OuterReader(InputStream& stream) : stream_(stream) {}

  // The next member must have this name; its bytes come from `read`. `what`: how it is called in messages.
  // size: what it must be, when that is known.
  Status expect(const std::string& name, const std::string& what,
                std::optional<std::uint64_t> size = std::nullopt);
  // Fills the buffer from the member; less only at its end.
  Result<std::size_t> read(std::span<char> buffer);
  // The member's padding, after all of it was read.
  Status finish_member();
  // A whole member of at most kLargestText bytes.
  Result<std::string> text(const std::string& name, const std::string& what,
                           std::optional<std::uint64_t> size = std::nullopt);
  // A blob as text, with its digest compared.
  Result<std::string> text(const Blob& blob, const std::string& what);
  // A member of zeros, if there must be one so that what follows it stands at `offset` modulo `alignment`.
  Status pad(std::uint64_t offset, std::uint64_t alignment);
  // The two blocks of zeros, and nothing behind them.
  Status end();

  std::uint64_t offset() const { return offset_; }
  std::uint64_t member_size() const { return member_.size; }

 private:
  Result<std::size_t> read_bytes(std::span<char> buffer);
  Status read_whole(std::span<char> buffer);

  InputStream& stream_;
  std::uint64_t offset_ = 0;
  Member member_;
  std::string what_;
  std::uint64_t left_ = 0;  // of the member
  std::vector<char> ahead_;
  std::size_t ahead_at_ = 0;
  std::size_t ahead_size_ = 0;
};

std::string blob_path(const Digest& digest);
// What is said of a file whose bytes are not those that its name promises.
Failure wrong_digest(const std::string& what, const Digest& expected, const Digest& got);

// How many bytes of padding member, header and all, bring `offset` to `remainder` modulo `alignment`.
constexpr std::uint64_t gap_to(std::uint64_t offset, std::uint64_t remainder, std::uint64_t alignment) {
  return (alignment + remainder - offset % alignment) % alignment;
}
std::string pad_path(std::uint64_t offset);

// Everything before the layers: who it is and what it holds.
struct Head {
  Contents contents;
  std::string config;  // its text
  Digest manifest;     // names the whole archive
  std::vector<Layer> layers;
};
Result<Head> read_head(OuterReader& reader);
// The same of an archive's manifest and config that came another way. Errors are of code integrity.
Result<Head> head_of(const std::string& manifest, std::string config);

// An error of whatever is wrong inside an archive, as one of code integrity.
Error as_integrity(Error error);

}  // namespace reef::archive
