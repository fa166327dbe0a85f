#pragma once

#include <span>
#include <string_view>

namespace reef::ops {

// A text file that is part of the program (cmake/embed.cmake).
struct EmbeddedFile {
  std::string_view path;  // relative, `/` between names
  std::string_view text;
};

// The packages that `reef init` begins with, one folder each: core/ops/templates.
std::span<const EmbeddedFile> package_templates();

}  // namespace reef::ops
