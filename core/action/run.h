#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/action/command.h"
#include "core/action/log.h"
#include "core/os/clock.h"

namespace reef::action {

// One process of an action.
struct CommandOutcome {
  std::vector<std::string> argv;
  Place place;
  std::optional<Error> not_started;  // the program is missing or cannot be executed
  ProcessResult result;              // exit, times, peak memory; `out` and `err` are empty
  bool ok() const { return !not_started && result.ok(); }
};

// What an action did. A program that ran and failed is an outcome, not an error.
struct ActionOutcome {
  std::string action;
  std::vector<CommandOutcome> commands;  // that were started, in order; only the last one can have failed
  std::optional<Error> refused;          // no command could be made out, or a declared file is not there
  std::chrono::nanoseconds wall{};
  std::uint64_t peak_memory = 0;  // bytes, the largest of its processes
  Path log;                       // empty when none was kept
  std::vector<std::string> last_lines;

  bool ok() const;
  // For the caller's own exit status: 0, the child's, 128 + signal, 124 after a time limit, 130 when
  // interrupted, the number of its error code when the program could not be started.
  int exit_status() const;
  // "`classify` failed: exit status 7", with the place of the command. Where the log is, whoever keeps it
  // says: it may move. Only when it failed. Code: io; not_found or io when the program was not started;
  // interrupted when cancelled.
  Error failure() const;
};

struct Event {
  enum class Kind { command_started, output, command_ended, step_started, step_unchanged, step_ended };
  Kind kind = Kind::output;
  std::string step;                         // of a workflow, else empty
  const CommandOutcome* command = nullptr;  // started (argv only) and ended
  Stream stream = Stream::out;              // output
  std::string_view bytes;
  bool ok = true;  // step_ended
};
// Called by one thread at a time, which waits: be quick.
using Observer = std::function<void(const Event&)>;

struct RunContext {
  Folders folders;  // those that are missing are created
  Path log;         // empty: none
  unsigned jobs = 1;
  std::optional<std::chrono::milliseconds> time_limit;  // of the whole action; beside the action's own
  const Cancellation* cancel = nullptr;
  std::vector<int> inherited;  // as ProcessSpec::inherited, for locks
  Observer observer;
};

// Runs the commands of an action (`run`) one after the other, in their own process groups, standard input
// empty; the first that fails ends it. Before, every file of `action.inputs` must exist, afterwards every
// file of `action.outputs` must exist. Errors: templates that mean nothing, scripts that are missing, folders
// that cannot be created, a log that could not be written.
Result<ActionOutcome> run_action(const PackageView& view, const Action& action, const Parameters& parameters,
                                 const RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                 Clock& clock);

// Before an action runs: every file of its `inputs` must exist; else not_found, which names it.
Status check_inputs(const PackageView& view, const Action& action, const Parameters& parameters,
                    const RunContext& context, Filesystem& fs);

// After an action has run: every file of its `outputs` must exist; else not_found, which names it.
Status check_outputs(const PackageView& view, const Action& action, const Parameters& parameters,
                     const RunContext& context, Filesystem& fs);

// Runs `build`. A package without that action is its sources: they are moved from the work folder to the
// prefix.
Result<ActionOutcome> run_build(const PackageView& view, const Parameters& parameters,
                                const RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                Clock& clock);

}  // namespace reef::action
