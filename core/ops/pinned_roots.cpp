#include "core/ops/pinned_roots.h"

#include <algorithm>
#include <charconv>
#include <mutex>

#include "core/base/text.h"

namespace reef::ops {
namespace {

constexpr int kMostRotations = 16;

// `timestamp:1700000000` of a trusted comment, as `reef sign` and minisign write it.
std::optional<SystemTime> time_in(const std::string& comment) {
  constexpr std::string_view kField = "timestamp:";
  for (const std::string& field : split(comment, '\t')) {
    if (!field.starts_with(kField)) continue;
    std::int64_t seconds = 0;
    const char* end = field.data() + field.size();
    const auto read = std::from_chars(field.data() + kField.size(), end, seconds);
    constexpr std::int64_t kLatest = 9'000'000'000;  // the year 2255
    if (read.ec != std::errc() || read.ptr != end || seconds < 0 || seconds > kLatest) return std::nullopt;
    return SystemTime(std::chrono::seconds(seconds));
  }
  return std::nullopt;
}

class PinnedRoots final : public RootGuard {
 public:
  PinnedRoots(KnownRegistry registry, KnownRegistries registries, Keys keys)
      : registry_(std::move(registry)), registries_(std::move(registries)), keys_(std::move(keys)) {}

  bool knows(const Digest& root) override {
    const std::scoped_lock lock(mutex_);
    if (!registry_.accepted || registry_.accepted->root != root) return false;
    const Result<std::vector<PublicKey>> good = acceptable();
    return good && std::any_of(good->begin(), good->end(), [&](const PublicKey& key) {
             return text_of(key.id) == registry_.accepted->key_id;
           });
  }

  Status accept(std::string_view root, const Result<std::string>& signature) override {
    const std::scoped_lock lock(mutex_);
    TRY(const std::vector<PublicKey> good, acceptable());
    if (!signature && signature.error().code() == ErrorCode::not_found)
      return make_error(ErrorCode::integrity, "the registry `{}` is pinned to keys, and is not signed",
                        registry_.name)
          .hint("those who publish it sign it with `reef registry build --sign KEY`");
    if (!signature) return tl::make_unexpected(signature.error());
    TRY(const Signature read, with_context(as_integrity(read_signature(*signature)), [&] {
          return fmt::format("reading the signature of the registry `{}`", registry_.name);
        }));
    TRY(const PublicKey key, signer(read, good));
    TRY_STATUS(verify_text(key, read, root, "registry.json"));
    return remember(sha256(root), read);
  }

 private:
  template <class T>
  static Result<T> as_integrity(Result<T> result) {
    return std::move(result).map_error(
        [](const Error& error) { return Error(ErrorCode::integrity, error.message()); });
  }

  // The keys that may sign now. An error where a revocation leaves none.
  Result<std::vector<PublicKey>> acceptable() const {
    TRY(const std::vector<KnownKey> known, keys_.list());
    std::vector<PublicKey> out;
    std::optional<Error> refused;
    for (const PublicKey& key : registry_.keys) {
      const Result<PublicKey> now = successor(key, known);
      if (now)
        out.push_back(*now);
      else
        refused = now.error();
    }
    if (out.empty() && refused) return tl::make_unexpected(*refused);
    return out;
  }

  // The key itself, or the trusted one that took its place when it was revoked.
  static Result<PublicKey> successor(const PublicKey& key, const std::vector<KnownKey>& known) {
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

  Result<PublicKey> signer(const Signature& signature, const std::vector<PublicKey>& good) const {
    const auto found =
        std::find_if(good.begin(), good.end(), [&](const PublicKey& key) { return key.id == signature.id; });
    if (found != good.end()) return *found;
    TRY(const std::vector<KnownKey> known, keys_.list());
    for (const KnownKey& each : known)
      if (each.key.id == signature.id && each.revoked) return tl::make_unexpected(revoked_error(each));
    std::vector<std::string> ids;
    for (const PublicKey& key : good) ids.push_back(text_of(key.id));
    return make_error(ErrorCode::integrity,
                      "the registry `{}` is signed with the key {}, and is pinned to {}", registry_.name,
                      text_of(signature.id), join(ids, " and "))
        .hint(
            "if its key was replaced, trust the new one, then "
            "`reef key revoke OLD --replaced-by NEW` (docs/trust.md)");
  }

  Status remember(const Digest& root, const Signature& signature) {
    const std::optional<SystemTime> time = time_in(signature.trusted_comment);
    if (!time)
      return make_error(ErrorCode::integrity,
                        "the signature of the registry `{}` does not say when it was made (`timestamp:`)",
                        registry_.name)
          .hint("those who publish it sign it with `reef registry build --sign KEY`");
    if (registry_.accepted && *time < registry_.accepted->signed_at)
      return make_error(
                 ErrorCode::integrity,
                 "the registry `{}` was rolled back: its root was signed on {}, and one of {} is known here",
                 registry_.name, format_time(*time), format_time(registry_.accepted->signed_at))
          .hint(
              fmt::format("if that is meant: `reef registry remove {}`, then add it again", registry_.name));
    const AcceptedRoot accepted{root, text_of(signature.id), *time};
    // One that is being added is not in the list yet: whoever adds it asks for `accepted`.
    const Status status = is_known() ? registries_.set_accepted(registry_, accepted) : Status();
    if (status) registry_.accepted = accepted;
    return status;
  }

  bool is_known() const {
    const Result<KnownRegistry> found = registries_.find(registry_.name);
    return found && found->location == registry_.location;
  }

  std::mutex mutex_;
  KnownRegistry registry_;
  KnownRegistries registries_;
  Keys keys_;
};

}  // namespace

std::shared_ptr<RootGuard> guard_of(const KnownRegistry& registry, const KnownRegistries& registries,
                                    const Keys& keys) {
  if (registry.keys.empty()) return nullptr;
  return std::make_shared<PinnedRoots>(registry, registries, keys);
}

}  // namespace reef::ops
