#include "core/registry/published_registry.h"

#include <algorithm>
#include <set>

#include "core/registry/binary_layout.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/folder_place.h"
#include "core/registry/index_json.h"
#include "core/registry/indexed_registry.h"

namespace reef {
namespace {

constexpr std::string_view kAboutPackages = "packages of a published registry";

// What the index of names remembers of the root file it was made of.
std::string about(const Digest& digest, const Digest& search, const Stamp& stamp) {
  return fmt::format("{} {} {} {} {}", digest.hex(), search.hex(), stamp.mtime_ns, stamp.size, stamp.inode);
}

class PublishedRegistry final : public IndexedRegistry {
 public:
  PublishedRegistry(Filesystem& fs, std::unique_ptr<RegistryPlace> place, const Path& cache)
      : IndexedRegistry(fs, place->name(), cache_file_of(cache, {place->top()}, "digests")),
        place_(std::move(place)),
        names_file_(cache_file_of(cache, {place_->top()}, "names")),
        packages_file_(cache_file_of(cache, {place_->top()}, "packages")) {
    if (!packages_file_.empty()) kept_ = BinaryIndex::open(packages_file_);
    if (kept_ && kept_->about() != kAboutPackages) kept_ = nullptr;
  }

  ~PublishedRegistry() override { keep(); }
  bool is_published(std::string_view /*package*/) override { return true; }
  PublishedRegistry(const PublishedRegistry&) = delete;
  PublishedRegistry& operator=(const PublishedRegistry&) = delete;

  Status open() {
    TRY(const RegistryPlace::Root root, place_->root());
    TRY(const FileStat stat, fs_.stat(root.file));
    const Stamp stamp = stamp_of(stat);
    if (open_known(root, stamp)) return {};
    TRY(const std::string text, fs_.read_file(root.file, kLargestRoot));
    digest_ = sha256(text);
    if (root.digest && digest_ != *root.digest) return changed();
    return compile(text, stamp);
  }

 protected:
  Result<std::shared_ptr<const IndexedPackage>> read(std::string_view package) override {
    const auto name = ask([&](const BinaryIndex& index) { return index.find(package); });
    if (!name || !name->shard) return std::shared_ptr<const IndexedPackage>();
    if (auto known = kept(*name)) return std::make_shared<const IndexedPackage>(*std::move(known));
    const std::string file = package_file(name->text, *name->shard);
    TRY(std::string text, read_verified(file, *name->shard, kLargestPackageFile));
    TRY(IndexedPackage read, read_package((place_->top() / file).string(), std::move(text), name->text));
    read.shard = name->shard;
    fresh_.push_back(read);
    // Through the binary form, so that what is kept and what was read now answer alike.
    IndexWriter writer(true);
    writer.add(read);
    const auto index = BinaryIndex::from(writer.finish(""));
    auto out = index->package(index->name(0), place_->top());
    if (!out) return make_error(ErrorCode::bug, "the index of `{}` cannot be read back", name->text);
    return std::make_shared<const IndexedPackage>(*std::move(out));
  }

  Result<std::unique_ptr<BinaryIndex>> rebuild() override {
    TRY(const RegistryPlace::Root root, place_->root());
    TRY(const FileStat stat, fs_.stat(root.file));
    TRY(const std::string text, fs_.read_file(root.file, kLargestRoot));
    if (sha256(text) != digest_) return changed();
    TRY_STATUS(compile(text, stamp_of(stat)));
    return std::move(index_);
  }

  Result<Path> manifest_file(const IndexedVersion& version) override {
    return content_of(version, place_->manifest(version));
  }
  Result<Path> folder_of(const IndexedVersion& version) override {
    return content_of(version, place_->folder(version));
  }

  Result<Digest> digest_of(const IndexedVersion& version) override {
    TRY_STATUS(place_->check(version, digests_));
    return version.digest.value_or(Digest());
  }

  Result<std::vector<CatalogueEntry>> entries() override {
    const std::string file = search_file(search_);
    TRY(std::string text, read_verified(file, search_, kLargestRoot));
    return read_search((place_->top() / file).string(), std::move(text));
  }

 private:
  // From the index of names that an earlier command made of the same root.
  bool open_known(const RegistryPlace::Root& root, const Stamp& stamp) {
    std::unique_ptr<BinaryIndex> known = names_file_.empty() ? nullptr : BinaryIndex::open(names_file_);
    if (!known || is_too_fresh(stamp, known->written_ns())) return false;
    const Result<Digest> digest = Digest::parse(known->about().substr(0, 64));
    const Result<Digest> search =
        Digest::parse(known->about().substr(std::min<std::size_t>(65, known->about().size()), 64));
    if (!digest || !search || known->about() != about(*digest, *search, stamp)) return false;
    if (root.digest && *root.digest != *digest) return false;
    digest_ = *digest;
    search_ = *search;
    index_ = std::move(known);
    return true;
  }

  Status compile(const std::string& text, const Stamp& stamp) {
    const Result<RegistryRoot> root = read_root((place_->top() / kRegistryRoot).string(), text);
    if (!root) {
      Error error = root.error();
      if (error.hints().empty()) error = std::move(error).hint(place_->remedy());
      return tl::make_unexpected(std::move(error));
    }
    IndexWriter writer(true);
    for (const auto& [name, digest] : root->packages)
      writer.add_name(name, root->tools.contains(name), digest);
    for (const auto& [capability, names] : root->capabilities)
      for (const std::string& name : names) writer.provide(capability, name);
    search_ = root->search;
    std::string bytes = writer.finish(about(digest_, search_, stamp));
    if (!names_file_.empty()) write_cache_file(fs_, names_file_, bytes);
    index_ = BinaryIndex::from(std::move(bytes));
    return {};
  }

  Failure changed() const {
    return make_error(ErrorCode::busy, "`{}` was published anew while it was read",
                      (place_->top() / kRegistryRoot).string())
        .hint("run the command again");
  }

  // What is not there, or not what the index says, may be another root's.
  Result<Path> content_of(const IndexedVersion& version, Result<Path> found) const {
    if (found) return found;
    const bool is_missing = found.error().code() == ErrorCode::not_found;
    if (!is_missing && found.error().code() != ErrorCode::integrity) return found;
    if (!place_->is_current(digest_)) return changed();
    if (!is_missing) return found;
    return make_error(ErrorCode::integrity, "the content of `{}` {} is not there: {}", version.entry.name,
                      version.entry.version.text(), found.error().message())
        .hint(place_->remedy());
  }

  Result<std::string> read_verified(const std::string& file, const Digest& digest, std::uint64_t limit) {
    Result<std::string> text = place_->read(file, digest, limit);
    if (text && sha256(*text) == digest) return text;
    const bool is_missing = !text && text.error().code() == ErrorCode::not_found;
    if (!text && !is_missing && text.error().code() != ErrorCode::integrity) return text;
    if (!place_->is_current(digest_)) return changed();
    const std::string path = (place_->top() / file).string();
    if (is_missing)
      return make_error(ErrorCode::integrity, "`{}` is missing, though `{}` names it", path, kRegistryRoot)
          .hint(place_->remedy());
    if (!text) return text;
    return make_error(ErrorCode::integrity, "`{}` is damaged: its SHA-256 begins with {}, `{}` says {}", path,
                      sha256(*text).brief(), kRegistryRoot, digest.brief())
        .hint(place_->remedy());
  }

  std::optional<IndexedPackage> kept(const BinaryIndex::Name& name) {
    if (!kept_) return std::nullopt;
    std::optional<IndexedPackage> out;
    if (const auto known = kept_->find(name.text); known && known->shard == name.shard)
      out = kept_->package(*known, place_->top());
    if (!kept_->damaged()) return out;
    kept_ = nullptr;
    return std::nullopt;
  }

  // Adds what was read to what is kept; what the root no longer names goes.
  void keep() {
    if (fresh_.empty() || packages_file_.empty()) return;
    IndexWriter writer(true);
    std::set<std::string> written;
    for (const IndexedPackage& package : fresh_) {
      writer.add(package);
      written.insert(package.name);
    }
    for (std::size_t i = 0; kept_ && i < kept_->size(); ++i) {
      const BinaryIndex::Name name = kept_->name(i);
      const auto now = index_->find(name.text);
      if (!now || now->shard != name.shard || !written.insert(name.text).second) continue;
      if (const auto package = kept_->package(name, {})) writer.add(*package);
    }
    if (kept_ && kept_->damaged()) return (void)fs_.remove_file(packages_file_);
    write_cache_file(fs_, packages_file_, writer.finish(kAboutPackages));
  }

  std::unique_ptr<RegistryPlace> place_;
  Path names_file_;
  Path packages_file_;
  Digest digest_;                      // of the root file
  Digest search_;                      // of the file of all summaries
  std::unique_ptr<BinaryIndex> kept_;  // packages that were read by earlier commands
  std::vector<IndexedPackage> fresh_;  // by this one; paths as in their files
};

}  // namespace

Path cache_file_of(const Path& cache, const std::vector<Path>& roots, std::string_view suffix) {
  if (cache.empty()) return {};
  std::string all;
  for (const Path& root : roots) all += root.string() + "\n";
  // Not SHA-256: its library takes a millisecond to start, and what is kept says itself what it is about.
  return cache / fmt::format("{:016x}.{}", layout::checksum(all), suffix);
}

bool is_published(Filesystem& fs, const Path& folder) { return exists(fs, folder / kRegistryRoot); }

Result<std::unique_ptr<Registry>> open_published_registry(Filesystem& fs,
                                                          std::unique_ptr<RegistryPlace> place,
                                                          const Path& cache) {
  auto registry = std::make_unique<PublishedRegistry>(fs, std::move(place), cache);
  TRY_STATUS(registry->open());
  return registry;
}

Result<std::unique_ptr<Registry>> open_published_registry(Filesystem& fs, const Path& root,
                                                          const Path& cache) {
  return with_context(open_published_registry(fs, make_folder_place(fs, root), cache),
                      "opening the registry");
}

}  // namespace reef
