#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/os/cancel.h"

namespace reef::action {

// Jobs that need one another: steps of a workflow, packages to be built.
struct Job {
  std::string name;
  std::vector<std::string> needs;
  Place place;  // for messages
};

// Indices, needed ones first, otherwise as declared. `noun` is what a job is called: "step", "package".
// invalid_input: a need that is nobody's name (with its neighbour), two jobs of one name, a cycle (shown:
// "`a` needs `b`, which needs `a`").
Result<std::vector<std::size_t>> order_of(const std::vector<Job>& jobs, std::string_view noun);

enum class JobEnd { done, failed, not_started };

struct JobsOutcome {
  std::vector<JobEnd> ends;    // as declared
  std::optional<Error> error;  // of the job that failed first; interrupted when cancelled before the end
  bool ok() const { return !error; }
};

struct JobsOptions {
  std::string noun = "step";
  unsigned parallel = 1;
  bool keep_going = false;  // after a failure: true starts what does not need it, false starts nothing more
  const Cancellation* cancel = nullptr;
};

// Runs `body(index)` for every job once all it needs are done, at most `parallel` at the same time, in
// threads of its own; ready jobs start as declared. Jobs that run are never abandoned: it returns when the
// last one has ended. Errors as order_of; failures of jobs are in the outcome.
Result<JobsOutcome> run_jobs(const std::vector<Job>& jobs, const JobsOptions& options,
                             const std::function<Status(std::size_t)>& body);

}  // namespace reef::action
