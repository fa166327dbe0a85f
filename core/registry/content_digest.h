#pragma once

#include <map>
#include <string>

#include "core/registry/registry.h"

namespace reef {

// Digests of package folders, kept by the stamps of everything in them. One thread at a time.
class ContentDigests {
 public:
  // file: where they are kept between processes; empty: nowhere. Ignored when it cannot be read.
  ContentDigests(Filesystem& fs, Path file);
  // Writes the file when there is something new; best effort.
  ~ContentDigests();
  ContentDigests(const ContentDigests&) = delete;
  ContentDigests& operator=(const ContentDigests&) = delete;

  // `digest_tree` without what is no part of the package. The folder is walked every time, its files are read
  // only after a change.
  Result<Digest> of(const Path& folder);

 private:
  struct Known {
    Digest stamps;  // of names, types, sizes, times, inodes and modes
    Digest content;
  };

  void load();

  Filesystem& fs_;
  Path file_;
  bool loaded_ = false;
  std::map<std::string, Known> known_;
  std::int64_t read_at_ns_ = 0;  // when the file was written, in its filesystem's time
  std::map<std::string, Known> fresh_;
};

}  // namespace reef
