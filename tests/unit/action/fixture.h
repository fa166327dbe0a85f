#pragma once

#include "core/action/workflow.h"
#include "tests/support/scratch_folder.h"

namespace reef::action {

inline Command command(std::vector<std::string> argv) {
  Command out;
  out.argv = std::move(argv);
  return out;
}

// What a shell script in the source tree does, called with arguments.
inline Command script(const std::string& file, std::vector<std::string> args = {}) {
  Command out;
  out.script = file;
  out.args = std::move(args);
  return out;
}

// A package in a scratch folder, and everything that runs its actions for real.
struct Fixture {
  test::ScratchFolder scratch;
  std::unique_ptr<ProcessRunner> runner = make_process_runner();
  std::unique_ptr<Clock> clock = make_system_clock();
  Manifest manifest;
  PackageView view;

  Fixture() {
    manifest.name = "example";
    view.manifest = &manifest;
    view.prefix = scratch / "prefix";
    view.source = scratch / "source";
    view.circumstances.os = "linux";
    view.circumstances.arch = "x86_64";
  }

  Folders folders() const {
    return {scratch / "work", scratch / "output", scratch / "metrics.json", scratch / "home",
            scratch / "tmp"};
  }
  RunContext context() const {
    RunContext out;
    out.folders = folders();
    out.log = scratch / "log";
    return out;
  }
  Result<ActionOutcome> run(const Action& action, const Parameters& parameters = {}) {
    return run_action(view, action, parameters, context(), *runner, scratch.disk(), *clock);
  }
  // A step that runs one script of the source tree.
  Result<ActionOutcome> run_script(const std::string& file, const std::string& text,
                                   std::uint32_t mode = 0644) {
    scratch.write("source/" + file, text, mode);
    Action action;
    action.name = "test";
    action.run = {script(file)};
    return run(action);
  }
};

}  // namespace reef::action
