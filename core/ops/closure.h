#pragma once

#include "core/ops/lock.h"

namespace reef::ops {

// One package of a lock, found in the catalogue (or the project) and compared with what the lock pins.
struct ClosurePackage {
  std::string name;
  Version version;
  std::shared_ptr<const Manifest> manifest;
  Path folder;
  bool is_root = false;
  // Sources that some platform of the lock asks for, in declared order, those in the folder left out.
  std::vector<Source> sources;
};

// What a lock means, without asking this host for anything: every package of every platform, and every tool
// package that could fill what they ask of a host.
struct Closure {
  std::vector<ClosurePackage> packages;  // the root first, then by name and version
  std::vector<ClosurePackage> tools;     // by name
};

// integrity when a package is not the one that the lock pins, or when the lock does not know what its
// manifests ask for; not_found when the catalogue lacks one.
Result<Closure> closure_of(Session& session, const Project& root, const Lockfile& lock);

// Of the root's own folder: what is no part of the package.
LeftOut not_content(Session& session, const Path& folder);

// What people should know of files that stay out of a package though they lie in its folder: archives of
// other packages. Its own are what `pack` left there. left_out: paths of archives (notice_content).
std::vector<std::string> notes_on_archives(const Project& project, const std::vector<std::string>& left_out);

// The target as a project: a package of the catalogue is one in its own folder.
Result<Target> as_project(Session& session, Target target);

}  // namespace reef::ops
