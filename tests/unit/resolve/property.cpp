#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "tests/support/sanitized.h"
#include "tests/unit/resolve/oracle.h"
#include "tests/unit/resolve/random_world.h"

namespace reef::test {
namespace {

// Keeps only the statements of a universe on these lines; a fact without a line is always kept.
void keep_lines(World& world, const std::set<std::size_t>& lines) {
  const auto gone = [&](const Place& place) { return place.line != 0 && !lines.count(place.line); };
  const auto prune = [&](auto& list) {
    list.erase(std::remove_if(list.begin(), list.end(), [&](const auto& item) { return gone(item.place); }),
               list.end());
  };
  for (auto& [name, candidates] : world.packages)
    for (resolve::Candidate& candidate : candidates) {
      auto copy = std::make_shared<resolve::Requirements>(*candidate.requirements);
      prune(copy->needs);
      prune(copy->excludes);
      for (resolve::Group& group : copy->groups)
        for (resolve::GroupOption& option : group.options) {
          prune(option.needs);
          prune(option.excludes);
          if (!gone(option.place)) continue;
          option.when = {};
          option.conflicts.clear();
        }
      candidate.requirements = std::move(copy);
    }
}

// The order in which a universe lists its versions says nothing.
void check_shuffled(RandomProblem problem, std::uint32_t seed, const std::string& expected) {
  std::mt19937 random(seed);
  for (auto& [name, candidates] : problem.world.packages)
    std::shuffle(candidates.begin(), candidates.end(), random);
  REQUIRE(solve(problem.world, problem.request) == expected);
}

void check(std::uint32_t seed, Has has, std::size_t& solvable) {
  RandomProblem problem = random_problem(seed, has);
  // Small universes seldom meet many conflicts: half of them leave the order of preference at the first.
  if (seed % 2) problem.request.limits.in_order = 1;
  Oracle oracle(problem.world, problem.request);
  const auto outcome = resolve::resolve(problem.world, problem.request);
  CAPTURE(seed, static_cast<int>(has));
  REQUIRE(outcome);
  REQUIRE_FALSE(std::holds_alternative<resolve::GaveUp>(*outcome));
  const auto* conflict = std::get_if<resolve::Conflict>(&*outcome);
  CAPTURE(outcome_text(*outcome));
  REQUIRE(oracle.solvable() == (conflict == nullptr));
  if (seed % 8 == 0) check_shuffled(problem, seed, outcome_text(*outcome));
  if (!conflict) {
    ++solvable;
    const std::set<std::string> right = has == Has::built_alternatives ? oracle.all() : oracle.preferred();
    CAPTURE(right);
    REQUIRE(right.count(outcome_text(*outcome)) == 1);
    return;
  }
  std::set<std::size_t> lines;
  for (const resolve::Reason& reason : conflict->reasons) {
    lines.insert(reason.place.line);
    for (std::size_t i = 0; (i = reason.text.find("reef.json:", i)) != std::string::npos;)
      lines.insert(std::stoul(reason.text.substr(i += 10)));
  }
  keep_lines(problem.world, lines);
  REQUIRE_FALSE(Oracle(problem.world, problem.request).solvable());
}

// A test: ctest runs the tests side by side.
constexpr std::uint32_t kUniverses = kSanitized ? 2'500 : 25'000;

void check_many(std::uint32_t first, Has has) {
  std::size_t solvable = 0;
  for (std::uint32_t seed = first; seed < first + kUniverses; ++seed) check(seed, has, solvable);
  CHECK(solvable > kUniverses / 4);
  CHECK(solvable < kUniverses - kUniverses / 20);
}

TEST_CASE("random universes with alternatives and capabilities agree with brute force") {
  check_many(0, Has::alternatives);
}
TEST_CASE("more random universes with alternatives and capabilities agree with brute force") {
  check_many(1'000'000, Has::alternatives);
}
TEST_CASE("random universes with conditions and build-time needs agree with brute force") {
  check_many(0, Has::conditions);
}
TEST_CASE("more random universes with conditions and build-time needs agree with brute force") {
  check_many(1'000'000, Has::conditions);
}
TEST_CASE("random universes with alternatives that are needed to build agree with brute force") {
  check_many(0, Has::built_alternatives);
}

}  // namespace
}  // namespace reef::test
