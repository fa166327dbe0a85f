#pragma once

#include "core/ops/install.h"
#include "core/ops/run_request.h"

namespace reef::ops {

// What happened, and where it is recorded. A run that failed has a record too.
struct RunReport {
  Record record;
  Path folder;
  int exit_status = 0;
  std::optional<Error> failure;
  std::vector<std::string> steps;  // of a workflow: "train: done (input `a` was changed)", "test: unchanged"
};

// Installs what is missing, runs the action and records it. A run that could not even begin (wrong
// parameters, a build that failed) is an error without a record.
Result<RunReport> run(Session& session, const Plan& plan, const RunRequest& request, Reporter& reporter);

}  // namespace reef::ops
