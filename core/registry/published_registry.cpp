#include "core/registry/published_registry.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/registry/binary_layout.h"
#include "core/registry/catalogue_index.h"
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
  PublishedRegistry(Filesystem& fs, const Path& root, const Path& cache)
      : IndexedRegistry(fs, fmt::format("the registry in `{}`", root.string()),
                        cache.empty() ? Path() : cache_file_of(cache, {root}, "digests")),
        root_(root),
        names_file_(cache_file_of(cache, {root}, "names")),
        packages_file_(cache_file_of(cache, {root}, "packages")) {
    if (!packages_file_.empty()) kept_ = BinaryIndex::open(packages_file_);
    if (kept_ && kept_->about() != kAboutPackages) kept_ = nullptr;
  }

  ~PublishedRegistry() override { keep(); }
  PublishedRegistry(const PublishedRegistry&) = delete;
  PublishedRegistry& operator=(const PublishedRegistry&) = delete;

  Status open() {
    const Path path = root_ / kRegistryRoot;
    TRY(const FileStat stat, fs_.stat(path));
    const Stamp stamp = stamp_of(stat);
    std::unique_ptr<BinaryIndex> known = names_file_.empty() ? nullptr : BinaryIndex::open(names_file_);
    if (known && !is_too_fresh(stamp, known->written_ns())) {
      const Result<Digest> digest = Digest::parse(known->about().substr(0, 64));
      const Result<Digest> search =
          Digest::parse(known->about().substr(std::min<std::size_t>(65, known->about().size()), 64));
      if (digest && search && known->about() == about(*digest, *search, stamp)) {
        digest_ = *digest;
        search_ = *search;
        index_ = std::move(known);
        return {};
      }
    }
    TRY(const std::string text, fs_.read_file(path, kLargestRoot));
    digest_ = sha256(text);
    return compile(text, stamp);
  }

 protected:
  Result<std::shared_ptr<const IndexedPackage>> read(std::string_view package) override {
    const auto name = ask([&](const BinaryIndex& index) { return index.find(package); });
    if (!name || !name->shard) return std::shared_ptr<const IndexedPackage>();
    if (auto known = kept(*name)) return std::make_shared<const IndexedPackage>(*std::move(known));
    const std::string file = package_file(name->text, *name->shard);
    TRY(std::string text, read_verified(file, *name->shard, kLargestPackageFile));
    TRY(IndexedPackage read, read_package((root_ / file).string(), std::move(text), name->text));
    read.shard = name->shard;
    fresh_.push_back(read);
    // Through the binary form, so that what is kept and what was read now answer alike.
    IndexWriter writer(true);
    writer.add(read);
    const auto index = BinaryIndex::from(writer.finish(""));
    auto out = index->package(index->name(0), root_);
    if (!out) return make_error(ErrorCode::bug, "the index of `{}` cannot be read back", name->text);
    return std::make_shared<const IndexedPackage>(*std::move(out));
  }

  Result<std::unique_ptr<BinaryIndex>> rebuild() override {
    const Path path = root_ / kRegistryRoot;
    TRY(const FileStat stat, fs_.stat(path));
    TRY(const std::string text, fs_.read_file(path, kLargestRoot));
    if (sha256(text) != digest_) return changed();
    TRY_STATUS(compile(text, stamp_of(stat)));
    return std::move(index_);
  }

  Result<Digest> digest_of(const IndexedVersion& version) override {
    const Path folder = Path(version.manifests.front().path).parent_path();
    TRY(const Digest digest, digests_.of(folder));
    if (digest == version.digest) return digest;
    return make_error(ErrorCode::integrity,
                      "`{}` {} in `{}` is not what the registry published: its content is {}, expected {}",
                      version.entry.name, version.entry.version.text(), folder.string(), digest.brief(),
                      version.digest.value_or(Digest()).brief())
        .hint(fmt::format("`reef registry build {}` publishes what is there now",
                          shell_quoted(root_.string())));
  }

  Result<std::vector<CatalogueEntry>> entries() override {
    const std::string file = search_file(search_);
    TRY(std::string text, read_verified(file, search_, kLargestRoot));
    return read_search((root_ / file).string(), std::move(text));
  }

 private:
  Status compile(const std::string& text, const Stamp& stamp) {
    const Path path = root_ / kRegistryRoot;
    const Result<RegistryRoot> root = read_root(path.string(), text);
    if (!root) {
      Error error = root.error();
      if (error.hints().empty())
        error = std::move(error).hint(
            fmt::format("`reef registry build {}` writes it anew", shell_quoted(root_.string())));
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
                      (root_ / kRegistryRoot).string())
        .hint("run the command again");
  }

  Result<std::string> read_verified(const std::string& file, const Digest& digest, std::uint64_t limit) {
    const Path path = root_ / file;
    Result<std::string> text = fs_.read_file(path, limit);
    if (text && sha256(*text) == digest) return text;
    if (!text && text.error().code() != ErrorCode::not_found) return text;
    const Result<std::string> root = fs_.read_file(root_ / kRegistryRoot, kLargestRoot);
    if (root && sha256(*root) != digest_) return changed();
    const std::string hint =
        fmt::format("`reef registry build {}` writes it anew", shell_quoted(root_.string()));
    if (!text)
      return make_error(ErrorCode::integrity, "`{}` is missing, though `{}` names it", path.string(),
                        kRegistryRoot)
          .hint(hint);
    return make_error(ErrorCode::integrity, "`{}` is damaged: its SHA-256 begins with {}, `{}` says {}",
                      path.string(), sha256(*text).brief(), kRegistryRoot, digest.brief())
        .hint(hint);
  }

  std::optional<IndexedPackage> kept(const BinaryIndex::Name& name) {
    if (!kept_) return std::nullopt;
    std::optional<IndexedPackage> out;
    if (const auto known = kept_->find(name.text); known && known->shard == name.shard)
      out = kept_->package(*known, root_);
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

  Path root_;
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

Result<std::unique_ptr<Registry>> open_published_registry(Filesystem& fs, const Path& root,
                                                          const Path& cache) {
  auto registry = std::make_unique<PublishedRegistry>(fs, root, cache);
  TRY_STATUS(with_context(registry->open(), "opening the registry"));
  return registry;
}

}  // namespace reef
