#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/os/process.h"

namespace reef::oci {

// Who we are to one registry. Nothing here may be printed but the user and where it was found.
struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  // exchanged for tokens at the registry's token service
  std::string bearer;          // sent as it is
  std::string origin;          // "`$REEF_REGISTRY_LAB_USER`", "`/home/me/.docker/config.json`"
};

// What they are looked for.
struct CredentialQuery {
  std::string host;        // with its port, if the user wrote one
  std::string repository;  // may be empty
  std::string registry;    // the name that the user gave the registry; may be empty
};

// The machine they are found on.
struct CredentialSources {
  Filesystem& fs;
  ProcessRunner& processes;
  const Environment& env;
  const Cancellation& cancel;
};

// The first of:
//
//   $REEF_REGISTRY_X_TOKEN, or $REEF_REGISTRY_X_USER and $REEF_REGISTRY_X_PASSWORD, where X is the registry's
//     name, then its host and port, as login_variable writes them
//   $REGISTRY_AUTH_FILE and no other file, when it is set; else
//   $XDG_RUNTIME_DIR/containers/auth.json, $XDG_CONFIG_HOME/containers/auth.json (~/.config/...),
//   $DOCKER_CONFIG/config.json (~/.docker/...)
//
// In a file: `credHelpers` of the host; the entry of `auths` with the longest key (host, or host/repository
// and the folders above it); `credsStore`. Helpers are run as `docker-credential-NAME get`, for at most 20 s.
//
// Nothing: there are none. invalid_input: a file that cannot be understood (its text is never shown);
// not_found: the file or the helper that was named is not there; io: a helper that failed.
Result<std::optional<Credentials>> find_credentials(const CredentialSources& sources,
                                                    const CredentialQuery& query);

// What a user could do who has none: hints for an error.
std::vector<std::string> credential_hints(const CredentialQuery& query);

// One of those files. `path`: its name in messages. Exposed for tests.
struct AuthEntry {
  std::optional<Credentials> credentials;
  std::string helper;  // that knows them; empty: none
};
Result<AuthEntry> read_auth_file(const std::string& path, std::string text, const CredentialQuery& query);

}  // namespace reef::oci
