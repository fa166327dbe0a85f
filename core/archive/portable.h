#pragma once

#include <string>
#include <string_view>

#include "core/archive/content_rule.h"
#include "core/archive/tree_plan.h"
#include "core/base/digest.h"

namespace reef::archive {

// A path that means the same file on every system, or integrity/invalid_input with what is wrong: besides
// what `entry_path` refuses, everything that is not written plainly (`a//b`, `./a`, `a/`), backslashes,
// decomposed characters (of the twins NFC and NFD only the first is allowed), names that Windows reserves
// (`aux.c`) and names that end with a dot or a blank.
Status check_portable(std::string_view path);

// The entries of a tree, checked one by one on paper: nothing contradicts itself, leads out, or means two
// things.
class TreeCheck {
 public:
  // The most entries of one tree: beyond that the memory for checking them is no longer small.
  static constexpr std::size_t kMostEntries = 200'000;

  // rule: of a package, null of other trees; outlives this. Nothing is in it that is no part of a package: a
  // `.git` of a stranger runs commands as soon as git looks at it.
  explicit TreeCheck(const ContentRule* rule = nullptr) : rule_(rule) {}
  // In the order of the paths, bytewise; the folder above an entry comes before it. Errors name the path.
  Status add(const std::string& path, TreePlan::Kind kind, const std::string& target = "");
  // The first bytes of a file that was added.
  Status add_head(const std::string& path, std::string_view head) const;
  // After the last entry: no link leads out or in a circle.
  Status finish() const { return plan_.check_links(); }
  std::size_t entries() const { return entries_; }

 private:
  Status check_part_of_package(const std::string& path) const;

  TreePlan plan_;
  std::string last_;
  std::size_t entries_ = 0;
  const ContentRule* rule_;
};

// What one entry adds to the digest of its tree: the SHA-256 of these lines is `digest_tree`'s
// (core/os/filesystem.h), which locks pin and which is independent of tar and compressor.
std::string folder_line(const std::string& path);
std::string symlink_line(const std::string& path, const std::string& target);
std::string file_line(const std::string& path, bool executable, const Digest& digest);

}  // namespace reef::archive
