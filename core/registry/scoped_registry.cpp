#include <algorithm>

#include "core/base/text.h"
#include "core/registry/compose.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

class ScopedRegistry final : public Registry {
 public:
  ScopedRegistry(std::unique_ptr<Registry> inner, std::function<bool(std::string_view)> shows)
      : inner_(std::move(inner)), shows_(std::move(shows)) {}

  std::string name() const override { return inner_->name(); }
  bool has(std::string_view package) override { return shows_(package) && inner_->has(package); }
  std::string origin(std::string_view package) override { return inner_->origin(package); }
  std::vector<Hidden> hidden(std::string_view package) override {
    return shows_(package) ? inner_->hidden(package) : std::vector<Hidden>();
  }
  bool is_published(std::string_view package) override { return inner_->is_published(package); }
  Texts names() override { return shown(inner_->names()); }
  Texts tools() override { return shown(inner_->tools()); }
  Texts providers(std::string_view capability) override { return shown(inner_->providers(capability)); }
  Texts capabilities() override {
    Texts out = inner_->capabilities();
    std::erase_if(out, [&](const std::string& capability) { return providers(capability).empty(); });
    return out;
  }
  bool is_tool(std::string_view package) override { return shows_(package) && inner_->is_tool(package); }
  std::vector<Version> versions(std::string_view package) override {
    return shows_(package) ? inner_->versions(package) : std::vector<Version>();
  }
  std::optional<CatalogueEntry> entry(std::string_view package, const Version& version) override {
    return shows_(package) ? inner_->entry(package, version) : std::nullopt;
  }
  Result<std::vector<VersionNeeds>> needs(std::string_view package) override {
    if (!shows_(package)) return std::vector<VersionNeeds>();
    return inner_->needs(package);
  }
  Result<std::shared_ptr<const Manifest>> manifest(std::string_view package,
                                                   const Version& version) override {
    TRY_STATUS(require(package));
    return inner_->manifest(package, version);
  }
  Result<Path> folder(std::string_view package, const Version& version) override {
    TRY_STATUS(require(package));
    return inner_->folder(package, version);
  }
  Result<Digest> digest(std::string_view package, const Version& version) override {
    TRY_STATUS(require(package));
    return inner_->digest(package, version);
  }
  Result<std::vector<CatalogueEntry>> search(const Texts& words) override {
    TRY(std::vector<CatalogueEntry> found, inner_->search(words));
    std::erase_if(found, [&](const CatalogueEntry& entry) { return !shows_(entry.name); });
    return found;
  }

 private:
  Texts shown(Texts names) const {
    std::erase_if(names, [&](const std::string& name) { return !shows_(name); });
    return names;
  }
  Status require(std::string_view package) const {
    if (shows_(package)) return {};
    return make_error(ErrorCode::not_found, "there is no package `{}` in {}", printable(package), name());
  }

  std::unique_ptr<Registry> inner_;
  std::function<bool(std::string_view)> shows_;
};

}  // namespace

std::unique_ptr<Registry> scope_registry(std::unique_ptr<Registry> registry,
                                         std::function<bool(std::string_view name)> shows) {
  return std::make_unique<ScopedRegistry>(std::move(registry), std::move(shows));
}

}  // namespace reef
