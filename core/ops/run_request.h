#pragma once

#include "core/action/workflow.h"
#include "core/ops/benchmark.h"
#include "core/ops/plan.h"

// What is asked of an action, and what can be said of it before anything runs.
namespace reef::ops {

struct RunRequest {
  std::string action;
  std::vector<std::pair<std::string, std::string>> parameters;  // as typed
  BenchmarkOverrides benchmark;
  std::string from_step;  // of a workflow
  bool measure = false;   // its benchmarks are repeated though nothing changed; with `sweep` they always are
  unsigned parallel = 0;  // 0: as many as processors
  std::optional<std::chrono::milliseconds> time_limit;
  bool update_lock = true;             // of a project, once everything is installed
  std::optional<RecordedSweep> sweep;  // that this run belongs to
};

// How many steps and builds at once.
unsigned jobs_of(const RunRequest& request);

// The action of a package that is to be run; not_found with its neighbour and what there is, usage for
// `build`: what is in the store is never written again.
Result<const Action*> find_action(const Manifest& manifest, const std::string& name);

// The benchmarks among an action and its steps.
std::vector<const Action*> measured_in(const Manifest& manifest, const Action& action);

// Whether an action, or a step of it, can be measured so: usage, or invalid_input when its settings do not
// fit together.
Status check_benchmark(const Manifest& manifest, const Action& action, const BenchmarkOverrides& overrides);

// `check_benchmark`, and that a step to start from belongs to a workflow.
Status check_request(const Manifest& manifest, const Action& action, const RunRequest& request);

// Where a workflow of the target keeps its state and its work, and how it is run; the other folders are to be
// named, all symbols until then, and so is the identity.
action::WorkflowContext workflow_context(const Session& session, const Plan& plan, const RunRequest& request);

// Digest of what the steps see of the target and of what it depends on: build keys, tools, and the files of
// the target's prefix. Not its manifest: what a step has from there is among the items of its stamp. The
// target must be installed.
Result<std::string> workflow_identity(const Session& session, const Plan& plan);

// What would be executed, as argument arrays, in order: for `--dry-run`.
struct PlannedCommand {
  std::string step;  // of a workflow, else empty
  std::vector<std::string> argv;
};
Result<std::vector<PlannedCommand>> planned_commands(Session& session, const Plan& plan,
                                                     const RunRequest& request);

// Which steps of a workflow would be repeated, and why; none of an action that is no workflow.
Result<std::vector<action::StepPreview>> planned_steps(Session& session, const Plan& plan,
                                                       const RunRequest& request);

}  // namespace reef::ops
