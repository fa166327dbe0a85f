#include "core/ops/install.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_plan.h"
#include "core/base/units.h"
#include "core/ops/lock.h"

namespace reef::cli {
namespace install_verb {
namespace {

struct Options {
  std::string package;
  std::vector<std::string> with;
  bool locked = false;
  bool dry_run = false;
  unsigned jobs = 0;
};

Result<int> show_plan(Host& host, ops::Session& session, const ops::Plan& plan) {
  const auto fetches = ops::planned_fetches(session, plan);
  TRY(const auto builds, ops::planned_builds(session, plan));
  if (host.json) {
    json::Value out = to_json(plan);
    out["fetches"] = to_json(fetches);
    out["builds"] = to_json(builds);
    print_json(out);
    return 0;
  }
  print(render_plan(plan, host.terminal));
  if (!host.quiet) print(render_choices(plan, host.terminal));
  print(render_work(fetches, builds));
  return 0;
}

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  Progress progress(host, false);
  ops::PlanRequest request;
  request.locked = options.locked;
  request.explain = options.dry_run;
  TRY(const ops::Plan plan, ops::require_plan(*session, target, request, progress));
  if (options.dry_run) {
    progress.clear();
    return show_plan(host, *session, plan);
  }
  for (const std::string& text : plan.news()) progress.note(text);
  TRY(const ops::Installed installed, ops::install(*session, plan, {options.jobs, true}, progress));
  if (target.project && !options.locked && options.with.empty()) {
    TRY(const ops::LockWritten lock, ops::update_lock(*session, plan, progress));
    if (lock.changed) progress.note("wrote reef.lock");
  }
  progress.clear();
  if (host.json) {
    json::Value out = to_json(plan);
    out["built"] = installed.built;
    out["reused"] = installed.reused;
    print_json(out);
    return 0;
  }
  if (const ops::Planned& package = plan.target_package(); package.is_tool()) {
    if (!host.quiet)
      print(fmt::format("nothing to do: {} {} is a tool of this host\n", package.name(),
                        package.chosen.version.text()));
    print(package.tool->path + "\n");
    return 0;
  }
  if (!host.quiet)
    for (const std::string& name : installed.built) print(fmt::format("built {}\n", name));
  if (!host.quiet && installed.built.empty())
    print(installed.reused.size() == 1
              ? fmt::format("nothing to do: {} is installed\n", installed.reused.front())
              : fmt::format("nothing to do: {} packages are installed\n", installed.reused.size()));
  print(plan.target_package().prefix.string() + "\n");
  return 0;
}

}  // namespace
}  // namespace install_verb

Run register_install(Verb command) {
  using namespace install_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->with, "Bind options: group=option,..., or package.group=option");
  command.add_flag("--locked", options->locked,
                   "Install exactly what reef.lock says, or fail saying what differs");
  command.add_flag("--dry-run", options->dry_run,
                   "Show what was chosen, and what would be fetched and built");
  command.add_option("--jobs,-j", options->jobs, "Packages built at the same time; default: one a processor");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
