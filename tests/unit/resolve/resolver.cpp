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
        "classifier: `engine = onnxruntime` was skipped: needs onnxruntime, onnxruntime 1.18.0 needs node "
        ">=16, this "
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
        "  model 1.0.0 needs cuda >=12, this host has none (reef.json:12:5)");
  CHECK(conflict.hints == std::vector<std::string>{"`apt install nvidia-cuda-toolkit` would install cuda"});
}

TEST_CASE("a tool that is too old is named with its version") {
  World world;
  world.add("gcc", "12.2.0-14", Origin::host);
  world.add("digits-classifier", "1.0.0").needs.push_back(at(need("gcc >=13", Purpose::build), 12));
  CHECK(solve(world, request({need("digits-classifier")})) ==
        "there is no solution:\n"
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
            "no one provider of c++-compiler serves all who need it: clang 14.0.0 for b, gcc 12.2.0 for a"});
  // Asked for by name, and for another capability of the same two: it is told once.
  world.add("d", "1.0.0").needs.push_back(need("clang"));
  world.add("e", "1.0.0").needs.push_back(need("gcc"));
  const auto named = resolve::resolve(world, request({need("e"), need("d"), need("a")}));
  CHECK(
      std::get<resolve::Solution>(*named).notes ==
      std::vector<std::string>{"two tools serve as c++-compiler in this closure: gcc 12.2.0 for e and 1 "
                               "other, clang 14.0.0 for d; "
                               "packages that ask for a capability, not for a tool by its name, share one"});
  const auto one = resolve::resolve(world, request({need("e"), need("a")}));
  CHECK(std::get<resolve::Solution>(*one).notes.empty());
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

TEST_CASE("a pre-release that the project's own manifest names is taken for all who need the package") {
  World world;
  world.add("a", "1.0.0");
  world.add("a", "2.0.0-rc.1");
  world.add("plain", "1.0.0").needs.push_back(need("a >=1"));
  world.add("rc", "1.0.0").needs.push_back(need("a >=2.0.0-rc.1"));
  auto& mine = world.add("mine", "0.1.0", Origin::workspace);
  mine.needs = {need("a >=2.0.0-rc.1"), need("plain")};
  CHECK(solve(world, request({need("mine")})) == "a=2.0.0-rc.1 mine=0.1.0 plain=1.0.0");
  mine.needs = {need("a >=1.0.0-rc.1"), need("plain")};
  CHECK(solve(world, request({need("mine")})) == "a=1.0.0 mine=0.1.0 plain=1.0.0");

  // Another package that names it speaks for itself only.
  mine.needs = {need("rc"), need("plain")};
  const auto asked = request({need("mine")});
  const auto outcome = resolve::resolve(world, asked);
  CHECK(outcome_text(*outcome) ==
        "there is no solution:\n"
        "  mine 0.1.0 needs rc\n"
        "  mine 0.1.0 needs plain\n"
        "  rc 1.0.0 needs a >=2.0.0-rc.1\n"
        "  plain 1.0.0 needs a >=1, which takes no pre-release");
  CHECK(resolve::suggest(world, asked, std::get<resolve::Conflict>(*outcome)).front() ==
        "it works with a 2.0.0-rc.1, a pre-release, which a project must name: `reef add a@^2.0.0-rc.1`");
  mine.needs.push_back(need("a >=2.0.0-rc.1"));
  CHECK(solve(world, asked) == "a=2.0.0-rc.1 mine=0.1.0 plain=1.0.0 rc=1.0.0");
}

TEST_CASE("what is there under the very name that was asked for is not guessed at") {
  World world;
  for (const std::string name : {"one", "two"})
    world.add(name, "1.0.0").provides.push_back({"blas", Version::parse("1.0.0").value()});
  world.add("app", "1.0.0").needs.push_back(need("blas"));
  world.add("newer", "1.0.0").needs.push_back(need_capability("blas >=2"));
  world.add("reverse", "1.0.0").needs.push_back(need_capability("one"));
  const auto hints = [&](const std::string& name) {
    const auto outcome = resolve::resolve(world, request({need(name)}));
    return std::get<resolve::Conflict>(*outcome).hints;
  };
  CHECK(hints("app") == std::vector<std::string>{"`blas` is a capability, which `one` and `two` provide: ask "
                                                 "for it with `\"capability\": \"blas\"`"});
  CHECK(hints("newer") == std::vector<std::string>{});
  CHECK(hints("reverse") ==
        std::vector<std::string>{
            "`one` is a package, not a capability: ask for it with `\"package\": \"one\"`"});
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
        std::vector<std::string>{"it works with numpy 1.26.4: ask for `numpy@1.26.4`",
                                 "it works without torch"});
}

std::vector<std::string> suggestions(World& world, const resolve::Request& asked) {
  const auto outcome = resolve::resolve(world, asked);
  return resolve::suggest(world, asked, std::get<resolve::Conflict>(*outcome));
}

TEST_CASE("conflicts by themselves are each told, and one that two packages share only once") {
  World world;
  world.add("aa", "1.0.0");
  world.add("bb", "1.0.0");
  auto& mine = world.add("mine", "0.1.0", Origin::workspace);
  mine.needs = {need("aa >=7"), need("bb >=9")};
  CHECK(suggestions(world, request({need("mine")})) ==
        std::vector<std::string>{"that is not all: mine 0.1.0 needs bb >=9, there is only 1.0.0"});
  world.add("cc", "1.0.0").needs.push_back(need("compiler"));
  world.add("dd", "1.0.0").needs.push_back(need("compiler"));
  mine.needs = {need("cc"), need("dd")};
  CHECK(suggestions(world, request({need("mine")})).empty());
}

TEST_CASE("what the user's own manifest can change is suggested before what others would have to") {
  World world;
  world.add("numpy", "1.26.4");
  world.add("numpy", "2.0.0");
  world.add("torch", "2.0.0").needs.push_back(at(need("numpy <2"), 7));
  auto& mine = world.add("mine", "0.1.0", Origin::workspace);
  mine.needs.push_back(at(need("torch"), 3));
  mine.needs.push_back(at(need("numpy >=2"), 4));
  CHECK(suggestions(world, request({need("mine")})) ==
        std::vector<std::string>{
            "it works with numpy <2 (1.26.4): `reef add 'numpy@<2'` changes `>=2` at reef.json:4:5",
            "it works without torch (reef.json:3:5)"});
  // Nobody asks for a range: versions like the one that works.
  World opset;
  opset.add("ort", "1.14.0").provides.push_back({"opset", Version::parse("18.0.0").value()});
  opset.add("ort", "1.16.0").provides.push_back({"opset", Version::parse("19.0.0").value()});
  opset.add("net", "1.0.0").needs.push_back(need_capability("opset >=19"));
  auto& own = opset.add("mine", "0.1.0", Origin::workspace);
  own.needs.push_back(need("ort ~1.14"));
  own.needs.push_back(need("net"));
  CHECK(suggestions(opset, request({need("mine")})).front() ==
        "it works with ort ^1.16.0 (1.16.0): `reef add ort@^1.16.0`");
}

TEST_CASE("what only others can change is said as that, and a tool of the host is not asked to be older") {
  World world;
  world.add("data", "1.0.0");
  world.add("data", "2.0.0");
  world.add("train", "1.0.0").needs.push_back(at(need("data ^1"), 5));
  world.add("test", "1.0.0").needs.push_back(at(need("data ^2"), 6));
  auto& paper = world.add("paper", "1.0.0");
  paper.needs = {need("train"), need("test")};
  CHECK(suggestions(world, request({need("paper")})) ==
        std::vector<std::string>{"it would work if train took data 2.0.0 (reef.json:5:5)",
                                 "it would work if test took data 1.0.0 (reef.json:6:5)"});
  World host;
  host.add("driver", "525.60.0", Origin::host);
  host.add("cuda", "12.0.0").needs.push_back(need("driver >=550"));
  CHECK(suggestions(host, request({need("cuda")})).empty());
}

TEST_CASE("suggestions end when their time does") {
  World world;
  world.add("b", "1.0.0");
  world.add("a", "1.0.0").needs.push_back(need("b >=2"));
  resolve::Request asked = request({need("a")});
  asked.limits.out_of_time = [] { return true; };
  CHECK(suggestions(world, asked).empty());
}

TEST_CASE("the nearest versions are named where there are many") {
  World world;
  for (int i = 0; i < 10'000; ++i) world.add("a", fmt::format("1.{}.0", i));
  world.add("a", "3.0.0");
  CHECK(solve(world, request({need("a ^2")})) ==
        "there is no solution:\n"
        "  you asked for a ^2, there are 10001 others, the nearest 1.9999.0 and 3.0.0");
}

TEST_CASE("a long derivation numbers what is used again, and nothing else") {
  // Eight pigeons in seven holes would be longer still.
  World world;
  for (int pigeon = 0; pigeon < 4; ++pigeon)
    for (int hole = 1; hole < 4; ++hole)
      world.add(fmt::format("pigeon{}", pigeon), fmt::format("{}.0.0", hole))
          .needs.push_back(need(fmt::format("hole{} ={}.0.0", hole, pigeon)));
  for (int hole = 1; hole < 4; ++hole)
    for (int pigeon = 0; pigeon < 4; ++pigeon)
      world.add(fmt::format("hole{}", hole), fmt::format("{}.0.0", pigeon));
  resolve::Request asked = request({});
  for (int pigeon = 0; pigeon < 4; ++pigeon) asked.roots.push_back(need(fmt::format("pigeon{}", pigeon)));
  const auto outcome = resolve::resolve(world, asked);
  const auto& conflict = std::get<resolve::Conflict>(*outcome);
  INFO(conflict.text);
  const auto lines = std::count(conflict.text.begin(), conflict.text.end(), '\n');
  CHECK(lines <= 41);
  for (int number = 1; conflict.text.find(fmt::format("[{}]", number)) != std::string::npos; ++number) {
    const std::string mark = fmt::format("[{}]", number);
    const std::size_t first = conflict.text.find(mark);
    CHECK(conflict.text.find(mark, first + 1) != std::string::npos);  // told once, used at least once
  }
  // Every statement follows from earlier ones.
  for (std::size_t i = 0; i < conflict.reasons.size(); ++i)
    for (const std::size_t from : conflict.reasons[i].from) CHECK(from < i);
  CHECK(conflict.reasons.back().text == "there is no solution");
}

TEST_CASE("roles are those of the version that is chosen, though its neighbour asks for the same") {
  World world;
  world.add("ink", "1");
  world.add("pen", "1").needs = {at(need("ink"), 1)};
  world.add("pen", "2").needs = {at(need("ink"), 2), need("nowhere")};
  world.add("pen", "3").needs = {at(need("ink"), 3), need("nowhere")};
  const auto name_role = [&](std::size_t version, const std::string& role) {
    auto copy = std::make_shared<resolve::Requirements>(*world.packages["pen"][version].requirements);
    copy->needs.front().role = role;
    world.packages["pen"][version].requirements = std::move(copy);
  };
  for (const std::string newer : {"old", "fresh"}) {
    name_role(0, "old");
    name_role(1, newer);
    name_role(2, newer);
    const auto outcome = resolve::resolve(world, request({need("pen")})).value();
    const auto& solution = std::get<resolve::Solution>(outcome);
    const resolve::Edge edge = solution.edges_of(*solution.find("pen")).front();
    CHECK(edge.role == "old");
    CHECK(edge.place.line == 1);
  }
}

TEST_CASE("a solution says why each version, option and provider was chosen") {
  World world;
  world.add("a", "1.0.0");
  world.add("a", "2.0.0");
  world.add("gcc", "12.0.0", Origin::host).provides.push_back({"compiler", Version::parse("12.0.0").value()});
  world.add("clang", "14.0.0").provides.push_back({"compiler", Version::parse("14.0.0").value()});
  auto& app = world.add("app", "1.0.0");
  app.needs = {need("a <2"), need_capability("compiler", Purpose::build)};
  app.groups.push_back(group("size", {"large"}, {"small", "large"}));
  app.groups[0].options[1].needs.push_back(need("missing"));
  resolve::Request asked = request({need("app")});
  asked.explain = true;
  const auto outcome = resolve::resolve(world, asked);
  const auto& solution = std::get<resolve::Solution>(*outcome);
  CHECK(solution.find("app")->chosen == "the only version");
  CHECK(solution.find("app")->option_reasons.at("size") == "the first that works here");
  CHECK(solution.find("a")->chosen == "the newest that fits");
  CHECK(solution.find("gcc")->chosen == "the only version on this host");
  CHECK(solution.edges_of(*solution.find("app")).back().preferred == "found on this host");
  std::vector<std::string> skipped;
  for (const auto& each : solution.skipped) skipped.push_back(each.text());
  CHECK(skipped == std::vector<std::string>{
                       "app: `size = large` was skipped: needs missing, there is no package `missing`",
                       "a 2.0.0 was skipped: app 1.0.0 needs a <2"});
  asked.lock = {{"a", Version::parse("1.0.0").value(), {}}};
  CHECK(std::get<resolve::Solution>(*resolve::resolve(world, asked)).find("a")->chosen == "locked");
}

TEST_CASE("a tool of another host is spoken of in ranges, never as the version that stands for one") {
  World world;
  for (const char* version : {"0.0.0", "9.0.0"}) {
    world.add("cudnn", version).provides.push_back({"cudnn", Version::parse(version).value()});
    world.packages["cudnn"].back().assumed = true;
  }
  world.add("old", "1.0.0").needs.push_back(need("cudnn <9"));
  const auto told = [&](const resolve::Requirement& wanted) {
    world.packages["app"].clear();
    world.add("app", "1.1.1", resolve::Origin::workspace).needs = {need("old"), wanted};
    const auto asked = request({need("app")});
    const auto outcome = resolve::resolve(world, asked);
    const auto& conflict = std::get<resolve::Conflict>(*outcome);
    return conflict.text + "\n" + resolve::suggest(world, asked, conflict).front();
  };
  CHECK(told(need("cudnn >=9")) ==
        "there is no solution:\n  app 1.1.1 needs old\n  app 1.1.1 needs cudnn >=9\n  old 1.0.0 needs cudnn "
        "<9\n"
        "it works with cudnn <9: `reef add 'cudnn@<9'`");
  CHECK(told(need_capability("cudnn >=9")) == told(need("cudnn >=9")));
}

TEST_CASE("of two providers the one in the store is preferred, after the one on the host") {
  World world;
  for (const std::string name : {"one", "two"})
    world.add(name, "1.0.0").provides.push_back({"blas", Version::parse("1.0.0").value()});
  world.capability_order["blas"] = {"one", "two"};
  world.add("app", "1.0.0").needs.push_back(need_capability("blas"));
  const auto provider = [&] {
    const auto outcome = resolve::resolve(world, request({need("app")}));
    const auto& solution = std::get<resolve::Solution>(*outcome);
    const resolve::Edge edge = solution.edges_of(*solution.find("app")).front();
    return edge.target + ", " + edge.preferred;
  };
  CHECK(provider() == "one, first in the catalogue's order");
  world.packages["two"].front().stored = true;
  CHECK(provider() == "two, in the store already");
  world.packages["one"].front().origin = Origin::host;
  CHECK(provider() == "one, found on this host");
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
