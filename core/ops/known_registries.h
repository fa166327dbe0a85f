#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ops/home.h"
#include "core/ops/location.h"
#include "core/ops/minisign.h"
#include "core/os/cancel.h"
#include "core/os/clock.h"

namespace reef::ops {

// A root that was accepted by its signature: an older one is not accepted any more.
struct AcceptedRoot {
  Digest root;
  std::string key_id;  // of the key that signed it
  SystemTime signed_at{};
};

// A registry that the user added.
struct KnownRegistry {
  std::string name;
  Location location;
  std::string ref;            // git: branch or tag; empty: what HEAD means
  std::string commit;         // git: what is used until `registry update`
  std::int64_t priority = 0;  // higher ones are asked first; equal ones in the order of adding
  std::vector<std::string>
      prefixes;                 // of names that come from here only; none: every name that no other claims
  std::vector<PublicKey> keys;  // one of which must have signed its root; none: nothing need be signed
  std::optional<AcceptedRoot> accepted;
};

// Lower-case letters, digits and `-`: so that no two have the same variables in the environment.
Result<std::string> parse_registry_name(std::string_view text);
// The start of names of packages.
Result<std::string> parse_prefix(std::string_view text);

// `<home>/registries.json` (schemas/registries.schema.json), in the order in which they are asked. Any number
// of processes may use it.
class KnownRegistries {
 public:
  KnownRegistries(Filesystem& fs, const Home& home) : fs_(&fs), home_(home) {}

  // Errors: of the file; nothing is believed of one that cannot be read whole.
  Result<std::vector<KnownRegistry>> list() const;
  // not_found with the neighbour.
  Result<KnownRegistry> find(const std::string& name) const;
  // usage when the name is taken.
  Status add(const KnownRegistry& registry) const;
  Result<KnownRegistry> remove(const std::string& name) const;
  // Only while it is the same registry still: `busy` when it was removed or has another location by now.
  Status set_commit(const KnownRegistry& registry, const std::string& commit) const;
  // integrity when a newer root was accepted meanwhile.
  Status set_accepted(const KnownRegistry& registry, const AcceptedRoot& accepted) const;

  Path file() const { return home_.root / "registries.json"; }

 private:
  template <class Change>
  Status change(const Change& change) const;
  template <class Change>
  Status change_one(const KnownRegistry& registry, const Change& change) const;

  Filesystem* fs_;
  Home home_;
};

}  // namespace reef::ops
