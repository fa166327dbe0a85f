#include "core/action/workflow.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <random>
#include <thread>

#include "core/os/lock.h"
#include "tests/unit/action/fixture.h"

namespace reef::action {
namespace {

Step step(const std::string& name, std::vector<std::string> needs, std::vector<Command> run) {
  Step out;
  out.name = name;
  out.needs = std::move(needs);
  out.run = std::move(run);
  return out;
}

// prepare: data.csv -> clean.csv; train: clean.csv -> model; measure: declares nothing, needs train; note:
// alone. Every step appends its name to the file `ran`.
struct Pipeline : Fixture {
  Action workflow;
  WorkflowContext context;

  Pipeline() {
    scratch.write("source/step.sh",
                  "echo -n \"$1 \" >> ran\nif [ $# -gt 2 ]; then sort \"$2\" > \"$3\"; fi\n");
    scratch.write("work/data.csv", "2\n1\n");
    workflow.name = "reproduce";
    workflow.steps = {step("measure", {"train"}, {script("step.sh", {"measure"})}),
                      step("prepare", {}, {script("step.sh", {"prepare", "data.csv", "clean.csv"})}),
                      step("train", {"prepare"}, {script("step.sh", {"train", "clean.csv", "model"})})};
    workflow.steps[1].inputs = {"data.csv"};
    workflow.steps[1].outputs = {"clean.csv"};
    workflow.steps[2].inputs = {"clean.csv"};
    workflow.steps[2].outputs = {"model"};
    context.state = scratch / "state";
    context.run = Fixture::context();
    context.identity = "package 1";
  }

  Result<WorkflowOutcome> attempt() {
    return run_workflow(view, workflow, {}, context, *runner, scratch.disk(), *clock);
  }
  // Runs it and returns the steps that really ran, in order.
  std::string ran() {
    (void)remove_tree(scratch.disk(), scratch / "work/ran");
    const Result<WorkflowOutcome> outcome = attempt();
    if (!outcome) return render(outcome.error());
    last = *outcome;
    return scratch.disk().read_file(scratch / "work/ran").value_or("");
  }
  StepEnd end_of(const std::string& name) const {
    for (const StepOutcome& each : last.steps)
      if (each.name == name) return each.end;
    throw std::logic_error("no such step");
  }
  WorkflowOutcome last;
};

TEST_CASE("steps run after those they need, and only what changed is repeated") {
  Pipeline pipeline;
  CHECK(pipeline.ran() == "prepare train measure ");
  CHECK(pipeline.last.ok());
  CHECK(pipeline.ran() == "measure ");
  CHECK(pipeline.end_of("prepare") == StepEnd::unchanged);
  CHECK(pipeline.last.steps[0].why == std::vector<std::string>{"it declares neither inputs nor outputs"});

  // The same lines in another order: prepared they are the same, so that training is left alone.
  pipeline.scratch.write("work/data.csv", "1\n2\n");
  CHECK(pipeline.ran() == "prepare measure ");
  CHECK(pipeline.last.steps[1].why == std::vector<std::string>{"input `data.csv` was changed"});
  pipeline.scratch.write("work/data.csv", "3\n");
  CHECK(pipeline.ran() == "prepare train measure ");
}

TEST_CASE("an output that was changed or removed is made again") {
  Pipeline pipeline;
  pipeline.ran();
  pipeline.scratch.write("work/model", "spoilt");
  CHECK(pipeline.ran() == "train measure ");
  CHECK(pipeline.last.steps[2].why == std::vector<std::string>{"output `model` is not as it was"});
  REQUIRE(pipeline.scratch.disk().remove_file(pipeline.scratch / "work/model"));
  CHECK(pipeline.ran() == "train measure ");
}

TEST_CASE("an output whose name reads like a pattern is left alone, too") {
  Pipeline pipeline;
  pipeline.workflow.steps = {step("split", {}, {script("step.sh", {"split", "data.csv", "a[1].txt"})})};
  pipeline.workflow.steps[0].outputs = {"a*.txt"};
  CHECK(pipeline.ran() == "split ");
  CHECK(pipeline.ran().empty());
  CHECK(pipeline.end_of("split") == StepEnd::unchanged);
  pipeline.scratch.write("work/a[1].txt", "spoilt");
  pipeline.scratch.write("work/a1.txt", "1\n2\n");
  CHECK(pipeline.ran() == "split ");
}

TEST_CASE("another package, command, variable or parameter is a change") {
  Pipeline pipeline;
  pipeline.ran();
  pipeline.context.identity = "package 2";
  CHECK(pipeline.ran() == "prepare train measure ");
  pipeline.workflow.env = {{"SEED", "1"}};
  CHECK(pipeline.ran() == "prepare train measure ");
  CHECK(pipeline.last.steps[1].why == std::vector<std::string>{"environment `SEED` is new"});
  pipeline.workflow.steps[2].run.push_back(command({"true"}));
  CHECK(pipeline.ran() == "train measure ");
  CHECK(pipeline.last.steps[2].why == std::vector<std::string>{"command `2` is new"});
  pipeline.ran();
}

TEST_CASE("from a step on everything is repeated, and what comes before is left alone") {
  Pipeline pipeline;
  pipeline.ran();
  pipeline.context.from_step = "train";
  CHECK(pipeline.ran() == "train measure ");
  pipeline.context.from_step = "measure";
  CHECK(pipeline.ran() == "measure ");
  pipeline.context.from_step = "trian";
  CHECK(pipeline.ran() ==
        "error: there is no step `trian`\n  while running the workflow `reproduce`\nhint: did you mean "
        "`train`?\n");
}

TEST_CASE(
    "a step that fails stops those that need it, the others are finished, and the next run goes on there") {
  Pipeline pipeline;
  pipeline.workflow.steps.push_back(step("note", {}, {script("step.sh", {"note"})}));
  pipeline.workflow.steps[2].run.insert(pipeline.workflow.steps[2].run.begin(),
                                        command({"test", "-e", "allowed"}));
  CHECK(pipeline.ran() == "prepare note ");
  CHECK(pipeline.last.exit_status() == 1);
  CHECK(pipeline.end_of("train") == StepEnd::failed);
  CHECK(pipeline.end_of("measure") == StepEnd::not_started);
  CHECK(pipeline.last.failure().contexts() ==
        std::vector<std::string>{"running the action `train`", "running the step `train`"});
  pipeline.scratch.write("work/allowed", "");
  CHECK(pipeline.ran() == "train measure ");  // `note` declares nothing, but was done in this very attempt
  CHECK(pipeline.ran() == "measure note ");
}

TEST_CASE("a step may run an action of the package with parameters of its own") {
  Pipeline pipeline;
  Action train;
  train.name = "train";
  Parameter epochs;
  epochs.name = "epochs";
  epochs.type = ParameterType::integer;
  epochs.fallback = 1;
  train.parameters = {epochs};
  train.run = {script("step.sh", {"epochs=${parameters.epochs}", "clean.csv", "model"})};
  train.outputs = {"model"};
  pipeline.manifest.actions = {train};
  pipeline.workflow.steps[2].run.clear();
  pipeline.workflow.steps[2].action = "train";
  pipeline.workflow.steps[2].parameters = {{"epochs", "5"}};
  CHECK(pipeline.ran() == "prepare epochs=5 measure ");
  pipeline.workflow.steps[2].parameters = {{"epochs", "6"}};
  CHECK(pipeline.ran() == "epochs=6 measure ");
  CHECK(pipeline.last.steps[2].why ==
        std::vector<std::string>{"command `1` was changed", "parameter `epochs`: 5 -> 6"});

  pipeline.workflow.steps[2].action = "tran";
  CHECK(pipeline.ran().find("hint: did you mean `train`?") != std::string::npos);
  pipeline.workflow.steps[2].action = "train";
  pipeline.workflow.steps[2].parameters = {{"epoch", "5"}};
  CHECK(pipeline.ran().find("hint: did you mean `epochs`?") != std::string::npos);
}

namespace {

Action measuring() {
  Action out;
  out.name = "measure";
  out.benchmark.emplace().command = {"true"};
  return out;
}

}  // namespace

TEST_CASE("what a benchmark measures, and how, is a change") {
  Pipeline pipeline;
  pipeline.manifest.actions = {measuring()};
  Step step;
  step.name = step.action = "measure";
  step.inputs = {"data.csv"};
  pipeline.workflow.steps = {step};
  pipeline.ran();
  pipeline.ran();
  CHECK(pipeline.end_of("measure") == StepEnd::unchanged);
  pipeline.manifest.actions[0].benchmark->queries = 5;
  pipeline.manifest.actions[0].benchmark->command = {"false"};
  pipeline.ran();
  CHECK(pipeline.last.steps[0].why ==
        std::vector<std::string>{"benchmark was changed", "command `1` was changed"});
  pipeline.ran();
  CHECK(pipeline.end_of("measure") == StepEnd::unchanged);
  pipeline.context.measure = true;
  pipeline.ran();
  CHECK(pipeline.last.steps[0].why == std::vector<std::string>{"it is measured anew"});
}

TEST_CASE("nothing else runs beside a benchmark") {
  Pipeline pipeline;
  pipeline.manifest.actions = {measuring()};
  for (const char* name : {"a", "b", "c"}) {
    Step step;
    step.name = name;
    step.action = "measure";
    pipeline.workflow.steps.push_back(step);
  }
  pipeline.context.parallel = 4;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  pipeline.context.run_named = [&](const Action& action, const Parameters&, const RunContext&) {
    most = std::max(most.load(), ++running);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    --running;
    ActionOutcome out;
    out.action = action.name;
    return Result<ActionOutcome>(out);
  };
  pipeline.ran();
  CHECK(pipeline.last.ok());
  CHECK(most == 1);
}

TEST_CASE("what a package holds is not known before it is built") {
  Pipeline pipeline;
  pipeline.ran();
  pipeline.context.identity = "";
  pipeline.workflow.steps[2].run.push_back(command({"true"}));
  const auto preview =
      preview_workflow(pipeline.view, pipeline.workflow, {}, pipeline.context, pipeline.scratch.disk())
          .value();
  CHECK((preview[1].after_build && preview[1].why.empty()));
  CHECK(preview[2].after == std::vector<std::string>{"prepare"});
  CHECK(preview[2].why == std::vector<std::string>{"command `2` is new"});
}

TEST_CASE("a cyclic workflow is refused before anything runs") {
  Pipeline pipeline;
  pipeline.workflow.steps[1].needs = {"measure"};
  CHECK(pipeline.ran() ==
        "error: the steps need one another: `measure` needs `train`, which needs `prepare`, which needs "
        "`measure`\n"
        "  while running the workflow `reproduce`\n");
  CHECK_FALSE(exists(pipeline.scratch.disk(), pipeline.scratch / "state"));
}

TEST_CASE("a step whose condition does not hold is left out, and nobody waits for it") {
  Pipeline pipeline;
  pipeline.workflow.steps[1].when.os = {"macos"};
  pipeline.scratch.write("work/clean.csv", "1\n");
  CHECK(pipeline.ran() == "train measure ");
}

TEST_CASE("who needs a step that is left out needs what that one needs") {
  Pipeline pipeline;
  pipeline.workflow.steps.push_back(step("augment", {"prepare"}, {script("step.sh", {"augment"})}));
  pipeline.workflow.steps.push_back(step("shuffle", {"augment"}, {script("step.sh", {"shuffle"})}));
  pipeline.workflow.steps[3].when.os = {"macos"};
  pipeline.workflow.steps[4].when.os = {"macos"};
  pipeline.workflow.steps[2].needs = {"shuffle", "prepare"};
  pipeline.workflow.steps[2].inputs = {};  // only the stamp of `prepare` tells that there is something to do
  CHECK(pipeline.ran() == "prepare train measure ");
  pipeline.scratch.write("work/data.csv", "3\n");
  pipeline.workflow.steps[2].needs = {"shuffle"};
  CHECK(pipeline.ran() == "prepare train measure ");
  CHECK(pipeline.last.steps[2].why == std::vector<std::string>{"step `prepare` was changed"});
  pipeline.context.from_step = "prepare";
  CHECK(pipeline.ran() == "prepare train measure ");
  pipeline.context.from_step = "augment";
  CHECK(pipeline.ran() ==
        "error: the step `augment` is left out here: it runs only when os is macos\n"
        "  while running the workflow `reproduce`\n");
}

TEST_CASE("an input that is not there, and an output that was not written, fail the step") {
  Pipeline pipeline;
  pipeline.workflow.steps[1].place.line = 3;
  REQUIRE(pipeline.scratch.disk().remove_file(pipeline.scratch / "work/data.csv"));
  pipeline.ran();
  CHECK(pipeline.last.exit_status() == 4);
  CHECK(pipeline.last.failure().message().starts_with(
      "`prepare` needs a file that is not there: there is no `data.csv`"));
  CHECK(pipeline.last.failure().place()->line == 3);
  CHECK(pipeline.last.failure().hints().front().starts_with("the `inputs` of a step are written by "));
  pipeline.scratch.write("work/data.csv", "1\n");
  pipeline.workflow.steps[1].outputs = {"clean.csv", "summary.txt"};
  pipeline.ran();
  CHECK_FALSE(pipeline.last.ok());
  CHECK(pipeline.last.failure().message().starts_with(
      "`prepare` did not write what it declares: there is no `summary"));
}

TEST_CASE("a device that is read, or a FIFO that is written, fails the step instead of hanging") {
  Pipeline pipeline;
  pipeline.workflow.steps[1].inputs = {"/dev/zero"};
  pipeline.ran();
  CHECK(pipeline.last.failure().message() == "`/dev/zero` is neither a file nor a folder");
  pipeline.workflow.steps[1].inputs = {};
  pipeline.workflow.steps[1].outputs = {"pipe"};
  pipeline.workflow.steps[1].run = {command({"mkfifo", "pipe"})};
  pipeline.ran();
  CHECK(pipeline.last.failure().message().ends_with("/pipe` is neither a file nor a folder"));
}

TEST_CASE("steps that do not need one another run at the same time when they may") {
  Pipeline pipeline;
  // Each ends only when it saw the other begin.
  pipeline.scratch.write("source/meet.sh", "touch \"$1\"\nuntil [ -e \"$2\" ]; do sleep 0.01; done\n");
  pipeline.workflow.steps = {step("a", {}, {script("meet.sh", {"a-is-here", "b-is-here"})}),
                             step("b", {}, {script("meet.sh", {"b-is-here", "a-is-here"})})};
  pipeline.workflow.timeout = std::chrono::seconds(20);
  pipeline.context.parallel = 2;
  pipeline.ran();
  CHECK(pipeline.last.ok());
}

TEST_CASE("a workflow killed at any instant goes on with the step that was not finished") {
  test::ScratchFolder scratch;
  const auto runner = make_process_runner();
  const auto clock = make_system_clock();
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same instants every time, as far as a kill can be
  ProcessSpec spec;
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  const auto times_run = [&](const Path& folder, int step) {
    return scratch.disk().read_file(folder / "work" / fmt::format("ran-{}", step)).value_or("").size();
  };
  int resumed = 0;
  for (int i = 0; i < 12; ++i) {
    const Path folder = scratch / std::to_string(i);
    spec.argv = {REEF_WORKFLOW_RUNNER, folder.string()};
    const auto child = runner->start(spec).value();
    // Some way into the first, second, third or fourth step, however slow this machine is.
    const Path begun = folder / "work" / fmt::format("ran-{}", i % 4);
    while (!exists(scratch.disk(), begun)) clock->sleep_for(std::chrono::microseconds(200));
    clock->sleep_for(std::chrono::microseconds(random() % 8'000));
    kill(child->pid(), SIGKILL);
    // The orphan of a step holds the lock; a step without a stamp is not done, whatever it wrote.
    std::vector<std::size_t> done(4);
    {
      const FileLock lock = FileLock::acquire(folder / "state/lock", std::chrono::seconds(20)).value();
      for (int s = 0; s < 4; ++s)
        if (exists(scratch.disk(), folder / "state/steps" / fmt::format("step-{}", s) / "stamp.json"))
          done[static_cast<std::size_t>(s)] = times_run(folder, s);
    }
    const ProcessResult second = runner->run(spec).value();
    INFO(second.err);
    REQUIRE(second.ok());
    for (int s = 0; s < 4; ++s) {
      const std::size_t before = done[static_cast<std::size_t>(s)];
      if (before > 0) ++resumed;
      if (before > 0) CHECK(times_run(folder, s) == before);
      CHECK(scratch.disk().read_file(folder / "work" / fmt::format("out-{}", s)).value() ==
            fmt::format("{}\n", s));
    }
  }
  CHECK(resumed > 0);
}

TEST_CASE("a step of a killed workflow is begun again once nobody is at it any more") {
  test::ScratchFolder scratch;
  const auto runner = make_process_runner();
  const auto clock = make_system_clock();
  scratch.write("work/hold", "");
  ProcessSpec spec;
  spec.argv = {REEF_WORKFLOW_RUNNER, scratch.path().string()};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  const auto child = runner->start(spec).value();
  while (scratch.disk().read_file(scratch / "work/ran-0").value_or("") != "x")
    clock->sleep_for(std::chrono::milliseconds(1));
  kill(child->pid(), SIGKILL);
  REQUIRE(child->wait(std::chrono::seconds(20))->kind == ExitKind::signalled);
  // The step holds the lock while it lives: whether the watchdog ended it or it comes to its own end, nobody
  // looks at half-written files.
  REQUIRE(scratch.disk().remove_file(scratch / "work/hold"));
  CHECK(FileLock::acquire(scratch / "state/lock", std::chrono::seconds(20)));
  CHECK(runner->run(spec)->ok());
  CHECK(scratch.read("work/ran-0") == "xx");
}

}  // namespace
}  // namespace reef::action
