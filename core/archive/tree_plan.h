#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/error.h"

namespace reef {

// The name of an archive's entry as a relative path without `.` and doubled slashes; empty when it means the
// root, or when nothing is left after dropping `strip` leading components.
// invalid_input: absolute, empty, `..`, drive letters, control and direction-changing characters, invalid
// UTF-8, a component longer than 255 bytes, more than 4096 bytes or 256 components.
Result<std::string> entry_path(std::string_view name, std::size_t strip);

// The tree that an archive describes, on paper: nothing may contradict itself or lead out.
class TreePlan {
 public:
  enum class Kind { folder, file, symlink };

  // Adds an entry and returns the folders that must be made for it, outermost first: those above it that were
  // not known yet, and itself when it is a new folder. invalid_input: the name is taken (only a folder may be
  // added again), or a file or link stands where a folder must be.
  Result<std::vector<std::string>> add(const std::string& path, Kind kind, std::string target = "");
  bool has(const std::string& path) const { return nodes_.contains(path); }
  bool has_file(const std::string& path) const;

  // Follows every symlink through the finished tree. invalid_input: absolute, out of the tree, in a circle,
  // unless `allows` such a one.
  Status check_links(const std::function<bool(const std::string& link)>& allows = nullptr) const;
  const std::vector<std::string>& symlinks() const { return symlinks_; }
  const std::string& target(const std::string& symlink) const { return nodes_.at(symlink).target; }

  // "A.txt and a.txt": siblings whose names differ only in the case of ASCII letters; the first twenty.
  const std::vector<std::string>& case_collisions() const { return case_collisions_; }

 private:
  struct Node {
    Kind kind = Kind::folder;
    std::string target;
  };
  Status follow(const std::string& symlink) const;
  void insert(const std::string& path, Node node);

  std::unordered_map<std::string, Node> nodes_;
  std::unordered_map<std::string, std::string> folded_;  // lower case -> first path of that spelling
  std::vector<std::string> symlinks_;
  std::vector<std::string> case_collisions_;
};

}  // namespace reef
