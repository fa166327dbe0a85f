#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/archive/contents.h"
#include "core/archive/portable.h"
#include "core/archive/ustar.h"
#include "core/archive/workers.h"
#include "core/os/live_folder.h"

namespace reef::archive {

// Where the trees of an archive are written; none: they are only checked.
struct Target {
  Filesystem* fs = nullptr;
  Path folder;
  bool plain_mode = false;  // new files have mode 0644 by themselves
};

// The place beside `target` where a folder is made that will have this name, or never appear. It is gone,
// with all in it, when this ends.
class Staging {
 public:
  // usage when `target` is there already.
  static Result<Staging> beside(const Path& target, Filesystem& fs);
  // A folder in it, which may be renamed to its final name.
  const Target& target() const { return target_; }

 private:
  Staging(LiveFolder folder, Target target) : folder_(std::move(folder)), target_(std::move(target)) {}
  LiveFolder folder_;
  Target target_;
};

// Beyond 256 MiB a tree, and all those of an archive together, may be at most 200 times as large as its
// layers (as in unpack.h); else integrity. Writers keep to it by compress_bounded.
Status check_ratio(std::uint64_t unpacked, std::uint64_t packed);
Status check_ratio(const Tree& tree);
Status check_ratio(const Contents& contents);

// Checks one tree while the frames of its layer arrive, and writes it below `folder`. Files of a frame are
// hashed and written by workers; everything else happens in the calling thread, in order. Errors name the
// entry.
class TreeReader {
 public:
  // rule: of a package, null of other trees. folder: of the tree; made when it is written. All must outlive
  // this.
  TreeReader(const Tree& tree, const ContentRule* rule, Target target, Workers& workers);
  TreeReader(const TreeReader&) = delete;
  TreeReader& operator=(const TreeReader&) = delete;
  ~TreeReader();

  Status begin();
  // The next bytes of its tar, decompressed.
  Status add(std::shared_ptr<const std::string> bytes);
  // After the last of them: everything is there, and the tree has its digest.
  Status finish();

 private:
  // An entry on its way: its line is ready, or a file among those that a worker has.
  struct File {
    std::string path;
    bool executable = false;
    std::string_view bytes;
  };
  struct Batch {
    std::vector<std::string> lines;  // in order; empty where the line of the next file belongs
    std::vector<File> files;
    std::shared_ptr<const std::string> bytes;
  };
  enum class Await { header, contents, padding, end };

  Status read_block(std::string_view block);
  Status begin_file(const Member& member);
  Status add_contents(std::string_view bytes);
  Status end_file();
  Status add_apart_before(const std::string* path);
  Status make_folder(const std::string& path);
  Status flush(std::shared_ptr<const std::string> bytes);
  Status take_lines(std::size_t most_waiting);

  const Tree& tree_;
  Target target_;
  Workers& workers_;
  TreeCheck check_;
  Sha256 hash_;  // of the lines: the tree's digest
  std::size_t next_apart_ = 0;
  std::uint64_t bytes_ = 0;  // of files
  std::uint64_t tar_bytes_ = 0;
  std::vector<std::pair<std::string, std::string>> links_;
  Await await_ = Await::header;
  int zero_blocks_ = 0;
  std::string block_;  // of a header that began in an earlier piece
  Member file_;        // whose contents come
  std::uint64_t left_ = 0;
  std::unique_ptr<Sha256> file_hash_;  // of one that is in more than one piece
  Batch batch_;
  std::deque<std::future<Result<std::string>>> waiting_;
};

}  // namespace reef::archive
