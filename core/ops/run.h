#pragma once

#include "core/ops/benchmark.h"
#include "core/ops/install.h"

namespace reef::ops {

struct RunRequest {
  std::string action;
  std::vector<std::pair<std::string, std::string>> parameters;  // as typed
  BenchmarkOverrides benchmark;
  std::string from_step;  // of a workflow
  unsigned parallel = 0;  // 0: as many as processors
  std::optional<std::chrono::milliseconds> time_limit;
  bool update_lock = true;             // of a project, once everything is installed
  std::optional<RecordedSweep> sweep;  // that this run belongs to
};

// What happened, and where it is recorded. A run that failed has a record too.
struct RunReport {
  Record record;
  Path folder;
  int exit_status = 0;
  std::optional<Error> failure;
  std::vector<std::string> steps;  // of a workflow: "train: done", "measure: unchanged"
};

// The action of a package; not_found with its neighbour and what there is.
Result<const Action*> find_action(const Manifest& manifest, const std::string& name);

// Whether an action, or a step of it, can be measured so: usage, or invalid_input when its settings do not
// fit together.
Status check_benchmark(const Manifest& manifest, const Action& action, const BenchmarkOverrides& overrides);

// Installs what is missing, runs the action and records it. A run that could not even begin (wrong
// parameters, a build that failed) is an error without a record.
Result<RunReport> run(Session& session, const Plan& plan, const RunRequest& request, Reporter& reporter);

// What would be executed, as argument arrays, in order: for `--dry-run`.
struct PlannedCommand {
  std::string step;  // of a workflow, else empty
  std::vector<std::string> argv;
};
Result<std::vector<PlannedCommand>> planned_commands(Session& session, const Plan& plan,
                                                     const RunRequest& request);

}  // namespace reef::ops
