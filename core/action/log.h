#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/os/filesystem.h"

namespace reef::action {

// The log of an action: everything up to `head` bytes is in the file as it comes; of what follows, the last
// `tail` bytes are added by finish(), after a line that says how much was cut. Memory: `tail` and a little,
// however much is printed.
class Log {
 public:
  static constexpr std::uint64_t kHead = std::uint64_t{16} << 20U;
  static constexpr std::uint64_t kTail = std::uint64_t{4} << 20U;

  // Replaces an older log; an empty path keeps no file, only the last lines.
  static Result<Log> create(Filesystem& fs, const Path& path, std::uint64_t head = kHead,
                            std::uint64_t tail = kTail);

  // A failure to write (a full disk) is remembered and told by finish(): output is never waited for.
  void append(std::string_view bytes);
  // Writes the tail. The first failure to write, if any.
  Status finish();

  const Path& path() const { return path_; }
  std::uint64_t bytes() const { return total_; }  // that were appended
  std::uint64_t cut() const;                      // that are not in the file after finish()
  // At most `count` last lines, safe on a terminal, each at most 1,000 bytes.
  std::vector<std::string> last_lines(std::size_t count = 20) const;

 private:
  Log(Filesystem& fs, Path path, std::uint64_t head, std::uint64_t tail)
      : fs_(&fs), path_(std::move(path)), head_(head), tail_(tail) {}
  void write(std::string_view bytes);

  Filesystem* fs_;
  Path path_;
  std::uint64_t head_;
  std::uint64_t tail_;
  std::uint64_t total_ = 0;
  std::uint64_t written_ = 0;  // bytes of the head that are in the file
  std::string rest_;           // what came after the head: at most 2 * tail
  std::string recent_;         // the last bytes, for last_lines
  Status status_;
};

// "the whole log: FILE": a hint of an error.
std::string log_hint(const Path& log);

}  // namespace reef::action
