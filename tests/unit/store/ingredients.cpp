#include "core/store/ingredients.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

namespace reef::store {
namespace {

BuildInputs example_inputs() {
  BuildInputs inputs;
  inputs.name = "digits";
  inputs.version = Version::parse("1.0.0").value();
  inputs.package = sha256("package");
  inputs.options = {{"engine", "native"}};
  inputs.parameters = {{"threads", "2"}};
  inputs.dependencies = {{"dataset", sha256("dataset")}};
  FoundTool gcc;
  gcc.name = "gcc";
  gcc.version = Version::parse_loose("12.2.0").value();
  gcc.path = "/usr/bin/g++";
  gcc.real_path = "/usr/bin/x86_64-linux-gnu-g++-12";
  gcc.digest = sha256("gcc").hex();
  gcc.files["/usr/bin/gcc"] = {"/usr/bin/gcc-12", sha256("c").hex()};
  inputs.tools = {{"compiler", gcc}};
  inputs.environment = {{"CXX", "g++"}};
  inputs.commands = {{"g++", "-o", "${prefix}/bin/x"}};
  inputs.platform = "linux-x86_64";
  return inputs;
}

TEST_CASE("every ingredient of a build changes its key, and the change is named") {
  struct Case {
    std::function<void(BuildInputs&)> change;
    const char* described;
  };
  const Case cases[] = {
      {[](BuildInputs& in) { in.name = "letters"; }, "name: digits -> letters"},
      {[](BuildInputs& in) { in.version = Version::parse("1.0.1").value(); }, "version: 1.0.0 -> 1.0.1"},
      {[](BuildInputs& in) { in.options["engine"] = "openblas"; }, "option engine: native -> openblas"},
      {[](BuildInputs& in) { in.options["size"] = "m"; }, "option size: added (m)"},
      {[](BuildInputs& in) { in.sources[2] = "left out"; }, "source 2: added (left out)"},
      {[](BuildInputs& in) { in.parameters.clear(); }, "parameter threads: removed (was 2)"},
      {[](BuildInputs& in) { in.environment["CXX"] = "g++-13"; }, "environment CXX: g++ -> g++-13"},
      {[](BuildInputs& in) { in.platform = "linux-aarch64"; }, "platform: linux-x86_64 -> linux-aarch64"},
      {[](BuildInputs& in) { in.commands[0].emplace_back("-O3"); },
       "command 1: g++ -o '${prefix}/bin/x' -> g++ -o '${prefix}/bin/x' -O3"},
  };
  const Ingredients before = ingredients_of(example_inputs());
  for (const Case& each : cases) {
    BuildInputs inputs = example_inputs();
    each.change(inputs);
    const Ingredients after = ingredients_of(inputs);
    const std::vector<Change> found = changes(before, after);
    REQUIRE(found.size() == 1);
    CHECK(describe(found.front()) == each.described);
    CHECK(build_key(before) != build_key(after));
  }
  CHECK(changes(before, before).empty());
}

TEST_CASE("a tool of the same version at the same place but with other bytes is another ingredient") {
  BuildInputs inputs = example_inputs();
  inputs.tools["compiler"].digest = sha256("upgraded").hex();
  const std::vector<Change> found = changes(ingredients_of(example_inputs()), ingredients_of(inputs));
  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "tool compiler");
  CHECK(found.front().after ==
        "gcc 12.2.0 /usr/bin/x86_64-linux-gnu-g++-12 sha256:" + sha256("upgraded").hex());
}

TEST_CASE("a file of a tool with other bytes is another ingredient, and named unless the tool is another") {
  const Ingredients before = ingredients_of(example_inputs());
  BuildInputs inputs = example_inputs();
  inputs.tools["compiler"].files["/usr/bin/gcc"].digest = sha256("other").hex();
  const std::vector<Change> found = changes(before, ingredients_of(inputs));
  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "file of tool compiler /usr/bin/gcc");
  CHECK(found.front().after == "/usr/bin/gcc-12 sha256:" + sha256("other").hex());
  CHECK(why(found) == "compiler: another /usr/bin/gcc");
  CHECK(build_key(before) != build_key(ingredients_of(inputs)));
  inputs.tools["compiler"].files = {{"/opt/my gcc", {}}};
  CHECK(why(changes(before, ingredients_of(inputs))) ==
        "compiler: /opt/my gcc is new; compiler: /usr/bin/gcc is gone");
  inputs.tools["compiler"].version = Version::parse_loose("13.1.0").value();
  CHECK(why(changes(before, ingredients_of(inputs))) == "compiler: gcc 12.2.0 -> 13.1.0");
}

TEST_CASE("the tools of a build are read back from its ingredients") {
  const std::vector<FoundTool> tools =
      store::tools_in({{{"tool compiler", "gcc 12.2.0 /opt/a gcc/bin/gcc sha256:00ff"},
                        {"file of tool compiler /usr/bin/g++", "/usr/bin/g++-12 sha256:11"},
                        {"tool other", "nonsense"},
                        {"tool another", "a b sha256:00"},
                        {"option tool", "gcc 12 /x sha256:00"}}});
  REQUIRE(tools.size() == 1);
  CHECK(tools[0].name == "gcc");
  CHECK(tools[0].version.text() == "12.2.0");
  CHECK(tools[0].real_path == "/opt/a gcc/bin/gcc");
  CHECK(tools[0].digest == "00ff");
}

TEST_CASE("two lists of ingredients never share a key by running together") {
  const std::vector<Ingredients> lists = {
      {{{"ab", "c"}}},      {{{"a", "bc"}}}, {{{"a", "b"}, {"c", ""}}}, {{{"a", ""}, {"bc", ""}}}, {{}},
      {{{"a", "1:b,1:c,"}}}};
  std::set<Digest> keys;
  for (const Ingredients& list : lists) keys.insert(build_key(list));
  CHECK(keys.size() == lists.size());
}

TEST_CASE("why something is built again names causes, and what follows from them only when alone") {
  const Ingredients before = ingredients_of(example_inputs());
  const auto why_after = [&](const std::function<void(BuildInputs&)>& change) {
    BuildInputs inputs = example_inputs();
    change(inputs);
    return why(changes(before, ingredients_of(inputs)));
  };
  CHECK(why_after([](BuildInputs&) {}).empty());
  const auto upgrade = [](BuildInputs& in) {
    in.tools["compiler"].version = Version::parse_loose("13.1.0").value();
    in.commands[0][0] = "g++-13";
  };
  CHECK(why_after(upgrade) == "compiler: gcc 12.2.0 -> 13.1.0");
  CHECK(why_after([](BuildInputs& in) { in.tools["compiler"].digest = sha256("patched").hex(); }) ==
        "compiler: another gcc 12.2.0");
  CHECK(why_after([](BuildInputs& in) { in.tools["compiler"].name = "clang"; }) ==
        "compiler: gcc 12.2.0 -> clang 12.2.0");
  CHECK(why_after([](BuildInputs& in) { in.tools.clear(); }) == "compiler is gone");
  CHECK(why_after([](BuildInputs& in) { in.package = sha256("edited"); }) == "its files changed");
  CHECK(why_after([](BuildInputs& in) { in.commands[0].push_back("-g"); }) == "command 1 changed");
  CHECK(why_after([](BuildInputs& in) {
          in.dependencies["dataset"] = sha256("another");
          in.options["engine"] = "openblas";
        }) == "dependency dataset changed; option engine: native -> openblas");
}

}  // namespace
}  // namespace reef::store
