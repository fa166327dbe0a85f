#include "core/action/command.h"

#include <catch2/catch.hpp>

#include "tests/unit/action/fixture.h"

namespace reef::action {
namespace {

struct Scripts : Fixture {
  std::vector<std::string> argv_of(const Command& command) {
    const auto expanded =
        expand_commands(scratch.disk(), {command}, view, make_lookup(view, {}, folders(), 1));
    if (!expanded) return {render(expanded.error())};
    return expanded->empty() ? std::vector<std::string>{"left out"} : expanded->front().argv;
  }
  std::string path(const std::string& file) const { return (view.source / file).string(); }
};

TEST_CASE("a script is run by bash that stops at errors, by itself, or by its first line") {
  Scripts fixture;
  fixture.scratch.write("source/run.sh", "echo");
  fixture.scratch.write("source/tool", "#!/bin/sh\n", 0755);
  fixture.scratch.write("source/go.py", "#! /usr/bin/env  python3 -u \nprint()\n");
  fixture.scratch.write("source/plain.txt", "text");
  CHECK(fixture.argv_of(script("run.sh", {"a b", "${prefix}"})) ==
        std::vector<std::string>{"bash", "-euo", "pipefail", fixture.path("run.sh"), "a b",
                                 fixture.view.prefix.string()});
  CHECK(fixture.argv_of(script("tool")) == std::vector<std::string>{fixture.path("tool")});
  CHECK(fixture.argv_of(script("go.py", {"x"})) ==
        std::vector<std::string>{"/usr/bin/env", "python3 -u", fixture.path("go.py"), "x"});
  CHECK(fixture.argv_of(script("plain.txt")).front() ==
        "error: the script `plain.txt` does not say what runs it\nhint: begin it with a line such as "
        "`#!/usr/bin/env python3`\n");
  CHECK(fixture.argv_of(script("rum.sh")).front() == "error: cannot find the script `rum.sh`: there is no `" +
                                                         fixture.path("rum.sh") +
                                                         "`\nhint: did you mean `run.sh`?\n");
}

TEST_CASE(
    "a command is left out when its condition does not hold, and refused when it is empty or holds NUL") {
  Scripts fixture;
  Command other = command({"x"});
  other.when.os = {"macos"};
  CHECK(fixture.argv_of(other).front() == "left out");
  CHECK(fixture.argv_of(command({""})).front() == "error: the command is empty: it has no program\n");
  CHECK(fixture.argv_of(command({"x", std::string("a\0b", 3)})).front() ==
        "error: an argument of `x` holds a NUL byte\n");
}

TEST_CASE("symbolic commands do not depend on where the store, the package and its sources lie") {
  const auto symbolic = [](const std::string& home) {
    Fixture fixture;
    fixture.view.prefix = home + "/store/key-example-1";
    fixture.view.source = home + "/work";
    RoleView dataset;
    dataset.prefix = home + "/store/abc-digits-1";
    fixture.view.roles = {{"dataset", dataset}};
    Exports exports;
    exports.env = {{"PATH", {Exports::Variable::Kind::prepend, home + "/store/abc-digits-1/bin"}}};
    fixture.view.closure = {exports};
    Action action;
    action.name = "build";
    action.run = {command({"cp", "${dataset.prefix}/x", "${prefix}"}), script("build.sh", {"${work}"})};
    return symbolic_commands(fixture.view, action, {}, home + "/store").value();
  };
  const Symbolic here = symbolic("/here");
  const Symbolic there = symbolic("/somewhere/else");
  CHECK(here.commands == std::vector<std::vector<std::string>>{{"cp", "${store}/abc-digits-1/x", "${prefix}"},
                                                               {"${source}/build.sh", "${work}"}});
  CHECK(here.commands == there.commands);
  CHECK(here.environment == there.environment);
  CHECK(here.environment.at("PATH").starts_with("${store}/abc-digits-1/bin:"));
}

}  // namespace
}  // namespace reef::action
