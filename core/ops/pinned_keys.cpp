#include "core/ops/pinned_keys.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::ops {
namespace {

constexpr int kMostRotations = 16;

template <class T>
Result<T> as_integrity(Result<T> result) {
  return std::move(result).map_error(
      [](const Error& error) { return Error(ErrorCode::integrity, error.message()); });
}

// The key itself, or the trusted one that took its place when it was revoked.
Result<PublicKey> successor(const PublicKey& key, const std::vector<KnownKey>& known) {
  const auto same_id = [&](const KnownKey& each) { return each.key.id == key.id; };
  auto found = std::find_if(known.begin(), known.end(), same_id);
  if (found != known.end() && found->key != key)
    return make_error(ErrorCode::integrity, "another key with the id {} is known here, as `{}`",
                      text_of(key.id), found->name);
  for (int step = 0; found != known.end() && found->revoked; ++step) {
    const KnownKey& revoked = *found;
    found = std::find_if(known.begin(), known.end(), [&](const KnownKey& each) {
      return !revoked.replaced_by.empty() && is_called(each, revoked.replaced_by);
    });
    if (found == known.end() || step == kMostRotations) return tl::make_unexpected(revoked_error(revoked));
    if (!found->revoked) return found->key;
  }
  return key;
}

}  // namespace

Result<std::vector<PublicKey>> PinnedKeys::acceptable() const {
  TRY(const std::vector<KnownKey> known, keys_.list());
  std::vector<PublicKey> out;
  std::optional<Error> refused;
  for (const PublicKey& key : pinned_) {
    const Result<PublicKey> now = successor(key, known);
    if (now)
      out.push_back(*now);
    else
      refused = now.error();
  }
  if (out.empty() && refused) return tl::make_unexpected(*refused);
  return out;
}

Result<Signature> PinnedKeys::verify(const std::string& signature, std::string_view text,
                                     const std::string& subject, const std::string& what) const {
  TRY(Signature read, with_context(as_integrity(read_signature(signature)),
                                   [&] { return fmt::format("reading the signature of {}", subject); }));
  TRY(const PublicKey key, signer(read, subject));
  TRY_STATUS(verify_text(key, read, text, what));
  return read;
}

Result<PublicKey> PinnedKeys::signer(const Signature& signature, const std::string& subject) const {
  TRY(const std::vector<PublicKey> good, acceptable());
  const auto found =
      std::find_if(good.begin(), good.end(), [&](const PublicKey& key) { return key.id == signature.id; });
  if (found != good.end()) return *found;
  TRY(const std::vector<KnownKey> known, keys_.list());
  for (const KnownKey& each : known)
    if (each.key.id == signature.id && each.revoked) return tl::make_unexpected(revoked_error(each));
  std::vector<std::string> ids;
  for (const PublicKey& key : good) ids.push_back(text_of(key.id));
  return make_error(ErrorCode::integrity, "{} is signed with the key {}, and is pinned to {}", subject,
                    text_of(signature.id), join(ids, " and "))
      .hint(
          "if its key was replaced, trust the new one, then "
          "`reef key revoke OLD --replaced-by NEW` (docs/trust.md)");
}

}  // namespace reef::ops
