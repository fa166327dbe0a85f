#pragma once

#include <string>

#include "cli/host.h"
#include "core/ops/keys.h"
#include "core/ops/registry.h"

namespace reef::cli {

inline constexpr const char* kPassphrase = "REEF_KEY_PASSPHRASE";

Result<ops::Keys> open_keys(Host& host);

// From the environment, else from the terminal; twice when it is a new one.
Result<std::string> passphrase(const Host& host, bool is_new);

// The secret key that `--sign` names, asked for when it is needed; null when it names none.
ops::SecretKeySource signing_key(Host& host, const std::string& name_or_file);

}  // namespace reef::cli
