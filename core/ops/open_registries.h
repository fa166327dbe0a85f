#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/ops/known_registries.h"
#include "core/ops/session.h"
#include "core/registry/registry.h"
#include "core/remote/http_place.h"
#include "core/remote/oci_packages.h"

namespace reef::ops {

// What a server is told of who asks: the TOKEN, or the USER and PASSWORD, of the registry's login_variable.
// Empty without any. invalid_input when they contradict each other, or would be sent over plain http to
// another machine.
Result<std::vector<std::pair<std::string, std::string>>> credentials_of(const KnownRegistry& registry,
                                                                        const Environment& env);

// For one command: the client must outlive it.
remote::Access access_of(const Machine& machine, const Home& home, HttpClient& client, bool offline);

// `access` for the git repository that a registry is, with what the environment says of a login; only over
// http and https, since ssh has the user's agent.
Result<remote::Access> git_access_of(const remote::Access& access, const KnownRegistry& known);

// A registry on a web site, with what the environment and the keys say of it.
Result<remote::Site> site_of(const Machine& machine, const Home& home, const KnownRegistry& known);

// The same of an OCI registry.
Result<remote::OciSite> oci_site_of(const Machine& machine, const Home& home, const KnownRegistry& known);

struct Opened {
  std::unique_ptr<Registry> registry;
  std::vector<std::string> notes;  // for people: what could not be asked anew
};

// For people, of any thread: what could not be asked, and what is done instead.
using RegistryNote = std::function<void(const std::string&)>;

// One registry that was added. Its errors name it.
Result<Opened> open_known(const Machine& machine, const Home& home, const remote::Access& access,
                          const KnownRegistry& known);

// Where packages come from for a user: the folders of REEF_PACKAGES and the catalogue, merged, then the
// registries that were added, in their order. A name that begins with a declared prefix comes only from a
// registry that declares the longest such prefix, or from the user's own REEF_PACKAGES; such a registry gives
// no others. docs/registries.md says it to users.
//
// A registry that was added is opened when a name gets as far as it, or a list is asked for. When it cannot
// be opened that name's question has the error; a list is without it, with a note. What `machine` and
// `access` refer to must outlive the registry.
Result<std::unique_ptr<Registry>> open_for_user(const Machine& machine, const Home& home,
                                                const remote::Access& access, const RegistryRoots& roots,
                                                const std::vector<KnownRegistry>& known, RegistryNote note);

// The longest prefix that one of these registries declares for a name; empty: none does.
std::string prefix_of(std::string_view name, const std::vector<KnownRegistry>& known);

}  // namespace reef::ops
