#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/os/cancel.h"
#include "core/os/clock.h"
#include "core/os/environment.h"
#include "core/os/filesystem.h"
#include "core/os/process.h"

namespace reef::cli {

// What the terminal can show.
struct Terminal {
  bool out = false;  // stdout is a terminal
  bool err = false;
  bool colour = false;  // on stdout and stderr alike; never when NO_COLOR is set
  std::size_t width = 80;
  bool dumb = false;  // TERM says that lines cannot be redrawn
};

// The machine as `main` found it, and how the user wants to be answered. Commands hand on what each function
// needs.
struct Host {
  Filesystem& fs;
  ProcessRunner& processes;
  Clock& clock;
  const Cancellation& cancel;
  Environment env;
  Terminal terminal;
  bool json = false;
  bool quiet = false;
  bool offline = false;
  // Long flags of `reef run` that it does not know itself: parameters of the action, in order.
  std::vector<std::pair<std::string, std::string>> parameters;
  // What follows `--` on the command line of `reef exec`.
  std::vector<std::string> command;
  // Those of `parameters` that were given without a value, which is `true` then.
  std::vector<std::string> bare_parameters{};
  // The signal that ended the command of `reef exec` as it is to end us, 0 when none did.
  int ended_by = 0;
  std::optional<std::size_t> resolve_timeout{};  // seconds
};

// A parsed command line, ready to run; the value is the exit status (0, or what a child of `reef run` ended
// with).
using Run = std::function<Result<int>(Host&)>;

}  // namespace reef::cli
