#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/os/cancel.h"
#include "core/os/filesystem.h"

namespace reef {

// What an archive may cost. The defaults are far beyond honest archives and far below a full disk.
struct UnpackLimits {
  std::uint64_t entries = 1'000'000;
  std::uint64_t bytes = std::uint64_t{1} << 40U;
  // Contents larger than `free_bytes` may be at most `ratio` times as large as the archive.
  std::uint64_t free_bytes = std::uint64_t{256} << 20U;
  std::uint64_t ratio = 200;
};

struct UnpackOptions {
  std::string name = {};  // how the archive is called (`model.onnx.gz`): decides the name of a bare file
  std::size_t strip = 0;  // leading path components dropped; entries that have no more are left out
  UnpackLimits limits = {};
  // Asked of links that lead out of the tree or in a circle, when all but links lies in the folder `tree`:
  // true makes it all the same, for whoever does not follow it.
  std::function<bool(const Path& tree, const std::string& link)> allows_link = nullptr;
  const Cancellation* cancel = nullptr;
};

struct Unpacked {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  // Pairs of names that differ only in the case of ASCII letters, "A.txt and a.txt": such a tree cannot be
  // copied to every file system.
  std::vector<std::string> case_collisions;
};

// Unpacks tar (plain, gzip, xz, zstd, bzip2), zip, and single files compressed with gzip, xz, zstd or bzip2
// (`model.onnx.gz` -> `model.onnx`) into the folder `target`, which must not exist yet.
//
// The folder appears whole, by a rename, or not at all. Files have mode 0644 or 0755 and the times of the
// archive; owners are ours. Nothing is written outside the target: links are created after all files, and
// each is followed on paper first.
//
// Errors name the archive and the entry. integrity: damaged or truncated, or not an archive. invalid_input,
// nothing unpacked: names that are absolute, hold `..`, control characters or invalid UTF-8, are too long or
// too deep; duplicate names; links that lead out of the tree, in a circle or (hard links) to nothing; entries
// below a link or a file; devices, pipes, sockets; setuid and setgid programs; encrypted contents; more
// entries or bytes than the limits allow. The check sum inside gzip is not compared (libarchive does not):
// know the archive's digest. A name is read up to its first NUL byte. not_found: libarchive, loaded by the
// first call, is not installed.
Result<Unpacked> unpack_archive(const Path& archive, const Path& target, const UnpackOptions& options,
                                Filesystem& fs);

}  // namespace reef
