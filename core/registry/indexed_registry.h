#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "core/registry/binary_index.h"
#include "core/registry/content_digest.h"
#include "core/registry/registry.h"

namespace reef {

// A registry that answers from a binary index: names, tools and capabilities by looking them up there, what
// is known of a package by `read`, once. What the index cannot be read for is asked again after `rebuild`.
class IndexedRegistry : public Registry {
 public:
  std::string name() const override { return name_; }
  bool has(std::string_view package) override;
  std::vector<std::string> names() override;
  std::vector<std::string> tools() override;
  bool is_tool(std::string_view package) override;
  std::vector<Version> versions(std::string_view package) override;
  std::vector<std::string> providers(std::string_view capability) override;
  std::vector<std::string> capabilities() override;
  std::optional<CatalogueEntry> entry(std::string_view package, const Version& version) override;
  Result<std::vector<VersionNeeds>> needs(std::string_view package) override;
  Result<std::shared_ptr<const Manifest>> manifest(std::string_view package, const Version& version) override;
  Result<Path> folder(std::string_view package, const Version& version) override;
  Result<Digest> digest(std::string_view package, const Version& version) override;
  Result<std::vector<CatalogueEntry>> search(const std::vector<std::string>& words) override;

 protected:
  // digests: see ContentDigests.
  IndexedRegistry(Filesystem& fs, std::string name, const Path& digests);

  // The functions below are called by one thread at a time.
  //
  // Null for an unknown name.
  virtual Result<std::shared_ptr<const IndexedPackage>> read(std::string_view package) = 0;
  // The index, made again from what it was made of.
  virtual Result<std::unique_ptr<BinaryIndex>> rebuild() = 0;
  virtual Result<Digest> digest_of(const IndexedVersion& version) = 0;
  // The newest version of each name, by name.
  virtual Result<std::vector<CatalogueEntry>> entries() = 0;
  // The next two may be called by several threads at once: they may take their time.
  virtual Result<Path> manifest_file(const IndexedVersion& version);
  virtual Result<Path> folder_of(const IndexedVersion& version);

  // Asks the index; when it turns out to be damaged, asks again after it was made again.
  template <class Question>
  auto ask(Question question) -> decltype(question(std::declval<const BinaryIndex&>())) {
    auto answer = question(*index_);
    if (!index_->damaged()) return answer;
    Result<std::unique_ptr<BinaryIndex>> again = rebuild();
    if (!again) {
      failure_ = std::move(again).error();
      return {};
    }
    index_ = *std::move(again);
    return question(*index_);
  }

  Filesystem& fs_;
  std::unique_ptr<BinaryIndex> index_;
  ContentDigests digests_;

 private:
  using Package = std::shared_ptr<const IndexedPackage>;
  Result<Package> package(std::string_view name);
  // Stays where it is as long as this registry.
  Result<const IndexedVersion*> require(std::string_view name, const Version& version);
  Status check_unique(const IndexedVersion& version);
  // Null when it is good.
  const Error* problem_of(const IndexedPackage& package);
  Error missing(std::string_view name, const Version& version, const IndexedPackage* known);

  std::string name_;
  std::mutex mutex_;
  std::map<std::string, Package, std::less<>> packages_;
  std::map<std::string, std::shared_ptr<const Manifest>> manifests_;  // by their paths
  std::map<std::string, std::optional<Error>> problems_;              // by name
  std::optional<Error> failure_;                                      // of `rebuild`
};

}  // namespace reef
