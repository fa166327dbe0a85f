#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

struct Installed {
  std::vector<std::string> built;   // "digits-weights 1.0.0", in the order in which they were finished
  std::vector<std::string> reused;  // were in the store, or built by another process meanwhile
  std::chrono::nanoseconds fetch_time{};
  std::chrono::nanoseconds build_time{};
};

struct InstallOptions {
  unsigned parallel = 0;  // packages built at the same time, and `${jobs}`; 0: as many as processors
  bool keep = true;       // note that somebody wants this closure: gc then leaves it alone for some time
};

// Fetches and builds what the store does not have yet; independent packages at the same time. What was built
// before a failure stays. A build that fails is an error with the last lines it printed and where its log is.
Result<Installed> install(Session& session, const Plan& plan, const InstallOptions& options,
                          Reporter& reporter);

}  // namespace reef::ops
