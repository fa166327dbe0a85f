#include "core/os/replace.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/os/descriptor.h"

namespace reef {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;

Failure replace_failure(std::string_view what, const Path& path) {
  return make_error(ErrorCode::io, "cannot {} `{}`: {}", what, path.string(), std::strerror(errno));
}

// Where `wanted` begins in a file. Pieces overlap by its length less one, so that no place is missed or met
// twice.
Result<std::vector<std::uint64_t>> places_of(int fd, const Path& path, std::string_view wanted) {
  std::vector<std::uint64_t> places;
  std::string piece(kPiece + wanted.size(), '\0');
  std::size_t kept = 0;
  std::uint64_t piece_at = 0;
  for (;;) {
    const ssize_t got = ::read(fd, piece.data() + kept, piece.size() - kept);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return replace_failure("read", path);
    if (got == 0) return places;
    const std::string_view bytes(piece.data(), kept + static_cast<std::size_t>(got));
    std::size_t next = 0;
    for (std::size_t at = 0; (at = bytes.find(wanted, at)) != std::string_view::npos; at = next) {
      places.push_back(piece_at + at);
      next = at + wanted.size();
    }
    const std::size_t overlap = std::min(wanted.size() - 1, bytes.size() - next);
    piece_at += bytes.size() - overlap;
    std::memmove(piece.data(), piece.data() + bytes.size() - overlap, overlap);
    kept = overlap;
  }
}

}  // namespace

Result<std::vector<std::uint64_t>> places_in_file(const Path& path, std::string_view text) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return replace_failure("open", path);
  return places_of(file.get(), path, text);
}

Result<std::size_t> replace_in_file(const Path& path, std::string_view from, std::string_view to) {
  if (from.empty() || from.size() != to.size())
    return make_error(ErrorCode::bug, "`{}` cannot be replaced in place by `{}`: not of the same length",
                      from, to);
  const Descriptor source(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (source.get() < 0) return replace_failure("open", path);
  TRY(const std::vector<std::uint64_t> places, places_of(source.get(), path, from));
  if (places.empty()) return std::size_t{0};
  struct ::stat info {};
  if (fstat(source.get(), &info) != 0) return replace_failure("find", path);
  if ((info.st_mode & S_IWUSR) == 0 && fchmod(source.get(), info.st_mode | S_IWUSR) != 0)
    return replace_failure("make writable", path);
  const Descriptor target(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (target.get() < 0) return replace_failure("write", path);
  for (const std::uint64_t place : places)
    if (pwrite(target.get(), to.data(), to.size(), static_cast<off_t>(place)) !=
        static_cast<ssize_t>(to.size()))
      return replace_failure("write", path);
  if ((info.st_mode & S_IWUSR) == 0 && fchmod(source.get(), info.st_mode) != 0)
    return replace_failure("set the mode of", path);
  return places.size();
}

}  // namespace reef
