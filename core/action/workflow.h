#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/action/run.h"

namespace reef::action {

enum class StepEnd { done, unchanged, failed, not_started };

constexpr const char* kNotDoneBefore = "it was not done before";

struct StepOutcome {
  std::string name;
  StepEnd end = StepEnd::not_started;
  std::optional<ActionOutcome> outcome;  // of a step that ran
  std::optional<Error> error;            // why it failed; not_started: absent
  std::vector<std::string> why;          // why it was not left alone: "input `a.csv` was changed"
  // Of this run or, when unchanged, of the run that is still good:
  Path output;
  Path metrics;
  Path log;
};

struct WorkflowOutcome {
  std::vector<StepOutcome> steps;  // as declared; steps whose condition does not hold are left out
  std::chrono::nanoseconds wall{};
  std::optional<std::size_t> failed;  // index of the step that failed first
  bool interrupted = false;           // cancelled between steps: none failed, some were not started
  bool ok() const;
  // As ActionOutcome: of the step that failed first.
  int exit_status() const;
  Error failure() const;
};

// Runs an action that a step names. The caller can do what this layer cannot: benchmarks.
using ActionRunner =
    std::function<Result<ActionOutcome>(const Action&, const Parameters&, const RunContext&)>;

struct WorkflowContext {
  // Kept from run to run, one folder for each workflow of a project:
  //   lock  unfinished  steps/<step>/{stamp.json, log, metrics.json, output/}
  Path state;
  // Of all steps: `folders.work` is kept from run to run too, inputs and outputs are relative to it.
  // Its output, metrics and log are not used.
  RunContext run;
  unsigned parallel = 1;
  std::string settings;   // of benchmarks, besides their own, in words; empty without any
  std::string from_step;  // repeat it and all that need it; empty: only what changed
  bool measure = false;   // repeat every benchmark: what was measured before is no measurement of now
  // Digest of what any step sees of the package and of what it depends on, besides commands, environment and
  // parameters. Empty, for `preview_workflow` only: not known before the package is built.
  std::string identity;
  // Another process holds this lock: it runs the same workflow, or was started by a run that is gone. We
  // begin to wait.
  std::function<void(const Path& lock)> on_wait;
  ActionRunner run_named;  // empty: run_action
};

// Runs the steps of an action, in parallel where they do not need one another.
//
// A step is left alone ("unchanged") when it declares inputs or outputs and its stamp says the same as now:
// identity, commands, environment, parameters, what a benchmark measures and how, digests of its inputs,
// results of the steps it needs, and its outputs are there with the digests they had. A step that declares
// neither is always repeated, except that a run that was killed or failed goes on where it stopped. Inputs
// and outputs of the action that a step names count as its own. A stamp is written, atomically, after the
// step succeeded and its outputs were digested.
//
// When this process is killed, a program that it started may go on for a while: the next run of the workflow
// waits for its end before it looks at any file.
//
// A step whose condition does not hold is left out: who needs it needs what it needs. A benchmark has the
// machine for itself: no other step runs meanwhile.
//
// A step that fails stops those that need it; the others are finished. Errors (nothing was run): a cycle, a
// need, an action or a `from_step` that does not exist (with its neighbour), parameters that do not fit, a
// state folder that cannot be written.
Result<WorkflowOutcome> run_workflow(const PackageView& view, const Action& action,
                                     const Parameters& parameters, const WorkflowContext& context,
                                     ProcessRunner& runner, Filesystem& fs, Clock& clock);

// What `run_workflow` would do with a step now.
struct StepPreview {
  std::string name;
  std::vector<std::string> why;    // it must be repeated, or cannot be
  std::vector<std::string> after;  // steps that it needs and that may be repeated: it may be, too
  bool after_build = false;        // it may be, since the files of the package may become others
};

// Of all steps whose condition holds, as declared. Runs nothing, writes nothing and waits for nobody. Errors
// as `run_workflow`.
Result<std::vector<StepPreview>> preview_workflow(const PackageView& view, const Action& action,
                                                  const Parameters& parameters,
                                                  const WorkflowContext& context, Filesystem& fs);

}  // namespace reef::action
