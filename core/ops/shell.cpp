#include "core/ops/shell.h"

#include "core/action/view.h"
#include "core/base/text.h"
#include "core/ops/shell_start.h"

namespace reef::ops {
namespace {

void keep_variables(Environment& env, const Environment& of_caller, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (const auto found = of_caller.find(name); found != of_caller.end()) env[name] = found->second;
}

}  // namespace

Result<Prepared> prepare_exec(Session& session, const Plan& plan, std::vector<std::string> argv,
                              const std::vector<std::string>& keep, Reporter& reporter) {
  const Machine& machine = session.machine();
  TRY(const Installed installed, install(session, plan, {}, reporter));
  TRY(LiveFolder scratch, session.scratch_folder("shell-"));
  const Path& root = scratch.path();
  const action::Folders folders{session.cwd(), root / "output", root / "metrics.json", root / "home",
                                root / "tmp"};
  for (const Path& folder : {folders.output, folders.home, folders.temporary})
    TRY_STATUS(make_folders(machine.fs, folder));
  const action::PackageView view = view_of(plan, plan.target_package(), Purpose::both);
  TRY(Environment env,
      action::action_environment(view, Action{}, action::Parameters{}, folders, processor_count()));
  if (const Planned& target = plan.target_package(); target.is_tool()) {
    // What a tool exports was found, and stands in no manifest; it is nowhere installed.
    action::apply(target.exports, env);
    env.erase("REEF_PREFIX");
  }
  keep_variables(env, machine.env, {"TERM"});
  keep_variables(env, machine.env, keep);
  return Prepared{std::move(argv), std::move(env), std::move(scratch), session.held()};
}

Result<Prepared> prepare_shell(Session& session, const Plan& plan, const std::vector<std::string>& keep,
                               bool terminal, Reporter& reporter) {
  const Environment& caller = session.machine().env;
  const std::string shell = get_or(caller, "SHELL", "/bin/sh");
  if (shell.find('/') != std::string::npos && !exists(session.machine().fs, shell))
    return make_error(ErrorCode::not_found, "there is no shell `{}`", printable(shell))
        .hint("set SHELL to one that is there: `SHELL=/bin/sh reef shell`");
  TRY(Prepared prepared, prepare_exec(session, plan, {shell}, keep, reporter));
  keep_variables(prepared.env, caller, {"HOME", "USER", "LOGNAME", "SHELL", "COLORTERM"});
  prepared.env["REEF_SHELL"] = plan.target.name;
  // Without a terminal it reads commands, and prompts nobody.
  if (!terminal) return prepared;
  TRY(ShellStart start,
      start_shell(session.machine().fs, shell, std::move(prepared.env),
                  fmt::format("({}) ", plan.target.name), prepared.scratch.path() / "start"));
  prepared.stop_signal = SIGHUP;  // as from a terminal that is closed: it ignores SIGTERM
  prepared.argv = std::move(start.argv);
  prepared.env = std::move(start.env);
  return prepared;
}

Result<ProcessResult> run_prepared(ProcessRunner& processes, const Prepared& prepared,
                                   const Cancellation& cancel) {
  ProcessSpec spec;
  spec.argv = prepared.argv;
  spec.env = prepared.env;
  spec.inherited = prepared.inherited;
  spec.inherited.push_back(prepared.scratch.fd());
  spec.interactive = true;
  spec.cancel = &cancel;
  spec.stop_signal = prepared.stop_signal;
  return processes.run(spec);
}

}  // namespace reef::ops
