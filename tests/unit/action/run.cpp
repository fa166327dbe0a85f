#include "core/action/run.h"

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/unit/action/fixture.h"

namespace reef::action {
namespace {

// A failure as people see it, without the scratch folder's name.
std::string shown(const Fixture& fixture, const Error& error) {
  std::string text = render(error);
  const std::string folder = fixture.scratch.path().string();
  for (std::size_t at = 0; (at = text.find(folder)) != std::string::npos;)
    text.replace(at, folder.size(), "DIR");
  return text;
}

TEST_CASE("commands run one after the other in the work folder, and what they print is in the log") {
  Fixture fixture;
  fixture.scratch.write("source/say.sh",
                        "pwd\necho \"$@\"\necho error >&2\necho 1 > \"$REEF_OUTPUT/kept\"\n");
  Action action;
  action.name = "test";
  action.run = {script("say.sh", {"${prefix}", "x y"}), command({"cat", "${output}/kept"})};
  const ActionOutcome outcome = fixture.run(action).value();
  REQUIRE(outcome.ok());
  CHECK(outcome.exit_status() == 0);
  REQUIRE(outcome.commands.size() == 2);
  const std::string log = fixture.scratch.read("log");
  CHECK(log.find((fixture.scratch / "work").string() + "\n") != std::string::npos);
  CHECK(log.find(fixture.view.prefix.string() + " x y\n") != std::string::npos);
  CHECK(log.find("error\n") != std::string::npos);
  CHECK(outcome.last_lines.back() == "1");
}

TEST_CASE("a value arrives byte for byte, in arguments and in the environment, and executes nothing") {
  Fixture fixture;
  fixture.scratch.write("source/keep.sh", "printf %s \"$1\" > argument\nprintf %s \"$VALUE\" > variable\n");
  Action action;
  action.name = "test";
  Parameter parameter;
  parameter.name = "value";
  action.parameters = {parameter};
  action.env = {{"VALUE", "${parameters.value}"}};
  action.run = {script("keep.sh", {"${parameters.value}"})};
  for (const std::string value :
       {"", " ", "it's \"quoted\"", "$(touch escaped)", "`touch escaped`", "a=b=c", "two\nlines\n",
        "日本 ü \xF0\x9F\x90\x9A", "\\n\\", "${prefix}", "; touch escaped #", "-n", "*"}) {
    const Parameters parameters = bind_parameters(action, {{"value", value}}).value();
    REQUIRE(fixture.run(action, parameters)->ok());
    CHECK(fixture.scratch.read("work/argument") == value);
    CHECK(fixture.scratch.read("work/variable") == value);
    CHECK_FALSE(exists(fixture.scratch.disk(), fixture.scratch / "work/escaped"));
  }
}

TEST_CASE("a command that fails ends the action with its status, its last lines and its log") {
  Fixture fixture;
  const ActionOutcome outcome = fixture.run_script("fail.sh", "echo before\nexit 7\n").value();
  CHECK_FALSE(outcome.ok());
  CHECK(outcome.exit_status() == 7);
  CHECK(shown(fixture, outcome.failure()) ==
        "error: `fail.sh` failed: exit status 7\n  while running the action `test`\n");
  CHECK(outcome.log == fixture.scratch / "log");
  REQUIRE(outcome.last_lines.size() == 3);
  CHECK(outcome.last_lines[1] == "before");
  CHECK(outcome.last_lines[2] == "[reef: `fail.sh` failed: exit status 7]");
}

TEST_CASE("a script whose middle command fails, or whose pipe breaks, or that uses an unset name fails") {
  Fixture fixture;
  for (const char* text : {"echo a\nfalse\necho b\n", "false | cat\n", "echo $UNSET\n"}) {
    const ActionOutcome outcome = fixture.run_script("middle.sh", text).value();
    CHECK(outcome.exit_status() == 1);
    CHECK(fixture.scratch.read("log").find("\nb\n") == std::string::npos);
  }
}

TEST_CASE("a program that dies of a signal is told by the signal's name") {
  Fixture fixture;
  const ActionOutcome outcome = fixture.run_script("crash.sh", "kill -SEGV $$\n").value();
  CHECK(outcome.exit_status() == 128 + SIGSEGV);
  CHECK(outcome.failure().message() == "`crash.sh` failed: killed by SIGSEGV (Segmentation fault)");
}

TEST_CASE("a missing program is not found, one that cannot be executed is told how it could") {
  Fixture fixture;
  Action action;
  action.name = "test";
  action.run = {command({"no-such-program"}), command({"true"})};
  const ActionOutcome missing = fixture.run(action).value();
  CHECK(missing.commands.size() == 1);
  CHECK(missing.failure().code() == ErrorCode::not_found);
  CHECK(missing.exit_status() == 4);
  CHECK(missing.failure().message() ==
        "cannot find the program `no-such-program` on PATH=/usr/local/bin:/usr/bin:/bin");

  const Path data = fixture.scratch.write("work/data", "text");
  action.run = {command({data.string()})};
  const ActionOutcome refused = fixture.run(action).value();
  CHECK(refused.failure().code() == ErrorCode::io);
  CHECK(refused.failure().hints().front().starts_with("make it executable: `chmod +x "));
}

TEST_CASE("a hanging program and all it started end at the time limit") {
  Fixture fixture;
  fixture.scratch.write("source/hang.sh", "sleep 1000 &\necho $! > child\nwait\n");
  Action action;
  action.name = "test";
  action.run = {command({"true"}), script("hang.sh")};
  action.timeout = std::chrono::seconds(2);
  const ActionOutcome outcome = fixture.run(action).value();
  CHECK(outcome.exit_status() == 124);
  CHECK(outcome.failure().message().starts_with("`hang.sh` failed: stopped after "));
  const int child = std::stoi(fixture.scratch.read("work/child"));
  for (int i = 0; i < 100 && kill(child, 0) == 0; ++i)
    fixture.clock->sleep_for(std::chrono::milliseconds(10));
  const std::string state =
      fixture.scratch.disk().read_file(fmt::format("/proc/{}/stat", child)).value_or("Z");
  CHECK(state.find('Z') != std::string::npos);  // nobody may have reaped it yet; it does not run
}

TEST_CASE("an interrupted action is not a success") {
  Fixture fixture;
  fixture.scratch.write("source/wait.sh", "echo started\nsleep 1000\n");
  Action action;
  action.name = "test";
  action.run = {script("wait.sh"), command({"true"})};
  Cancellation cancel;
  RunContext context = fixture.context();
  context.cancel = &cancel;
  context.observer = [&](const Event& event) {
    if (event.kind == Event::Kind::output) cancel.request();
  };
  const ActionOutcome outcome =
      run_action(fixture.view, action, {}, context, *fixture.runner, fixture.scratch.disk(), *fixture.clock)
          .value();
  CHECK(outcome.commands.size() == 1);
  CHECK(outcome.exit_status() == 130);
  CHECK(outcome.failure().code() == ErrorCode::interrupted);
}

TEST_CASE("a program that prints without end fills neither memory nor disk") {
  Fixture fixture;
  // 200 MiB stand for any amount: what is kept does not depend on it.
  const ActionOutcome outcome =
      fixture.run_script("print.sh", "head -c 209715200 /dev/zero | tr '\\0' x\necho\necho the end\n")
          .value();
  REQUIRE(outcome.ok());
  CHECK(outcome.last_lines.back() == "the end");
  const std::uint64_t size = fixture.scratch.disk().stat(fixture.scratch / "log")->size;
  CHECK(size > Log::kHead + Log::kTail);
  CHECK(size < Log::kHead + Log::kTail + 1000);
  CHECK(fixture.scratch.read("log").find(" cut here]\n") != std::string::npos);
}

TEST_CASE("an output that was declared and not written fails the action") {
  Fixture fixture;
  Action action;
  action.name = "train";
  action.run = {command({"touch", "log-1.txt"})};
  action.outputs = {"log-*.txt"};
  CHECK(fixture.run(action)->ok());
  action.outputs = {"model.onnx"};
  const ActionOutcome outcome = fixture.run(action).value();
  CHECK_FALSE(outcome.ok());
  CHECK(outcome.exit_status() == 4);
  CHECK(shown(fixture, outcome.failure())
            .starts_with(
                "error: `train` did not write what it declares: there is no `model.onnx` in `DIR/work`\n"));
}

TEST_CASE("an action whose input is missing is not begun") {
  Fixture fixture;
  Action action;
  action.name = "train";
  action.run = {command({"touch", "model.onnx"})};
  action.inputs = {"*.csv"};
  const ActionOutcome outcome = fixture.run(action).value();
  CHECK(outcome.commands.empty());
  CHECK(outcome.exit_status() == 4);
  CHECK(shown(fixture, outcome.failure())
            .starts_with(
                "error: `train` needs a file that is not there: nothing matches `*.csv` in `DIR/work`\n"));
}

TEST_CASE("globs are those of the declaration: what a name stands for is taken as it is") {
  Fixture fixture;
  fixture.view.prefix = fixture.scratch / R"(ho[me] é\*x)";
  fixture.scratch.write(R"(ho[me] é\*x/data/a[1]\.txt)", "");
  Action action;
  action.name = "train";
  action.run = {command({"touch", "${output}/r*.txt"})};
  action.parameters.resize(1);
  action.parameters.front().name = "f";
  action.outputs = {"${output}/r*.txt", R"(${output}/r\*.txt)"};
  const auto refused = [&](const std::string& input, const std::string& f) {
    action.inputs = {input};
    const ActionOutcome outcome = fixture.run(action, bind_parameters(action, {{"f", f}}).value()).value();
    const std::string text = outcome.ok() ? "" : outcome.failure().message();
    return text.substr(0, text.rfind(" in `"));
  };
  CHECK(refused("${prefix}/data/a*", "").empty());
  CHECK(refused("${prefix}/data/a?1?*.txt", "").empty());
  CHECK(refused("${prefix}/data/${parameters.f}", R"(a[1]\.txt)").empty());
  CHECK(refused("${prefix}/data/${parameters.f}.t*", R"(a[1]\)").empty());
  CHECK(refused("${prefix}/data/${parameters.f}", "a*") ==
        "`train` needs a file that is not there: there is no `" + (fixture.view.prefix / "data/a*").string() +
            "`");
  CHECK(refused("${parameters.f}?", "a*") == "`train` needs a file that is not there: nothing matches `a*?`");
}

TEST_CASE("a build whose input is missing is told where it begins") {
  Fixture fixture;
  Action action;
  action.name = "build";
  action.inputs = {"a.c"};
  CHECK(shown(fixture, fixture.run(action)->failure()) ==
        "error: `build` needs a file that is not there: there is no `a.c` in `DIR/work`\n"
        "  while running the action `build`\n"
        "hint: a build begins among the `sources` of its package: what they do not name is not there\n");
}

TEST_CASE("the standard input of an action is empty") {
  Fixture fixture;
  const ActionOutcome outcome = fixture.run_script("read.sh", "test -z \"$(cat)\"\n").value();
  CHECK(outcome.ok());
}

TEST_CASE("the build of a package without one is its sources") {
  Fixture fixture;
  fixture.scratch.write("work/data/digits.csv", "1,2");
  REQUIRE(fixture.scratch.disk().make_folder(fixture.view.prefix));
  REQUIRE(
      run_build(fixture.view, {}, fixture.context(), *fixture.runner, fixture.scratch.disk(), *fixture.clock)
          ->ok());
  CHECK(fixture.scratch.read("prefix/data/digits.csv") == "1,2");
}

}  // namespace
}  // namespace reef::action
