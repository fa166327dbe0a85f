#include "core/ops/lock.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_plan.h"
#include "core/base/text.h"
#include "core/ops/advice.h"
#include "core/ops/foreign.h"

namespace reef::cli {
namespace lock_verb {
namespace {

struct Options {
  std::string folder;
  std::vector<std::string> upgrade;
  std::vector<std::string> platforms;
  std::vector<std::string> dropped;
  bool upgrade_all = false;
  bool check = false;
  bool explain = false;
};

std::vector<std::string> platforms_of(const ops::Plan& plan) {
  std::vector<std::string> out;
  for (const auto& [id, part] : plan.lock.platforms) out.push_back(id);
  return out;
}

// "linux-aarch64 needs of its host: c++-compiler >=11, python3 >=3.9".
std::string render_hosts(const ops::Plan& plan) {
  std::string out;
  for (const auto& [id, part] : plan.lock.platforms) {
    std::vector<std::string> tools;
    for (const LockedTool& tool : part.host)
      tools.push_back(tool.required.is_any() ? tool.name
                                             : fmt::format("{} {}", tool.name, tool.required.text()));
    out += fmt::format("  {}: {}; of its host it needs {}\n", id, counted(part.packages.size(), "package"),
                       tools.empty() ? "nothing" : join(tools, ", "));
  }
  return out;
}

std::string render_lock(const ops::Plan& plan, const ops::LockWritten& lock) {
  if (!lock.changed) return "reef.lock is up to date\n";
  std::string out = plan.before
                        ? "updated reef.lock\n"
                        : fmt::format("wrote reef.lock: {}\n",
                                      plan.packages.size() == 1
                                          ? "1 package"
                                          : fmt::format("{} packages and tools", plan.packages.size()));
  if (plan.before)
    for (const std::string& difference : lock.differences) out += "  " + difference + "\n";
  if (plan.lock.platforms.size() > 1) out += render_hosts(plan);
  return out;
}

// `reef lock mine` means the folder, when there is one.
std::string folder_of(Host& host, const ops::Session& session, const std::string& given) {
  const bool plain = !given.empty() && given.find('/') == std::string::npos && given != "." && given != "..";
  return plain && is_folder(host.fs, session.cwd() / given) ? "./" + given : given;
}

// In `--upgrade a b` the second name is the folder's.
Result<ops::Target> target_of(Host& host, ops::Session& session, const Options& options) {
  const std::string folder = folder_of(host, session, options.folder);
  if (folder.empty()) {
    TRY(const auto project, ops::find_project(host.fs, session.cwd()));
    if (!project)
      return make_error(ErrorCode::usage, "there is no reef.json here or in a folder above")
          .hint("make a project here: `reef init`");
  }
  Result<ops::Target> target = ops::find_target(session, folder, {});
  const bool is_name = !folder.empty() && folder.find('/') == std::string::npos && folder.front() != '.';
  if (options.upgrade.empty() || !is_name || (target && target->project)) return target;
  std::string command = "reef lock";
  for (const std::string& name : options.upgrade) command += " --upgrade " + shell_quoted(name);
  return make_error(ErrorCode::usage, "`{}` is not the folder of a project", printable(options.folder))
      .hint(fmt::format("to upgrade it, too, repeat the flag: `{} --upgrade {}`", command,
                        shell_quoted(options.folder)));
}

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  for (const std::string& name : options.upgrade) TRY_STATUS(ops::refuse_archive(*session, name));
  TRY(ops::Target target, target_of(host, *session, options));
  TRY_STATUS(ops::require_project(target));
  if (options.check && !exists(host.fs, target.project->folder / ops::kLockName))
    return make_error(ErrorCode::not_found, "there is no `{}` to check", ops::kLockName)
        .hint(fmt::format("write one: `{}reef lock`", ops::way_to(*session, target)));
  Progress progress(host, false);
  std::optional<ops::ProjectLock> held;
  if (!options.check) {
    TRY(held, ops::ProjectLock::take(*session, target.project->manifest_path, progress));
    TRY(target, target_of(host, *session, options));  // as it is now
  }
  ops::PlanRequest request;
  request.locked = options.check;
  request.upgrade = options.upgrade;
  request.upgrade_all = options.upgrade_all;
  request.explain = options.explain;
  request.for_lock_only = !options.explain && !host.json;  // these show what would be built, too
  TRY(ops::Plan plan, ops::require_plan(*session, target, request, progress));
  TRY_STATUS(ops::lock_platforms(*session, plan, request, options.platforms, options.dropped));
  progress.clear();
  ops::LockWritten lock;
  if (held) {
    TRY(lock, ops::write_lock(*session, plan, *held));
  }
  if (host.json) {
    json::Value out = to_json(plan);
    out["changed"] = lock.changed;
    out["differences"] = lock.differences;
    out["platforms"] = platforms_of(plan);
    print_json(out);
    return 0;
  }
  if (options.explain)
    print(render_plan(plan, host.terminal) + render_choices(plan, host.terminal));
  else
    for (const std::string& text : plan.news()) progress.note(text);
  if (!host.quiet) print(options.check ? "reef.lock holds here\n" : render_lock(plan, lock));
  return 0;
}

}  // namespace
}  // namespace lock_verb

Run register_lock(Verb command) {
  using namespace lock_verb;
  auto options = std::make_shared<Options>();
  command.add_option("folder", options->folder, "The project's folder; default: the one around this folder");
  command.add_option("--upgrade", options->upgrade,
                     "A package that may move to a newer version; repeat for several; without a name: all");
  command.add_flag("--upgrade-all", options->upgrade_all, "Everything may move to newer versions");
  command
      .add_option("--platform", options->platforms,
                  "Lock for these too: linux-x86_64,linux-aarch64,macos-arm64")
      .delimiter(',');
  command.add_option("--drop-platform", options->dropped, "Take these platforms out of the lock")
      .delimiter(',');
  command.add_flag("--check", options->check,
                   "Change nothing; fail when the lock does not describe what fits here");
  command.add_flag("--explain", options->explain, "Show what was chosen and why");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
