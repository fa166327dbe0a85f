#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/registry/compose.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

class LayeredRegistry final : public Registry {
 public:
  explicit LayeredRegistry(std::vector<RegistryLayer> layers) : layers_(std::move(layers)) {}

  std::string name() const override {
    Texts names;
    for (const RegistryLayer& layer : layers_) names.push_back(layer.registry->name());
    return join(names, " and ");
  }
  bool has(std::string_view package) override { return owner(package) != nullptr; }
  std::string origin(std::string_view package) override {
    const RegistryLayer* layer = owner(package);
    if (layer == nullptr) return "";
    return layer->label.empty() ? layer->registry->origin(package) : layer->label;
  }
  bool is_published(std::string_view package) override {
    const RegistryLayer* layer = owner(package);
    return layer != nullptr && layer->registry->is_published(package);
  }

  Texts names() override {
    return all([](Registry& part) { return part.names(); });
  }
  Texts tools() override {
    return all([](Registry& part) { return part.tools(); });
  }
  Texts providers(std::string_view capability) override {
    return all([&](Registry& part) { return part.providers(capability); });
  }
  Texts capabilities() override {
    std::set<std::string> out;
    for (const RegistryLayer& layer : layers_)
      for (std::string& capability : layer.registry->capabilities())
        if (!out.contains(capability) && !providers(capability).empty()) out.insert(std::move(capability));
    return {out.begin(), out.end()};
  }

  bool is_tool(std::string_view package) override {
    const RegistryLayer* layer = owner(package);
    return layer != nullptr && layer->registry->is_tool(package);
  }
  std::vector<Version> versions(std::string_view package) override {
    const RegistryLayer* layer = owner(package);
    return layer == nullptr ? std::vector<Version>() : layer->registry->versions(package);
  }
  std::optional<CatalogueEntry> entry(std::string_view package, const Version& version) override {
    const RegistryLayer* layer = owner(package);
    return layer == nullptr ? std::nullopt : layer->registry->entry(package, version);
  }
  Result<std::vector<VersionNeeds>> needs(std::string_view package) override {
    const RegistryLayer* layer = owner(package);
    if (layer == nullptr) return std::vector<VersionNeeds>();
    return layer->registry->needs(package);
  }

  Result<std::shared_ptr<const Manifest>> manifest(std::string_view package,
                                                   const Version& version) override {
    TRY(Registry * part, require(package));
    return part->manifest(package, version);
  }
  Result<Path> folder(std::string_view package, const Version& version) override {
    TRY(Registry * part, require(package));
    return part->folder(package, version);
  }
  Result<Digest> digest(std::string_view package, const Version& version) override {
    TRY(Registry * part, require(package));
    return part->digest(package, version);
  }

  Result<std::vector<CatalogueEntry>> search(const Texts& words) override {
    std::map<std::string, CatalogueEntry> entries;
    for (const RegistryLayer& layer : layers_) {
      TRY(std::vector<CatalogueEntry> found, layer.registry->search({}));
      for (CatalogueEntry& entry : found)
        if (owner(entry.name) == &layer) entries.emplace(entry.name, std::move(entry));
    }
    std::vector<CatalogueEntry> out;
    for (auto& [name, entry] : entries) out.push_back(std::move(entry));
    return matching(std::move(out), words);
  }

 private:
  const RegistryLayer* owner(std::string_view package) const {
    for (const RegistryLayer& layer : layers_)
      if (layer.registry->has(package)) return &layer;
    return nullptr;
  }

  Result<Registry*> require(std::string_view package) {
    if (const RegistryLayer* layer = owner(package)) return layer->registry.get();
    Error error(ErrorCode::not_found,
                fmt::format("there is no package `{}` in {}", printable(package), name()));
    if (auto hint = did_you_mean(package, names())) error = std::move(error).hint(*std::move(hint));
    return tl::make_unexpected(std::move(error));
  }

  // Names of packages, each from its owner only.
  template <class Question>
  Texts all(Question question) {
    std::set<std::string> out;
    for (const RegistryLayer& layer : layers_)
      for (std::string& text : question(*layer.registry))
        if (owner(text) == &layer) out.insert(std::move(text));
    return {out.begin(), out.end()};
  }

  std::vector<RegistryLayer> layers_;
};

}  // namespace

std::unique_ptr<Registry> layer_registries(std::vector<RegistryLayer> layers) {
  return std::make_unique<LayeredRegistry>(std::move(layers));
}

}  // namespace reef
