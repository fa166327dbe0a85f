#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/model/manifest.h"
#include "core/os/filesystem.h"

namespace reef {

// What a catalogue knows of a package without reading its manifest.
struct CatalogueEntry {
  std::string name;
  Version version;
  PackageKind kind = PackageKind::program;
  std::string summary;
  std::string license;
  std::vector<std::string> tags;
  std::vector<std::string> provides;  // names of capabilities, sorted; tools: those their detection may find
  bool yanked = false;
};

// What one version asks of the world and offers to it.
struct VersionNeeds {
  Version version;
  bool yanked = false;
  // Only name, place, provides, dependencies and variations (without templates) are filled in. Versions that
  // ask for the same may share one, whose places are then those of the newest of them.
  std::shared_ptr<const Manifest> needs;
};

// Where packages come from: one view of it, taken when it is opened. What changes behind it is noticed and
// said (`busy`), never mixed in. Safe for use by several threads.
class Registry {
 public:
  virtual ~Registry() = default;

  // What messages call it: "the catalogue in packages".
  virtual std::string name() const = 0;
  // Whether it has a package of that name, be it one of which nothing can be read.
  virtual bool has(std::string_view name) = 0;
  // The registry that a package comes from, as the user called it; empty: folders that need no name.
  virtual std::string origin(std::string_view /*name*/) { return ""; }
  // Versions of a name that the registry has and does not give, since the name comes from another place,
  // which is asked first, or since they may not be believed. Asks all places: for messages of what is not
  // there.
  struct Hidden {
    std::string registry;  // as the user called it
    std::vector<Version> versions;
    std::vector<std::string> reasons{};  // of each, why it may not be believed; none: another place is first
  };
  virtual std::vector<Hidden> hidden(std::string_view /*name*/) { return {}; }
  // "names that begin with `x-` come from the registry `x` only": of a name that not everybody may have;
  // empty: of others.
  virtual std::string claim(std::string_view /*name*/) { return ""; }
  // Whether a version of that package, once there, never changes: not in folders, where people edit.
  virtual bool is_published(std::string_view /*name*/) { return false; }
  // Every name, sorted bytewise.
  virtual std::vector<std::string> names() = 0;
  // Names of the packages that are tools, sorted.
  virtual std::vector<std::string> tools() = 0;
  virtual bool is_tool(std::string_view name) = 0;
  // Newest first, yanked ones too (see `entry`); empty for an unknown name, and for one with a manifest that
  // cannot be read, or that is a tool here and something else there: `manifest` of any version gives the
  // reason.
  virtual std::vector<Version> versions(std::string_view name) = 0;
  // Names of the packages of which some version provides the capability, sorted. A package always provides
  // its own name; that is not listed here.
  virtual std::vector<std::string> providers(std::string_view capability) = 0;
  // Every capability that somebody provides, sorted: for hints.
  virtual std::vector<std::string> capabilities() = 0;
  virtual std::optional<CatalogueEntry> entry(std::string_view name, const Version& version) = 0;
  // All versions of a package, newest first, from the index alone; empty for an unknown name. The problem
  // of a manifest that cannot be read; integrity when one version has two contents.
  virtual Result<std::vector<VersionNeeds>> needs(std::string_view name) = 0;

  // Read when first asked for, then kept. not_found names the nearest package or the versions there are;
  // invalid_input is the first problem of the manifest.
  virtual Result<std::shared_ptr<const Manifest>> manifest(std::string_view name, const Version& version) = 0;
  // The package's folder on this machine.
  virtual Result<Path> folder(std::string_view name, const Version& version) = 0;
  // `digest_tree` of the folder without what is no part of the package (package_content.h).
  virtual Result<Digest> digest(std::string_view name, const Version& version) = 0;

  // Entries (one version of each name: `is_shown_before`) in which every word occurs, in the name, a tag, a
  // capability or the summary, whatever the case; best first: whole name, name, tag or capability, summary,
  // then by name. No word at all: everything. Errors: of reading the index.
  virtual Result<std::vector<CatalogueEntry>> search(const std::vector<std::string>& words) = 0;
};

// What is wrong with a package that is known but cannot be read; nothing for others.
std::optional<Error> problem_of(Registry& registry, std::string_view name);

// The error for a name that a registry does not have, with its neighbours as a hint.
Error unknown_package(Registry& registry, std::string_view name);

// "`two` has num 2.0.0, but `num` comes from `one`, which is asked first: ...": what is hidden in that range.
std::vector<std::string> hints_about_hidden(Registry& registry, std::string_view name,
                                            const VersionRange& range);

// The error for a package none of whose versions is in the range.
Error no_version_in(Registry& registry, std::string_view name, const VersionRange& range);

// The error for a version that is not among those of its package, newest first.
Error no_such_version(std::string_view registry, std::string_view name, const Version& version,
                      const std::vector<Version>& known);

// The error for one version with different contents in two places.
Error two_contents(const CatalogueEntry& entry, std::string_view first, std::string_view second);

// Which of two versions of a package a list shows: the one that is not withdrawn, then the stable one, then
// the newer one, as whoever asks for any version gets them.
bool is_shown_before(const CatalogueEntry& a, const CatalogueEntry& b);

// Those of `entries` that a search finds, best first.
std::vector<CatalogueEntry> matching(std::vector<CatalogueEntry> entries,
                                     const std::vector<std::string>& words);

}  // namespace reef
