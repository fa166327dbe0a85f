#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "core/base/error.h"
#include "core/os/filesystem.h"

namespace reef {

// The bytes of a file as memory, read only: a page is read from the disk when it is first looked at. Whoever
// changes such a file must rename another one over it; one that is made shorter in place ends its readers
// (SIGBUS).
class MappedFile {
 public:
  // not_found when it is not there, io when it cannot be mapped (a folder).
  static Result<MappedFile> open(const Path& path);

  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        mtime_ns_(other.mtime_ns_) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mtime_ns_, other.mtime_ns_);
    return *this;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return {data_, size_}; }
  std::int64_t mtime_ns() const { return mtime_ns_; }

 private:
  MappedFile() = default;

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::int64_t mtime_ns_ = 0;
};

}  // namespace reef
