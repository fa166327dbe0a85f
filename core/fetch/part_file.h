#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/os/filesystem.h"

namespace reef::fetch {

// The bytes of a transfer on their way to the disk: appended, hashed as they pass, kept when it is
// interrupted.
class PartFile {
 public:
  PartFile(Filesystem& fs, Path path) : fs_(fs), path_(std::move(path)) {}

  // Takes over what an earlier transfer left.
  Status open();
  Status start_over();
  Status append(std::string_view bytes);
  // Writes what is still in memory.
  Status flush();

  const Path& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  // Of all bytes; nothing may be appended afterwards but after start_over.
  Digest digest() { return hash_.finish(); }

  // Which URL the bytes came from and what tells whether it still serves the same ones (RFC 9110, 13.1.5: a
  // strong ETag or a Last-Modified); empty when unknown. Only a hint: the digest decides in the end.
  std::string validator(const std::string& url);
  Status remember(const std::string& url, const std::string& validator);
  // Removes the memory; the part itself has become an entry or was discarded.
  void forget();

 private:
  Path memory() const;

  Filesystem& fs_;
  Path path_;
  Sha256 hash_;
  std::string buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace reef::fetch
