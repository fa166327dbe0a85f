#include "core/remote/oci_registry.h"

#include "core/os/parallel.h"
#include "core/registry/indexed_registry.h"

namespace reef::remote {
namespace {

constexpr std::size_t kPackagesAtOnce = 8;

class OciRegistry final : public IndexedRegistry {
 public:
  OciRegistry(Filesystem& fs, std::unique_ptr<OciPackages> packages)
      : IndexedRegistry(fs, packages->name(), {}), packages_(std::move(packages)) {}

  Status open() {
    TRY(index_, rebuild());
    return {};
  }

  std::vector<Hidden> hidden(std::string_view package) override {
    return packages_->refused(std::string(package));
  }

 protected:
  Result<std::shared_ptr<const IndexedPackage>> read(std::string_view package) override {
    if (!ask([&](const BinaryIndex& index) { return index.find(package); }))
      return std::shared_ptr<const IndexedPackage>();
    TRY(std::optional<IndexedPackage> found, packages_->package(std::string(package)));
    return found ? std::make_shared<const IndexedPackage>(*std::move(found))
                 : std::shared_ptr<const IndexedPackage>();
  }

  Result<std::unique_ptr<BinaryIndex>> rebuild() override {
    TRY(const OciPackages::Names names, packages_->names());
    IndexWriter writer(true);
    for (const std::string& name : names.names) writer.add_name(name, names.tools.contains(name), Digest());
    for (const auto& [capability, providers] : names.providers)
      for (const std::string& name : providers)
        // A publisher that was interrupted may have left a capability of a name that is not there.
        if (names.names.contains(name)) writer.provide(capability, name);
    return BinaryIndex::from(writer.finish(""));
  }

  // Bytes are compared when they come, and the tree when it is unpacked.
  Result<Digest> digest_of(const IndexedVersion& version) override {
    return version.digest.value_or(Digest());
  }
  Result<Path> manifest_file(const IndexedVersion& version) override { return packages_->manifest(version); }
  Result<Path> folder_of(const IndexedVersion& version) override { return packages_->folder(version); }

  Result<std::vector<CatalogueEntry>> entries() override {
    const std::vector<std::string> names = ask([](const BinaryIndex& index) { return index.names(false); });
    std::vector<Result<std::optional<IndexedPackage>>> read(names.size(), std::optional<IndexedPackage>());
    in_parallel(names.size(), kPackagesAtOnce,
                [&](std::size_t i) { read[i] = packages_->package(names[i]); });
    std::vector<CatalogueEntry> out;
    for (auto& package : read) {
      // One that may not be believed hides no others; who asks for it is told why.
      if (!package && package.error().code() == ErrorCode::integrity) continue;
      if (!package) return tl::make_unexpected(std::move(package).error());
      if (*package) out.push_back(shown_entry(**package));
    }
    return out;
  }

 private:
  std::unique_ptr<OciPackages> packages_;
};

}  // namespace

Result<OpenedOci> open_oci_registry(Access access, OciSite site, const Path& cache) {
  Filesystem& fs = access.fs;
  auto packages = std::make_unique<OciPackages>(std::move(access), std::move(site), cache);
  OciPackages& opened = *packages;
  auto registry = std::make_unique<OciRegistry>(fs, std::move(packages));
  TRY_STATUS(registry->open());
  return OpenedOci{std::move(registry), opened.notes()};
}

}  // namespace reef::remote
