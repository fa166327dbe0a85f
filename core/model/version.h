#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace reef {

// A version of a package or of a host tool, in one total order over both.
//
// Package versions are SemVer 2.0 (`parse`). Host tools have looser ones (`parse_loose`): `12.2.0-14`,
// `3.11.2`, `13.0`, `2023a`, `1.0rc1`, `17.0.15+6`. The order is documented in version.cpp; on SemVer texts
// it is SemVer's order, build metadata does not count, and missing trailing components are zero (1.2
// == 1.2.0).
//
// The two readings of one text may differ: `12.2.0-14` is a pre-release to SemVer and a revision of 12.2.0
// to a tool. Keep the reading with the kind of package; lock files and records store the text.
class Version {
 public:
  // SemVer 2.0 with exactly three numbers; invalid_input says what is wrong and shows the nearest valid form.
  static Result<Version> parse(std::string_view text);
  // Anything a tool may print that starts with a digit (after an optional `v`); invalid_input otherwise.
  static Result<Version> parse_loose(std::string_view text);

  Version() = default;  // 0.0.0
  // Three numbers, and the lowest pre-release of them (`2.0.0-0`) when `lowest`: the end of `^1.2`.
  static Version of(std::vector<std::uint64_t> numbers, bool lowest = false);

  const std::string& text() const { return text_; }
  bool is_prerelease() const { return suffix_kind_ == SuffixKind::prerelease; }
  const std::vector<std::uint64_t>& numbers() const { return numbers_; }

  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == std::strong_ordering::equal; }

 private:
  // In their order: 1.0.0-rc.1 < 1.0.0 < 1.0.0-14 of a tool.
  enum class SuffixKind : std::uint8_t { prerelease, none, revision };

  std::string text_ = "0.0.0";
  std::vector<std::uint64_t> numbers_ = {0, 0, 0};
  std::vector<std::string> suffix_;  // what follows the numbers, cut into identifiers
  SuffixKind suffix_kind_ = SuffixKind::none;
};

// A set of versions: a union of intervals in canonical form (sorted, disjoint, not adjacent), so equality is
// set equality.
//
// Text: comparators joined by `,` or blanks (all hold): `>= > <= < = !=`, `^1.2`, `~1.2`, `1.*`, `*`, or a
// bare version; alternatives joined by `||`. Blanks may stand around every part, also after an operator.
// Missing components match anything: `1.2`, `=1.2` and `1.2.*` are the same, `<=1.2` is below 1.3,
// `>1.2` starts at 1.3, `<2` also excludes the pre-releases of 2.0.0. A full version is compared in the pure
// order: `<2.0.0` contains 2.0.0-rc.1; `^` and `~` never contain pre-releases of their end.
class VersionRange {
 public:
  struct Bound {
    Version version;
    bool inclusive = true;
  };
  struct Interval {
    std::optional<Bound> lower;  // none: unbounded
    std::optional<Bound> upper;
  };

  VersionRange();  // every version
  static VersionRange none();
  static VersionRange exactly(const Version& version);
  // Errors: invalid_input. `>=2, <1` is no error here but a range that is_empty(); readers refuse it.
  static Result<VersionRange> parse(std::string_view text);

  bool contains(const Version& version) const;
  bool is_any() const;
  bool is_empty() const { return intervals_.empty(); }
  // True when some comparator names a pre-release: only then pre-releases are asked for.
  bool names_prerelease() const { return names_prerelease_; }
  // The one version that the range contains; none when it contains several or none.
  std::optional<Version> single() const;
  VersionRange intersected(const VersionRange& other) const;
  VersionRange united(const VersionRange& other) const;
  VersionRange complement() const;
  const std::vector<Interval>& intervals() const { return intervals_; }
  // As it was written; for computed ranges the canonical text (">=1.2.0, <2 || >=3.0.0").
  const std::string& text() const { return text_; }
  bool operator==(const VersionRange& other) const;

 private:
  static VersionRange of(std::vector<Interval> intervals, bool names_prerelease);

  std::vector<Interval> intervals_;
  std::string text_;
  bool names_prerelease_ = false;
};

}  // namespace reef
