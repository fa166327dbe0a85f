#include <algorithm>
#include <set>
#include <type_traits>

#include "core/base/text.h"
#include "core/os/parallel.h"
#include "core/registry/compose.h"

namespace reef {
namespace {

using Texts = std::vector<std::string>;

constexpr std::size_t kMostAtOnce = 8;

class LayeredRegistry final : public Registry {
 public:
  LayeredRegistry(std::vector<RegistryLayer> layers, std::function<std::string(std::string_view)> claim)
      : layers_(std::move(layers)), claim_(std::move(claim)) {}

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
  std::vector<Hidden> hidden(std::string_view package) override {
    const RegistryLayer* first = owner(package);
    if (first == nullptr) return {};
    std::vector<Hidden> out = first->registry->hidden(package);
    for (const RegistryLayer& layer : layers_) {
      if (&layer <= first || !layer.registry->has(package)) continue;
      std::vector<Version> versions = layer.registry->versions(package);
      if (!versions.empty()) out.push_back({layer.label, std::move(versions)});
    }
    return out;
  }
  std::string claim(std::string_view package) override { return claim_ ? claim_(package) : ""; }
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
    auto answers = ask_all([](Registry& part) { return part.capabilities(); });
    for (std::size_t i = 0; i < layers_.size(); ++i)
      for (std::string& capability : answers[i])
        if (!out.contains(capability) && is_provided(layers_[i], capability))
          out.insert(std::move(capability));
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
    auto answers = ask_all([](Registry& part) { return part.search({}); });
    std::map<std::string, CatalogueEntry> entries;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      TRY(std::vector<CatalogueEntry> found, std::move(answers[i]));
      for (CatalogueEntry& entry : found)
        if (owner(entry.name) == &layers_[i]) entries.emplace(entry.name, std::move(entry));
    }
    std::vector<CatalogueEntry> out;
    for (auto& [name, entry] : entries) out.push_back(std::move(entry));
    return matching(std::move(out), words);
  }

 private:
  // By a package that comes from the layer.
  bool is_provided(const RegistryLayer& layer, const std::string& capability) const {
    if (&layer == &layers_.front()) return true;
    const Texts providers = layer.registry->providers(capability);
    return std::any_of(providers.begin(), providers.end(),
                       [&](const std::string& name) { return owner(name) == &layer; });
  }

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

  // The answer of each layer: those that are far away are waited for together.
  template <class Question, class Answer = std::invoke_result_t<Question, Registry&>>
  std::vector<Answer> ask_all(Question question) {
    std::vector<Answer> answers(layers_.size());
    in_parallel(layers_.size(), kMostAtOnce,
                [&](std::size_t i) { answers[i] = question(*layers_[i].registry); });
    return answers;
  }

  // Names of packages, each from its owner only.
  template <class Question>
  Texts all(Question question) {
    auto answers = ask_all(question);
    std::set<std::string> out;
    for (std::size_t i = 0; i < layers_.size(); ++i)
      for (std::string& text : answers[i])
        if (owner(text) == &layers_[i]) out.insert(std::move(text));
    return {out.begin(), out.end()};
  }

  std::vector<RegistryLayer> layers_;
  std::function<std::string(std::string_view)> claim_;
};

}  // namespace

std::unique_ptr<Registry> layer_registries(std::vector<RegistryLayer> layers,
                                           std::function<std::string(std::string_view name)> claim) {
  return std::make_unique<LayeredRegistry>(std::move(layers), std::move(claim));
}

}  // namespace reef
