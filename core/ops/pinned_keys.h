#pragma once

#include <string>
#include <vector>

#include "core/ops/keys.h"
#include "core/ops/known_registries.h"

namespace reef::ops {

// The keys that a registry is pinned to, as this user sees them now: one that was revoked (Keys) stands for
// the one that took its place, if that is trusted here, else for none.
class PinnedKeys {
 public:
  PinnedKeys(const KnownRegistry& registry, Keys keys) : pinned_(registry.keys), keys_(std::move(keys)) {}

  // An error where revocations leave none.
  Result<std::vector<PublicKey>> acceptable() const;

  // The signature, when one of these keys made it of this text. Else integrity. subject: what was signed, as
  // messages begin, "the registry `lab`"; what: the text itself, "registry.json".
  Result<Signature> verify(const std::string& signature, std::string_view text, const std::string& subject,
                           const std::string& what) const;

 private:
  Result<PublicKey> signer(const Signature& signature, const std::string& subject) const;

  std::vector<PublicKey> pinned_;
  Keys keys_;
};

}  // namespace reef::ops
