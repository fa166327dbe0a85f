#include "core/ops/shell.h"

#include <unistd.h>

#include <csignal>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/progress.h"

namespace reef::cli {
namespace shell_verb {
namespace {

constexpr int kSignalBase = 128;

struct Options {
  std::string package;
  std::vector<std::string> with;
  std::vector<std::string> keep;
};

Result<int> run(Host& host, const Options& options, bool interactive) {
  if (host.json)
    return make_error(ErrorCode::usage, "`--json` has no meaning here: what the command prints is the output")
        .hint("`reef install --json` tells what was chosen and where it is");
  if (!interactive && host.command.empty())
    return make_error(ErrorCode::usage, "which command? `reef exec [PACKAGE] -- COMMAND [ARGUMENT...]`");
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  Progress progress(host, false);
  TRY(const ops::Plan plan, ops::require_plan(*session, target, {}, progress));
  TRY(const ops::Prepared prepared,
      interactive ? ops::prepare_shell(*session, plan, options.keep, is_terminal(STDIN_FILENO), progress)
                  : ops::prepare_exec(*session, plan, host.command, options.keep, progress));
  if (interactive)
    progress.note(fmt::format("a shell with the environment of {} {}; `exit` leaves it", target.name,
                              plan.target_package().chosen.version.text()));
  progress.clear();
  TRY(const ProcessResult result, ops::run_prepared(host.processes, prepared, host.cancel));
  if (result.kind == ExitKind::cancelled) return static_cast<int>(ErrorCode::interrupted);
  if (result.kind != ExitKind::signalled) return result.status;
  // On a terminal Ctrl-C is the command's business, and so is what it says of it.
  if (result.status == SIGINT) host.ended_by = SIGINT;
  return kSignalBase + result.status;
}

void add_options(Verb command, Options& options) {
  command.add_option("package", options.package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options.with, "Bind options: group=option,..., or package.group=option");
  command.add_option("--keep", options.keep, "A variable of your environment to hand on; repeat for several");
}

}  // namespace
}  // namespace shell_verb

Run register_shell(Verb command) {
  using namespace shell_verb;
  auto options = std::make_shared<Options>();
  add_options(command, *options);
  return [options](Host& host) { return run(host, *options, true); };
}

Run register_exec(Verb command) {
  using namespace shell_verb;
  auto options = std::make_shared<Options>();
  add_options(command, *options);
  command.footer(
      "The environment is that of the package's actions: clean, with what its dependencies export.\n"
      "Exit status: that of the command.");
  return [options](Host& host) { return run(host, *options, false); };
}

}  // namespace reef::cli
