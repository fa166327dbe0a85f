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

enum class Edit { added, changed, unchanged, removed };

struct Edited {
  Edit edit = Edit::added;
  Dependency dependency;  // as it is now; of a removed one, as it was
  VersionRange before{};  // of a changed one
  Path manifest_path{};
  Plan plan{};  // with the change
  LockWritten lock{};
};

// Adds a dependency to the manifest of the project around the current folder, which keeps its formatting, and
// writes the lock. Without a range: `^newest` for a package, any version for tools and capabilities.
//
// What the project depends on already, whatever the role, is not added again unless a role is given: NAME
// leaves it as it is, NAME@RANGE changes its range, and another purpose or other options are usage errors.
//
// Nothing is written unless the project then has a solution. not_found with the neighbour for unknown names
// and options; invalid_input when the role is taken; no_solution.
Result<Edited> add(Session& session, const AddRequest& request, Reporter& reporter);

// Removes a dependency, named by its role or by the package or capability it asks for. invalid_input, and
// nothing is written, when the manifest still uses the role.
Result<Edited> remove(Session& session, const std::string& name, Reporter& reporter);

}  // namespace reef::ops
