#include "core/ops/lock.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/ops/advice.h"
#include "core/ops/assumed.h"
#include "core/ops/facts_there.h"

namespace reef::ops {
namespace {

constexpr std::uint64_t kLargestLock = std::uint64_t{16} << 20U;

LockedSource locked_source(const Source& source) {
  return {source.kind, source.location, source.sha256, source.commit, source.integrity, source.version};
}

std::map<std::string, LockedDependency> dependencies_of(const Planned& package) {
  std::map<std::string, LockedDependency> out;
  for (const resolve::Edge& edge : package.edges) out[edge.role] = {edge.target, edge.purpose};
  return out;
}

// What everybody in the closure asks of a tool's version. A range on a capability is one on the tool itself
// only when the tool provides that capability with its own version.
VersionRange required_of(const Plan& plan, const Planned& tool) {
  VersionRange range;
  for (const Planned& package : plan.packages)
    for (const resolve::Edge& edge : package.edges) {
      if (package.is_tool() || edge.target != tool.name()) continue;
      const auto provided = tool.tool->provides.find(edge.capability);
      const bool by_capability =
          provided != tool.tool->provides.end() && provided->second == tool.tool->version;
      if (edge.capability.empty() || by_capability) range = range.intersected(edge.range);
    }
  return range;
}

// Where version control left both sides of a merge standing. `file`: as it is shown; `way`: to its folder.
std::optional<Error> unfinished_merge(const std::string& file, const std::string& text,
                                      const std::string& way) {
  if (text.find("<<<<<<<") == std::string::npos && text.find(">>>>>>>") == std::string::npos)
    return std::nullopt;
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (!line.starts_with("<<<<<<<") && !line.starts_with(">>>>>>>")) continue;
    return Error(ErrorCode::invalid_input, "this lock has the marks of a merge that was not finished")
        .at({file, number, 1, line})
        .hint(fmt::format(
            "take one side (`{0}git checkout --ours {1}`, or `--theirs`), then `{0}reef lock`: it keeps "
            "what still holds and adds what is missing",
            way, kLockName));
  }
  return std::nullopt;
}

Error another_content(Registry& registry, const LockedPackage& locked, const LockedPackage& now,
                      const std::string& way) {
  return Error(
             ErrorCode::integrity,
             fmt::format("{} {} of the registry `{}` is not the one in `{}`: its digest is {}, locked is {}",
                         now.name, now.version.text(), registry.origin(now.name), kLockName,
                         now.digest->brief(), locked.digest->brief()))
      .hint("what was published must never change: ask those who publish it what happened")
      .hint(fmt::format("to take it as it is now, after having looked: `{}reef lock --upgrade {}`", way,
                        now.name));
}

// What a part that was written elsewhere left open, with the tool that was found here: that is told as such,
// and taken out of what differs.
std::optional<std::string> settle(LockedPlatform& before, const LockedPlatform& now, const LockedTool& tool) {
  const auto told = [&](std::string_view what, const VersionRange& range) {
    return fmt::format("{} {} was found here{}; {}", tool.name, tool.version.text(), what,
                       range.is_any() ? "it was left open" : "it was left open as " + range.text());
  };
  for (LockedTool& open : before.host) {
    if (open.found || open.name != tool.name) continue;
    const VersionRange range = std::exchange(open.required, tool.required);
    open.found = true;
    open.version = tool.version;
    return told("", range);
  }
  for (const LockedPackage& user : before.packages)
    for (const auto& [role, served] : user.dependencies) {
      const LockedTool* open = before.find_tool(served.package);
      const LockedPackage* same = now.find(user.name);
      if (open == nullptr || !open->capability || same == nullptr) continue;
      const auto serves = same->dependencies.find(role);
      if (serves != same->dependencies.end() && serves->second.package == tool.name)
        return told(fmt::format(", and serves as {}", open->name), open->required);
    }
  return std::nullopt;
}

// What another lock says otherwise, also where both hold: the version of a tool within its range.
std::vector<std::string> rewritten(Lockfile before, Lockfile now) {
  std::vector<std::string> out;
  for (const auto& [id, part] : before.platforms)
    if (!now.platforms.contains(id)) out.push_back(id + ": dropped");
  std::erase_if(now.platforms, [&](const auto& part) {
    const bool is_new = !before.platforms.contains(part.first);
    if (is_new) out.push_back(part.first + ": added");
    return is_new;
  });
  std::vector<std::string> settled;
  for (const auto& [id, part] : now.platforms)
    for (const LockedTool& tool : part.host)
      if (tool.found)
        if (auto text = settle(before.platforms[id], part, tool))
          settled.push_back(fmt::format("{}: {}", id, *text));
  for (std::string& difference : differences(before, now)) out.push_back(std::move(difference));
  out.insert(out.end(), settled.begin(), settled.end());
  return out;
}

// The command that makes the lock that was asked about.
std::string command_of(const Plan& plan, const PlanRequest& request) {
  std::string out = plan.way + "reef lock";
  if (request.upgrade_all) return out + " --upgrade";
  for (const std::string& name : request.upgrade) out += " --upgrade " + shell_quoted(name);
  return out;
}

// Whether `--with` asks for an option that is another one in the lock.
bool wishes_otherwise(const Plan& plan, const Lockfile& lock) {
  const auto part = lock.platforms.find(plan.platform.id());
  if (part == lock.platforms.end()) return false;
  auto wishes = plan.target.deep;
  wishes[plan.target.name] = plan.target.with;
  return std::any_of(part->second.packages.begin(), part->second.packages.end(),
                     [&](const LockedPackage& package) {
                       const auto& asked = wishes[package.name];
                       return std::any_of(asked.begin(), asked.end(), [&](const auto& wish) {
                         const auto locked = package.options.find(wish.first);
                         return locked == package.options.end() || locked->second != wish.second;
                       });
                     });
}

// The versions of a tool with which what is locked is as it was: those in its range with which no condition
// holds otherwise. What another version was chosen of says so itself.
VersionRange fitting(const Plan& plan, const LockedPlatform& part, const LockedTool& tool) {
  VersionRange out = tool.required;
  Circumstances then = circumstances_of(plan.platform, part);
  for (const LockedPackage& package : part.packages) {
    const Planned* now = plan.find(package.name);
    if (now == nullptr || now->is_tool() || now->chosen.version != package.version) continue;
    then.options = package.options;
    out = out.intersected(assumed_of(*now->manifest, then, tool.name));
  }
  return out;
}

}  // namespace

Status require_project(const Target& target) {
  if (target.project) return {};
  return make_error(ErrorCode::usage,
                    "`{}` is a package of the catalogue: a lock stands beside a project's manifest",
                    target.name)
      .hint("make a project that depends on it: `reef init`, then `reef add`");
}

Result<std::shared_ptr<const LockOnDisk>> read_lock(Session& session, const Target& target,
                                                    const std::shared_ptr<const LockOnDisk>& known) {
  std::shared_ptr<const LockOnDisk> none;
  if (!target.project || target.is_of_registry) return none;
  Filesystem& fs = session.machine().fs;
  const Path path = target.project->folder / kLockName;
  Result<std::string> text = fs.read_file(path, kLargestLock);
  if (!text && text.error().code() == ErrorCode::not_found) return none;
  if (!text) return tl::make_unexpected(std::move(text).error());
  if (known && known->text == *text) return known;
  const std::string shown = shown_from(session, path.string());
  const std::string way = way_to(session, target);
  if (auto error = unfinished_merge(shown, *text, way)) return tl::make_unexpected(*std::move(error));
  const std::string hint = fmt::format("the lock can be made anew: remove it and run `{}reef lock`", way);
  const auto document = json::parse(shown, std::move(*text));
  if (!document) return tl::make_unexpected(Error(document.error()).hint(hint));
  json::Problems problems;
  LockOnDisk lock{read_lockfile(*document, problems), document->text};
  if (!problems.empty()) {
    Error first = problems.sorted().front();
    if (first.hints().empty()) first = std::move(first).hint(hint);
    return tl::make_unexpected(std::move(first));
  }
  return std::make_shared<const LockOnDisk>(std::move(lock));
}

std::vector<resolve::Locked> locked_choices(const Lockfile& lock, const Platform& platform) {
  std::vector<resolve::Locked> out;
  const auto section = lock.platforms.find(platform.id());
  if (section == lock.platforms.end()) return out;
  for (const LockedPackage& package : section->second.packages) {
    resolve::Locked locked{package.name, package.version, package.options};
    for (const auto& [role, dependency] : package.dependencies)
      locked.dependencies[role] = dependency.package;
    out.push_back(std::move(locked));
  }
  for (const LockedTool& tool : section->second.host) {
    resolve::Locked locked{tool.name, tool.version, {}};
    locked.open = !tool.found;
    out.push_back(std::move(locked));
  }
  return out;
}

LockedPackage locked_package(const Target& target, const Planned& package) {
  LockedPackage out;
  const bool is_root = package.name() == target.name;
  out.name = package.name();
  out.version = package.chosen.version;
  out.kind = package.manifest->kind;
  out.origin = is_root && target.project ? Origin::path : Origin::registry;
  if (out.origin == Origin::path)
    out.path = ".";
  else
    out.digest = package.digest;
  out.options = package.chosen.options;
  out.dependencies = dependencies_of(package);
  for (const Source& source : package.manifest->sources)
    if (source.kind != SourceKind::path) out.sources.push_back(locked_source(source));
  return out;
}

Lockfile lock_of(const Plan& plan) {
  Lockfile lock;
  if (plan.target.project)
    lock.root = plan.target.name;
  else
    lock.requirements.push_back(plan.target.text());
  LockedPlatform section;
  for (const Planned& package : plan.packages) {
    if (package.is_tool())
      section.host.push_back(
          {package.name(), package.chosen.version, required_of(plan, package), true, false, {}});
    else
      section.packages.push_back(locked_package(plan.target, package));
  }
  lock.platforms[plan.platform.id()] = std::move(section);
  normalize(lock);
  return lock;
}

Status check_published(Registry& registry, const Plan& plan, const PlanRequest& request) {
  if (!plan.before) return {};
  for (const auto& [platform, part] : plan.before->platforms) {
    const auto same = plan.lock.platforms.find(platform);
    if (same == plan.lock.platforms.end()) continue;
    std::map<std::string_view, const LockedPackage*> known;
    for (const LockedPackage& locked : part.packages) known.emplace(locked.name, &locked);
    for (const LockedPackage& package : same->second.packages) {
      const auto found = known.find(package.name);
      if (found == known.end()) continue;
      const LockedPackage& locked = *found->second;
      const bool changed = locked.version == package.version && locked.digest && package.digest &&
                           locked.digest != package.digest;
      if (!changed || request.may_leave_lock(package.name) || !registry.is_published(package.name)) continue;
      return tl::make_unexpected(another_content(registry, locked, package, plan.way));
    }
  }
  return {};
}

Error not_as_locked(const Plan& plan, const Lockfile& before, const PlanRequest& request) {
  Error error(ErrorCode::integrity, fmt::format("`{}` does not describe what fits here: {}", kLockName,
                                                join(plan.lock_differences, "; ")));
  const auto part = before.platforms.find(plan.platform.id());
  std::vector<std::string> wanted;  // tools that this host lacks
  for (const Moved& moved : plan.moved) {
    const auto tells_of_it = [&](const std::string& difference) {
      return difference.starts_with(moved.name + " ") || difference.starts_with(moved.name + ":");
    };
    const Planned* now = plan.find(moved.name);
    const LockedTool* tool = part == before.platforms.end() ? nullptr : part->second.find_tool(moved.name);
    std::optional<VersionRange> range;  // which this host's tool is not in
    if (tool != nullptr && tool->found) range = fitting(plan, part->second, *tool);
    if (range && now != nullptr && range->contains(now->chosen.version)) range.reset();
    const bool is_why = (range && now != nullptr) ||
                        std::any_of(plan.lock_differences.begin(), plan.lock_differences.end(), tells_of_it);
    if (!moved.gone || !is_why) continue;
    error = std::move(error).hint(moved.text);
    if (range) wanted.push_back(moved.name + (range->is_any() ? "" : " " + range->text()));
  }
  if (wishes_otherwise(plan, before))
    return std::move(error).hint("what `--with` chooses is never in it: leave out `--with`, or `--locked`");
  std::map<std::string, std::shared_ptr<const Manifest>> manifests;
  for (const Planned& package : plan.packages) {
    const LockedPackage* locked =
        part == before.platforms.end() ? nullptr : part->second.find(package.name());
    if (locked != nullptr && locked->version == package.chosen.version &&
        (!locked->digest || locked->digest == package.digest))
      manifests.emplace(package.name(), package.manifest);
  }
  std::vector<std::string> otherwise;
  if (part != before.platforms.end()) otherwise = otherwise_here(plan.platform, part->second, manifests);
  for (const std::string& condition : otherwise) error = std::move(error).hint(condition);
  if (!otherwise.empty())
    return std::move(error).hint(fmt::format(
        "a lock has one part for all {} hosts: `{}` here writes it for those that are like this one",
        plan.platform.id(), command_of(plan, request)));
  const bool is_open =
      part != before.platforms.end() && std::any_of(part->second.host.begin(), part->second.host.end(),
                                                    [](const LockedTool& tool) { return !tool.found; });
  if (is_open)
    return std::move(error).hint(
        fmt::format("this host's part was written on another one, which left its tools "
                    "open: `{}` here settles them; commit the change",
                    command_of(plan, request)));
  // Where the lock was made it holds: nothing would be written there.
  if (!wanted.empty())
    return std::move(error).hint(
        fmt::format("it takes {} here; or write it for what this host has: `{}` here, and commit the change",
                    join(wanted, " and "), command_of(plan, request)));
  return std::move(error).hint(
      fmt::format("`{}` writes it anew; run it where the lock is made, and commit the change",
                  command_of(plan, request)));
}

Result<LockWritten> write_lock(Session& session, const Plan& plan, const ProjectLock& /*held*/) {
  TRY_STATUS(require_project(plan.target));
  TRY(const auto before, read_lock(session, plan.target, plan.before));
  Lockfile lock;
  if (before) lock = *before;
  lock.root = plan.lock.root;
  lock.requirements = plan.lock.requirements;
  for (const std::string& platform : plan.dropped_platforms) lock.platforms.erase(platform);
  for (const auto& [platform, section] : plan.lock.platforms) lock.platforms[platform] = section;
  LockWritten out{plan.target.project->folder / kLockName,
                  !before || !(static_cast<const Lockfile&>(*before) == lock),
                  {}};
  if (before && out.changed) out.differences = rewritten(*before, lock);
  if (out.changed) TRY_STATUS(write_atomic(session.machine().fs, out.path, write_lockfile(lock)));
  return out;
}

std::string silent_tool(Session& session, const Plan& plan) {
  const auto found = std::find_if(plan.moved.begin(), plan.moved.end(), [&](const Moved& moved) {
    return moved.gone && session.unanswered().contains(moved.name);
  });
  return found == plan.moved.end() ? "" : found->name;
}

Result<LockWritten> update_lock(Session& session, const Plan& plan, Reporter& reporter) {
  TRY_STATUS(require_project(plan.target));
  const Project& project = *plan.target.project;
  if (const std::string silent = silent_tool(session, plan); !silent.empty()) {
    reporter.note(fmt::format("{} stays as it is, for {} may be found again; `{}reef lock` writes it anew",
                              kLockName, silent, plan.way));
    return LockWritten{project.folder / kLockName, false, {}};
  }
  TRY(const ProjectLock held, ProjectLock::take(session, project.manifest_path, reporter));
  TRY(const std::string text, session.machine().fs.read_file(project.manifest_path, kLargestManifest));
  if (sha256(text) == project.manifest_digest) return write_lock(session, plan, held);
  reporter.note(fmt::format("{} was changed meanwhile: {} is left to the next command",
                            project.manifest_path.filename().string(), kLockName));
  return LockWritten{project.folder / kLockName, false, {}};
}

}  // namespace reef::ops
