#pragma once

#include <map>
#include <string>

#include "core/archive/contents.h"
#include "core/registry/registry.h"

namespace reef {

// Which blobs of a folder are whole. A blob is read to its end once, and again only when its stamp is
// another. One thread at a time.
class VerifiedBlobs {
 public:
  // file: where the stamps are kept between processes; empty: nowhere. Ignored when it cannot be read.
  VerifiedBlobs(Filesystem& fs, Path blobs, Path file);
  // Writes the file when there is something new, with the blobs that were asked for; best effort.
  ~VerifiedBlobs();
  VerifiedBlobs(const VerifiedBlobs&) = delete;
  VerifiedBlobs& operator=(const VerifiedBlobs&) = delete;

  // False when it is not there, or damaged.
  bool is_whole(const archive::Blob& blob);

 private:
  void load();

  Filesystem& fs_;
  Path blobs_;
  Path file_;
  bool loaded_ = false;
  bool changed_ = false;
  std::map<std::string, Stamp> known_;  // by the digest's digits
  std::map<std::string, Stamp> whole_;  // of this process
  std::int64_t read_at_ns_ = 0;         // when the file was written, in its filesystem's time
};

}  // namespace reef
