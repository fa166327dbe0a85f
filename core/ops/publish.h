#pragma once

#include <string>
#include <vector>

#include "core/ops/known_registries.h"
#include "core/ops/registry.h"
#include "core/ops/session.h"

namespace reef::ops {

struct PublishRequest {
  std::string package = ".";  // its folder
  std::string to;             // the name of a registry that was added, or a location
  SecretKeySource sign;       // null: nothing is to be signed
  fetch::Progress* progress = &fetch::silent_progress();  // of what is sent
};

struct Published {
  std::string name;
  std::string version;
  Digest digest;                // of the content
  std::string registry;         // where it went, as people call it
  bool was_there = false;       // the same content, already: nothing was copied
  bool signed_now = false;      // what was there had no good signature by this key
  std::vector<Error> warnings;  // of `reef check`, and of the registry
};

// What is published: the package was checked as `reef check` does.
struct Publishable {
  Project project;
  Digest digest;
  LeftOut left_out;  // what in its folder is no part of it
};

// Where it goes.
struct Destination {
  std::string name;  // of a registry that was added; empty: only a location was given
  Location location;
  bool is_pinned = false;  // to keys: what is not signed would not be believed
};

// One kind of registry (LocationKind) is one function: it makes the package part of the registry, whole or
// not at all, in a way that can be repeated. Errors: integrity when the version is there with another
// content.
using Publisher = Result<Published> (*)(Session& session, const Publishable& package,
                                        const Destination& destination, const PublishRequest& request);

// The folder of a registry that will be written; usage when it is signed, and there is no key.
Result<Path> folder_of(const Machine& machine, const Destination& destination, const SecretKeySource& sign);

// Copies the package into the folder as NAME-VERSION, then writes the registry's index anew; when that fails
// the copy goes again. Those who do so at once wait for each other. A crash at any point leaves the registry
// as it was, or with the package; the same again finishes.
Result<Published> publish_to_folder(Session& session, const Publishable& package,
                                    const Destination& destination, const PublishRequest& request);

// Sends it to an OCI registry (remote/oci_publish.h).
Result<Published> publish_to_oci(Session& session, const Publishable& package, const Destination& destination,
                                 const PublishRequest& request);

// The same with `yank`: whether it changed something.
Result<bool> yank_in_oci(Session& session, const Destination& destination, const YankChange& change);

// Errors: not_found when there is no such registry; the first problem of the package; usage for kinds of
// registries that nothing can be published to from here, with what can be done instead.
Result<Published> publish(Session& session, const PublishRequest& request);

struct YankRequest {
  std::string package;  // NAME@VERSION
  std::string to;       // as of PublishRequest; folders and OCI registries
  bool undo = false;
  SecretKeySource sign;
};

struct YankedVersion {
  std::string name;
  std::string version;
  std::string registry;
  bool changed = false;  // else it was so already
};

// Marks one version of a registry as yanked (core/registry/yanked.h), or undoes that, and writes the index
// anew; of an OCI registry only that version's mark. Errors: not_found for versions that it does not have; as
// those of `publish` for the registry.
Result<YankedVersion> yank(Session& session, const YankRequest& request);

}  // namespace reef::ops
