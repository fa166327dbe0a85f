#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/expression.h"

// The points of a sweep: every combination of the values of its axes. Pure.
namespace reef {

// One thing that is varied, with the texts that it takes. A name is that of a variation (`package.group` for
// one of another package) or of a parameter.
struct Axis {
  std::string name;
  bool is_parameter = false;
  std::vector<std::string> values;
};

// The values that a user typed after `name=`, items with commas between:
//   a,b,c      as they are
//   1..8       whole numbers            1..9+2   with a step          1..64*2   with a factor
//   0.1..1:10  ten numbers, evenly      1e-3..1:4log   four, evenly in their logarithms
// invalid_input: a range that goes nowhere, more than kMostValues values, a value twice.
constexpr std::uint64_t kMostValues = 100'000;
Result<std::vector<std::string>> parse_values(const std::string& text);

// Points are numbered from 0: the last axis changes fastest. Axes that are zipped advance together and count
// as one. Nothing is kept of a point but its number.
class Space {
 public:
  // zipped: groups of names of axes. invalid_input: unknown names, an axis in two groups, unequal lengths,
  // more than 2^62 points.
  static Result<Space> make(std::vector<Axis> axes, const std::vector<std::vector<std::string>>& zipped = {});

  std::uint64_t size() const { return size_; }
  const std::vector<Axis>& axes() const { return axes_; }
  // The value of each axis at a point, in the order of the axes.
  std::vector<std::string> at(std::uint64_t point) const;
  // "engine=native threads=2"
  std::string describe(std::uint64_t point) const;
  bool matches(std::uint64_t point, const Expression& where) const;

 private:
  std::vector<Axis> axes_;
  std::vector<std::vector<std::size_t>> groups_;  // of axes that advance together
  std::uint64_t size_ = 1;
};

struct SpaceSelection {
  std::optional<Expression> where;
  std::optional<std::uint64_t> sample;  // so many different points at random; all when there are fewer
  std::uint64_t seed = 1;
  std::uint64_t most = 100'000;  // points that may be asked for without a sample
};

// The points that match, in random order. A space that is too large to be listed is sampled by rejection.
// invalid_input: too many points without a sample, or no point matches.
Result<std::vector<std::uint64_t>> select_points(const Space& space, const SpaceSelection& selection);

}  // namespace reef
