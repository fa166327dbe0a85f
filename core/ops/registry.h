#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/ops/keys.h"
#include "core/ops/known_registries.h"
#include "core/ops/session.h"
#include "core/registry/build_registry.h"

namespace reef::ops {

struct RegistryPublished {
  RegistryBuilt built;
  std::optional<Path> signature;  // registry.json.minisig, when it is signed
  // Packages that nobody gets, since the catalogue has tools of their names; versions that are gone.
  std::vector<Error> warnings;
};

// What signs a root: the secret key, got when it is needed.
using SecretKeySource = std::function<Result<SecretKey>()>;

struct PublishFolder {
  bool wait = false;     // while another process publishes the same; else `busy`
  SecretKeySource sign;  // null: nothing is to be signed
  std::optional<YankChange> yank;
  bool replace = false;            // see BuildOptions
  const FileLock* lock = nullptr;  // of lock_registry, by those who hold it
};

// For people: versions that a registry had, and that are not in its folder any more.
std::vector<Error> warnings_of_gone(const RegistryBuilt& built);

// usage: the folder is in reef's own cache, a copy of what others publish.
Status check_not_cached(const Machine& machine, const Path& folder);

// Writes the index and the contents of a folder of packages, so that it can be served as it is. Without a
// home nothing is remembered, and every package is read. A registry that is signed must be signed again
// (usage).
Result<RegistryPublished> publish_folder(const Machine& machine, const Path& folder,
                                         const PublishFolder& request);

struct AddRegistry {
  std::string name;
  std::string location;
  std::string ref;
  std::int64_t priority = 0;
  std::vector<std::string> prefixes;
  std::vector<std::string> keys;  // as Keys::find takes them
};
struct AddedRegistry {
  KnownRegistry registry;
  std::optional<std::size_t> packages;  // names in it; unknown when it was not looked at (offline)
  // Packages that are hidden by tools of the catalogue; of git: what is not fetched.
  std::vector<Error> warnings;
};
// Looks whether there is a registry, and remembers it. Errors: usage when the name is taken; not_found when
// there is nothing; as those of opening it.
Result<AddedRegistry> add_registry(const Machine& machine, const AddRegistry& request, bool offline);

// Where packages come from, in the order in which they are asked.
struct ListedRegistry {
  std::string name;  // empty: a folder of REEF_PACKAGES
  bool is_catalogue = false;
  bool was_added = false;
  KnownRegistry known;  // of a folder: its location
  struct Key {
    std::string name;  // else its id
    bool revoked = false;
    std::string replaced_by;  // of a revoked one; may be empty
  };
  std::vector<Key> keys;  // that it is pinned to
};
Result<std::vector<ListedRegistry>> list_registries(const Machine& machine);

Result<KnownRegistry> remove_registry(const Machine& machine, const std::string& name);

struct UpdatedRegistry {
  std::string name;
  std::optional<bool> changed = false;  // nothing: only its packages tell, when they are asked for
  std::string from;                     // git: commits; others: nothing
  std::string to;
  std::vector<Error> warnings;  // git: what of the new commit is not fetched
  std::optional<Error> error;
};
// Asks anew: of a site for its root, of an OCI registry for its names, of a git repository what its ref means
// now. Folders are read with every command anyway. No name: all of them; one that cannot be asked does not
// keep the others from it.
Result<std::vector<UpdatedRegistry>> update_registries(const Machine& machine,
                                                       const std::vector<std::string>& names);

}  // namespace reef::ops
