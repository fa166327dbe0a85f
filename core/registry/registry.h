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
  std::vector<std::string> tags;
  std::vector<std::string> provides;  // names of capabilities, sorted; tools: those their detection may find
  bool yanked = false;
};

// Where packages come from. Safe for use by several threads.
class Registry {
 public:
  virtual ~Registry() = default;

  // What messages call it: "the catalogue in packages".
  virtual std::string name() const = 0;
  // Every name, sorted bytewise.
  virtual std::vector<std::string> names() = 0;
  // Newest first, yanked ones too (see `entry`); empty for an unknown name.
  virtual std::vector<Version> versions(std::string_view name) = 0;
  // Names of the packages of which some version provides the capability, sorted. A package always provides
  // its own name; that is not listed here.
  virtual std::vector<std::string> providers(std::string_view capability) = 0;
  // Every capability that somebody provides, sorted: for hints.
  virtual std::vector<std::string> capabilities() = 0;
  virtual std::optional<CatalogueEntry> entry(std::string_view name, const Version& version) = 0;

  // Read when first asked for, then kept. not_found names the nearest package or the versions there are;
  // invalid_input is the first problem of the manifest.
  virtual Result<std::shared_ptr<const Manifest>> manifest(std::string_view name, const Version& version) = 0;
  // The package's folder on this machine.
  virtual Result<Path> folder(std::string_view name, const Version& version) = 0;
  // `digest_tree` of the folder without kNotContent.
  virtual Result<Digest> digest(std::string_view name, const Version& version) = 0;

  // Entries (the newest version of each name) in which every word occurs, in the name, a tag or the summary,
  // whatever the case; best first: whole name, name, tag, summary, then by name. No word at all: everything.
  virtual std::vector<CatalogueEntry> search(const std::vector<std::string>& words) = 0;
};

// Entries at the top of a package's folder that are not part of the package.
extern const std::vector<std::string> kNotContent;  // .git, .reef, reef.lock

// The error for a name that a registry does not have, with its neighbours as a hint.
Error unknown_package(Registry& registry, std::string_view name);

}  // namespace reef
