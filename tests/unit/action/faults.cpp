#include <catch2/catch.hpp>

#include "core/action/stamp.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/unit/action/fixture.h"

namespace reef::action {
namespace {

TEST_CASE("a stamp says what it said, and is the old one or the new one after a crash at any moment") {
  const Stamp before{"run 1", {{"input a", "1"}}, {{"out", "2"}}, true};
  const Stamp after{"run 2", {{"input a", "3"}, {"odd \n name", "\"x\""}}, {}, false};
  for (int n = 0;; ++n) {
    test::ScratchFolder scratch;
    const Path file = scratch / "stamp.json";
    REQUIRE(write_stamp(scratch.disk(), file, before));
    test::FaultyFilesystem faulty(scratch.disk(), n);
    const Status status = write_stamp(faulty, file, after);
    const std::optional<Stamp> seen = read_stamp(scratch.disk(), file);
    REQUIRE(seen);
    REQUIRE((seen->items == before.items || seen->items == after.items));
    if (faulty.crashed()) continue;
    REQUIRE(status);
    CHECK(seen->run == "run 2");
    CHECK(seen->items == after.items);
    CHECK(seen->outputs == after.outputs);
    CHECK(seen->result() == after.result());
    break;
  }
}

TEST_CASE("a stamp that is cut, of another format or missing means that the step is not done") {
  test::ScratchFolder scratch;
  const Path file = scratch / "stamp.json";
  CHECK_FALSE(read_stamp(scratch.disk(), file));
  REQUIRE(write_stamp(scratch.disk(), file, {"run", {{"a", "b"}}, {}, true}));
  const std::string text = scratch.read("stamp.json");
  for (std::size_t size = 0; size + 2 < text.size(); ++size) {
    scratch.write("stamp.json", text.substr(0, size));
    REQUIRE_FALSE(read_stamp(scratch.disk(), file));
  }
  std::string other = text;
  other.replace(other.find("\"format\": 1"), 11, "\"format\": 2");
  scratch.write("stamp.json", other);
  CHECK_FALSE(read_stamp(scratch.disk(), file));
}

TEST_CASE(
    "a workflow whose disk breaks at any change never counts a step as done whose output is not there") {
  for (int n = 0;; ++n) {
    Fixture fixture;
    Action workflow;
    workflow.name = "chain";
    for (const char* name : {"a", "b"}) {
      Step step;
      step.name = name;
      step.run = {command({"cp", "in", std::string(name) + ".out"})};
      step.inputs = {"in"};
      step.outputs = {std::string(name) + ".out"};
      if (step.name == "b") step.needs = {"a"};
      workflow.steps.push_back(step);
    }
    fixture.scratch.write("work/in", "1");
    WorkflowContext context;
    context.state = fixture.scratch / "state";
    context.run = fixture.context();
    test::FaultyFilesystem faulty(fixture.scratch.disk(), n);
    const auto broken =
        run_workflow(fixture.view, workflow, {}, context, *fixture.runner, faulty, *fixture.clock);
    INFO("crash at change " << n);
    REQUIRE((faulty.crashed() || (broken && broken->ok())));
    REQUIRE((!faulty.crashed() || !broken || !broken->ok()));

    fixture.scratch.write("work/in", "2");
    const auto next = run_workflow(fixture.view, workflow, {}, context, *fixture.runner,
                                   fixture.scratch.disk(), *fixture.clock);
    REQUIRE(next);
    REQUIRE(next->ok());
    CHECK(fixture.scratch.read("work/a.out") == "2");
    CHECK(fixture.scratch.read("work/b.out") == "2");
    if (!faulty.crashed()) break;
  }
}

}  // namespace
}  // namespace reef::action
