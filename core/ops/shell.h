#pragma once

#include <csignal>

#include "core/ops/install.h"

namespace reef::ops {

// A command line and an environment to run it in.
struct Prepared {
  std::vector<std::string> argv;
  Environment env;
  LiveFolder scratch;          // HOME, TMPDIR, REEF_OUTPUT of the command
  std::vector<int> inherited;  // what keeps the prefixes that it uses
  int stop_signal = SIGTERM;   // what asks it to end
};

// The environment that the package's build and its actions see, after installing what is missing. Of the
// caller's environment TERM stays, and the names in `keep`.
Result<Prepared> prepare_exec(Session& session, const Plan& plan, std::vector<std::string> argv,
                              const std::vector<std::string>& keep, Reporter& reporter);

// The same for the user's own shell ($SHELL, else /bin/sh), with the user's HOME; an interactive one on a
// terminal, where the environment is set after the user's start-up files (see start_shell). not_found when
// there is no such program.
Result<Prepared> prepare_shell(Session& session, const Plan& plan, const std::vector<std::string>& keep,
                               bool terminal, Reporter& reporter);

// Runs it on our terminal. What it printed is not kept.
Result<ProcessResult> run_prepared(ProcessRunner& processes, const Prepared& prepared,
                                   const Cancellation& cancel);

}  // namespace reef::ops
