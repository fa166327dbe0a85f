#include <catch2/catch.hpp>

#include "core/resolve/resolver.h"
#include "tests/unit/resolve/world.h"

namespace reef::test {
namespace {

TEST_CASE("what stands in the way of a preferred option is told also when the lock holds another") {
  World world;
  resolve::Group engine = group("engine", {"native"}, {"plain", "native"});
  engine.options[1].needs.push_back(need("runtime >=2"));
  world.add("net", "1.0.0").groups.push_back(engine);
  world.add("runtime", "1.0.0");
  resolve::Request asked = request({need("net")});
  asked.lock = {{"net", Version::parse("1.0.0").value(), {{"engine", "plain"}}}};
  const auto held = resolve::resolve(world, asked);
  const auto& solution = std::get<resolve::Solution>(*held);
  CHECK(solution.packages.front().option_reasons.at("engine") == "locked");
  std::vector<resolve::Skipped> behind;
  REQUIRE(resolve::look_behind_lock(world, asked, solution, behind));
  REQUIRE(behind.size() == 1);
  CHECK(behind.front().text() ==
        "net: `engine = native` was skipped: needs runtime >=2, there is only 1.0.0");
  // Nothing stands in the way any more, and the lock holds all the same.
  world.add("runtime", "2.0.0");
  const auto free = resolve::resolve(world, asked);
  CHECK(outcome_text(*free) == "net=1.0.0[engine=plain]");
  behind.clear();
  REQUIRE(resolve::look_behind_lock(world, asked, std::get<resolve::Solution>(*free), behind));
  CHECK(behind.empty());
}

TEST_CASE("what stands in the way of a newer version is told also when the lock holds the older one") {
  World world;
  world.add("torch", "1.0.0");
  world.add("torch", "2.0.0").needs.push_back(need("numpy >=2"));
  world.add("numpy", "1.0.0");
  world.add("jax", "1.0.0");
  world.add("jax", "2.0.0");
  resolve::Request asked = request({need("torch"), need("jax")});
  asked.lock = {{"torch", Version::parse("1.0.0").value(), {}}, {"jax", Version::parse("1.0.0").value(), {}}};
  asked.explain = true;
  const auto held = resolve::resolve(world, asked);
  const auto& solution = std::get<resolve::Solution>(*held);
  std::vector<resolve::Skipped> skipped = solution.skipped;
  REQUIRE(skipped.size() == 2);
  CHECK(skipped[0].reason == "1.0.0 is locked");
  REQUIRE(resolve::look_behind_lock(world, asked, solution, skipped));
  CHECK(skipped[0].text() == "torch 2.0.0 was skipped: needs numpy >=2, there is only 1.0.0");
  CHECK(skipped[1].text() == "jax 2.0.0 was skipped: 1.0.0 is locked");
}

TEST_CASE("a provider that may move to another version goes on to serve") {
  World world;
  for (const char* version : {"1.0.0", "1.1.0"})
    world.add("pb", version).provides.push_back({"cap", Version::parse(version).value()});
  world.add("pa", "1.0.0").provides.push_back({"cap", Version::parse("9").value()});
  resolve::Request asked = request({need_capability("cap")});
  asked.lock = {{"pb", Version::parse("1.0.0").value(), {}}};
  asked.upgrade = {"pb"};
  CHECK(outcome_text(*resolve::resolve(world, asked)) == "pb=1.1.0");
  asked.upgrade_all = true;
  CHECK(outcome_text(*resolve::resolve(world, asked)) == "pa=1.0.0");
}

}  // namespace
}  // namespace reef::test
