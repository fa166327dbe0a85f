#include "core/os/filesystem.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/text.h"
#include "core/os/descriptor.h"

namespace reef {
namespace {

// A pipe that stands where a file was expected has nobody who writes to it, and is not waited for.
constexpr int kToRead = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

Failure failure(std::string_view what, const Path& path, int number = errno) {
  const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
  Failure error =
      make_error(code, "cannot {} `{}`: {}", what, printable(path.string()), std::strerror(number));
  if (number == ENOSPC || number == EDQUOT)
    return std::move(error).hint("the disk is full: free some space and run the same again");
  if (number == EROFS)
    return std::move(error).hint(
        "the file system is read-only: set REEF_HOME to a folder that can be written");
  return error;
}

// What system calls get. A path with a NUL byte names nothing, and must not name what its first part does.
const char* name_of(const Path& path) {
  return path.native().find('\0') == std::string::npos ? path.c_str() : "";
}

FileType type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileType::file;
  if (S_ISDIR(mode)) return FileType::folder;
  if (S_ISLNK(mode)) return FileType::symlink;
  return FileType::other;
}

Status done_or(int result, std::string_view what, const Path& path) {
  if (result == 0) return {};
  return failure(what, path);
}

// Writes all bytes; false with errno set when the system refuses.
bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Of a pipe that somebody holds open, `<(command)` of a shell: until there is something, or the end.
bool wait_for_writer(int fd) {
  pollfd watched{fd, POLLIN, 0};
  return poll(&watched, 1, -1) > 0 || errno == EINTR;
}

class Disk : public Filesystem {
 public:
  Result<std::string> read_file(const Path& path, std::uint64_t limit) override {
    const Descriptor file(open(name_of(path), kToRead));
    if (!file.valid()) return failure("open", path);
    struct ::stat info {};
    if (fstat(file.get(), &info) != 0) return failure("read", path);
    if (S_ISDIR(info.st_mode)) return failure("read", path, EISDIR);
    if (static_cast<std::uint64_t>(info.st_size) > limit) return too_large(path, limit);
    // /proc and pipes say 0 bytes: read until the end, whatever the size was.
    constexpr std::size_t kUnknown = 4096;
    std::string bytes(info.st_size > 0 ? static_cast<std::size_t>(info.st_size) + 1 : kUnknown, '\0');
    std::size_t size = 0;
    for (;;) {
      const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN && wait_for_writer(file.get())) continue;
      if (got < 0) return failure("read", path);
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
      if (size > limit) return too_large(path, limit);
      if (size == bytes.size()) bytes.resize(2 * bytes.size());
    }
    if (size == 0 && S_ISFIFO(info.st_mode))
      return make_error(ErrorCode::io, "cannot read `{}`: it is a pipe that nobody writes to",
                        printable(path.string()));
    bytes.resize(size);
    return bytes;
  }

  Status write_file(const Path& path, std::string_view bytes, bool durable) override {
    Descriptor file(open(name_of(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file.valid()) return failure("write", path);
    if (!write_whole(file.get(), bytes)) return failure("write", path);
    if (durable && fsync(file.get()) != 0) return failure("write", path);
    if (!file.close_now()) return failure("write", path);
    return {};
  }

  Status append_file(const Path& path, std::string_view bytes) override {
    Descriptor file(open(name_of(path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (!file.valid()) return failure("append to", path);
    if (!write_whole(file.get(), bytes) || !file.close_now()) return failure("append to", path);
    return {};
  }

  Status rename(const Path& from, const Path& to) override {
    if (::rename(name_of(from), name_of(to)) == 0) return {};
    const int number = errno;
    const ErrorCode code = number == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    return make_error(code, "cannot rename `{}` to `{}`: {}", printable(from.string()),
                      printable(to.string()), std::strerror(number));
  }

  Status remove_file(const Path& path) override { return done_or(unlink(name_of(path)), "remove", path); }
  Status remove_folder(const Path& path) override { return done_or(rmdir(name_of(path)), "remove", path); }

  Status make_folder(const Path& path) override {
    if (mkdir(name_of(path), 0777) == 0) return {};
    const int number = errno;
    struct ::stat info {};
    if (number == EEXIST && ::stat(name_of(path), &info) == 0) {
      if (S_ISDIR(info.st_mode)) return {};
      return make_error(ErrorCode::io, "cannot create the folder `{}`: it is a file",
                        printable(path.string()));
    }
    return failure("create the folder", path, number);
  }

  Status make_symlink(const std::string& target, const Path& path) override {
    return done_or(symlink(target.c_str(), name_of(path)), "create the link", path);
  }
  Status make_hard_link(const Path& existing, const Path& path) override {
    return done_or(link(name_of(existing), name_of(path)), "create the link", path);
  }
  Status set_mode(const Path& path, std::uint32_t mode) override {
    return done_or(chmod(name_of(path), mode), "set the permissions of", path);
  }

  Status set_mtime(const Path& path, std::int64_t mtime_ns) override {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t seconds = mtime_ns >= 0 ? mtime_ns / kSecond : (mtime_ns - kSecond + 1) / kSecond;
    const timespec time{seconds, mtime_ns - seconds * kSecond};
    const std::array<timespec, 2> times = {time, time};
    return done_or(utimensat(AT_FDCWD, name_of(path), times.data(), AT_SYMLINK_NOFOLLOW), "set the time of",
                   path);
  }

  Status sync_folder(const Path& path) override {
    const Descriptor folder(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!folder.valid() || fsync(folder.get()) != 0) return failure("sync", path);
    return {};
  }

  Result<std::string> read_symlink(const Path& path) override {
    std::array<char, 4097> target{};
    const ssize_t size = readlink(name_of(path), target.data(), target.size());
    if (size < 0) return failure("read the link", path);
    return std::string(target.data(), static_cast<std::size_t>(size));
  }

  Result<std::vector<std::string>> list(const Path& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(name_of(path)), closedir);
    if (!folder) return failure("list", path);
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(folder.get());  // NOLINT(concurrency-mt-unsafe): one stream, one thread
      if (entry == nullptr) break;
      const std::string_view name(entry->d_name);
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return failure("list", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<FileStat> stat(const Path& path, bool follow) override {
    struct ::stat info {};
    const int result = follow ? ::stat(name_of(path), &info) : lstat(name_of(path), &info);
    if (result != 0) return failure("find", path);
    FileStat out;
    out.type = type_of(info.st_mode);
    out.size = static_cast<std::uint64_t>(info.st_size);
    out.mtime_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
    out.ctime_ns = info.st_ctim.tv_sec * 1'000'000'000 + info.st_ctim.tv_nsec;
    out.device = info.st_dev;
    out.inode = info.st_ino;
    out.mode = info.st_mode & 07777U;
    out.links = info.st_nlink;
    return out;
  }

  Result<Path> real_path(const Path& path) override {
    const std::unique_ptr<char, void (*)(void*)> resolved(realpath(name_of(path), nullptr), std::free);
    if (!resolved) return failure("find", path);
    return Path(resolved.get());
  }

 private:
  static Failure too_large(const Path& path, std::uint64_t limit) {
    return make_error(ErrorCode::invalid_input, "`{}` is larger than {} bytes, the most that is read",
                      path.string(), limit);
  }
};

}  // namespace

std::unique_ptr<Filesystem> make_disk() { return std::make_unique<Disk>(); }

Result<std::string> read_head(const Path& path, std::size_t count) {
  const Descriptor file(open(path.c_str(), kToRead));
  if (!file.valid()) return failure("open", path);
  std::string head(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::read(file.get(), head.data() + filled, count - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  head.resize(filled);
  return head;
}

Status read_in_pieces(const Path& path, const std::function<Status(std::string_view)>& visit,
                      std::uint64_t offset) {
  const Descriptor file(open(path.c_str(), kToRead));
  if (!file.valid()) return failure("open", path);
  if (offset > 0 && lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) < 0) return failure("read", path);
  struct ::stat info {};
  if (fstat(file.get(), &info) != 0) return failure("read", path);
  posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  // What the kernel makes up has no size before it is read.
  const bool has_size = S_ISREG(info.st_mode) && info.st_size > 0;
  std::uint64_t left = has_size ? static_cast<std::uint64_t>(info.st_size) : ~std::uint64_t{0};
  left -= std::min(left, offset);
  // Not cleared: of a small file only a page is touched.
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 18U;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kPiece);
  while (left > 0) {
    const ssize_t got = ::read(file.get(), buffer.get(), std::min(kPiece, left));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN && wait_for_writer(file.get())) continue;
    if (got < 0) return failure("read", path);
    if (got == 0) return {};
    left -= static_cast<std::uint64_t>(got);
    TRY_STATUS(visit({buffer.get(), static_cast<std::size_t>(got)}));
  }
  return {};
}

Status sync_file(const Path& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() || fsync(file.get()) != 0) return failure("sync", path);
  return {};
}

Result<Digest> digest_file(const Path& path) {
  Sha256 hash;
  TRY_STATUS(read_in_pieces(path, [&](std::string_view bytes) {
    hash.update(bytes);
    return Status();
  }));
  return hash.finish();
}

}  // namespace reef
