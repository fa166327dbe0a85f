#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/model/manifest.h"

// Which of several measured points are worth having. Pure.
namespace reef {

struct Objective {
  std::string metric;
  Metric::Better better = Metric::Better::lower;  // unknown is invalid_input
  std::optional<double> limit;                    // a point must be at least this good
  double tolerance = 0;                           // differences up to this count as none
};

// One coordinate with the interval it is known to; an exact value has all three equal.
struct Measured {
  double value = 0;
  double lower = 0;
  double upper = 0;
  static Measured exactly(double value) { return {value, value, value}; }
};

// a dominates b when it is at least as good in every objective and better in one. Equal points do not
// dominate each other: ties are all kept.
//   certain     not dominated, wherever in the intervals the true values lie
//   possible    not dominated for some choice within the intervals
//   dominated   for every choice
// Where objectives have tolerances, a dominates b when it is better by more than the tolerance in one, and in
// no other worse by more than it. (Where it is worse in several, these losses together are at most one, each
// in tolerances: else three points could dominate each other in a circle.) This is not transitive: a may
// dominate b, and b c, and a not c; then c is worth having, although b dominates it. So the frontier is made
// of the points that no point of the frontier dominates: whatever is not on it, a point on it dominates.
// With intervals the three words mean the same, but each choice within the intervals has a frontier of its
// own: where it is not clear that a point is on all of them, or on none, it is possible.
//   infeasible  the value misses a limit; takes no part
//   unusable    a value is missing, NaN or infinite, or its interval is not around it; takes no part
enum class Standing { certain, possible, dominated, infeasible, unusable };
std::string_view name_of(Standing standing);

struct ParetoPoint {
  Standing standing = Standing::unusable;
  bool on_frontier = false;  // when only the values are looked at
  bool tied = false;         // another point of the frontier has exactly the same values
  std::string reason;        // infeasible, unusable: why
};

struct Frontier {
  std::vector<ParetoPoint> points;  // in the order of the input
  // Indexes of the points with on_frontier, best in the first objective first, then in the second, ...;
  // then by index.
  std::vector<std::size_t> frontier;
  // The frontier point nearest to the best value of every objective, each objective scaled to 0..1 over the
  // frontier; the first of equals. Absent with fewer than 3 different points.
  std::optional<std::size_t> knee;
};

// points[i][k] is objective k of point i. One and two objectives take O(n log n), more (and tolerances)
// O(n * frontier), and O(n^2) at worst.
// invalid_input: no objective, an objective without direction, a point with another number of coordinates.
Result<Frontier> pareto(const std::vector<std::vector<Measured>>& points,
                        const std::vector<Objective>& objectives);

// Area between a frontier of two minimised objectives and a reference point that is worse than all of them;
// points beyond the reference add nothing. {(1,3) (2,2) (3,1)} against (4,4) is 6.
double hypervolume(const std::vector<std::pair<double, double>>& points, std::pair<double, double> reference);

}  // namespace reef
