#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace reef {

// `exclude` of a manifest: what in the package's folder is no part of the package. Patterns of names:
// `*` is any characters, `?` any one, none of them a `/`. One without a `/` is looked for in every folder,
// one with a `/` (which may be its first character) from the package's folder on; a folder goes with all that
// is in it. The manifest itself always stays.
class Exclude {
 public:
  static constexpr std::size_t kMost = 1000;  // patterns of a manifest

  // invalid_input for what .gitignore has and this has not: `!`, `**`, `[`, `\`; and for paths that lead out
  // of the folder.
  static Result<std::string> parse(std::string_view pattern);

  Exclude() = default;
  // Patterns that `parse` gave.
  explicit Exclude(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}
  bool empty() const { return patterns_.empty(); }
  // The pattern that leaves out this path below the package's folder, or a folder above it; null: none does.
  const std::string* reason_for(std::string_view path) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace reef
