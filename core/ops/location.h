#pragma once

#include <string>
#include <string_view>

#include "core/os/filesystem.h"

namespace reef::ops {

// Where a registry is, as a user says it.
enum class LocationKind { folder, http, git, oci };

struct Location {
  LocationKind kind = LocationKind::folder;
  // A folder from the root on; http: without a `/` at its end; git: what git takes, without the `git+`; oci:
  // as `oci::Reference::place` writes it.
  std::string address;

  // As it is written in a command or a file: of git with its `git+`.
  std::string text() const;
  bool operator==(const Location&) const = default;
};
std::string_view name_of(LocationKind kind);

// A folder (`packages`, `file:///srv/packages`), `http://` or `https://`, a git repository:
// `git+https://...`, `git+file://...`, `ssh://...`, `git@host:path`; or `oci://host/prefix`. usage for
// anything else; invalid_input for addresses that no registry can have, and for those with a password: files
// of ours never hold one.
Result<Location> parse_location(std::string_view text);

}  // namespace reef::ops
