#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/platform.h"
#include "core/os/filesystem.h"

namespace reef::host {

// The files below a root that say what a machine is: "/" or a recorded tree.
class FactSource {
 public:
  FactSource(Filesystem& fs, Path root) : fs_(fs), root_(std::move(root)) {}

  Path path(std::string_view relative) const { return root_ / relative; }
  bool is_running_machine() const { return root_ == "/"; }
  bool has(std::string_view relative) const { return exists(fs_, path(relative)); }
  // The whole file; nothing when it cannot be read or is larger than 16 MiB.
  std::optional<std::string> text(std::string_view relative) const;
  // The file without blanks around it; nothing when it is empty as well.
  std::optional<std::string> word(std::string_view relative) const;
  std::optional<std::uint64_t> number(std::string_view relative) const;
  std::vector<std::string> list(std::string_view relative) const;

 private:
  Filesystem& fs_;
  Path root_;
};

// A whole decimal number at the start of a text, after blanks.
std::optional<std::uint64_t> leading_number(std::string_view text);

// The value of the first line `key<blanks><separator><blanks>value`.
std::optional<std::string> field(std::string_view text, std::string_view key, char separator = ':');

// The numbers of a kernel list: "0-3,8" is 0, 1, 2, 3, 8. Nothing when it is malformed or beyond 65,536.
std::optional<std::vector<unsigned>> cpu_list(std::string_view text);

void read_processors(const FactSource& source, Platform& platform);
std::vector<Accelerator> read_accelerators(const FactSource& source);
std::optional<std::string> read_virtualization(const FactSource& source);

}  // namespace reef::host
