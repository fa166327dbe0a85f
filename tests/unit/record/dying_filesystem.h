#pragma once

#include "core/os/filesystem.h"

namespace reef::test {

// Fails the n-th change of the disk and all after it, as if the process had died there.
class DyingFilesystem : public Filesystem {
 public:
  DyingFilesystem(Filesystem& below, int survives) : below_(below), left_(survives) {}
  bool died() const { return left_ < 0; }

  Result<std::string> read_file(const Path& p, std::uint64_t limit) override {
    return below_.read_file(p, limit);
  }
  Status write_file(const Path& p, std::string_view bytes, bool durable) override {
    if (left_ == 0) (void)below_.write_file(p, bytes.substr(0, bytes.size() / 2), durable);
    return alive() ? below_.write_file(p, bytes, durable) : dead();
  }
  Status append_file(const Path& p, std::string_view b) override {
    return alive() ? below_.append_file(p, b) : dead();
  }
  Status rename(const Path& a, const Path& b) override { return alive() ? below_.rename(a, b) : dead(); }
  Status remove_file(const Path& p) override { return alive() ? below_.remove_file(p) : dead(); }
  Status remove_folder(const Path& p) override { return alive() ? below_.remove_folder(p) : dead(); }
  Status make_folder(const Path& p) override { return alive() ? below_.make_folder(p) : dead(); }
  Status make_symlink(const std::string& t, const Path& p) override {
    return alive() ? below_.make_symlink(t, p) : dead();
  }
  Status make_hard_link(const Path& a, const Path& b) override {
    return alive() ? below_.make_hard_link(a, b) : dead();
  }
  Status set_mode(const Path& p, std::uint32_t m) override {
    return alive() ? below_.set_mode(p, m) : dead();
  }
  Status set_mtime(const Path& p, std::int64_t t) override {
    return alive() ? below_.set_mtime(p, t) : dead();
  }
  Status sync_folder(const Path& p) override { return alive() ? below_.sync_folder(p) : dead(); }
  Result<std::string> read_symlink(const Path& p) override { return below_.read_symlink(p); }
  Result<std::vector<std::string>> list(const Path& p) override { return below_.list(p); }
  Result<FileStat> stat(const Path& p, bool follow) override { return below_.stat(p, follow); }
  Result<Path> real_path(const Path& p) override { return below_.real_path(p); }

 private:
  bool alive() {
    if (left_ >= 0) --left_;
    return left_ >= 0;
  }
  static Status dead() { return make_error(ErrorCode::io, "the disk is gone"); }
  Filesystem& below_;
  int left_;
};

}  // namespace reef::test
