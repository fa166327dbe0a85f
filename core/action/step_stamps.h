#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/action/stamp.h"
#include "core/action/workflow.h"
#include "core/action/workflow_plan.h"

namespace reef::action {

// Everything that decides what a step does, by name: "input a.csv" -> digest.
using StepItems = std::map<std::string, std::string>;

// What the steps of a workflow were when they were done, kept in its state folder, and whether that is still
// so. Steps have the numbers of the plan. Threads may ask and tell at once, of different steps.
class StepStamps {
 public:
  // All three outlive this. `run` is the name of this run of the workflow, or of the one that it goes on
  // with.
  StepStamps(const PackageView& view, const WorkflowPlan& plan, const WorkflowContext& context,
             Filesystem& fs, std::string run);

  Path folder_of(std::size_t i) const;
  Path file_of(std::size_t i) const;
  Folders folders_of(std::size_t i) const;

  // The steps that it needs are done: `is_done` or `write` came first. not_found for an input that is not
  // there.
  Result<StepItems> items_of(std::size_t i) const;
  // Why the step must be repeated; nothing when it is done still, and then it counts as done from now on.
  std::vector<std::string> is_done(std::size_t i, const StepItems& items);
  // Those that hold whatever its inputs are and the steps give that it needs.
  std::vector<std::string> certain_reasons(std::size_t i) const;
  // It was done with these; digests its outputs.
  Status write(std::size_t i, StepItems items);

 private:
  // But for inputs and steps.
  Result<StepItems> own_items(std::size_t i) const;
  TemplateLookup lookup_of(std::size_t i) const;
  std::vector<std::string> reasons(std::size_t i, const std::optional<Stamp>& stamp) const;
  bool has_digest(const std::string& path, const std::string& digest) const;

  const PackageView& view_;
  const WorkflowPlan& plan_;
  const WorkflowContext& context_;
  Filesystem& fs_;
  const std::string run_;
  std::vector<Stamp> stamps_;  // of the steps that are done
};

// In the state folder: the name of a run that did not end well, which the next one goes on with.
constexpr std::string_view kUnfinishedName = "unfinished";
// Empty when there is none.
std::string unfinished_run(Filesystem& fs, const Path& state);

}  // namespace reef::action
