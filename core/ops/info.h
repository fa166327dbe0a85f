#pragma once

#include <set>

#include "core/ops/availability.h"

namespace reef::ops {

// One dependency of a package, as it stands in its manifest.
struct Need {
  Dependency dependency;
  std::string when;  // "engine = openblas", "os is macos"; empty: always
  Met met;
};

// Everything a user asks before using a package.
struct Info {
  Target target;
  std::shared_ptr<const Manifest> manifest;
  std::string registry;  // that it comes from, if that was added; then `folder` is empty
  Path folder;
  std::vector<Version> versions;  // of the catalogue, newest first
  std::set<Version> yanked;       // those of them that only a lock or an exact range asks for
  Availability availability;
  std::vector<Need> needs;  // declared order, those of options after those of the package
  // Tools:
  std::vector<FoundTool> found;
  std::string install;  // the command for this host
};

Result<Info> info(Session& session, const Target& target);

}  // namespace reef::ops
