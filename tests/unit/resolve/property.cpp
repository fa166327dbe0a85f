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

bool is_matter_of_taste(Has has) { return has == Has::built_alternatives || has == Has::everything; }

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
    const std::set<std::string> right = is_matter_of_taste(has) ? oracle.all() : oracle.preferred();
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

// What a lock says of its requirements, it says by their roles.
void name_roles(World& world) {
  for (auto& [name, candidates] : world.packages)
    for (resolve::Candidate& candidate : candidates) {
      auto copy = std::make_shared<resolve::Requirements>(*candidate.requirements);
      std::size_t count = 0;
      for (resolve::Requirement& need : copy->needs) need.role = fmt::format("role{}", count++);
      for (resolve::Group& group : copy->groups)
        for (resolve::GroupOption& option : group.options)
          for (resolve::Requirement& need : option.needs) need.role = fmt::format("role{}", count++);
      candidate.requirements = std::move(copy);
    }
}

std::vector<resolve::Locked> lock_of(const resolve::Solution& solution) {
  std::vector<resolve::Locked> out;
  for (const resolve::Selected& package : solution.packages) {
    resolve::Locked& locked = out.emplace_back();
    locked = {package.name, package.version, package.options};
    for (const resolve::Edge& edge : solution.edges_of(package)) locked.dependencies[edge.role] = edge.target;
  }
  return out;
}

// Everything that a lock would have of it.
std::string whole_text(const resolve::Outcome& outcome) {
  std::string out = outcome_text(outcome);
  const auto* solution = std::get_if<resolve::Solution>(&outcome);
  if (solution == nullptr) return out;
  std::set<std::string> edges;
  for (const resolve::Selected& package : solution->packages)
    for (const resolve::Edge& edge : solution->edges_of(package))
      edges.insert(fmt::format(" {}.{}:{}", package.name, edge.role, edge.target));
  for (const std::string& edge : edges) out += edge;
  return out;
}

// A new version of some package, and a new package, which ask for and provide what some other does.
void publish(World& world, std::mt19937& random) {
  const auto any = [&]() -> const std::vector<resolve::Candidate>& {
    auto at = world.packages.begin();
    std::advance(at, random() % world.packages.size());
    return at->second;
  };
  const resolve::Candidate model = any().front();
  auto at = world.packages.begin();
  std::advance(at, random() % world.packages.size());
  for (auto* candidates : {&at->second, &world.packages["0"]}) {
    resolve::Candidate& candidate = candidates->emplace_back(model);
    candidate.version = Version::parse("4.0.0").value();
    auto copy = std::make_shared<resolve::Requirements>(*model.requirements);
    copy->provides.push_back({"cap", Version::parse("2.0.0").value()});
    candidate.requirements = std::move(copy);
  }
}

// One requirement less for whoever was asked for, if it has any; or one more.
void edit(World& world, const std::string& name, std::mt19937& random) {
  for (resolve::Candidate& candidate : world.packages[name]) {
    auto copy = std::make_shared<resolve::Requirements>(*candidate.requirements);
    if (!copy->needs.empty() && random() % 2) {
      copy->needs.pop_back();
    } else {
      copy->needs.push_back(random() % 2 ? need_capability("cap *") : need("c"));
      copy->needs.back().role = "new";
    }
    candidate.requirements = std::move(copy);
  }
}

// What was locked stays when something is published, and a lock that was just written holds.
void check_lock(std::uint32_t seed, Has has, std::size_t& solvable) {
  RandomProblem problem = random_problem(seed, has);
  std::mt19937 random(seed);
  problem.request.lock.clear();
  problem.request.upgrade.clear();
  problem.request.upgrade_all = false;
  name_roles(problem.world);
  const auto solved = [&]() { return resolve::resolve(problem.world, problem.request).value(); };
  CAPTURE(seed, static_cast<int>(has));
  const resolve::Outcome first = solved();
  const auto* solution = std::get_if<resolve::Solution>(&first);
  if (solution == nullptr) return;
  ++solvable;
  const std::string locked = whole_text(first);
  problem.request.lock = lock_of(*solution);
  REQUIRE(whole_text(solved()) == locked);
  publish(problem.world, random);
  if (!is_matter_of_taste(has)) REQUIRE(whole_text(solved()) == locked);

  edit(problem.world, problem.request.roots.front().targets.front().name, random);
  if (random() % 2)
    problem.request.upgrade = {problem.request.lock[random() % problem.request.lock.size()].name};
  const resolve::Outcome edited = solved();
  problem.request.upgrade.clear();
  solution = std::get_if<resolve::Solution>(&edited);
  if (solution == nullptr) return;
  problem.request.lock = lock_of(*solution);
  REQUIRE(whole_text(solved()) == whole_text(edited));
}

// A test: ctest runs the tests side by side.
constexpr std::uint32_t kUniverses = kSanitized ? 2'500 : 25'000;

template <class Check>
void check_many(std::uint32_t first, Has has, Check check_one) {
  std::size_t solvable = 0;
  for (std::uint32_t seed = first; seed < first + kUniverses; ++seed) check_one(seed, has, solvable);
  CHECK(solvable > kUniverses / 4);
  CHECK(solvable < kUniverses - kUniverses / 20);
}

TEST_CASE("random universes with alternatives and capabilities agree with brute force") {
  check_many(0, Has::alternatives, check);
}
TEST_CASE("random universes with alternatives, conditions and build-time needs agree with brute force") {
  check_many(0, Has::everything, check);
}
TEST_CASE("random universes with conditions and build-time needs agree with brute force") {
  check_many(0, Has::conditions, check);
}
TEST_CASE("more random universes with conditions and build-time needs agree with brute force") {
  check_many(1'000'000, Has::conditions, check);
}
TEST_CASE("random universes with alternatives that are needed to build agree with brute force") {
  check_many(0, Has::built_alternatives, check);
}
TEST_CASE("the lock of a random universe holds until it is asked to change, and then at once again") {
  check_many(0, Has::alternatives, check_lock);
}
TEST_CASE("the lock of a random universe with conditions holds, too") {
  check_many(0, Has::conditions, check_lock);
}
TEST_CASE("the lock of a random universe with alternatives that are needed to build holds once written") {
  check_many(0, Has::built_alternatives, check_lock);
}
TEST_CASE("the lock of a random universe with all of these holds once written") {
  check_many(0, Has::everything, check_lock);
}
TEST_CASE("universes of which one in ten thousand went wrong agree with brute force, and their locks hold") {
  std::size_t solvable = 0;
  for (const std::uint32_t seed : {44485U, 64480U, 79955U, 81784U, 134421U, 281129U})
    check(seed, Has::everything, solvable);
  for (const std::uint32_t seed : {42076U, 46423U, 102085U, 105852U, 128003U, 170369U})
    check_lock(seed, Has::everything, solvable);
}

}  // namespace
}  // namespace reef::test
