#include "core/os/byte_stream.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/text.h"
#include "core/os/descriptor.h"

namespace reef {
namespace {

Failure failure(std::string_view what, std::string_view name, int number = errno) {
  const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
  Failure error = make_error(code, "cannot {} `{}`: {}", what, printable(name), std::strerror(number));
  if (number == ENOSPC || number == EDQUOT)
    return std::move(error).hint("the disk is full: free some space and run the same again");
  return error;
}

constexpr std::string_view kWriting = ".writing-";

// "12-0": a process and a count.
bool is_suffix(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return dash != std::string_view::npos && is_number(text.substr(0, dash)) &&
         is_number(text.substr(dash + 1));
}

// Whether `name` is what write_atomic gives to a file of a package's folder until it is whole.
bool is_being_replaced(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (name.front() != '.' || dot == 0 || !is_suffix(name.substr(dot + 1))) return false;
  const std::string_view whole = name.substr(1, dot - 1);
  return whole == "reef.lock" || whole == "reef.json" || whole == "reef.yaml" ||
         whole.ends_with(".reef.minisig");
}

// The files in a folder whose writers are gone: nobody holds their locks. Best effort.
void remove_abandoned(const Path& folder) {
  std::error_code ignored;
  for (std::filesystem::directory_iterator each(folder, ignored), end; each != end; each.increment(ignored)) {
    const std::string name = each->path().filename().string();
    if (!name.starts_with(kWriting) || !is_unfinished(name)) continue;
    const Descriptor file(::open(each->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.valid() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 &&
        is_at(file.get(), each->path().c_str()))
      unlink(each->path().c_str());
  }
}

// Whether the file is ours now. Where there are no locks it is, too; nobody removes it there.
bool lock(int fd) {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  struct ::stat info {};
  return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

}  // namespace

bool is_unfinished(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (!name.starts_with('.')) return false;
  if (name.starts_with(kWriting)) {
    name.remove_prefix(kWriting.size());
    return is_suffix(name.substr(0, name.find('.')));
  }
  if (name.starts_with("..unpacking-") && name.ends_with(".lock"))
    name = name.substr(1, name.size() - 1 - std::string_view(".lock").size());
  if (name.starts_with(kUnpacking)) return is_suffix(name.substr(kUnpacking.size()));
  return is_being_replaced(name);
}

Result<InputStream> InputStream::open(const Path& path) {
  InputStream stream(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path.string());
  if (stream.fd_ < 0) return failure("open", path.string());
  struct ::stat info {};
  if (fstat(stream.fd_, &info) != 0) return failure("read", path.string());
  if (S_ISDIR(info.st_mode)) return failure("read", path.string(), EISDIR);
  return stream;
}

InputStream InputStream::standard_input() { return {dup(STDIN_FILENO), "standard input"}; }

InputStream::InputStream(InputStream&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), name_(std::move(other.name_)) {}
InputStream& InputStream::operator=(InputStream&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(name_, other.name_);
  return *this;
}
InputStream::~InputStream() {
  if (fd_ >= 0) close(fd_);
}

Result<std::size_t> InputStream::read(std::span<char> buffer) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got = ::read(fd_, buffer.data() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", name_);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

Status InputStream::seek(std::uint64_t offset) {
  if (lseek(fd_, static_cast<off_t>(offset), SEEK_SET) >= 0) return {};
  return failure("read", name_);
}

Result<std::uint64_t> InputStream::size() const {
  struct ::stat info {};
  if (fstat(fd_, &info) != 0) return failure("read", name_);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<OutputFile> OutputFile::create_beside(const Path& path) {
  constexpr int kTries = 1000;
  remove_abandoned(path.has_parent_path() ? path.parent_path() : Path("."));
  for (int i = 0; i < kTries; ++i) {
    Path name = path.parent_path() / fmt::format("{}{}-{}", kWriting, getpid(), i);
    name += path.extension();
    OutputFile file(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), name);
    const bool was_made = file.fd_ >= 0;
    if (was_made && lock(file.fd_)) return file;
    file.path_.clear();
    if (was_made) continue;  // somebody took it for one that was left, and removes it
    if (errno != EEXIST) return failure("write", path.string());
  }
  return make_error(ErrorCode::io, "cannot find a free name beside `{}`", printable(path.string()));
}

Result<OutputFile> OutputFile::open_kept(const Path& path) {
  OutputFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666), path);
  file.kept_ = true;
  if (file.fd_ < 0) return failure("write", path.string());
  return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), kept_(other.kept_) {
  other.path_.clear();
}
OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(kept_, other.kept_);
  return *this;
}
OutputFile::~OutputFile() {
  if (!path_.empty() && !kept_) unlink(path_.c_str());  // while we hold it the name is nobody else's
  if (fd_ >= 0) close(fd_);
}

Result<std::size_t> OutputFile::read_at(std::uint64_t offset, std::span<char> buffer) const {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got =
        pread(fd_, buffer.data() + size, buffer.size() - size, static_cast<off_t>(offset + size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", path_.string());
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

Status OutputFile::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write", path_.string());
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

void OutputFile::begin_sync(std::uint64_t offset, std::uint64_t bytes) const {
#ifdef __linux__
  (void)sync_file_range(fd_, static_cast<off_t>(offset), static_cast<off_t>(bytes), SYNC_FILE_RANGE_WRITE);
#else
  (void)offset;
  (void)bytes;
#endif
}

Status OutputFile::cut(std::uint64_t size) {
  // ext4 writes a file that was cut to nothing to the disk when it is closed, and whoever closes it waits.
  struct stat now {};
  if (fstat(fd_, &now) == 0 && now.st_size == static_cast<off_t>(size)) return {};
  if (ftruncate(fd_, static_cast<off_t>(size)) == 0) return {};
  return failure("write", path_.string());
}

Status OutputFile::finish(const Path& path, bool durable) {
  if (durable && fsync(fd_) != 0) return failure("write", path_.string());
  // A network's file system tells of a failed write when a descriptor is closed. Ours stays open until the
  // file has its name: with the lock gone, another writer in this folder would take it for abandoned.
  const int copy = fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  if (copy < 0 || close(copy) != 0) return failure("write", path_.string());
  if (::rename(path_.c_str(), path.c_str()) != 0) return failure("write", path.string());
  path_.clear();
  close(std::exchange(fd_, -1));
  if (!durable) return {};
  const Descriptor folder(
      ::open(path.has_parent_path() ? path.parent_path().c_str() : ".", O_RDONLY | O_CLOEXEC));
  if (!folder.valid() || fsync(folder.get()) != 0) return failure("sync the folder of", path.string());
  return {};
}

}  // namespace reef
