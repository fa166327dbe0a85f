#pragma once

#include "core/os/environment.h"
#include "core/os/filesystem.h"

namespace reef::ops {

// Where reef keeps what it makes. $REEF_HOME, else $XDG_DATA_HOME/reef, else ~/.local/share/reef.
struct Home {
  Path root;
  Path cache() const { return root / "cache"; }
  Path records() const { return root / "records"; }
  Path state() const { return root / "state"; }  // stamps of workflow steps
  Path temporary() const { return root / "tmp"; }
};

// not_found when the environment names no home at all; creates nothing.
Result<Home> find_home(const Environment& env);

// Where the indexes of registries are kept.
inline Path registry_cache(const Home& home) { return home.cache() / "registries"; }

// How many bytes downloads may take: $REEF_CACHE_LIMIT, else 20 GiB. invalid_input names the variable.
Result<std::uint64_t> cache_limit(const Environment& env);

// Folders of this machine that hold packages.
struct RegistryRoots {
  std::vector<Path> own;          // of $REEF_PACKAGES (separated by `:`)
  std::optional<Path> catalogue;  // that came with the program

  std::vector<Path> all() const;  // in the order in which they are preferred
};
// not_found when one is not there, or there is none at all.
Result<RegistryRoots> registry_roots(Filesystem& fs, const Environment& env);

}  // namespace reef::ops
