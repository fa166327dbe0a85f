#pragma once

#include <atomic>
#include <catch2/catch.hpp>

#include "core/registry/folder_registry.h"

namespace reef::test {

// Counts what is read, so that a test can say what was not.
class CountingFilesystem : public Filesystem {
 public:
  Result<std::string> read_file(const Path& path, std::uint64_t limit) override {
    ++reads;
    return disk_->read_file(path, limit);
  }
  Status write_file(const Path& path, std::string_view bytes, bool durable) override {
    ++writes;
    if (broken) return make_error(ErrorCode::io, "no space left");
    return disk_->write_file(path, bytes, durable);
  }
  Status append_file(const Path& path, std::string_view bytes) override {
    return disk_->append_file(path, bytes);
  }
  Status rename(const Path& from, const Path& to) override { return disk_->rename(from, to); }
  Status remove_file(const Path& path) override { return disk_->remove_file(path); }
  Status remove_folder(const Path& path) override { return disk_->remove_folder(path); }
  Status make_folder(const Path& path) override { return disk_->make_folder(path); }
  Status make_symlink(const std::string& target, const Path& path) override {
    return disk_->make_symlink(target, path);
  }
  Status make_hard_link(const Path& existing, const Path& path) override {
    return disk_->make_hard_link(existing, path);
  }
  Status set_mode(const Path& path, std::uint32_t mode) override { return disk_->set_mode(path, mode); }
  Status set_mtime(const Path& path, std::int64_t mtime_ns) override {
    return disk_->set_mtime(path, mtime_ns);
  }
  Status sync_folder(const Path& path) override { return disk_->sync_folder(path); }
  Result<std::string> read_symlink(const Path& path) override { return disk_->read_symlink(path); }
  Result<std::vector<std::string>> list(const Path& path) override { return disk_->list(path); }
  Result<FileStat> stat(const Path& path, bool follow) override { return disk_->stat(path, follow); }
  Result<Path> real_path(const Path& path) override { return disk_->real_path(path); }

  std::atomic<int> reads = 0;  // by several threads, too
  std::atomic<int> writes = 0;
  bool broken = false;

 private:
  std::unique_ptr<Filesystem> disk_ = make_disk();
};

constexpr std::int64_t kLongAgo = 1'700'000'000'000'000'000;

inline std::string bytes_of(Filesystem& fs, const Path& file) { return fs.read_file(file).value(); }

// A folder of packages, and a folder for caches beside it.
struct Sandbox {
  CountingFilesystem fs;
  TemporaryFolder folder =
      TemporaryFolder::create(fs, std::filesystem::temp_directory_path(), "reef-registry-").value();
  Path root = folder.path() / "packages";
  Path cache = folder.path() / "cache/catalogue";

  Sandbox() { REQUIRE(make_folders(fs, root)); }

  // Files and folders are dated back, since what was written just now is never trusted.
  void write(const std::string& name, const std::string& text, std::int64_t mtime = kLongAgo) {
    const Path path = root / name;
    REQUIRE(make_folders(fs, path.parent_path()));
    REQUIRE(fs.write_file(path, text, false));
    REQUIRE(fs.set_mtime(path, mtime));
    for (Path up = path.parent_path(); up != folder.path(); up = up.parent_path())
      REQUIRE(fs.set_mtime(up, mtime));
  }
  void package(const std::string& where, const std::string& name, const std::string& version,
               const std::string& more = "", std::int64_t mtime = kLongAgo) {
    write(where + "/reef.json",
          R"({"reef": 1, "name": ")" + name + R"(", "version": ")" + version + R"(", "kind": "model")" +
              more + "}",
          mtime);
  }
  std::unique_ptr<Registry> open() {
    auto registry = open_folder_registry(fs, {{root}, cache, "the test packages"});
    REQUIRE(registry);
    fs.reads = 0;
    fs.writes = 0;
    return *std::move(registry);
  }
};

}  // namespace reef::test
