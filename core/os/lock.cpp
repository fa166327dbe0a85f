#include "core/os/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "core/os/descriptor.h"

namespace reef {
namespace {

Result<int> open_lock(const Path& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd >= 0) return fd;
  const int number = errno;
  Failure error =
      make_error(ErrorCode::io, "cannot open the lock `{}`: {}", path.string(), std::strerror(number));
  if (number == ENOSPC || number == EDQUOT)
    return std::move(error).hint("the disk is full: free some space and run the same again");
  if (number == EROFS)
    return std::move(error).hint(
        "the file system is read-only: set REEF_HOME to a folder that can be written");
  return error;
}

}  // namespace

Result<std::optional<FileLock>> FileLock::try_acquire(const Path& path, Mode mode) {
  const int operation = (mode == Mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  for (;;) {
    TRY(const int fd, open_lock(path));
    FileLock lock(fd);
    if (flock(fd, operation) == 0) {
      // Its last holder may have removed it.
      if (is_at(fd, path.c_str())) return std::optional<FileLock>(std::move(lock));
      continue;
    }
    if (errno == EWOULDBLOCK) return std::optional<FileLock>();
    return make_error(ErrorCode::io, "cannot lock `{}`: {}", path.string(), std::strerror(errno));
  }
}

Result<FileLock> FileLock::acquire(const Path& path, std::optional<std::chrono::milliseconds> patience,
                                   const Cancellation* cancel, Mode mode) {
  using std::chrono::steady_clock;
  const auto start = steady_clock::now();
  auto pause = std::chrono::milliseconds(1);
  for (;;) {
    TRY(std::optional<FileLock> lock, try_acquire(path, mode));
    if (lock) return std::move(*lock);
    if (cancel != nullptr) TRY_STATUS(cancel->check());
    if (patience && steady_clock::now() - start >= *patience)
      return make_error(ErrorCode::busy, "`{}` is locked by another process", path.string());
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(50));
  }
}

FileLock::FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ < 0) return;
  flock(fd_, LOCK_UN);  // closing is not enough while a child has the descriptor
  close(fd_);
}

}  // namespace reef
