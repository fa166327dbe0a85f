#pragma once

#include <catch2/catch.hpp>
#include <filesystem>

#include "core/os/filesystem.h"

namespace reef::test {

// An empty folder of the test's own, with a name that is awkward on purpose; gone at the end.
class ScratchFolder {
 public:
  ScratchFolder()
      : disk_(make_disk()),
        folder_(TemporaryFolder::create(*disk_, std::filesystem::temp_directory_path(), "reef tést '$(x) ")
                    .value()) {}

  Filesystem& disk() { return *disk_; }
  const Path& path() const { return folder_.path(); }
  Path operator/(const Path& name) const { return path() / name; }

  Path write(const Path& name, std::string_view text, std::uint32_t mode = 0644) {
    const Path file = path() / name;
    REQUIRE(make_folders(*disk_, file.parent_path()));
    REQUIRE(disk_->write_file(file, text, false));
    REQUIRE(disk_->set_mode(file, mode));
    return file;
  }
  std::string read(const Path& name) { return disk_->read_file(path() / name).value(); }

 private:
  std::unique_ptr<Filesystem> disk_;
  TemporaryFolder folder_;
};

}  // namespace reef::test
