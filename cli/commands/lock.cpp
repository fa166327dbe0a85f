#include "core/ops/lock.h"

#include <chrono>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_plan.h"

namespace reef::cli {
namespace {

struct Options {
  std::string folder;
  std::vector<std::string> upgrade;
  bool upgrade_all = false;
  bool check = false;
  bool explain = false;
  std::size_t resolve_timeout = 20;
};

std::string render_lock(const ops::Plan& plan, const ops::LockWritten& lock) {
  if (!lock.changed) return "reef.lock is up to date\n";
  std::string out = plan.had_lock
                        ? "updated reef.lock\n"
                        : fmt::format("wrote reef.lock: {} packages and tools\n", plan.packages.size());
  if (plan.had_lock)
    for (const std::string& difference : lock.differences) out += "  " + difference + "\n";
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.folder, {}));
  Progress progress(host, false);
  ops::PlanRequest request;
  request.locked = options.check;
  request.upgrade = options.upgrade;
  request.upgrade_all = options.upgrade_all;
  request.resolve_timeout = std::chrono::seconds(options.resolve_timeout);
  TRY(const ops::Plan plan, ops::require_plan(*session, target, request, progress));
  progress.clear();
  ops::LockWritten lock;
  if (!options.check) {
    TRY(lock, ops::write_lock(*session, plan));
  }
  if (host.json) {
    json::Value out = to_json(plan);
    out["changed"] = lock.changed;
    out["differences"] = lock.differences;
    print_json(out);
    return 0;
  }
  if (options.explain) print(render_plan(plan, host.terminal));
  if (!host.quiet) print(options.check ? "reef.lock holds here\n" : render_lock(plan, lock));
  return 0;
}

}  // namespace

Run register_lock(Verb program) {
  const Verb command =
      program.add_verb("lock", "Write reef.lock: the exact closure of this project, for this platform");
  auto options = std::make_shared<Options>();
  command.add_option("folder", options->folder, "The project's folder; default: the one around this folder");
  command.add_option("--upgrade", options->upgrade,
                     "Packages that may move to newer versions; repeat for several");
  command.add_flag("--upgrade-all", options->upgrade_all, "Everything may move to newer versions");
  command.add_flag("--check", options->check,
                   "Change nothing; fail when the lock does not describe what fits here");
  command.add_flag("--explain", options->explain, "Show what was chosen and why");
  command.add_option("--resolve-timeout", options->resolve_timeout,
                     "Seconds to search for a closure before giving up; default: 20");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
