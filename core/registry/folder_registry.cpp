#include "core/registry/folder_registry.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "core/base/text.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/content_digest.h"
#include "core/registry/manifest_file.h"

namespace reef {
namespace {

// One version of a package. Several folders are an error unless their content is the same.
struct Item {
  CatalogueEntry entry;
  std::vector<Path> manifests;
  std::shared_ptr<const Manifest> read;
};

// How well a word fits, 0 is best; none when it occurs nowhere.
std::optional<int> rank_of(const CatalogueEntry& entry, const std::string& word) {
  const auto has = [&](std::string_view text) { return lower_case(text).find(word) != std::string::npos; };
  if (entry.name == word) return 0;
  if (has(entry.name)) return 1;
  if (std::any_of(entry.tags.begin(), entry.tags.end(), has)) return 2;
  if (has(entry.summary)) return 3;
  return std::nullopt;
}

std::optional<int> rank_of(const CatalogueEntry& entry, const std::vector<std::string>& words) {
  int sum = 0;
  for (const std::string& word : words) {
    const std::optional<int> rank = rank_of(entry, lower_case(word));
    if (!rank) return std::nullopt;
    sum += *rank;
  }
  return sum;
}

class FolderRegistry final : public Registry {
 public:
  FolderRegistry(Filesystem& fs, std::string name, const CatalogueIndex& index, const Path& cache)
      : fs_(fs),
        name_(std::move(name)),
        digests_(fs, cache.empty() ? Path() : Path(cache.string() + ".digests")) {
    for (const IndexedManifest& manifest : index.manifests) add(manifest);
    for (auto& [package, items] : packages_)
      std::sort(items.begin(), items.end(),
                [](const Item& a, const Item& b) { return a.entry.version > b.entry.version; });
  }

  std::string name() const override { return name_; }

  std::vector<std::string> names() override {
    std::set<std::string> names;
    for (const auto& [package, items] : packages_) names.insert(package);
    for (const auto& [package, manifest] : unreadable_) names.insert(package);
    return {names.begin(), names.end()};
  }

  std::vector<Version> versions(std::string_view package) override {
    std::vector<Version> out;
    const auto found = packages_.find(package);
    if (found == packages_.end()) return out;
    for (const Item& item : found->second) out.push_back(item.entry.version);
    return out;
  }

  std::vector<std::string> providers(std::string_view capability) override {
    const auto found = providers_.find(capability);
    if (found == providers_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }

  std::vector<std::string> capabilities() override {
    std::vector<std::string> out;
    for (const auto& [capability, packages] : providers_) out.push_back(capability);
    return out;
  }

  std::optional<CatalogueEntry> entry(std::string_view package, const Version& version) override {
    const Item* item = find(package, version);
    if (item == nullptr) return std::nullopt;
    return item->entry;
  }

  Result<std::shared_ptr<const Manifest>> manifest(std::string_view package,
                                                   const Version& version) override {
    TRY(Item * item, require(package, version));
    const std::scoped_lock lock(mutex_);
    if (item->read) return item->read;
    TRY(Manifest manifest, load_manifest(fs_, item->manifests.front()));
    if (manifest.name != package || manifest.version != version)
      return make_error(ErrorCode::busy, "`{}` changed while it was read", item->manifests.front().string())
          .hint("run the command again");
    item->read = std::make_shared<const Manifest>(std::move(manifest));
    return item->read;
  }

  Result<Path> folder(std::string_view package, const Version& version) override {
    TRY(const Item* item, require(package, version));
    return item->manifests.front().parent_path();
  }

  Result<Digest> digest(std::string_view package, const Version& version) override {
    TRY(const Item* item, require(package, version));
    const std::scoped_lock lock(mutex_);
    return digests_.of(item->manifests.front().parent_path());
  }

  std::vector<CatalogueEntry> search(const std::vector<std::string>& words) override {
    std::vector<std::pair<int, CatalogueEntry>> found;
    for (const auto& [package, items] : packages_)
      if (const auto rank = rank_of(items.front().entry, words))
        found.emplace_back(*rank, items.front().entry);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<CatalogueEntry> out;
    for (auto& [rank, entry] : found) out.push_back(std::move(entry));
    return out;
  }

 private:
  void add(const IndexedManifest& manifest) {
    const CatalogueEntry& entry = manifest.entry;
    const Path path = manifest.folder / manifest.file;
    if (!manifest.readable) {
      unreadable_.emplace(entry.name, path);
      return;
    }
    for (const std::string& capability : entry.provides) providers_[capability].insert(entry.name);
    std::vector<Item>& items = packages_[entry.name];
    const auto same = std::find_if(items.begin(), items.end(),
                                   [&](const Item& item) { return item.entry.version == entry.version; });
    if (same != items.end())
      same->manifests.push_back(path);
    else
      items.push_back({entry, {path}, nullptr});
  }

  Item* find(std::string_view package, const Version& version) {
    const auto found = packages_.find(package);
    if (found == packages_.end()) return nullptr;
    const auto item = std::find_if(found->second.begin(), found->second.end(),
                                   [&](const Item& each) { return each.entry.version == version; });
    return item == found->second.end() ? nullptr : &*item;
  }

  Result<Item*> require(std::string_view package, const Version& version) {
    Item* item = find(package, version);
    if (item == nullptr) return tl::make_unexpected(missing(package, version));
    TRY_STATUS(check_unique(*item));
    return item;
  }

  Error missing(std::string_view package, const Version& version) {
    const auto broken = unreadable_.find(package);
    if (broken != unreadable_.end()) {
      if (auto problem = load_manifest(fs_, broken->second); !problem) return std::move(problem).error();
    }
    const std::vector<Version> known = versions(package);
    if (known.empty()) {
      Error error(ErrorCode::not_found,
                  fmt::format("there is no package `{}` in {}", printable(package), name_));
      if (auto hint = did_you_mean(package, names())) return std::move(error).hint(*std::move(hint));
      return error;
    }
    std::vector<std::string> texts;
    for (const Version& each : known) texts.push_back(each.text());
    return Error(ErrorCode::not_found, fmt::format("`{}` {} is not in {}", package, version.text(), name_))
        .hint("there is " + quoted_list(texts, "and"));
  }

  Status check_unique(const Item& item) {
    if (item.manifests.size() == 1) return {};
    const std::scoped_lock lock(mutex_);
    const Path first = item.manifests.front().parent_path();
    TRY(const Digest digest, digests_.of(first));
    for (const Path& manifest : item.manifests) {
      TRY(const Digest other, digests_.of(manifest.parent_path()));
      if (other == digest) continue;
      return make_error(ErrorCode::integrity, "`{}` {} is in `{}` and in `{}`, with different content",
                        item.entry.name, item.entry.version.text(), first.string(),
                        manifest.parent_path().string())
          .hint("give one of them another version, or remove it");
    }
    return {};
  }

  Filesystem& fs_;
  std::string name_;
  std::map<std::string, std::vector<Item>, std::less<>> packages_;  // newest version first
  std::map<std::string, std::set<std::string>, std::less<>> providers_;
  std::map<std::string, Path, std::less<>> unreadable_;
  std::mutex mutex_;  // of what is read later: digests and manifests
  ContentDigests digests_;
};

std::string default_name(const std::vector<Path>& roots) {
  std::vector<std::string> names;
  for (const Path& root : roots) names.push_back(root.string());
  return "the packages in " + quoted_list(names, "and");
}

}  // namespace

Result<std::unique_ptr<Registry>> open_folder_registry(Filesystem& fs, FolderRegistryOptions options) {
  std::optional<CatalogueIndex> index = read_index(fs, options.cache, options.roots);
  if (!index || !is_current(fs, *index)) {
    TRY(CatalogueIndex found, scan_catalogue(fs, options.roots, index ? &*index : nullptr));
    write_index(fs, options.cache, found);
    index = std::move(found);
  }
  if (options.name.empty()) options.name = default_name(options.roots);
  return std::make_unique<FolderRegistry>(fs, std::move(options.name), *index, options.cache);
}

}  // namespace reef
