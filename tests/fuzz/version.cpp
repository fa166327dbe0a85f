// Versions and ranges: whatever is read is read back as the same from its own text, and the order is one.
#include "core/model/version.h"

#include <cstdint>

#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reef;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find('\n');
  const std::string_view first = text.substr(0, cut);
  const std::string_view second = cut == std::string_view::npos ? std::string_view() : text.substr(cut + 1);

  const auto a = Version::parse_loose(first);
  const auto b = Version::parse_loose(second);
  if (a) require(Version::parse_loose(a->text()).value() == *a);
  if (a && b) require((*a < *b) == (*b > *a) && (*a == *b) == (*b == *a));

  const auto left = VersionRange::parse(first);
  const auto right = VersionRange::parse(second);
  if (left) require(VersionRange::parse(left->text()).value() == *left);
  if (!left || !right) return 0;
  const VersionRange both = left->intersected(*right);
  require(both == right->intersected(*left));
  require(left->united(*right) == right->united(*left));
  for (const auto& interval : both.intervals())
    if (interval.lower && interval.lower->inclusive)
      require(left->contains(interval.lower->version) && right->contains(interval.lower->version));
  return 0;
}
