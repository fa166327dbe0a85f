#pragma once

#include "core/ops/plan.h"
#include "core/ops/project_lock.h"

namespace reef::ops {

inline constexpr std::string_view kLockName = "reef.lock";

// usage for a package of the catalogue: it has no lock.
Status require_project(const Target& target);

// The lock beside a project's manifest; null for packages of the catalogue and projects without one. `known`
// was read before, and is handed back when the file still has its text.
Result<std::shared_ptr<const LockOnDisk>> read_lock(Session& session, const Target& target,
                                                    const std::shared_ptr<const LockOnDisk>& known = nullptr);

// What a lock prefers on this platform, in the order of its file.
std::vector<resolve::Locked> locked_choices(const Lockfile& lock, const Platform& platform);

// One package of a closure as a lock has it. Uses what was chosen, the manifest and the digest.
LockedPackage locked_package(const Target& target, const Planned& package);

// The lock that describes a plan: its platform only.
Lockfile lock_of(const Plan& plan);

// That the contents of published packages are those that were locked, on each platform that the plan's lock
// and the one before it both have: what was published never changes, so another content is an accident or an
// attack, and is not taken silently. integrity, unless the package may leave the lock.
Status check_published(Registry& registry, const Plan& plan, const PlanRequest& request);

// That `--locked` does not hold, and what differs from the lock `before`.
Error not_as_locked(const Plan& plan, const Lockfile& before, const PlanRequest& request);

// A tool that the lock holds and that only gave no answer this time: a lock written now would lose it. Empty:
// there is none.
std::string silent_tool(Session& session, const Plan& plan);

struct LockWritten {
  Path path;
  bool changed = false;                  // the file was not there, or had other bytes
  std::vector<std::string> differences;  // from the one that was there, as those of core/model/lockfile.h
};
// Writes the lock of a project's plan; sections of other platforms stay as they are. usage when the target is
// not a project. The plan was made while the lock of the project was held.
Result<LockWritten> write_lock(Session& session, const Plan& plan, const ProjectLock& held);

// The same for those who planned without holding it, as what they do next takes long: when the manifest was
// changed since, that is told, and the lock is left to the next command.
Result<LockWritten> update_lock(Session& session, const Plan& plan, Reporter& reporter);

}  // namespace reef::ops
