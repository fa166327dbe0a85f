#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace reef {

// Owns a file descriptor; -1 is none. For the files of this folder only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void reset() { (void)close_now(); }
  // Closes now and tells whether the system had a late error to report (NFS, quotas).
  bool close_now() { return fd_ < 0 || close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_ = -1;
};

// Whether the path names the file that is open: since it was opened it may have been renamed or removed, and
// another made in its place. To be asked again once it is locked.
inline bool is_at(int fd, const char* path) {
  struct ::stat ours {};
  struct ::stat there {};
  return fstat(fd, &ours) == 0 && ::stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
         ours.st_ino == there.st_ino;
}

}  // namespace reef
