#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/ops/session.h"

namespace reef::ops {

// The package that a command is about, and the options that bind.
struct Target {
  std::string name;
  VersionRange range;
  std::map<std::string, std::string> with;                         // group -> option of the package itself
  std::map<std::string, std::map<std::string, std::string>> deep;  // options of other packages of the closure
  std::optional<Project> project;  // the package is a folder, not one of the catalogue
  // The folder is a registry's. A `reef.lock` there is no part of the package, may be anybody's, and may lead
  // anywhere: nobody looks at it.
  bool is_of_registry = false;

  // "digits-classifier@^1 engine=openblas": how a user would ask for it again.
  std::string text() const;
};

// What a user typed: `NAME`, `NAME@RANGE`, a folder (`.`, `./x`, `/x`), or nothing for the project around the
// current folder, which may also be called by its name where no registry has that name. with: `group=option`
// or `package.group=option`, several joined by commas. not_found with the neighbour for unknown packages,
// groups and options: those that no version in the range has.
Result<Target> find_target(Session& session, const std::string& text, const std::vector<std::string>& with);

// Refuses `x.reef` or `x.reef@1` that is an archive's file where the name of a package, or of what is there
// in one, belongs, and says what takes one.
Status refuse_archive(Session& session, const std::string& text);

// The manifest that a target means: the project's own, else that of the newest version in its range that has
// the options asked for (of all in its range, when none has); pre-releases and yanked versions only when
// there is nothing else. Of a tool, whatever its version: the range is looked for on this host. not_found
// lists the versions there are when none is in the range.
Result<std::shared_ptr<const Manifest>> target_manifest(Session& session, const Target& target);

// Group -> options, of all versions in the target's range: newest first, and in declared order. Those that
// only pre-releases or yanked versions have are left out when `usual`.
Result<std::map<std::string, std::vector<std::string>>> offered_options(Session& session,
                                                                        const Target& target, bool usual);

}  // namespace reef::ops
