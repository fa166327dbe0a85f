#include "core/registry/folder_registry.h"

#include "core/base/text.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/indexed_registry.h"

namespace reef {
namespace {

class FolderRegistry final : public IndexedRegistry {
 public:
  FolderRegistry(Filesystem& fs, FolderRegistryOptions options)
      : IndexedRegistry(fs, options.name,
                        options.cache.empty() ? Path() : Path(options.cache.string() + ".digests")),
        options_(std::move(options)) {}

  bool is_published(std::string_view /*package*/) override { return options_.is_published; }

  Status open() {
    TRY(index_, open_catalogue(fs_, options_.roots, options_.cache));
    return {};
  }

 protected:
  Result<std::shared_ptr<const IndexedPackage>> read(std::string_view package) override {
    auto found = ask([&](const BinaryIndex& index) {
      const auto name = index.find(package);
      return name ? index.package(*name, {}) : std::nullopt;
    });
    if (!found) return std::shared_ptr<const IndexedPackage>();
    return std::make_shared<const IndexedPackage>(*std::move(found));
  }

  // A new cache may differ from what was answered before; every manifest is still compared with its stamp.
  Result<std::unique_ptr<BinaryIndex>> rebuild() override {
    if (!options_.cache.empty()) (void)fs_.remove_file(options_.cache);
    return open_catalogue(fs_, options_.roots, options_.cache);
  }

  Result<Digest> digest_of(const IndexedVersion& version) override {
    return digests_.of(Path(version.manifests.front().path).parent_path());
  }

  Result<std::vector<CatalogueEntry>> entries() override {
    return ask([](const BinaryIndex& index) {
      std::vector<CatalogueEntry> out;
      for (std::size_t i = 0; i < index.size(); ++i)
        if (auto package = index.package(index.name(i), {}); package && !package->versions.empty())
          out.push_back(shown_entry(*package));
      return out;
    });
  }

 private:
  FolderRegistryOptions options_;
};

std::string default_name(const std::vector<Path>& roots) {
  std::vector<std::string> names;
  for (const Path& root : roots) names.push_back(root.string());
  return "the packages in " + quoted_list(names, "and");
}

}  // namespace

Result<std::unique_ptr<Registry>> open_folder_registry(Filesystem& fs, FolderRegistryOptions options) {
  if (options.name.empty()) options.name = default_name(options.roots);
  auto registry = std::make_unique<FolderRegistry>(fs, std::move(options));
  TRY_STATUS(registry->open());
  return registry;
}

}  // namespace reef
