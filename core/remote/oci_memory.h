#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/os/filesystem.h"

namespace reef::remote {

// What an OCI registry said of a version.
struct KnownVersion {
  std::string entry;
  std::optional<std::string> signature;
  bool yanked = false;
};

// What it said of a package, or of the names of all packages.
struct KnownTags {
  std::int64_t asked_ns = 0;                     // when it said so
  std::int64_t failed_ns = 0;                    // when it could not be asked, if that was later
  std::vector<std::string> tags;                 // of the names
  std::map<std::string, KnownVersion> versions;  // of a package, by tag
};

// What is known of one OCI registry between commands: a file for the names, and one for each package that was
// ever asked for. All of it can be deleted; what cannot be read is as good as not there. Safe for several
// processes, the last of which wins.
class OciMemory {
 public:
  // place: of the registry, "oci://host/prefix".
  OciMemory(Filesystem& fs, const Path& cache, const std::string& place);

  // package: empty: the names.
  std::optional<KnownTags> read(const std::string& package) const;
  void write(const std::string& package, const KnownTags& known) const;

 private:
  Path file_of(const std::string& package) const;

  Filesystem& fs_;
  Path folder_;
  std::string place_;
};

}  // namespace reef::remote
