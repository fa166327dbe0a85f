#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/json_reader.h"
#include "core/model/manifest.h"

namespace reef {

enum class Origin { registry, path };
std::string_view name_of(Origin origin);

struct LockedDependency {
  std::string package;  // name of a package or of a host tool in the same platform
  Purpose purpose = Purpose::both;
  bool operator==(const LockedDependency&) const = default;
};

// One file or tree that a package fetches. Exactly the digest that its kind has is set.
struct LockedSource {
  SourceKind kind = SourceKind::url;
  std::string location;  // first url, git url, npm name; path sources are covered by the package's digest
  std::optional<Digest> sha256;
  std::string commit;     // git
  std::string integrity;  // npm
  std::string version;    // npm
  bool operator==(const LockedSource&) const = default;
};

struct LockedPackage {
  std::string name;
  Version version;
  PackageKind kind = PackageKind::program;
  Origin origin = Origin::registry;
  std::string path;              // path packages: relative to the lock's folder, `/` between names
  std::optional<Digest> digest;  // of the package's folder; absent for the root, which its author edits
  std::map<std::string, std::string> options;            // group -> chosen option
  std::map<std::string, LockedDependency> dependencies;  // role -> who fills it
  std::vector<LockedSource> sources;
  bool operator==(const LockedPackage&) const = default;
};

// What the closure asks of the host. In a part for another platform than the one where the lock was written,
// nothing was found: then any tool will do that has a version in the range, or, for a capability, that
// provides it so.
struct LockedTool {
  std::string name;
  Version version;          // found when the lock was written
  VersionRange required;    // any version in it will do
  bool found = true;        // else `version` means nothing
  bool capability = false;  // the name is a capability
  std::map<std::string, LockedDependency> dependencies;
  bool operator==(const LockedTool&) const = default;
};

// The closure for one platform. Both lists are sorted by name, with one entry a name.
struct LockedPlatform {
  std::vector<LockedPackage> packages;
  std::vector<LockedTool> host;
  bool operator==(const LockedPlatform&) const = default;

  const LockedPackage* find(std::string_view name) const;
  const LockedTool* find_tool(std::string_view name) const;
};

// `reef.lock`: the exact closure. Either `root` (a package in the same folder) or `requirements` is set.
struct Lockfile {
  std::string root;
  std::vector<std::string> requirements;            // "digits ^1", as they were asked for
  std::map<std::string, LockedPlatform> platforms;  // "linux-x86_64"

  bool operator==(const Lockfile&) const = default;
};

// Every problem goes to the list; the value is meaningful only when none was added. Besides the form it
// checks that every dependency names an entry of its platform, and that every source has its digest.
Lockfile read_lockfile(const json::Document& document, json::Problems& problems);

// `"format": 1`, keys sorted, one field a line, one trailing newline: the same closure gives the same bytes,
// and lines of different packages never touch, so that version control merges them.
std::string write_lockfile(const Lockfile& lock);

// Stable, whatever order the parts were filled in: sorts packages, tools and requirements by name.
void normalize(Lockfile& lock);

// What is not the same, a phrase each, in the order of the names; empty when nothing differs:
//   "digits 1.0.0 -> 1.1.0", "openblas 0.3.21: added", "digits-classifier: engine native -> openblas",
//   "gcc: locked 12.2.0, this host has 13.1.0", "linux-aarch64 is not locked"
// `now` is what was resolved here and now; platforms that `now` does not have are not compared. A tool whose
// version differs but lies in the locked range is no difference when `tools_in_range_agree`; nor is what a
// part that was written elsewhere leaves open.
std::vector<std::string> differences(const Lockfile& locked, const Lockfile& now,
                                     bool tools_in_range_agree = false);

}  // namespace reef
