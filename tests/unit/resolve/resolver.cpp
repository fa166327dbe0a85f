#include "core/resolve/resolver.h"

#include <catch2/catch.hpp>

#include "tests/unit/resolve/world.h"

namespace reef::test {
namespace {

using resolve::Origin;

TEST_CASE("a default option that does not work is skipped, and the plan says why") {
  World world;
  world.add("node", "14.0.0", Origin::host);
  auto& engine = world.add("onnxruntime", "1.18.0");
  engine.needs.push_back(need("node >=16"));
  auto& model = world.add("classifier", "1.0.0");
  model.groups.push_back(group("engine", {"onnxruntime", "native"}, {"native", "onnxruntime"}));
  model.groups[0].options[1].needs.push_back(need("onnxruntime"));
  const auto outcome = resolve::resolve(world, request({need("classifier")}));
  const auto& solution = std::get<resolve::Solution>(*outcome);
  CHECK(outcome_text(*outcome) == "classifier=1.0.0[engine=native]");
  REQUIRE(solution.skipped.size() == 1);
  CHECK(solution.skipped[0].text() ==
        "`engine = onnxruntime` was skipped: needs onnxruntime, onnxruntime 1.18.0 needs node >=16, this "
        "host has "
        "14.0.0");
}

TEST_CASE("a missing host tool is explained with what would install it") {
  World world;
  world.install_hints["cuda"] = "apt install nvidia-cuda-toolkit";
  world.add("model", "1.0.0").needs.push_back(at(need("cuda >=12"), 12));
  const auto outcome = resolve::resolve(world, request({need("model")}));
  const auto& conflict = std::get<resolve::Conflict>(*outcome);
  CHECK(conflict.text ==
        "there is no solution:\n"
        "  you asked for model\n"
        "  model 1.0.0 needs cuda >=12, this host has none (reef.json:12:5)");
  CHECK(conflict.hints == std::vector<std::string>{"`apt install nvidia-cuda-toolkit` would install cuda"});
}

TEST_CASE("a tool that is too old is named with its version") {
  World world;
  world.add("gcc", "12.2.0-14", Origin::host);
  world.add("digits-classifier", "1.0.0").needs.push_back(at(need("gcc >=13", Purpose::build), 12));
  CHECK(solve(world, request({need("digits-classifier")})) ==
        "there is no solution:\n"
        "  you asked for digits-classifier\n"
        "  digits-classifier 1.0.0 needs gcc >=13, this host has 12.2.0-14 (reef.json:12:5)");
}

TEST_CASE("a name that does not exist is met with the nearest one") {
  World world;
  world.add("digits", "1.0.0");
  const auto outcome = resolve::resolve(world, request({need("digit")}));
  const auto& conflict = std::get<resolve::Conflict>(*outcome);
  CHECK(conflict.text == "there is no solution:\n  you asked for digit, there is no package `digit`");
  CHECK(conflict.hints == std::vector<std::string>{"did you mean `digits`?"});
}

TEST_CASE("an empty range has no solution and shows what there is") {
  World world;
  world.add("a", "1.0.0");
  CHECK(solve(world, request({need("a >=2, <1")})) ==
        "there is no solution:\n  you asked for a >=2, <1, there is only 1.0.0");
}

TEST_CASE("a run-time dependency on itself is allowed, a build-time one is refused with the cycle") {
  World world;
  world.add("a", "1.0.0").needs.push_back(need("a"));
  CHECK(solve(world, request({need("a")})) == "a=1.0.0");
  world.add("b", "1.0.0").needs.push_back(need("b", Purpose::build));
  CHECK(solve(world, request({need("b")})) ==
        "there is no solution:\n  you asked for b\n  b must be built before itself: it needs b");
}

TEST_CASE("a build-time cycle is refused, a run-time one is not") {
  World world;
  world.add("a", "1.0.0").needs.push_back(at(need("b", Purpose::build), 3));
  world.add("b", "1.0.0").needs.push_back(at(need("a", Purpose::both), 7));
  CHECK(solve(world, request({need("a")})) ==
        "there is no solution:\n"
        "  you asked for a\n"
        "  a 1.0.0 needs b (reef.json:3:5)\n"
        "  a must be built before itself: it needs b (reef.json:3:5), which needs a (reef.json:7:5)");
  World run;
  run.add("a", "1.0.0").needs.push_back(need("b"));
  run.add("b", "1.0.0").needs.push_back(need("a", Purpose::build));
  CHECK(solve(run, request({need("a")})) == "a=1.0.0 b=1.0.0");
}

TEST_CASE("one compiler serves all who can share it, and mixing two is said aloud") {
  World world;
  world.add("gcc", "12.2.0", Origin::host)
      .provides.push_back({"c++-compiler", Version::parse("12.2.0").value()});
  world.add("clang", "14.0.0", Origin::host)
      .provides.push_back({"c++-compiler", Version::parse("14.0.0").value()});
  world.capability_order["c++-compiler"] = {"gcc", "clang"};
  world.add("a", "1.0.0").needs.push_back(need_capability("c++-compiler >=11", Purpose::build));
  world.add("b", "1.0.0").needs.push_back(need_capability("c++-compiler >=13", Purpose::build));
  world.add("c", "1.0.0").needs.push_back(need_capability("c++-compiler <13", Purpose::build));
  CHECK(solve(world, request({need("a")})) == "a=1.0.0 gcc=12.2.0");
  CHECK(solve(world, request({need("a"), need("b")})) == "a=1.0.0 b=1.0.0 clang=14.0.0");
  CHECK(solve(world, request({need("a"), need("clang")})) == "a=1.0.0 clang=14.0.0");
  const auto outcome = resolve::resolve(world, request({need("a"), need("b"), need("c")}));
  CHECK(outcome_text(*outcome) == "a=1.0.0 b=1.0.0 c=1.0.0 clang=14.0.0 gcc=12.2.0");
  CHECK(std::get<resolve::Solution>(*outcome).notes ==
        std::vector<std::string>{
            "no one provider of c++-compiler serves all who need it: clang for b, gcc for a"});
}

TEST_CASE("pre-releases are chosen only when a range names one") {
  World world;
  world.add("a", "1.0.0");
  world.add("a", "2.0.0-rc.1");
  world.add("only", "1.0.0-beta.1");
  CHECK(solve(world, request({need("a >=1")})) == "a=1.0.0");
  CHECK(solve(world, request({need("a >=2.0.0-rc.1")})) == "a=2.0.0-rc.1");
  CHECK(solve(world, request({need("only")})) == "only=1.0.0-beta.1");
}

TEST_CASE("a frozen lock says what differs") {
  World world;
  world.add("a", "1.0.0").needs.push_back(need("b >=2"));
  world.add("b", "1.0.0");
  world.add("b", "2.0.0");
  resolve::Request frozen = request({need("a")});
  frozen.frozen = true;
  frozen.lock = {{"a", Version::parse("1.0.0").value(), {}}, {"b", Version::parse("1.0.0").value(), {}}};
  CHECK(solve(world, frozen) ==
        "there is no solution:\n"
        "  you asked for a\n"
        "  a 1.0.0 needs b >=2\n"
        "  the lock holds b 1.0.0");
  const auto outcome = resolve::resolve(world, frozen);
  CHECK(resolve::suggest(world, frozen, std::get<resolve::Conflict>(*outcome)) ==
        std::vector<std::string>{"it works if the lock may change: `reef lock`"});
}

TEST_CASE("the nearest relaxation is suggested") {
  World world;
  world.add("numpy", "1.26.4");
  world.add("numpy", "2.0.0");
  world.add("torch", "2.0.0").needs.push_back(need("numpy <2"));
  const resolve::Request asked = request({need("torch"), need("numpy >=2")});
  const auto outcome = resolve::resolve(world, asked);
  CHECK(resolve::suggest(world, asked, std::get<resolve::Conflict>(*outcome)) ==
        std::vector<std::string>{"it works without torch",
                                 "it works with numpy 1.26.4: `reef add numpy@1.26.4`"});
}

TEST_CASE("ten thousand versions of one package are no obstacle") {
  World world;
  for (int i = 0; i < 10'000; ++i) world.add("a", fmt::format("1.{}.0", i)).needs.push_back(need("b"));
  world.add("b", "1.0.0");
  CHECK(solve(world, request({need("a <1.5000")})) == "a=1.4999.0 b=1.0.0");
}

TEST_CASE("a chain of five thousand packages resolves, and explains itself when its end is missing") {
  World world;
  for (int i = 0; i < 5'000; ++i)
    world.add(fmt::format("p{}", i), "1.0.0").needs.push_back(need(fmt::format("p{}", i + 1)));
  const auto broken = resolve::resolve(world, request({need("p0")}));
  const auto& conflict = std::get<resolve::Conflict>(*broken);
  CHECK(conflict.text.size() < 3'000);
  CHECK(conflict.text.find("p4999 1.0.0 needs p5000, there is no package `p5000`") != std::string::npos);
  world.add("p5000", "1.0.0");
  const auto outcome = resolve::resolve(world, request({need("p0")}));
  CHECK(std::get<resolve::Solution>(*outcome).packages.size() == 5'001);
  CHECK(std::get<resolve::Solution>(*outcome).build_order().size() == 5'001);
}

TEST_CASE("a group of two hundred options is searched to its end") {
  World world;
  auto& a = world.add("a", "1.0.0");
  resolve::Group many{"g", {"o0"}, {}, {}};
  for (int i = 0; i < 200; ++i) {
    many.options.emplace_back().name = fmt::format("o{}", i);
    if (i < 199) many.options.back().needs.push_back(need(fmt::format("missing{}", i)));
  }
  a.groups.push_back(many);
  CHECK(solve(world, request({need("a")})) == "a=1.0.0[g=o199]");
}

TEST_CASE("a spent budget is admitted, with the hardest packages") {
  World world;
  for (int pigeon = 0; pigeon < 9; ++pigeon)
    for (int hole = 1; hole < 9; ++hole)
      world.add(fmt::format("pigeon{}", pigeon), fmt::format("{}.0.0", hole))
          .needs.push_back(need(fmt::format("hole{} ={}.0.0", hole, pigeon)));
  for (int hole = 1; hole < 9; ++hole)
    for (int pigeon = 0; pigeon < 9; ++pigeon)
      world.add(fmt::format("hole{}", hole), fmt::format("{}.0.0", pigeon));
  resolve::Request asked = request({});
  for (int pigeon = 0; pigeon < 9; ++pigeon) asked.roots.push_back(need(fmt::format("pigeon{}", pigeon)));
  asked.limits.conflicts = 50;
  const auto outcome = resolve::resolve(world, asked);
  REQUIRE(std::holds_alternative<resolve::GaveUp>(*outcome));
  CHECK(std::get<resolve::GaveUp>(*outcome).hardest.size() == 5);
  asked.limits.conflicts = 200'000;
  CHECK(std::holds_alternative<resolve::Conflict>(*resolve::resolve(world, asked)));
}

}  // namespace
}  // namespace reef::test
