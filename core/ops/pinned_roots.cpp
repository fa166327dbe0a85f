#include "core/ops/pinned_roots.h"

#include <algorithm>
#include <charconv>
#include <mutex>

#include "core/base/text.h"
#include "core/ops/pinned_keys.h"

namespace reef::ops {
namespace {

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
      : registry_(std::move(registry)),
        registries_(std::move(registries)),
        keys_(registry_, std::move(keys)) {}

  bool knows(const Digest& root) override {
    const std::scoped_lock lock(mutex_);
    if (!registry_.accepted || registry_.accepted->root != root) return false;
    const Result<std::vector<PublicKey>> good = keys_.acceptable();
    return good && std::any_of(good->begin(), good->end(), [&](const PublicKey& key) {
             return text_of(key.id) == registry_.accepted->key_id;
           });
  }

  Status accept(std::string_view root, const Result<std::string>& signature) override {
    const std::scoped_lock lock(mutex_);
    TRY_STATUS(keys_.acceptable().map([](const auto&) {}));
    if (!signature && signature.error().code() == ErrorCode::not_found)
      return make_error(ErrorCode::integrity, "the registry `{}` is pinned to keys, and is not signed",
                        registry_.name)
          .hint("those who publish it sign it with `reef registry build --sign KEY`");
    if (!signature) return tl::make_unexpected(signature.error());
    TRY(const Signature read,
        keys_.verify(*signature, root, fmt::format("the registry `{}`", registry_.name), "registry.json"));
    return remember(sha256(root), read);
  }

 private:
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
  PinnedKeys keys_;
};

class PinnedEntries final : public remote::EntryGuard {
 public:
  PinnedEntries(const KnownRegistry& registry, Keys keys)
      : name_(registry.name), keys_(registry, std::move(keys)) {}

  Status accept(const std::string& what, std::string_view entry,
                const std::optional<std::string>& signature) override {
    const std::string subject = fmt::format("{} of the registry `{}`", what, name_);
    if (signature) return keys_.verify(*signature, entry, subject, what).map([](const auto&) {});
    return make_error(ErrorCode::integrity, "{} is not signed, and the registry is pinned to keys", subject)
        .hint("those who publish it sign it with `reef publish --sign KEY`");
  }

 private:
  std::string name_;
  PinnedKeys keys_;
};

}  // namespace

std::shared_ptr<remote::EntryGuard> entry_guard_of(const KnownRegistry& registry, const Keys& keys) {
  if (registry.keys.empty()) return nullptr;
  return std::make_shared<PinnedEntries>(registry, keys);
}

std::shared_ptr<RootGuard> guard_of(const KnownRegistry& registry, const KnownRegistries& registries,
                                    const Keys& keys) {
  if (registry.keys.empty()) return nullptr;
  return std::make_shared<PinnedRoots>(registry, registries, keys);
}

}  // namespace reef::ops
