#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/os/filesystem.h"

// Archives as bytes, right and wrong ones.
namespace reef::test {

struct Member {
  std::string name;
  std::string content = {};
  char type = '0';  // of ustar: 0 file, 1 hard link, 2 symlink, 3 character device, 5 folder, 6 pipe
  std::string link = {};
  unsigned mode = 0644;
  std::int64_t mtime = 1'000'000'000;
};

// One header block and the content, padded.
std::string tar_member(const Member& member);
std::string tar(const std::vector<Member>& members);
// A pax header in front of a member: "path" or "size" may contradict the member itself.
std::string pax(const std::map<std::string, std::string>& records);
inline const std::string kTarEnd(1024, '\0');

// By libarchive: "gzip", "xz", "zstd", "bzip2".
std::string compressed(const std::string& filter, const std::string& bytes);
std::string zip(const std::vector<Member>& members);

// A folder of its own for one test, and what unpacking into it gave.
class Sandbox {
 public:
  Sandbox();
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  Filesystem& fs() { return *fs_; }
  Path root() const { return root_; }
  // Writes the archive beside the target.
  Path archive(const std::string& bytes);
  Path target() const { return root_ / "target"; }
  std::string read(const std::string& path) { return fs_->read_file(target() / path).value_or("<nothing>"); }
  // What is in the sandbox besides the archive itself.
  std::vector<std::string> left_over();

 private:
  std::unique_ptr<Filesystem> fs_;
  Path root_;
};

}  // namespace reef::test
