#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "tests/unit/action/fixture.h"

namespace reef::action {
namespace {

using Kind = Exports::Variable::Kind;

TEST_CASE("an action sees its own environment and nothing of the caller's") {
  Fixture fixture;
  REQUIRE(setenv("REEF_TEST_LEAK", "leaked", 1) == 0);
  Action action;
  action.name = "test";
  action.run = {command({"env"})};
  const ActionOutcome outcome = fixture.run(action).value();
  REQUIRE(outcome.ok());
  std::set<std::string> names;
  for (const std::string& line : outcome.last_lines)
    if (const auto equals = line.find('='); equals != std::string::npos) names.insert(line.substr(0, equals));
  CHECK(names == std::set<std::string>{"HOME", "LANG", "LC_ALL", "PATH", "PYTHONDONTWRITEBYTECODE",
                                       "REEF_JOBS", "REEF_METRICS", "REEF_OUTPUT", "REEF_PREFIX",
                                       "SOURCE_DATE_EPOCH", "TMPDIR", "TZ"});
}

TEST_CASE(
    "exports are set, prepended and appended in the order of the closure, and the action's own word is "
    "last") {
  Fixture fixture;
  Exports lower;
  lower.env = {{"PATH", {Kind::prepend, "/lower/bin"}},
               {"FLAGS", {Kind::append, "-a"}},
               {"WHO", {Kind::set, "lower"}}};
  Exports upper;
  upper.env = {{"PATH", {Kind::prepend, "/upper/bin"}},
               {"FLAGS", {Kind::append, "-b"}},
               {"WHO", {Kind::set, "upper"}}};
  fixture.view.closure = {lower, upper};
  fixture.manifest.exports.env = {{"PATH", {Kind::prepend, "${prefix}/bin"}}};
  Action action;
  action.name = "run";
  action.env = {{"MODE", "${platform.os} $HOME $${x}"}};
  const Environment env = action_environment(fixture.view, action, {}, fixture.folders(), 2).value();
  CHECK(env.at("PATH") ==
        (fixture.view.prefix / "bin").string() + ":/upper/bin:/lower/bin:/usr/local/bin:/usr/bin:/bin");
  CHECK(env.at("FLAGS") == "-a:-b");
  CHECK(env.at("WHO") == "upper");
  CHECK(env.at("MODE") == "linux $HOME ${x}");
  CHECK(env.at("REEF_JOBS") == "2");

  action.name = "build";
  const Environment building = action_environment(fixture.view, action, {}, fixture.folders(), 2).value();
  CHECK(building.at("PATH") == "/upper/bin:/lower/bin:/usr/local/bin:/usr/bin:/bin");
}

TEST_CASE("names in templates mean folders, parameters, options, the platform and what fills a role") {
  Fixture fixture;
  Variation precision;
  precision.group = "precision";
  Option fp32;
  fp32.name = "fp32";
  Option int8;
  int8.name = "int8";
  int8.values = {{"flags", {"-DINT8", "-I${prefix}/include"}}};
  precision.options = {fp32, int8};
  fixture.manifest.variations = {precision};
  fixture.view.circumstances.options = {{"precision", "int8"}};
  RoleView gcc;
  gcc.name = "gcc";
  gcc.version = Version::parse_loose("12.2.0").value();
  gcc.path = "/usr/bin/g++";
  gcc.exports.env = {{"CXX", {Kind::set, "/usr/bin/g++"}}};
  gcc.exports.values = {{"flags", {"-a", "-b c"}}};
  fixture.view.roles = {{"compiler", gcc}};
  Parameters parameters;
  parameters.values = {{"threads", 4}};

  const TemplateLookup lookup = make_lookup(fixture.view, parameters, fixture.folders(), 3);
  const auto expand = [&](const std::vector<std::string>& texts) {
    return expand_arguments(texts, lookup).value();
  };
  CHECK(expand({"${compiler.env.CXX}", "${compiler.flags}", "-t${parameters.threads}", "-j${jobs}"}) ==
        std::vector<std::string>{"/usr/bin/g++", "-a", "-b c", "-t4", "-j3"});
  CHECK(expand({"${with.precision}-${platform.arch}", "${with.precision.flags}", "${compiler.version}"}) ==
        std::vector<std::string>{"int8-x86_64", "-DINT8", "-I" + fixture.view.prefix.string() + "/include",
                                 "12.2.0"});

  fixture.view.circumstances.options = {{"precision", "fp32"}};
  CHECK(expand({"x", "${with.precision.flags}"}) == std::vector<std::string>{"x"});
}

TEST_CASE("a name that means nothing here is refused with its neighbour") {
  Fixture fixture;
  RoleView gcc;
  gcc.name = "gcc";
  gcc.exports.env = {{"CXX", {Kind::set, "g++"}}};
  fixture.view.roles = {{"compiler", gcc}};
  const TemplateLookup lookup = make_lookup(fixture.view, {}, fixture.folders(), 1);
  const auto refused = [&](const char* text) { return render(expand_text(text, lookup).error()); };
  CHECK(
      refused("${compilr.path}") ==
      "error: nothing fills the role `compilr` here\n  while expanding `${compilr.path}`\nhint: did you mean "
      "`compiler`?\n");
  CHECK(refused("${compiler.env.CXY}") ==
        "error: `compiler` (gcc) exports no variable `CXY`\n  while expanding `${compiler.env.CXY}`\nhint: "
        "did you "
        "mean `CXX`?\n");
}

}  // namespace
}  // namespace reef::action
