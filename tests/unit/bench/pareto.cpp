#include "core/bench/pareto.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/bench/random.h"
#include "core/bench/tolerance.h"

using namespace reef;

namespace {

using Points = std::vector<std::vector<Measured>>;

Points exact(const std::vector<std::vector<double>>& values) {
  Points out;
  for (const auto& row : values) {
    out.emplace_back();
    for (const double x : row) out.back().push_back(Measured::exactly(x));
  }
  return out;
}

std::vector<Objective> minimise(std::size_t count) {
  return std::vector<Objective>(count, {"metric", Metric::Better::lower, std::nullopt});
}

std::vector<std::string> standings(const Frontier& frontier) {
  std::vector<std::string> out;
  for (const ParetoPoint& point : frontier.points) out.emplace_back(name_of(point.standing));
  return out;
}

// The definitions, word by word.
bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    better = better || a[k] < b[k];
  }
  return better;
}

Standing by_definition(const Points& points, std::size_t i) {
  const auto ends = [](const std::vector<Measured>& point, double Measured::*end) {
    std::vector<double> out;
    for (const Measured& at : point) out.push_back(at.*end);
    return out;
  };
  bool certain = true;
  bool possible = true;
  for (std::size_t j = 0; j < points.size(); ++j) {
    if (j == i) continue;
    if (dominates(ends(points[j], &Measured::lower), ends(points[i], &Measured::upper))) certain = false;
    if (dominates(ends(points[j], &Measured::upper), ends(points[i], &Measured::lower))) possible = false;
  }
  return certain ? Standing::certain : possible ? Standing::possible : Standing::dominated;
}

}  // namespace

TEST_CASE("the frontier keeps what nothing beats") {
  const Frontier frontier = pareto(exact({{10, 4}, {20, 3.5}, {30, 4}, {40, 1}}), minimise(2)).value();
  CHECK(frontier.frontier == std::vector<std::size_t>{0, 1, 3});
  CHECK(standings(frontier) == std::vector<std::string>{"certain", "certain", "dominated", "certain"});
  CHECK(frontier.knee == 1U);
}

TEST_CASE("being as good in one and better in the other is enough to dominate") {
  const Frontier frontier = pareto(exact({{-1, 1}, {-2, 1}}), minimise(2)).value();
  CHECK(frontier.frontier == std::vector<std::size_t>{1});
  CHECK(frontier.points[0].standing == Standing::dominated);
}

TEST_CASE("directions are those of the objectives") {
  const std::vector<Objective> objectives = {{"latency", Metric::Better::lower, std::nullopt},
                                             {"accuracy", Metric::Better::higher, std::nullopt}};
  const Frontier frontier = pareto(exact({{1, 0.9}, {2, 0.95}, {3, 0.94}, {1, 0.8}}), objectives).value();
  CHECK(frontier.frontier == std::vector<std::size_t>{0, 1});
}

TEST_CASE("ties are all kept and marked") {
  const Frontier frontier = pareto(exact({{1, 2}, {1, 2}, {0, 3}, {2, 2}, {2, 2}}), minimise(2)).value();
  CHECK(frontier.frontier == std::vector<std::size_t>{2, 0, 1});
  CHECK(frontier.points[0].tied);
  CHECK(frontier.points[1].tied);
  CHECK(!frontier.points[2].tied);
  CHECK(!frontier.points[3].on_frontier);
  CHECK(!frontier.knee);
}

TEST_CASE("a point that is a little better within its noise displaces nobody") {
  const Points points = {{{1.000, 0.97, 1.03}, Measured::exactly(5)},
                         {{0.996, 0.966, 1.026}, Measured::exactly(5)}};
  const Frontier frontier = pareto(points, minimise(2)).value();
  CHECK(standings(frontier) == std::vector<std::string>{"possible", "possible"});
  CHECK(frontier.frontier == std::vector<std::size_t>{1});
}

TEST_CASE("intervals that are apart decide") {
  const Points points = {
      {{1, 0.9, 1.1}, {1, 0.9, 1.1}}, {{2, 1.8, 2.2}, {2, 1.8, 2.2}}, {{3, 2.5, 3.5}, {0.5, 0.4, 0.95}}};
  const Frontier frontier = pareto(points, minimise(2)).value();
  CHECK(standings(frontier) == std::vector<std::string>{"certain", "dominated", "possible"});
}

TEST_CASE("the quick ways agree with the definition in any number of objectives") {
  Random random(1);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t d = 1 + random.below(4);
    const std::size_t n = 1 + random.below(30);
    Points points(n);
    for (auto& point : points) {
      for (std::size_t k = 0; k < d; ++k) {
        const double value = random.below(8);  // many ties
        const double reach = random.below(2) == 0 ? 0.0 : random.below(3);
        point.push_back({value, value - reach, value + reach});
      }
    }
    const Frontier frontier = pareto(points, minimise(d)).value();
    for (std::size_t i = 0; i < n; ++i) REQUIRE(frontier.points[i].standing == by_definition(points, i));
  }
}

TEST_CASE("a difference within the tolerance neither beats a point nor saves it") {
  std::vector<Objective> objectives = minimise(2);
  objectives[0].metric = "latency";
  objectives[1] = {"accuracy", Metric::Better::higher, std::nullopt, 0.005};
  // The second is faster than the first, and not worse by more than the tolerance; the third is as fast.
  const Frontier frontier = pareto(exact({{2, 0.981}, {1, 0.98}, {1, 0.977}, {3, 0.99}}), objectives).value();
  CHECK(standings(frontier) == std::vector<std::string>{"dominated", "certain", "certain", "certain"});
  CHECK(frontier.frontier == std::vector<std::size_t>{1, 2, 3});
}

TEST_CASE("a difference of just the tolerance is within it, whatever doubles make of it") {
  for (int k = 0; k <= 1000; ++k) {
    for (const int steps : {1, 5, 10, 100}) {
      const double a = k / 1000.0;
      const double tolerance = steps / 1000.0;
      CHECK(is_within(a, (k + steps) / 1000.0, tolerance));
      CHECK(is_within((k + steps) / 1000.0, a, tolerance));
      CHECK_FALSE(is_within(a, (k + steps + 0.001) / 1000.0, tolerance));
    }
  }
  CHECK_FALSE(is_within(0.3, 0.1 + 0.2, 0));  // 0 asks for the same number
  const double endless = std::numeric_limits<double>::infinity();
  CHECK_FALSE(is_within(endless, 1, 0.1));

  std::vector<Objective> objectives = minimise(3);
  objectives[2] = {"accuracy", Metric::Better::higher, std::nullopt, 0.01};
  for (const double accuracy : {0.57, 0.98}) {
    const Points points = exact({{2, 1, accuracy}, {1, 1, accuracy - 0.01}});
    CHECK(standings(pareto(points, objectives).value()) == std::vector<std::string>{"dominated", "certain"});
  }
}

TEST_CASE("what only a point that is not on the frontier dominates is on it") {
  std::vector<Objective> objectives = minimise(2);
  objectives[1].tolerance = 1;
  // Each is a little better than the one before, the last much better than the first.
  const Frontier frontier =
      pareto(exact({{1, 5}, {2, 4.2}, {3, 3.4}, {4, 2.6}, {5, 1.8}}), objectives).value();
  CHECK(standings(frontier) ==
        std::vector<std::string>{"certain", "dominated", "certain", "dominated", "certain"});
}

// The definitions, word by word; in whole numbers, so that no sum is rounded.
TEST_CASE("with tolerances there is a frontier, and what is not on it is dominated by a point on it") {
  Random random(1);
  std::map<Standing, int> seen;
  for (int trial = 0; trial < 2000; ++trial) {
    const std::size_t d = 1 + random.below(4);
    const std::size_t n = 1 + random.below(25);
    std::vector<Objective> objectives = minimise(d);
    for (Objective& objective : objectives) objective.tolerance = static_cast<double>(random.below(3));
    Points points(n);
    for (auto& point : points)
      for (std::size_t k = 0; k < d; ++k) {
        const double value = random.below(8);
        const double reach = random.below(2) == 0 ? 0.0 : random.below(3);
        point.push_back({value, value - reach, value + reach});
      }
    const auto beats = [&](std::size_t a, double Measured::*end_a, std::size_t b, double Measured::*end_b) {
      bool better = false;
      double lost = 0;
      for (std::size_t k = 0; k < d; ++k) {
        const double gain = points[b][k].*end_b - points[a][k].*end_a;
        const double tolerance = objectives[k].tolerance;
        better = better || gain > tolerance;
        if (gain < 0) lost += tolerance == 0 ? 2 : -gain / tolerance;
      }
      return a != b && better && lost <= 1;
    };
    const auto any = [&](const auto& holds) {
      for (std::size_t j = 0; j < n; ++j)
        if (holds(j)) return true;
      return false;
    };
    const Frontier frontier = pareto(points, objectives).value();
    REQUIRE(!frontier.frontier.empty());
    for (std::size_t i = 0; i < n; ++i) {
      const ParetoPoint& point = frontier.points[i];
      ++seen[point.standing];
      const auto on = [&](std::size_t j) { return frontier.points[j].on_frontier; };
      const auto rival = [&](std::size_t j) { return frontier.points[j].standing != Standing::dominated; };
      REQUIRE(point.on_frontier ==
              !any([&](auto j) { return on(j) && beats(j, &Measured::value, i, &Measured::value); }));
      if (point.standing == Standing::dominated) {
        REQUIRE(!point.on_frontier);
      } else {
        const bool safe =
            !any([&](auto j) { return rival(j) && beats(j, &Measured::lower, i, &Measured::upper); });
        REQUIRE((point.standing == Standing::certain) == (point.on_frontier && safe));
      }
    }
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("dominated and certain are true of every choice within the intervals") {
  Random random(3);
  int never = 0;
  std::map<Standing, int> seen;
  for (int trial = 0; trial < 300; ++trial) {
    const std::size_t d = 1 + random.below(3);
    std::vector<Objective> objectives = minimise(d);
    for (Objective& objective : objectives) objective.tolerance = static_cast<double>(random.below(3));
    Points points(2 + random.below(8));
    const auto reach = [&] { return random.below(2) == 0 ? 0.0 : static_cast<double>(random.below(4)); };
    for (auto& point : points)
      for (std::size_t k = 0; k < d; ++k) {
        const double value = random.below(10);
        point.push_back({value, value - reach(), value + reach()});
      }
    const Frontier frontier = pareto(points, objectives).value();
    std::vector<bool> on(points.size());
    std::vector<bool> off(points.size());
    for (int choice = 0; choice < 100; ++choice) {
      Points chosen = points;
      for (auto& point : chosen)
        for (Measured& at : point) {
          const double between = at.lower + (at.upper - at.lower) * static_cast<double>(random.below(9)) / 8;
          const std::array<double, 4> any = {at.lower, at.upper, at.value, between};
          at = Measured::exactly(choice == 0 ? at.value : any.at(random.below(4)));
        }
      const Frontier found = pareto(chosen, objectives).value();
      for (std::size_t i = 0; i < points.size(); ++i) (found.points[i].on_frontier ? on : off)[i] = true;
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Standing standing = frontier.points[i].standing;
      if (standing == Standing::dominated) REQUIRE(!on[i]);
      if (standing == Standing::certain) REQUIRE(!off[i]);
      ++seen[standing];
      if (!on[i]) ++never;
    }
  }
  CHECK(seen.size() == 3);
  CHECK(seen[Standing::dominated] > 0.9 * never);  // what is not clear is rare
}

TEST_CASE("a tolerance below every difference changes nothing") {
  Random random(2);
  for (int trial = 0; trial < 500; ++trial) {
    const std::size_t d = 1 + random.below(4);
    Points points(1 + random.below(30));
    for (auto& point : points)
      for (std::size_t k = 0; k < d; ++k) {
        const double value = random.below(8);
        point.push_back({value, value - random.below(3), value + random.below(3)});
      }
    std::vector<Objective> objectives = minimise(d);
    const std::vector<std::string> wanted = standings(pareto(points, objectives).value());
    objectives[static_cast<std::size_t>(trial) % d].tolerance = 0.5;
    REQUIRE(standings(pareto(points, objectives).value()) == wanted);
  }
}

TEST_CASE("intervals without an end are possible, not wrong") {
  const double infinity = std::numeric_limits<double>::infinity();
  const Frontier frontier =
      pareto({{{1, 0.5, infinity}, {1, 0.5, infinity}}, {Measured::exactly(2), Measured::exactly(2)}},
             minimise(2))
          .value();
  CHECK(standings(frontier) == std::vector<std::string>{"possible", "possible"});
  const Frontier alone = pareto({{{1, 0.5, infinity}, {1, 0.5, infinity}}}, minimise(2)).value();
  CHECK(alone.points[0].standing == Standing::certain);
}

TEST_CASE("points without numbers and points beyond a limit are told apart from the rest") {
  std::vector<Objective> objectives = {{"latency", Metric::Better::lower, std::nullopt},
                                       {"accuracy", Metric::Better::higher, 0.98}};
  Points points = exact({{1, 0.5}, {std::nan(""), 0.99}, {2, 0.985}, {3, 0.98}});
  points.push_back({{1, 2, 3}, Measured::exactly(1)});
  const Frontier frontier = pareto(points, objectives).value();
  CHECK(standings(frontier) ==
        std::vector<std::string>{"infeasible", "unusable", "certain", "dominated", "unusable"});
  CHECK(frontier.points[0].reason == "`accuracy` is 0.5, the limit is 0.98");
  CHECK(frontier.points[1].reason == "`latency` is not a number");
  CHECK(frontier.points[4].reason == "the interval of `latency` is not around its value");
  CHECK(frontier.frontier == std::vector<std::size_t>{2});
}

TEST_CASE("no points have an empty frontier") {
  const Frontier frontier = pareto({}, minimise(2)).value();
  CHECK(frontier.frontier.empty());
  CHECK(!frontier.knee);
}

TEST_CASE("objectives without direction and points of another size are refused") {
  CHECK(pareto({}, {}).error().message() == "a frontier needs an objective");
  CHECK(pareto({}, {{"size", Metric::Better::unknown, std::nullopt}}).error().message() ==
        "nobody said which direction of `size` is better");
  CHECK(pareto(exact({{1}}), minimise(2)).error().message() ==
        "point 0 has 1 coordinates, there are 2 objectives");
}

TEST_CASE("the hypervolume is the area up to the reference") {
  CHECK(hypervolume({{1, 3}, {2, 2}, {3, 1}}, {4, 4}) == 6);
  CHECK(hypervolume({{2, 2}, {3, 3}, {5, 1}, {2, 2}}, {4, 4}) == 4);
  CHECK(hypervolume({}, {4, 4}) == 0);
}
