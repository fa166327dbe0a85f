#include "core/bench/pareto.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "core/bench/tolerance.h"

namespace reef {
namespace {

// Points as rows of coordinates that are all to be minimised, one behind the other.
struct Rows {
  std::size_t width;
  std::vector<double> numbers;

  std::size_t size() const { return numbers.size() / width; }
  std::span<const double> operator[](std::size_t i) const { return {numbers.data() + i * width, width}; }
};

bool dominates(std::span<const double> a, std::span<const double> b) {
  bool better = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    better = better || a[k] < b[k];
  }
  return better;
}

bool comes_before(std::span<const double> a, std::span<const double> b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

// The two smallest second coordinates so far, of different points, so that a point can leave itself out.
struct Smallest {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();  // compares false with all
  double value = kNone;
  std::size_t owner = SIZE_MAX;
  double second = kNone;

  void add(double y, std::size_t index) {
    if (owner == SIZE_MAX || y < value) {
      second = value;
      value = y;
      owner = index;
    } else if (!(second <= y)) {
      second = y;
    }
  }
  double without(std::size_t index) const { return owner == index ? second : value; }
};

struct Entry {
  double x;
  double y;
  std::size_t index;
};

// One coordinate becomes two: the second is the same for all.
std::vector<Entry> by_first(const Rows& rows) {
  std::vector<Entry> out(rows.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = {rows[i][0], rows.width > 1 ? rows[i][1] : 0.0, i};
  std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.x < b.x; });
  return out;
}

// Sweeps over both sides by the first coordinate: (x, y) is beaten by whoever comes before x and is at most
// y, or comes no later than x and is below y.
std::vector<bool> beaten_2d(const Rows& targets, const Rows& attackers) {
  const std::vector<Entry> attack = by_first(attackers);
  const std::vector<Entry> defend = &targets == &attackers ? attack : by_first(targets);
  std::vector<bool> beaten(targets.size());
  Smallest nearer;
  Smallest as_near;
  std::size_t before = 0;
  std::size_t upto = 0;
  for (const Entry& target : defend) {
    for (; before < attack.size() && attack[before].x < target.x; ++before)
      nearer.add(attack[before].y, attack[before].index);
    for (; upto < attack.size() && attack[upto].x <= target.x; ++upto)
      as_near.add(attack[upto].y, attack[upto].index);
    beaten[target.index] =
        nearer.without(target.index) <= target.y || as_near.without(target.index) < target.y;
  }
  return beaten;
}

// Rows that no other row dominates. In lexicographic order a row is dominated by earlier ones only, and then
// by one that is itself not dominated.
std::vector<std::size_t> undominated(const Rows& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return comes_before(rows[a], rows[b]); });
  std::vector<std::size_t> front;
  for (const std::size_t i : order)
    if (std::none_of(front.begin(), front.end(), [&](std::size_t f) { return dominates(rows[f], rows[i]); }))
      front.push_back(i);
  return front;
}

// For each target: does an attacker of another index dominate it?
std::vector<bool> beaten_by_others(const Rows& targets, const Rows& attackers) {
  if (targets.width <= 2) return beaten_2d(targets, attackers);
  const std::vector<std::size_t> front = undominated(attackers);
  std::vector<bool> in_front(attackers.size());
  for (const std::size_t f : front) in_front[f] = true;
  std::vector<bool> beaten(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto beats = [&](std::size_t j) { return j != i && dominates(attackers[j], targets[i]); };
    beaten[i] = std::any_of(front.begin(), front.end(), beats);
    // An attacker in the shadow of the point itself may still beat it.
    if (beaten[i] || !in_front[i] || &targets == &attackers) continue;
    for (std::size_t j = 0; j < attackers.size() && !beaten[i]; ++j) beaten[i] = beats(j);
  }
  return beaten;
}

// What the header says of tolerances.
class Tolerances {
  using Guard = std::vector<std::vector<double>>;

 public:
  explicit Tolerances(const std::vector<Objective>& objectives) {
    for (const Objective& objective : objectives) each_.push_back(objective.tolerance);
  }

  bool any() const {
    return std::any_of(each_.begin(), each_.end(), [](double each) { return each > 0; });
  }

  bool dominates(std::span<const double> a, std::span<const double> b) const {
    bool better = false;
    double lost = 0;  // in tolerances
    for (std::size_t k = 0; k < a.size(); ++k) {
      const bool differ = !is_within(a[k], b[k], each_[k]);
      if (a[k] > b[k] && differ) return false;
      // What is_within forgives is no loss: a difference of just the tolerance is one.
      if (a[k] > b[k]) lost += std::min((a[k] - b[k]) / each_[k], 1.0);
      better = better || (a[k] < b[k] && differ);
    }
    return better && (lost <= 1 || a.size() < 3);
  }

  // Each row dominates only what comes after it.
  std::vector<std::size_t> order_of(const Rows& rows) const {
    std::vector<std::vector<double>> keys;
    for (std::size_t i = 0; i < rows.size(); ++i) keys.push_back(key_of(rows[i]));
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return comes_before(keys[a], keys[b]); });
    return order;
  }

  // The rows that are not in the kernel: one in it dominates them.
  std::vector<bool> beaten(const Rows& rows, std::span<const std::size_t> order) const {
    std::vector<std::size_t> kernel;
    std::vector<bool> out(rows.size());
    for (const std::size_t i : order) {
      out[i] = std::any_of(kernel.begin(), kernel.end(),
                           [&](std::size_t j) { return dominates(rows[j], rows[i]); });
      if (!out[i]) kernel.push_back(i);
    }
    return out;
  }

  // Rows that are in the kernel of no choice between best and worst ends; not every one is found. Where j is
  // in it, what j surely dominates is not; where j is not, someone in it dominates j, no worse by more than
  // the tolerances, and better by more in some coordinate. So a row is out when j's worst and, for each
  // coordinate, the worst of such dominators dominate its best. Who is out dominates nobody: a pass adds
  // more.
  std::vector<bool> out_of_all(const Rows& best, const Rows& worst,
                               std::span<const std::size_t> order) const {
    constexpr int kPasses = 4;
    std::vector<bool> out(order.size());
    bool grew = true;
    for (int pass = 0; grew && pass < kPasses; ++pass) {
      grew = false;
      std::vector<Guard> guards;
      for (const std::size_t i : order) {
        if (out[i]) continue;
        const auto dominates_best = [&](const auto& row) { return dominates(row, best[i]); };
        out[i] = std::any_of(guards.begin(), guards.end(), [&](const Guard& guard) {
          return std::all_of(guard.begin(), guard.end(), dominates_best);
        });
        grew = grew || out[i];
        if (!out[i]) guards.push_back(guard_of(i, best, worst, out));
      }
    }
    return out;
  }

 private:
  // j's worst, and for each coordinate the worst of those who are better there.
  Guard guard_of(std::size_t j, const Rows& best, const Rows& worst, const std::vector<bool>& out) const {
    const std::span<const double> own = worst[j];
    const std::size_t d = own.size();
    constexpr double kEndless = std::numeric_limits<double>::infinity();
    Guard better(d);
    for (std::size_t k = 0; k < best.size(); ++k) {
      if (k == j || out[k] || !dominates(best[k], own)) continue;
      for (std::size_t m = 0; m < d; ++m) {
        if (!(best[k][m] < own[m]) || is_within(best[k][m], own[m], each_[m])) continue;
        better[m].resize(d, -kEndless);
        for (std::size_t at = 0; at < d; ++at)
          better[m][at] = std::max(better[m][at], std::min(worst[k][at], own[at] + each_[at]));
      }
    }
    Guard guard = {{own.begin(), own.end()}};
    for (std::size_t m = 0; m < d; ++m) {
      if (better[m].empty()) continue;
      better[m][m] = std::min(better[m][m], std::nextafter(own[m] - each_[m], -kEndless));
      guard.push_back(std::move(better[m]));
    }
    return guard;
  }

  // Whoever dominates is at least as good in what has no tolerance; where it is as good in all of that, it
  // gains more than it loses of the rest, in tolerances.
  std::vector<double> key_of(std::span<const double> row) const {
    std::vector<double> key;
    double endless = 0;  // without an end on the good side
    double sum = 0;
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (each_[k] == 0)
        key.push_back(row[k]);
      else if (std::isinf(row[k]))
        --endless;
      else
        sum += row[k] / each_[k];
    }
    key.push_back(endless);
    key.push_back(sum);
    return key;
  }

  std::vector<double> each_;
};

// Why a point takes no part, or nothing.
std::string fault_of(const Measured& at, const Objective& objective) {
  if (!std::isfinite(at.value)) return fmt::format("`{}` is not a number", objective.metric);
  if (std::isnan(at.lower) || std::isnan(at.upper) || at.lower > at.value || at.upper < at.value)
    return fmt::format("the interval of `{}` is not around its value", objective.metric);
  return {};
}

bool misses_limit(const Measured& at, const Objective& objective) {
  if (!objective.limit) return false;
  return objective.better == Metric::Better::lower ? at.value > *objective.limit
                                                   : at.value < *objective.limit;
}

ParetoPoint admitted(const std::vector<Measured>& point, const std::vector<Objective>& objectives) {
  ParetoPoint out;
  for (std::size_t k = 0; k < objectives.size(); ++k) {
    out.reason = fault_of(point[k], objectives[k]);
    if (!out.reason.empty()) return out;
  }
  out.standing = Standing::dominated;
  for (std::size_t k = 0; k < objectives.size(); ++k) {
    if (!misses_limit(point[k], objectives[k])) continue;
    out.standing = Standing::infeasible;
    out.reason = fmt::format("`{}` is {}, the limit is {}", objectives[k].metric, point[k].value,
                             *objectives[k].limit);
    return out;
  }
  return out;
}

// The points that take part, as rows to be minimised: their values, best ends and worst ends.
struct Corners {
  std::vector<std::size_t> index;  // in the input
  Rows value;
  Rows best;
  Rows worst;
  bool exact = true;  // no interval has a length

  Corners(std::size_t width, std::size_t most) : value{width, {}}, best{width, {}}, worst{width, {}} {
    index.reserve(most);
    for (Rows* rows : {&value, &best, &worst}) rows->numbers.reserve(most * width);
  }

  void add(std::size_t i, const std::vector<Measured>& point, const std::vector<Objective>& objectives) {
    index.push_back(i);
    for (std::size_t k = 0; k < objectives.size(); ++k) {
      const bool lower = objectives[k].better == Metric::Better::lower;
      exact = exact && point[k].lower == point[k].upper;
      value.numbers.push_back(lower ? point[k].value : -point[k].value);
      best.numbers.push_back(lower ? point[k].lower : -point[k].upper);
      worst.numbers.push_back(lower ? point[k].upper : -point[k].lower);
    }
  }
};

// What of the points that take part is dominated: by the values, by some and by every choice within the
// intervals.
struct Beaten {
  std::vector<bool> by_values;
  std::vector<bool> maybe;
  std::vector<bool> surely;
};

Beaten beaten_of(const Corners& corners) {
  std::vector<bool> by_values = beaten_by_others(corners.value, corners.value);
  if (corners.exact) return {by_values, by_values, by_values};
  return {std::move(by_values), beaten_by_others(corners.worst, corners.best),
          beaten_by_others(corners.best, corners.worst)};
}

Beaten beaten_of(const Corners& corners, const Tolerances& tolerances) {
  Beaten out;
  const std::vector<std::size_t> order = tolerances.order_of(corners.value);
  out.by_values = tolerances.beaten(corners.value, order);
  if (corners.exact) return {out.by_values, out.by_values, out.by_values};
  out.surely = tolerances.out_of_all(corners.best, corners.worst, order);
  std::vector<std::size_t> rivals;
  for (std::size_t i = 0; i < order.size(); ++i) {
    out.surely[i] = out.surely[i] && out.by_values[i];  // were it a matter of rounding
    if (!out.surely[i]) rivals.push_back(i);
  }
  for (std::size_t i = 0; i < order.size(); ++i)
    out.maybe.push_back(out.by_values[i] || std::any_of(rivals.begin(), rivals.end(), [&](std::size_t j) {
                          return j != i && tolerances.dominates(corners.best[j], corners.worst[i]);
                        }));
  return out;
}

void mark_ties(const Corners& corners, const std::vector<std::size_t>& order, Frontier& out) {
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (!std::ranges::equal(corners.value[order[i]], corners.value[order[i - 1]])) continue;
    out.points[corners.index[order[i]]].tied = true;
    out.points[corners.index[order[i - 1]]].tied = true;
  }
}

// `order` holds the frontier's rows, sorted.
std::optional<std::size_t> knee_of(const Corners& corners, const std::vector<std::size_t>& order) {
  std::vector<std::size_t> different;
  for (const std::size_t i : order)
    if (different.empty() || !std::ranges::equal(corners.value[different.back()], corners.value[i]))
      different.push_back(i);
  if (different.size() < 3) return std::nullopt;
  const std::size_t d = corners.value.width;
  const std::span<const double> first = corners.value[different.front()];
  std::vector<double> low(first.begin(), first.end());
  std::vector<double> high = low;
  for (const std::size_t i : different) {
    for (std::size_t k = 0; k < d; ++k) {
      low[k] = std::min(low[k], corners.value[i][k]);
      high[k] = std::max(high[k], corners.value[i][k]);
    }
  }
  std::optional<std::size_t> knee;
  double nearest = std::numeric_limits<double>::infinity();
  for (const std::size_t i : different) {
    double distance = 0;
    for (std::size_t k = 0; k < d; ++k) {
      const double part = high[k] > low[k] ? (corners.value[i][k] - low[k]) / (high[k] - low[k]) : 0;
      distance += part * part;
    }
    if (distance < nearest) {
      nearest = distance;
      knee = corners.index[i];
    }
  }
  return knee;
}

Status check(const std::vector<std::vector<Measured>>& points, const std::vector<Objective>& objectives) {
  if (objectives.empty()) return make_error(ErrorCode::invalid_input, "a frontier needs an objective");
  for (const Objective& objective : objectives)
    if (objective.better == Metric::Better::unknown)
      return make_error(ErrorCode::invalid_input, "nobody said which direction of `{}` is better",
                        objective.metric)
          .hint("declare the metric with \"better\": \"lower\" or \"higher\"");
  for (std::size_t i = 0; i < points.size(); ++i)
    if (points[i].size() != objectives.size())
      return make_error(ErrorCode::invalid_input, "point {} has {} coordinates, there are {} objectives", i,
                        points[i].size(), objectives.size());
  return {};
}

}  // namespace

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::certain:
      return "certain";
    case Standing::possible:
      return "possible";
    case Standing::dominated:
      return "dominated";
    case Standing::infeasible:
      return "infeasible";
    default:
      return "unusable";
  }
}

Result<Frontier> pareto(const std::vector<std::vector<Measured>>& points,
                        const std::vector<Objective>& objectives) {
  TRY_STATUS(check(points, objectives));
  Frontier out;
  out.points.reserve(points.size());
  Corners corners(objectives.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    out.points.push_back(admitted(points[i], objectives));
    if (out.points.back().standing == Standing::dominated) corners.add(i, points[i], objectives);
  }
  const Tolerances tolerances(objectives);
  const Beaten beaten = tolerances.any() ? beaten_of(corners, tolerances) : beaten_of(corners);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < corners.index.size(); ++i) {
    ParetoPoint& point = out.points[corners.index[i]];
    point.on_frontier = !beaten.by_values[i];
    if (!beaten.surely[i]) point.standing = beaten.maybe[i] ? Standing::possible : Standing::certain;
    if (point.on_frontier) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return comes_before(corners.value[a], corners.value[b]);
  });
  mark_ties(corners, order, out);
  for (const std::size_t i : order) out.frontier.push_back(corners.index[i]);
  out.knee = knee_of(corners, order);
  return out;
}

double hypervolume(const std::vector<std::pair<double, double>>& points,
                   std::pair<double, double> reference) {
  std::vector<std::pair<double, double>> sorted;
  for (const auto& point : points)
    if (point.first < reference.first && point.second < reference.second) sorted.push_back(point);
  std::sort(sorted.begin(), sorted.end());
  double area = 0;
  double ceiling = reference.second;
  for (const auto& [x, y] : sorted) {
    if (!(y < ceiling)) continue;
    area += (reference.first - x) * (ceiling - y);
    ceiling = y;
  }
  return area;
}

}  // namespace reef
