#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/error.h"
#include "core/os/descriptor.h"

namespace reef {

// Memory that two processes see, and that outlives either: what a child wrote before it crashed is still
// there. Much larger than what is used: pages come into being when they are first touched, as zeros.
class SharedRegion {
 public:
  // Tries `wanted` bytes and halves down to `least`, for systems that count reserved memory. Errors: io.
  static Result<SharedRegion> create(std::size_t wanted, std::size_t least);
  // The region behind a descriptor that a parent handed on.
  static Result<SharedRegion> open(int fd);

  ~SharedRegion();
  SharedRegion(SharedRegion&& other) noexcept;
  SharedRegion& operator=(SharedRegion&& other) noexcept;
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  int fd() const { return fd_.get(); }

 private:
  SharedRegion(Descriptor fd, std::byte* data, std::size_t size)
      : fd_(std::move(fd)), data_(data), size_(size) {}
  static Result<SharedRegion> map(Descriptor fd, std::size_t size);

  Descriptor fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace reef
