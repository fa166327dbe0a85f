#include <catch2/catch.hpp>

#include "core/resolve/resolver.h"
#include "tests/unit/resolve/world.h"

namespace reef::test {
namespace {

TEST_CASE("a run-time dependency on itself is allowed, a build-time one is refused with the cycle") {
  World world;
  world.add("a", "1.0.0").needs.push_back(need("a"));
  CHECK(solve(world, request({need("a")})) == "a=1.0.0");
  world.add("b", "1.0.0").needs.push_back(need("b", Purpose::build));
  CHECK(solve(world, request({need("b")})) ==
        "there is no solution:\n  b must be built before itself: it needs b");
}

TEST_CASE("a build-time cycle is refused, a run-time one is not") {
  World world;
  world.add("a", "1.0.0").needs.push_back(at(need("b", Purpose::build), 3));
  world.add("b", "1.0.0").needs.push_back(at(need("a", Purpose::both), 7));
  CHECK(solve(world, request({need("a")})) ==
        "there is no solution:\n"
        "  a must be built before itself: it needs b (reef.json:3:5), which needs a (reef.json:7:5)");
  World run;
  run.add("a", "1.0.0").needs.push_back(need("b"));
  run.add("b", "1.0.0").needs.push_back(need("a"));
  CHECK(solve(run, request({need("a")})) == "a=1.0.0 b=1.0.0");
}

TEST_CASE("what is needed to build must be able to run: that, too, is built before") {
  World world;
  world.add("c", "1.0.0").needs.push_back(at(need("gen", Purpose::build), 3));
  world.add("gen", "1.0.0").needs.push_back(at(need("x"), 5));
  resolve::Requirements& x = world.add("x", "1.0.0");
  CHECK(solve(world, request({need("c")})) == "c=1.0.0 gen=1.0.0 x=1.0.0");
  const auto outcome = resolve::resolve(world, request({need("c")}));
  const auto& solution = std::get<resolve::Solution>(*outcome);
  std::vector<std::string_view> order;
  for (const std::size_t index : solution.build_order()) order.push_back(solution.packages[index].name);
  CHECK(order == std::vector<std::string_view>{"gen", "x", "c"});
  x.needs.push_back(at(need("c", Purpose::build), 7));
  const std::string cycle =
      "c must be built before itself: it needs gen (reef.json:3:5), which needs x to run "
      "(reef.json:5:5), which needs c (reef.json:7:5)";
  CHECK(solve(world, request({need("c")})) == "there is no solution:\n  " + cycle);
}

TEST_CASE("what was chosen to build and cannot is no part of the closure once another one serves") {
  World world;
  resolve::Requirement layer = any_of({"egg", "hen"});
  layer.purpose = Purpose::build;
  world.add("farm", "1").needs = {layer};
  world.add("egg", "1").needs = {need("farm")};
  world.add("hen", "1");
  CHECK(solve(world, request({need("farm")})) == "farm=1 hen=1");
}

TEST_CASE("who provides a capability and needs it to build is not its own provider") {
  World world;
  resolve::Requirements& fast = world.add("fast-blas", "1.0.0");
  fast.provides.push_back({"blas", Version::parse("2.0.0").value()});
  fast.needs.push_back(need_capability("blas", Purpose::build));
  world.add("reference", "1.0.0").provides.push_back({"blas", Version::parse("1.0.0").value()});
  world.capability_order["blas"] = {"fast-blas", "reference"};
  world.add("app", "1.0.0").needs.push_back(need_capability("blas >=2", Purpose::build));
  CHECK(solve(world, request({need("app")})) == "app=1.0.0 fast-blas=1.0.0 reference=1.0.0");
  const auto outcome = resolve::resolve(world, request({need("app")}));
  const auto& solution = std::get<resolve::Solution>(*outcome);
  const auto edges = solution.edges_of(*solution.find("fast-blas"));
  REQUIRE(edges.size() == 1);
  CHECK(edges.front().target == "reference");
  CHECK(solution.packages[solution.build_order().front()].name == "reference");
}

TEST_CASE("a need whose condition nothing brings about makes no cycle") {
  World world;
  world.add("c", "1.0.0");
  resolve::Requirements& d = world.add("d", "1.0.0");
  d.provides.push_back({"cap", Version::parse("1.0.0").value()});
  d.groups.push_back(group("g", {}, {"x"}));
  resolve::GroupOption& option = d.groups.front().options.front();
  option.when = {.kind = resolve::When::Kind::package, .name = "c"};
  option.needs.push_back(need_capability("cap", Purpose::both));
  option.needs.back().when = option.when;
  CHECK(solve(world, request({need("d")})) ==
        "there is no solution:\n"
        "  d 1.0.0 with `g = x` exists only when c is used\n"
        "  nothing needs c");
}

// The roles of a package and who serves them, "role:name".
std::string served(const resolve::Solution& solution, const std::string& name) {
  std::string out;
  for (const resolve::Selected& package : solution.packages)
    if (package.name == name)
      for (const resolve::Edge& edge : solution.edges_of(package))
        out += (out.empty() ? "" : " ") + edge.role + ":" + edge.target;
  return out;
}

TEST_CASE("what serves by preference stays where it is ready in time, though another one is ready before") {
  World world;
  resolve::Requirement either = any_of({"long", "short"});
  either.role = "either";
  resolve::Requirement tool = need("short", Purpose::build);
  tool.role = "tool";
  world.add("app", "1").needs = {either, tool};
  world.add("long", "1").needs = {need("short")};
  world.add("short", "1");
  const auto outcome = resolve::resolve(world, request({need("app")}));
  CHECK(served(std::get<resolve::Solution>(*outcome), "app") == "either:long tool:short");
}

TEST_CASE("what another one replaced leaves the closure though conditions speak of it") {
  World world;
  const resolve::When with_egg{.kind = resolve::When::Kind::package, .name = "egg"};
  resolve::Requirement layer = any_of({"egg", "hen"});
  layer.purpose = Purpose::build;
  resolve::Requirement basket = need("basket");
  basket.when = with_egg;
  world.add("farm", "1").needs = {layer, basket};
  world.add("egg", "1").needs = {need("farm")};
  world.add("hen", "1");
  world.add("basket", "1");
  CHECK(solve(world, request({need("farm")})) == "farm=1 hen=1");
  // Unless there is no closure without it.
  resolve::Requirement refused = need("nothing");
  refused.when = {.kind = resolve::When::Kind::none, .parts = {with_egg}};
  world.packages["farm"].clear();
  world.add("farm", "1").needs = {layer, basket, refused};
  CHECK(solve(world, request({need("farm")})) == "basket=1 egg=1 farm=1 hen=1");
}

TEST_CASE("a need to build whose condition holds by what only it would bring brings nothing") {
  World world;
  const resolve::When with_egg{.kind = resolve::When::Kind::package, .name = "egg"};
  resolve::Requirement layer = need_capability("layer", Purpose::build);
  layer.when = with_egg;
  resolve::Requirements& farm = world.add("farm", "1");
  farm.needs = {layer};
  farm.groups.push_back(group("kind", {"poultry"}, {"poultry", "dairy"}));
  farm.groups.front().options.front().when = with_egg;
  world.add("egg", "1").provides.push_back({"layer", std::nullopt});
  CHECK(solve(world, request({need("farm")})) == "farm=1[kind=dairy]");
}

TEST_CASE("what a condition holds in the closure serves where it may, though another one does already") {
  World world;
  resolve::Requirement either = any_of({"hen", "egg"});
  either.role = "either";
  resolve::Requirement hen = need("hen");
  hen.role = "hen";
  resolve::Requirements& farm = world.add("farm", "1");
  farm.needs = {hen, either};
  farm.groups.push_back(group("kind", {}, {"poultry"}));
  farm.groups.front().options.front().when = {.kind = resolve::When::Kind::package, .name = "egg"};
  world.add("hen", "1");
  world.add("egg", "1");
  const auto outcome = resolve::resolve(world, request({need("farm")}));
  REQUIRE(std::holds_alternative<resolve::Solution>(*outcome));
  CHECK(served(std::get<resolve::Solution>(*outcome), "farm") == "hen:hen either:egg");
}

}  // namespace
}  // namespace reef::test
