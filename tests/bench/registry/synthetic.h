#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/registry/binary_index.h"

namespace reef::bench {

// A registry that nobody wrote: `names` packages with `versions` each, 4 to 5 dependencies a version, a fifth
// of them with a variation, ranges that move with the versions. The packages `c60`, `c200` and `c300` reach
// exactly that many packages, themselves included; names are spread over the alphabet.
class Synthetic {
 public:
  static constexpr std::array<std::size_t, 3> kClosures = {60, 200, 300};

  Synthetic(std::size_t names, std::size_t versions) : names_(names), versions_(versions) {}

  std::size_t names() const { return names_; }
  std::size_t versions() const { return names_ * versions_; }
  IndexedPackage package(std::size_t index) const;
  // Indices of the packages that the root of a closure reaches, the root first.
  std::vector<std::size_t> closure(std::size_t size) const;
  std::string name(std::size_t index) const;
  // The same as a manifest, for catalogues of source folders.
  std::string manifest(std::size_t index) const;

 private:
  // Dependencies of a package, as indices.
  std::vector<std::size_t> targets(std::size_t index) const;

  std::size_t names_;
  std::size_t versions_;
};

}  // namespace reef::bench
