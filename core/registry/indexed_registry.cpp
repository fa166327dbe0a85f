#include "core/registry/indexed_registry.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/manifest_file.h"

namespace reef {

IndexedRegistry::IndexedRegistry(Filesystem& fs, std::string name, const Path& digests)
    : fs_(fs), digests_(fs, digests), name_(std::move(name)) {}

bool IndexedRegistry::has(std::string_view package) {
  const std::scoped_lock lock(mutex_);
  return ask([&](const BinaryIndex& index) { return index.find(package); }).has_value();
}

std::vector<std::string> IndexedRegistry::names() {
  const std::scoped_lock lock(mutex_);
  return ask([](const BinaryIndex& index) { return index.names(false); });
}

std::vector<std::string> IndexedRegistry::tools() {
  const std::scoped_lock lock(mutex_);
  return ask([](const BinaryIndex& index) { return index.names(true); });
}

bool IndexedRegistry::is_tool(std::string_view package) {
  const std::scoped_lock lock(mutex_);
  const auto found = ask([&](const BinaryIndex& index) { return index.find(package); });
  return found && found->is_tool;
}

std::vector<std::string> IndexedRegistry::providers(std::string_view capability) {
  const std::scoped_lock lock(mutex_);
  return ask([&](const BinaryIndex& index) { return index.providers(capability); });
}

std::vector<std::string> IndexedRegistry::capabilities() {
  const std::scoped_lock lock(mutex_);
  return ask([](const BinaryIndex& index) { return index.capabilities(); });
}

std::vector<Version> IndexedRegistry::versions(std::string_view package) {
  const std::scoped_lock lock(mutex_);
  const Result<Package> found = this->package(package);
  std::vector<Version> out;
  if (found && *found && !problem_of(**found))
    for (const IndexedVersion& version : (*found)->versions) out.push_back(version.entry.version);
  return out;
}

std::optional<CatalogueEntry> IndexedRegistry::entry(std::string_view package, const Version& version) {
  const std::scoped_lock lock(mutex_);
  const Result<Package> found = this->package(package);
  if (found && *found && !problem_of(**found))
    for (const IndexedVersion& each : (*found)->versions)
      if (each.entry.version == version) return each.entry;
  return std::nullopt;
}

Result<std::vector<VersionNeeds>> IndexedRegistry::needs(std::string_view package) {
  const std::scoped_lock lock(mutex_);
  TRY(const Package found, this->package(package));
  std::vector<VersionNeeds> out;
  if (!found) return out;
  if (const Error* problem = problem_of(*found)) return tl::make_unexpected(*problem);
  for (const IndexedVersion& version : found->versions) {
    TRY_STATUS(check_unique(version));
    out.push_back({version.entry.version, version.entry.yanked, version.needs});
  }
  return out;
}

Result<Path> IndexedRegistry::manifest_file(const IndexedVersion& version) {
  return Path(version.manifests.front().path);
}

const CatalogueEntry& shown_entry(const IndexedPackage& package) {
  return std::min_element(package.versions.begin(), package.versions.end(),
                          [](const IndexedVersion& a, const IndexedVersion& b) {
                            return is_shown_before(a.entry, b.entry);
                          })
      ->entry;
}

Result<Path> IndexedRegistry::folder_of(const IndexedVersion& version) {
  return Path(version.manifests.front().path).parent_path();
}

Result<std::shared_ptr<const Manifest>> IndexedRegistry::manifest(std::string_view package,
                                                                  const Version& version) {
  std::unique_lock lock(mutex_);
  TRY(const IndexedVersion* item, require(package, version));
  const IndexedManifest& file = item->manifests.front();
  if (const auto known = manifests_.find(file.path); known != manifests_.end()) return known->second;
  lock.unlock();
  TRY(const Path path, manifest_file(*item));
  // The index speaks of the file as it was: another one is not mixed with it.
  if (file.stamp != Stamp()) {
    const Result<FileStat> now = fs_.stat(path);
    if (!now || stamp_of(*now) != file.stamp) return tl::make_unexpected(changed_while_read(file.path));
  }
  json::Problems problems;
  TRY(Manifest manifest, read_manifest_file(fs_, path, file.path, problems));
  if (!problems.empty()) return tl::make_unexpected(problems.first());
  if (manifest.name != package || manifest.version != version)
    return tl::make_unexpected(changed_while_read(file.path));
  lock.lock();
  return manifests_.try_emplace(file.path, std::make_shared<const Manifest>(std::move(manifest)))
      .first->second;
}

Result<Path> IndexedRegistry::folder(std::string_view package, const Version& version) {
  std::unique_lock lock(mutex_);
  TRY(const IndexedVersion* item, require(package, version));
  lock.unlock();
  return folder_of(*item);
}

Result<Digest> IndexedRegistry::digest(std::string_view package, const Version& version) {
  const std::scoped_lock lock(mutex_);
  TRY(const IndexedVersion* item, require(package, version));
  return digest_of(*item);
}

Result<std::vector<CatalogueEntry>> IndexedRegistry::search(const std::vector<std::string>& words) {
  const std::scoped_lock lock(mutex_);
  TRY(std::vector<CatalogueEntry> all, entries());
  return matching(std::move(all), words);
}

Result<IndexedRegistry::Package> IndexedRegistry::package(std::string_view name) {
  const auto known = packages_.find(name);
  if (known != packages_.end()) return known->second;
  TRY(Package found, read(name));
  if (failure_) return tl::make_unexpected(*failure_);
  return packages_.emplace(name, std::move(found)).first->second;
}

Result<const IndexedVersion*> IndexedRegistry::require(std::string_view name, const Version& version) {
  TRY(const Package found, package(name));
  if (const Error* problem = found ? problem_of(*found) : nullptr) return tl::make_unexpected(*problem);
  const IndexedVersion* item = nullptr;
  if (found)
    for (const IndexedVersion& each : found->versions)
      if (each.entry.version == version) item = &each;
  if (item == nullptr) return tl::make_unexpected(missing(name, version, found.get()));
  TRY_STATUS(check_unique(*item));
  return item;
}

// Of a package with one manifest that has problems nothing is given: the others would be taken for all there
// is, and an older version for the newest.
const Error* IndexedRegistry::problem_of(const IndexedPackage& package) {
  auto known = problems_.find(package.name);
  if (known == problems_.end()) known = problems_.emplace(package.name, reef::problem_of(fs_, package)).first;
  return known->second ? &*known->second : nullptr;
}

Error IndexedRegistry::missing(std::string_view name, const Version& version, const IndexedPackage* known) {
  if (known == nullptr || known->versions.empty()) {
    Error error(ErrorCode::not_found, fmt::format("there is no package `{}` in {}", printable(name), name_));
    const auto names = ask([](const BinaryIndex& index) { return index.names(false); });
    if (auto hint = did_you_mean(name, names)) return std::move(error).hint(*std::move(hint));
    return error;
  }
  std::vector<Version> versions;
  for (const IndexedVersion& each : known->versions) versions.push_back(each.entry.version);
  return no_such_version(name_, name, version, versions);
}

Status IndexedRegistry::check_unique(const IndexedVersion& version) {
  if (version.manifests.size() == 1) return {};
  const Path first = Path(version.manifests.front().path).parent_path();
  TRY(const Digest digest, digests_.of(first));
  for (const IndexedManifest& manifest : version.manifests) {
    const Path folder = Path(manifest.path).parent_path();
    TRY(const Digest other, digests_.of(folder));
    if (other != digest)
      return tl::make_unexpected(two_contents(version.entry, first.string(), folder.string()));
  }
  return {};
}

}  // namespace reef
