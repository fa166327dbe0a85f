#include "core/os/shared_region.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace reef {

Result<SharedRegion> SharedRegion::map(Descriptor fd, std::size_t size) {
  void* const address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
  if (address == MAP_FAILED)
    return make_error(ErrorCode::io, "cannot map {} bytes of memory: {}", size, std::strerror(errno));
  return SharedRegion(std::move(fd), static_cast<std::byte*>(address), size);
}

Result<SharedRegion> SharedRegion::create(std::size_t wanted, std::size_t least) {
  for (std::size_t size = wanted;; size /= 2) {
    Descriptor fd(memfd_create("reef-samples", MFD_CLOEXEC));
    if (fd.get() < 0) return make_error(ErrorCode::io, "cannot reserve memory: {}", std::strerror(errno));
    if (ftruncate(fd.get(), static_cast<off_t>(size)) == 0) {
      auto mapped = map(std::move(fd), size);
      if (mapped || size / 2 < least) return mapped;
    } else if (size / 2 < least) {
      return make_error(ErrorCode::io, "cannot reserve {} bytes of memory: {}", size, std::strerror(errno));
    }
  }
}

Result<SharedRegion> SharedRegion::open(int fd) {
  struct stat facts {};
  Descriptor owned(fd);
  if (fstat(fd, &facts) != 0 || facts.st_size <= 0)
    return make_error(ErrorCode::io, "descriptor {} is no shared memory", fd);
  return map(std::move(owned), static_cast<std::size_t>(facts.st_size));
}

SharedRegion::SharedRegion(SharedRegion&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

SharedRegion& SharedRegion::operator=(SharedRegion&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SharedRegion::~SharedRegion() {
  if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace reef
