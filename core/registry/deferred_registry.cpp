#include <atomic>
#include <mutex>

#include "core/registry/compose.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

class DeferredRegistry final : public Registry {
 public:
  explicit DeferredRegistry(DeferredOpening opening) : opening_(std::move(opening)) {}

  std::string name() const override { return is_open_ ? (*registry_)->name() : opening_.name; }
  // One that cannot be opened may have any.
  bool has(std::string_view package) override {
    open();
    return !is_open_ || (*registry_)->has(package);
  }
  std::string origin(std::string_view package) override {
    open();
    return is_open_ ? (*registry_)->origin(package) : "";
  }
  std::vector<Hidden> hidden(std::string_view package) override {
    open();
    return is_open_ ? (*registry_)->hidden(package) : std::vector<Hidden>();
  }
  bool is_published(std::string_view package) override {
    open();
    return is_open_ && (*registry_)->is_published(package);
  }

  Texts names() override {
    return list([](Registry& registry) { return registry.names(); });
  }
  Texts tools() override {
    return list([](Registry& registry) { return registry.tools(); });
  }
  Texts providers(std::string_view capability) override {
    return list([&](Registry& registry) { return registry.providers(capability); });
  }
  Texts capabilities() override {
    return list([](Registry& registry) { return registry.capabilities(); });
  }
  Result<std::vector<CatalogueEntry>> search(const Texts& words) override {
    if (!may_list()) return std::vector<CatalogueEntry>();
    auto found = (*registry_)->search(words);
    const bool is_away = !found && found.error().code() == ErrorCode::network;
    if (!is_away) return found;
    std::call_once(told_, [&] { opening_.left_out(found.error()); });
    return std::vector<CatalogueEntry>();
  }

  bool is_tool(std::string_view package) override {
    open();
    return is_open_ && (*registry_)->is_tool(package);
  }
  std::vector<Version> versions(std::string_view package) override {
    open();
    return is_open_ ? (*registry_)->versions(package) : std::vector<Version>();
  }
  std::optional<CatalogueEntry> entry(std::string_view package, const Version& version) override {
    open();
    return is_open_ ? (*registry_)->entry(package, version) : std::nullopt;
  }

  Result<std::vector<VersionNeeds>> needs(std::string_view package) override {
    TRY(Registry * registry, open_for(package));
    return registry->needs(package);
  }
  Result<std::shared_ptr<const Manifest>> manifest(std::string_view package,
                                                   const Version& version) override {
    TRY(Registry * registry, open_for(package));
    return registry->manifest(package, version);
  }
  Result<Path> folder(std::string_view package, const Version& version) override {
    TRY(Registry * registry, open_for(package));
    return registry->folder(package, version);
  }
  Result<Digest> digest(std::string_view package, const Version& version) override {
    TRY(Registry * registry, open_for(package));
    return registry->digest(package, version);
  }

 private:
  void open() {
    std::call_once(once_, [this] {
      registry_ = opening_.open();
      is_open_ = registry_.has_value();
    });
  }

  Result<Registry*> open_for(std::string_view package) {
    open();
    if (is_open_) return registry_->get();
    Error error = registry_.error();
    return tl::make_unexpected(std::move(error).context(fmt::format("looking for `{}`", package)));
  }

  bool may_list() {
    open();
    if (!is_open_) std::call_once(told_, [this] { opening_.left_out(registry_.error()); });
    return is_open_;
  }

  template <class Question>
  Texts list(Question question) {
    return may_list() ? question(**registry_) : Texts();
  }

  DeferredOpening opening_;
  std::once_flag once_;
  std::once_flag told_;
  Result<std::unique_ptr<Registry>> registry_ = std::unique_ptr<Registry>();
  std::atomic<bool> is_open_ = false;
};

}  // namespace

std::unique_ptr<Registry> defer_registry(DeferredOpening opening) {
  return std::make_unique<DeferredRegistry>(std::move(opening));
}

}  // namespace reef
