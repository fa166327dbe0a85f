#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/os/filesystem.h"

namespace reef {

// Bytes that are read once, from their beginning to their end: a file or a pipe.
class InputStream {
 public:
  static Result<InputStream> open(const Path& path);
  static InputStream standard_input();

  InputStream(InputStream&& other) noexcept;
  InputStream& operator=(InputStream&& other) noexcept;
  InputStream(const InputStream&) = delete;
  InputStream& operator=(const InputStream&) = delete;
  ~InputStream();

  // Fills the buffer; less only at the end of the stream.
  Result<std::size_t> read(std::span<char> buffer);
  // Files only: the next byte to be read.
  Status seek(std::uint64_t offset);
  // Files only: of all bytes.
  Result<std::uint64_t> size() const;
  const std::string& name() const { return name_; }  // for messages

 private:
  InputStream(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  int fd_ = -1;
  std::string name_;
};

// Whether a path's name is one that we give to what we are just writing, beside what it will become: it is
// gone in a moment, or was left by somebody who was killed. `.writing-12-0.reef`, `.unpacking-12-0` and its
// lock,
// `.reef.lock.12-0`.
bool is_unfinished(std::string_view path);
inline constexpr std::string_view kUnpacking = ".unpacking-";

// A file whose parts are written in any order, by any thread, before it gets its name.
class OutputFile {
 public:
  // A new one, with a hidden name of its own in the folder of `path`, and the same ending. Gone again unless
  // it is finished; what those left there who were killed is removed. Whoever writes such a file holds a lock
  // (flock) on it, also between machines that share the file system.
  static Result<OutputFile> create_beside(const Path& path);
  // With this name, which is no link, and what was written to it before; stays when it is not finished.
  static Result<OutputFile> open_kept(const Path& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  Status write_at(std::uint64_t offset, std::string_view bytes);
  // Of one that is kept. Fills the buffer; less only at the end of the file.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const;
  // Lets the disk begin with these bytes where the system can, and does not wait: less is left for finish.
  void begin_sync(std::uint64_t offset, std::uint64_t bytes) const;
  // What is behind `size` is gone; what was never written before it is zero.
  Status cut(std::uint64_t size);
  // Renames it to `path`, replacing what is there; when `durable`, synced before it has that name.
  Status finish(const Path& path, bool durable = true);

 private:
  OutputFile(int fd, Path path) : fd_(fd), path_(std::move(path)) {}
  int fd_ = -1;
  Path path_;
  bool kept_ = false;
};

}  // namespace reef
