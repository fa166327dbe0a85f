#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/oci/repository.h"
#include "core/registry/binary_index.h"
#include "core/registry/registry.h"
#include "core/remote/access.h"
#include "core/remote/oci_memory.h"
#include "core/remote/package_folders.h"

namespace reef::remote {

// Says which versions of an OCI registry may be believed, where not every one may be.
class EntryGuard {
 public:
  virtual ~EntryGuard() = default;
  // entry: the bytes that are signed. signature: the text of a minisign signature; nothing: there is none.
  // integrity when the entry may not be believed. `what`: "ink 1.0.0", for messages.
  virtual Status accept(const std::string& what, std::string_view entry,
                        const std::optional<std::string>& signature) = 0;
};

// A registry of packages in an OCI registry.
struct OciSite {
  std::string name;                             // what the user calls it; empty: it was not added
  oci::Reference place;                         // its repository is the prefix of all others
  std::shared_ptr<EntryGuard> guard = nullptr;  // null: every version is believed
};

// What such a registry says and holds (docs/registry-oci.md), and what of it is on this machine: names and
// versions in OciMemory below `cache`, contents in the cache of downloads and in PackageFolders.
//
// The names are asked for again when they are a minute old, or by `refresh`; a package when the names were
// asked for since. Of a package only versions that are not known yet are read: they do not change. Where the
// registry cannot be reached, what is known is used, and a note says so; offline nothing is asked at all.
// Safe for several threads.
class OciPackages {
 public:
  OciPackages(Access access, OciSite site, const Path& cache);
  OciPackages(const OciPackages&) = delete;
  OciPackages& operator=(const OciPackages&) = delete;
  ~OciPackages() = default;

  std::string name() const;
  // What stands before the paths of manifests: "oci://host/prefix".
  Path top() const { return site_.place.place(); }

  struct Names {
    std::set<std::string> names;
    std::set<std::string> tools;
    std::map<std::string, std::set<std::string>> providers;  // by capability
  };
  // Empty for a registry in which nothing was published yet. Errors: network, also when offline and nothing
  // is known.
  Result<Names> names();
  // Asks now. The value: whether there are other names.
  Result<bool> refresh();
  // What `names` had to do without, for people.
  std::vector<std::string> notes();

  // All versions, newest first; those that the guard refuses are left out. Nothing: there is no such package.
  // integrity: all of them are refused, or one is not what its tag says.
  Result<std::optional<IndexedPackage>> package(const std::string& name);

  // Versions that the guard refuses, and why.
  std::vector<Registry::Hidden> refused(const std::string& package);

  // Files of a package on this machine.
  Result<Path> manifest(const IndexedVersion& version);
  Result<Path> folder(const IndexedVersion& version);

 private:
  std::int64_t now_ns() const;
  bool is_recent(std::int64_t when_ns) const;
  Failure unknown_offline(const std::string& what) const;
  Status ask_for_names(std::optional<KnownTags>& known);
  Result<KnownTags> known_package(const std::string& name);
  Result<KnownTags> ask(const std::string& package, const std::optional<KnownTags>& before);
  Result<std::optional<KnownVersion>> read_version(oci::Repository& repository, const std::string& tag,
                                                   const std::set<std::string>& tags,
                                                   const KnownVersion* before);
  Status accept(const std::string& package, const std::string& tag, const KnownVersion& version);
  Result<Path> get(const std::string& package, const archive::Blob& blob, const std::string& label);
  Result<archive::BlobFiles> get_all(const IndexedVersion& version, const archive::Tree& tree);

  Access access_;
  OciSite site_;
  oci::Remote remote_;
  oci::Remote hasty_remote_;  // for what is known already
  OciMemory memory_;
  PackageFolders folders_;
  std::atomic<std::int64_t> names_asked_ns_{0};
  std::atomic<bool> is_down_{false};
  std::mutex mutex_;  // of the notes
  std::vector<std::string> notes_;
};

}  // namespace reef::remote
