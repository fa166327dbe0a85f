#pragma once

#include <functional>

#include "core/os/filesystem.h"

namespace reef::test {

// A disk that breaks at its n-th change (counted from 0): a write then gets half of its bytes out, everything
// else nothing, and from there on every change fails, as after a crash or a power cut. With `full`, only
// changes that need room count and fail, with the error of a full disk. Reading goes on, for tests look at
// what is left.
//
// A test repeats an operation with n = 0, 1, 2, ... until it gets through without a crash, and checks the
// invariant each time.
class FaultyFilesystem : public Filesystem {
 public:
  enum class Fault { crash, full };
  FaultyFilesystem(Filesystem& real, int breaks_at, Fault fault = Fault::crash)
      : real_(real), left_(breaks_at), fault_(fault) {}

  // Whether the fault has happened: false when the work got through before its turn.
  bool crashed() const { return broken_; }

  Result<std::string> read_file(const Path& path, std::uint64_t limit) override {
    return real_.read_file(path, limit);
  }
  Status write_file(const Path& path, std::string_view bytes, bool durable) override {
    return changing(path, [&](bool half) { return real_.write_file(path, half_of(bytes, half), durable); });
  }
  Status append_file(const Path& path, std::string_view bytes) override {
    return changing(path, [&](bool half) { return real_.append_file(path, half_of(bytes, half)); });
  }
  Status rename(const Path& from, const Path& to) override {
    return changing(from, [&](bool half) { return half ? Status() : real_.rename(from, to); });
  }
  Status remove_file(const Path& path) override {
    return freeing(path, [&] { return real_.remove_file(path); });
  }
  Status remove_folder(const Path& path) override {
    return freeing(path, [&] { return real_.remove_folder(path); });
  }
  Status make_folder(const Path& path) override {
    return changing(path, [&](bool half) { return half ? Status() : real_.make_folder(path); });
  }
  Status make_symlink(const std::string& target, const Path& path) override {
    return changing(path, [&](bool half) { return half ? Status() : real_.make_symlink(target, path); });
  }
  Status make_hard_link(const Path& existing, const Path& path) override {
    return changing(path, [&](bool half) { return half ? Status() : real_.make_hard_link(existing, path); });
  }
  Status set_mode(const Path& path, std::uint32_t mode) override {
    return freeing(path, [&] { return real_.set_mode(path, mode); });
  }
  Status set_mtime(const Path& path, std::int64_t mtime_ns) override {
    return freeing(path, [&] { return real_.set_mtime(path, mtime_ns); });
  }
  Status sync_folder(const Path& path) override {
    return changing(path, [&](bool half) { return half ? Status() : real_.sync_folder(path); });
  }
  Result<std::string> read_symlink(const Path& path) override { return real_.read_symlink(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return real_.list(path); }
  Result<FileStat> stat(const Path& path, bool follow) override { return real_.stat(path, follow); }
  Result<Path> real_path(const Path& path) override { return real_.real_path(path); }

 private:
  static std::string_view half_of(std::string_view bytes, bool half) {
    return half ? bytes.substr(0, bytes.size() / 2) : bytes;
  }
  Failure failure(const Path& path) const {
    if (fault_ == Fault::full)
      return make_error(ErrorCode::io, "cannot write `{}`: No space left on device", path.string())
          .hint("the disk is full: free some space and run the same again");
    return make_error(ErrorCode::io, "cannot use `{}`: the disk is gone", path.string());
  }
  Status freeing(const Path& path, const std::function<Status()>& call) {
    if (fault_ == Fault::full) return call();
    return changing(path, [&](bool half) { return half ? Status() : call(); });
  }
  Status changing(const Path& path, const std::function<Status(bool half)>& call) {
    if (broken_) return failure(path);
    if (left_-- > 0) return call(false);
    broken_ = true;
    (void)call(true);
    return failure(path);
  }

  Filesystem& real_;
  int left_;
  Fault fault_;
  bool broken_ = false;
};

}  // namespace reef::test
