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
};

struct Published {
  std::string name;
  std::string version;
  Digest digest;                // of the content
  std::string registry;         // where it went, as people call it
  bool was_there = false;       // the same content, already: nothing was copied
  std::vector<Error> warnings;  // of `reef check`
};

// What is published: the package was checked as `reef check` does.
struct Publishable {
  Project project;
  Digest digest;
  std::vector<std::string> skip;  // names at the top of its folder that are no part of it
};

// Where it goes.
struct Destination {
  std::string name;  // of a registry that was added; empty: only a location was given
  Location location;
};

// One kind of registry (LocationKind) is one function: it makes the package part of the registry, whole or
// not at all, in a way that can be repeated. Errors: integrity when the version is there with another
// content.
using Publisher = Result<Published> (*)(Session& session, const Publishable& package,
                                        const Destination& destination, const PublishRequest& request);

// Copies the package into the folder as NAME-VERSION, then writes the registry's index anew. A crash at any
// point leaves the registry as it was, or with the package; the same again finishes.
Result<Published> publish_to_folder(Session& session, const Publishable& package,
                                    const Destination& destination, const PublishRequest& request);

// Errors: not_found when there is no such registry; the first problem of the package; usage for kinds of
// registries that nothing can be published to from here, with what can be done instead.
Result<Published> publish(Session& session, const PublishRequest& request);

}  // namespace reef::ops
