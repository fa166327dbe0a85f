#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/base/error.h"

namespace reef {

using Path = std::filesystem::path;

enum class FileType { file, folder, symlink, other };

// What `stat` says of one file; enough to notice that it was changed or replaced.
struct FileStat {
  FileType type = FileType::file;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;  // since 1970-01-01 UTC
  std::int64_t ctime_ns = 0;  // of the last change of anything here: nobody can set it
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint32_t mode = 0;  // permission bits, 07777
  std::uint64_t links = 1;
  bool operator==(const FileStat&) const = default;
};

// One method is one thing the operating system does. Every error names the path and says what the system
// said: not_found when the file is not there, io otherwise. Safe for use by several threads.
class Filesystem {
 public:
  virtual ~Filesystem() = default;

  // The whole file; invalid_input when it is larger than `limit` bytes.
  virtual Result<std::string> read_file(const Path& path, std::uint64_t limit = UINT64_MAX) = 0;
  // Creates or truncates, writes every byte, and returns only after fsync when `durable`.
  virtual Status write_file(const Path& path, std::string_view bytes, bool durable = true) = 0;
  // Appends to a file, creating it; not synced.
  virtual Status append_file(const Path& path, std::string_view bytes) = 0;
  // Atomic within one filesystem; replaces a file that is already at `to`.
  virtual Status rename(const Path& from, const Path& to) = 0;
  virtual Status remove_file(const Path& path) = 0;
  virtual Status remove_folder(const Path& path) = 0;
  // The last component only; an existing folder is no error.
  virtual Status make_folder(const Path& path) = 0;
  virtual Status make_symlink(const std::string& target, const Path& path) = 0;
  virtual Status make_hard_link(const Path& existing, const Path& path) = 0;
  virtual Status set_mode(const Path& path, std::uint32_t mode) = 0;
  virtual Status set_mtime(const Path& path, std::int64_t mtime_ns) = 0;
  // The entries of a folder; of a file its bytes.
  virtual Status sync_folder(const Path& path) = 0;
  virtual Result<std::string> read_symlink(const Path& path) = 0;
  // Names in a folder, sorted bytewise, without `.` and `..`.
  virtual Result<std::vector<std::string>> list(const Path& path) = 0;
  // follow: of what a symlink points at. not_found when there is nothing.
  virtual Result<FileStat> stat(const Path& path, bool follow = true) = 0;
  // The absolute path without symlinks.
  virtual Result<Path> real_path(const Path& path) = 0;
};

std::unique_ptr<Filesystem> make_disk();

// --- Compositions: each step goes through the interface, so that fault injection sees all of them. ---

bool exists(Filesystem& fs, const Path& path);
bool is_folder(Filesystem& fs, const Path& path);
bool is_executable(Filesystem& fs, const Path& path);

// Like `mkdir -p`.
Status make_folders(Filesystem& fs, const Path& path);

// After this returns, or after a crash at any point in it, `path` holds its old bytes or all of `bytes`. A
// link stays one: what it leads to is written.
Status write_atomic(Filesystem& fs, const Path& path, std::string_view bytes);

// Removes what write_atomic left beside `path` in processes that were killed. For those who keep others from
// writing it: of another machine's process, or another container's, it cannot be seen that it lives. Best
// effort.
void sweep_unfinished(Filesystem& fs, const Path& path);

// Removes a file, or a folder and all below it, without following symlinks; nothing there is no error.
// Folders without write permission are made writable first.
Status remove_tree(Filesystem& fs, const Path& path);

// Copies a file, folder or symlink; `from`'s permission bits are kept. Existing files are replaced.
Status copy_tree(Filesystem& fs, const Path& from, const Path& to);

// What of a folder does not count: entries at its top, by name, and others by a rule.
class LeftOut {
 public:
  // Asked by an entry's path below the folder; true: neither it nor what is below it counts.
  using Rule = std::function<bool(const std::string& path)>;

  LeftOut() = default;
  LeftOut(std::initializer_list<std::string> names) : names_(names) {}
  explicit LeftOut(std::vector<std::string> names, Rule rule = nullptr)
      : names_(std::move(names)), rule_(std::move(rule)) {}

  void add(std::string name) { names_.push_back(std::move(name)); }
  // And sockets, pipes and devices wherever they are: otherwise they are errors of whoever reads the folder.
  LeftOut&& and_special_files() && { return special_files_ = true, std::move(*this); }
  // Of an entry whose folder counts.
  bool has(const std::string& path) const;
  bool has(FileType type) const { return special_files_ && type == FileType::other; }

 private:
  std::vector<std::string> names_;
  Rule rule_;
  bool special_files_ = false;
};

// Copies what is in a folder into another one, which is there.
Status copy_contents(Filesystem& fs, const Path& from, const Path& to, const LeftOut& left_out);

struct TreeEntry {
  std::string path;  // relative, `/` between names
  FileStat stat;     // of the entry itself, symlinks not followed
};
// Everything below a folder, sorted bytewise by path, the folder itself left out. Symlinks are not followed.
Result<std::vector<TreeEntry>> walk(Filesystem& fs, const Path& folder, const LeftOut& left_out = {});

// The first bytes of a file, at most `count`: enough to see what kind of file it is.
Result<std::string> read_head(const Path& path, std::size_t count);

// SHA-256 of a file, read in pieces.
Result<Digest> digest_file(const Path& path);

// The bytes of a file from `offset` on, in pieces of at most 256 KiB; ends with the first error of `visit`.
// Of a file that grows meanwhile, as many as there were in the beginning.
Status read_in_pieces(const Path& path, const std::function<Status(std::string_view)>& visit,
                      std::uint64_t offset = 0);

// Returns after fsync: what was written to the file by anybody survives a crash.
Status sync_file(const Path& path);

// Digest of a folder: of its sorted entries "<f, d or l> <x or -> <path> NUL <sha256 or target> NUL", so that
// it depends on names, contents, executable bits and symlink targets, and on nothing else.
Result<Digest> digest_tree(Filesystem& fs, const Path& folder, const LeftOut& left_out = {});

// A new empty folder below `parent` that is removed, with all in it, when this object ends.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create(Filesystem& fs, const Path& parent, std::string_view prefix);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const Path& path() const { return path_; }
  // Leaves the folder where it is; the caller now owns it.
  Path release();

 private:
  TemporaryFolder(Filesystem& fs, Path path) : fs_(&fs), path_(std::move(path)) {}
  Filesystem* fs_;
  Path path_;
};

}  // namespace reef
