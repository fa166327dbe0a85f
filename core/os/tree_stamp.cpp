#include "core/os/tree_stamp.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/base/text.h"

namespace reef {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t nanoseconds_of(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

class Stamper {
 public:
  explicit Stamper(const LeftOut& left_out) : left_out_(left_out) {}

  // Takes the descriptor. False: see errno; `failed_at` names the folder.
  bool add(int folder, const std::string& prefix) {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(folder), closedir);
    if (!stream) {
      const int number = errno;
      close(folder);
      return fail(prefix, number);
    }
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): one stream, one thread
      if (entry == nullptr) break;
      std::string name(entry->d_name);
      if (name != "." && name != ".." && !left_out_.has(prefix + name)) names.push_back(std::move(name));
    }
    if (errno != 0) return fail(prefix, errno);
    std::sort(names.begin(), names.end());
    for (const std::string& name : names)
      if (!add_entry(folder, prefix, name)) return false;
    hash_.update(std::string_view("\0up", 3));
    return true;
  }

  TreeStamp finish() {
    stamp_.digest = hash_.finish();
    return stamp_;
  }
  const std::string& failed_at() const { return failed_at_; }
  int number() const { return number_; }

 private:
  bool fail(const std::string& where, int number) {
    failed_at_ = where;
    number_ = number;
    return false;
  }

  bool add_entry(int folder, const std::string& prefix, const std::string& name) {
    struct stat info {};
    // What vanishes while the tree is looked at is no part of it.
    if (fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
      return errno == ENOENT || fail(prefix + name, errno);
    const std::int64_t modified = nanoseconds_of(info.st_mtim);
    const std::int64_t changed = nanoseconds_of(info.st_ctim);
    const std::array<std::uint64_t, 5> facts = {
        info.st_mode, S_ISDIR(info.st_mode) ? 0 : static_cast<std::uint64_t>(info.st_size), info.st_ino,
        static_cast<std::uint64_t>(modified), static_cast<std::uint64_t>(changed)};
    hash_.update(std::string_view(name.c_str(), name.size() + 1));
    hash_.update({reinterpret_cast<const char*>(facts.data()), sizeof facts});
    stamp_.newest_ns = std::max({stamp_.newest_ns, modified, changed});
    ++stamp_.entries;
    if (S_ISREG(info.st_mode)) stamp_.bytes += static_cast<std::uint64_t>(info.st_size);
    if (!S_ISDIR(info.st_mode)) return true;
    const int below = openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0) return errno == ENOENT || fail(prefix + name, errno);
    return add(below, prefix + name + "/");
  }

  const LeftOut& left_out_;
  Sha256 hash_;
  TreeStamp stamp_;
  std::string failed_at_;
  int number_ = 0;
};

}  // namespace

Result<TreeStamp> stamp_tree(const Path& folder, const LeftOut& left_out) {
  Stamper stamper(left_out);
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int number = errno;
  if (fd >= 0 && stamper.add(fd, "")) return stamper.finish();
  const int reason = fd < 0 ? number : stamper.number();
  const Path path = fd < 0 ? folder : folder / stamper.failed_at();
  return make_error(reason == ENOENT || reason == ENOTDIR ? ErrorCode::not_found : ErrorCode::io,
                    "cannot look at `{}`: {}", printable(path.string()), std::strerror(reason));
}

Result<std::int64_t> newest_change(const Path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0)
    return make_error(errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io,
                      "cannot look at `{}`: {}", printable(path.string()), std::strerror(errno));
  const std::int64_t own = std::max(nanoseconds_of(info.st_mtim), nanoseconds_of(info.st_ctim));
  if (!S_ISDIR(info.st_mode)) return own;
  TRY(const TreeStamp below, stamp_tree(path));
  return std::max(own, below.newest_ns);
}

Result<Digest> digest_known_tree(Filesystem& fs, const Path& folder, const LeftOut& left_out,
                                 const Path& memory, SystemTime now, bool* is_settled) {
  constexpr auto kGrain = std::chrono::seconds(2);
  constexpr std::uint64_t kLargest = 1024;
  const Result<TreeStamp> before = stamp_tree(folder, left_out);
  if (!before) return digest_tree(fs, folder, left_out);  // which says what is wrong
  const bool settled = now.time_since_epoch() - std::chrono::nanoseconds(before->newest_ns) > kGrain;
  if (is_settled != nullptr) *is_settled = settled;
  const std::string stamp = before->digest.hex() + " ";
  if (const Result<std::string> known = fs.read_file(memory, kLargest); known && known->starts_with(stamp))
    if (const Result<Digest> digest = Digest::parse(std::string_view(*known).substr(stamp.size())))
      return digest;
  TRY(const Digest digest, digest_tree(fs, folder, left_out));
  if (settled && make_folders(fs, memory.parent_path()))
    (void)fs.write_file(memory, stamp + digest.hex(), false);
  return digest;
}

}  // namespace reef
