#include "core/os/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/base/text.h"
#include "core/os/descriptor.h"

namespace reef {

Result<MappedFile> MappedFile::open(const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct ::stat info {};
  const bool known = file.valid() && fstat(file.get(), &info) == 0;
  if (!known || !S_ISREG(info.st_mode)) {
    const int number = known ? EISDIR : errno;
    const ErrorCode code = number == ENOENT || number == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
    return make_error(code, "cannot open `{}`: {}", printable(path.string()), std::strerror(number));
  }
  MappedFile out;
  out.mtime_ns_ = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return out;  // nothing can be mapped, and nothing has to be
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED)
    return make_error(ErrorCode::io, "cannot map `{}` into memory: {}", printable(path.string()),
                      std::strerror(errno));
  out.data_ = static_cast<char*>(data);
  out.size_ = size;
  return out;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace reef
