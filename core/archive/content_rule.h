#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/manifest.h"

namespace reef::archive {

// What is no part of a package whoever holds it: one rule for folders, which are packed without it
// (core/registry/package_content.h says what it is), and for archives, which are refused with it: the
// package's digest could not hold.
class ContentRule {
 public:
  // Names at the top.
  static const std::vector<std::string>& names();

  // Of a package whose manifest excludes nothing and names no sources.
  ContentRule() = default;
  explicit ContentRule(const Manifest& manifest);
  // The same for a manifest that cannot be read: whoever wants the package has an error of it.
  static ContentRule of_text(const std::string& name, std::string text);

  // Why nothing at this path is, as far as its name says.
  std::optional<std::string> against(const std::string& path) const;
  // Why a file with these first bytes is not.
  std::optional<std::string> against(const std::string& path, std::string_view head) const;
  // Whether `path` is called like the signature of an archive that it lies beside: then that file's path.
  std::optional<std::string> signed_archive(const std::string& path) const;
  // Whether a file is called like an archive, and `sources` does not name it.
  bool may_be_archive(const std::string& path) const;

 private:
  bool is_source(const std::string& path) const;

  Exclude exclude_;
  std::vector<std::string> sources_;  // paths of files and folders
};

}  // namespace reef::archive
