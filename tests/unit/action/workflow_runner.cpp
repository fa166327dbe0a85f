// workflow_runner FOLDER: runs a workflow of four steps, one after the other, each of a few milliseconds,
// or for as long as `hold` is in the folder `work` of FOLDER.
#include <cstdio>

#include "core/action/workflow.h"

namespace {

using namespace reef;  // NOLINT(google-build-using-namespace): a program of one page

constexpr const char* kScript =
    "echo -n x >> ran-$1\nsleep 0.005\nwhile [ -e hold ]; do sleep 0.01; done\necho $1 > out-$1\n";

Action workflow() {
  Action out;
  out.name = "chain";
  for (int i = 0; i < 4; ++i) {
    Step step;
    step.name = fmt::format("step-{}", i);
    if (i > 0) step.needs = {fmt::format("step-{}", i - 1)};
    Command command;
    command.script = "step.sh";
    command.args = {std::to_string(i)};
    step.run = {command};
    step.outputs = {fmt::format("out-{}", i)};
    out.steps.push_back(step);
  }
  return out;
}

Status run(const Path& folder) {
  const auto disk = make_disk();
  TRY_STATUS(make_folders(*disk, folder / "source"));
  TRY_STATUS(write_atomic(*disk, folder / "source/step.sh", kScript));
  Manifest manifest;
  manifest.name = "example";
  action::PackageView view;
  view.manifest = &manifest;
  view.source = folder / "source";
  action::WorkflowContext context;
  context.state = folder / "state";
  context.run.folders = {folder / "work", {}, {}, folder / "home", folder / "tmp"};
  TRY(const auto outcome, action::run_workflow(view, workflow(), {}, context, *make_process_runner(), *disk,
                                               *make_system_clock()));
  if (!outcome.ok()) return tl::make_unexpected(outcome.failure());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const Status status = run(argv[1]);
  if (status) return 0;
  std::fputs(render(status.error()).c_str(), stderr);
  return 1;
}
