#pragma once

#include "core/ops/lock.h"

namespace reef::ops {

struct AddRequest {
  std::string text;         // NAME or NAME@RANGE
  std::string role;         // empty: after the name
  bool capability = false;  // the name is a capability; found out when no package is called so
  std::optional<Purpose> purpose;
  std::vector<std::string> with;  // group=option, asked of the package
};

struct Edited {
  Dependency dependency;  // added or removed
  Path manifest_path;
  Plan plan;  // with the change
  LockWritten lock;
};

// Adds a dependency to the manifest of the project around the current folder, which keeps its formatting, and
// writes the lock. NAME@RANGE of something that the project depends on already changes that range. Without a
// range: `^newest` for a package, any version for tools and capabilities. Nothing
// is written unless the project then has a solution. not_found with the neighbour for unknown names and
// options; usage when the role is taken; no_solution.
Result<Edited> add(Session& session, const AddRequest& request, Reporter& reporter);

// Removes a dependency, named by its role or by the package or capability it asks for. invalid_input, and
// nothing is written, when the manifest still uses the role.
Result<Edited> remove(Session& session, const std::string& name, Reporter& reporter);

}  // namespace reef::ops
