#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/os/filesystem.h"

namespace reef::host {

// What `stat` said of a path, or that nothing is there. Equal stamps mean: not changed since.
struct Stamp {
  bool exists = false;
  bool folder = false;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;  // 0 for folders: some systems count hidden changes into it
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint32_t mode = 0;
  bool operator==(const Stamp&) const = default;
  bool is_file() const { return exists && !folder; }
};

// The paths an answer depended on.
using Trace = std::set<std::string>;

// Sees the file system through `stat`, each path once in its lifetime, and always before the contents are
// used: a change after that shows as another stamp. Safe for several threads.
class Observer {
 public:
  explicit Observer(Filesystem& fs) : fs_(fs) {}

  Stamp stamp(const std::string& path);
  // The same, and the answer depends on it.
  Stamp stamp(const std::string& path, Trace& trace);
  // Names in a folder, sorted bytewise; none when there is no such folder.
  const std::vector<std::string>& list(const std::string& folder, Trace& trace);
  Result<std::string> read(const std::string& file, Trace& trace);
  // Without symlinks; the path itself when it cannot be resolved.
  std::string real_path(const std::string& path);

  Filesystem& filesystem() { return fs_; }

 private:
  Filesystem& fs_;
  std::mutex mutex_;
  std::unordered_map<std::string, Stamp> stamps_;
  std::unordered_map<std::string, std::vector<std::string>> lists_;
};

// The paths that match a glob of absolute path components, in natural order, highest first (`cuda-13` before
// `cuda-9`). A text without `*`, `?` and `[` is itself, when it is there.
std::vector<std::string> expand_glob(Observer& observer, const std::string& pattern, Trace& trace);

bool is_glob(std::string_view text);

// True when `a` comes after `b`, digits compared as numbers: gcc-12 after gcc-9.
bool naturally_higher(std::string_view a, std::string_view b);

}  // namespace reef::host
