#pragma once

#include <chrono>
#include <optional>

#include "core/base/error.h"
#include "core/os/cancel.h"
#include "core/os/filesystem.h"

namespace reef {

// An advisory lock (flock) on a file, held while this object lives; the system drops it when the process dies
// in any way. Exclusive, or shared with others that are shared. Works between processes and between threads
// (each lock has its own open file). A child that inherits fd() (ProcessSpec::inherited) keeps the lock held
// when we are killed, until it ends too; when we let go it is free, whatever children do.
//
// Whoever holds a lock exclusively may remove its file: those who wait then lock the file that is made anew.
class FileLock {
 public:
  enum class Mode { exclusive, shared };

  // Creates the file (its folder must exist) and waits; busy when `patience` is over, interrupted when
  // cancelled.
  static Result<FileLock> acquire(const Path& path,
                                  std::optional<std::chrono::milliseconds> patience = std::nullopt,
                                  const Cancellation* cancel = nullptr, Mode mode = Mode::exclusive);
  // nullopt when somebody else holds it in a way that excludes us.
  static Result<std::optional<FileLock>> try_acquire(const Path& path, Mode mode = Mode::exclusive);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();
  int fd() const { return fd_; }

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace reef
