#pragma once

#include <string>
#include <vector>

#include "core/action/graph.h"
#include "core/action/workflow.h"

namespace reef::action {

// One step, ready to be run: an action (a copy of the one it names, or one made of its own commands) and its
// parameters.
struct PlannedStep {
  const Step* step = nullptr;
  Action action;  // inputs and outputs of the step added
  Parameters parameters;
  bool named = false;   // an action of the package
  bool forced = false;  // `from_step`, or needs it
  bool declares() const { return !action.inputs.empty() || !action.outputs.empty(); }
};

struct WorkflowPlan {
  std::vector<PlannedStep> steps;  // whose condition holds, as declared
  std::vector<Job> jobs;           // the same, needing one another, also through a step that is left out
};

// Everything that can be wrong with a workflow before anything is run; errors as run_workflow.
Result<WorkflowPlan> plan_workflow(const PackageView& view, const Action& workflow,
                                   const Parameters& parameters, const Folders& folders, unsigned jobs,
                                   const std::string& from_step);

}  // namespace reef::action
