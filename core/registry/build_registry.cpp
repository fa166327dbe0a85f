#include "core/registry/build_registry.h"

#include <algorithm>
#include <set>

#include "core/os/lock.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/content_digest.h"
#include "core/registry/index_json.h"
#include "core/registry/manifest_file.h"
#include "core/registry/published_registry.h"

namespace reef {
namespace {

// An index file that we wrote: `numpy.3f0c1234567890ab.json`.
bool is_index_file(std::string_view name) {
  constexpr std::size_t kTail = 1 + 16 + 5;
  if (name.size() <= kTail || !name.ends_with(".json")) return false;
  const std::string_view tail = name.substr(name.size() - kTail);
  return tail.front() == '.' &&
         tail.substr(1, 16).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class Build {
 public:
  Build(Filesystem& fs, const Path& root, const Path& cache)
      : fs_(fs),
        root_(root),
        cache_(cache),
        digests_(fs, cache.empty() ? Path() : cache_file_of(cache, {root}, "digests")) {}

  Result<RegistryBuilt> run() {
    TRY(const auto catalogue, open_catalogue(fs_, {root_}, cache_file_of(cache_, {root_}, "catalogue")));
    out_.file = root_ / kRegistryRoot;
    const Result<std::string> before = fs_.read_file(out_.file, kLargestRoot);
    const Result<RegistryRoot> old =
        before ? read_root(out_.file.string(), *before) : Result<RegistryRoot>(RegistryRoot());
    for (std::size_t i = 0; i < catalogue->size(); ++i) {
      auto package = catalogue->package(catalogue->name(i), {});
      if (!package)
        return make_error(ErrorCode::bug, "the index of `{}` cannot be read back", root_.string());
      TRY_STATUS(add(std::move(*package)));
    }
    const std::string search = write_search(entries_);
    new_root_.search = sha256(search);
    TRY_STATUS(write(search_file(new_root_.search), search));
    const std::string text = write_root(new_root_);
    out_.digest = sha256(text);
    out_.changed = !before || *before != text;
    if (out_.changed) TRY_STATUS(write_atomic(fs_, out_.file, text));
    if (old && before) name_files(*old);
    TRY_STATUS(remove_others());
    return out_;
  }

 private:
  Status add(IndexedPackage package) {
    if (!package.unreadable.empty())
      if (auto problem = load_manifest(fs_, package.unreadable.front().path); !problem)
        return with_context(Status(tl::make_unexpected(std::move(problem).error())),
                            fmt::format("publishing `{}`", package.name));
    for (IndexedVersion& version : package.versions) TRY_STATUS(add(package, version));
    out_.packages += 1;
    out_.versions += package.versions.size();
    const std::string text = write_package(package);
    const Digest digest = sha256(text);
    new_root_.packages[package.name] = digest;
    if (package.is_tool) new_root_.tools.insert(package.name);
    entries_.push_back(package.versions.front().entry);
    return write(package_file(package.name, digest), text);
  }

  Status add(const IndexedPackage& package, IndexedVersion& version) {
    const Path folder = Path(version.manifests.front().path).parent_path();
    TRY(version.digest, digests_.of(folder));
    for (const IndexedManifest& manifest : version.manifests) {
      const Path other = Path(manifest.path).parent_path();
      TRY(const Digest digest, digests_.of(other));
      if (digest != *version.digest)
        return tl::make_unexpected(two_contents(version.entry, folder.string(), other.string()));
    }
    version.manifests.resize(1);
    IndexedManifest& manifest = version.manifests.front();
    manifest.path = Path(manifest.path).lexically_relative(root_).string();
    if (manifest.path.starts_with(std::string(kRegistryFolder) + "/"))
      return make_error(ErrorCode::invalid_input, "`{}` is a package in `{}`, where the index goes",
                        package.name, (root_ / kRegistryFolder).string())
          .hint("move it to another folder");
    for (const std::string& capability : version.entry.provides)
      new_root_.capabilities[capability].insert(package.name);
    return {};
  }

  // A file is named by its digest: one that is there and whole is the same.
  Status write(const std::string& name, const std::string& text) {
    const Path path = root_ / name;
    named_.insert(name);
    if (const auto there = fs_.read_file(path, text.size()); there && *there == text) return {};
    ++out_.written;
    TRY_STATUS(make_folders(fs_, path.parent_path()));
    const Path fresh = path.string() + ".new";
    TRY_STATUS(fs_.write_file(fresh, text, false));
    return fs_.rename(fresh, path);
  }

  void name_files(const RegistryRoot& root) {
    for (const auto& [name, digest] : root.packages) named_.insert(package_file(name, digest));
    named_.insert(search_file(root.search));
  }

  Status remove_others() {
    const std::string index(kRegistryFolder);
    TRY_STATUS(remove_others(index));
    TRY(const std::vector<std::string> folders, fs_.list(root_ / index));
    for (const std::string& folder : folders)
      if (folder.size() == 2) TRY_STATUS(remove_others(index + "/" + folder));
    return {};
  }

  Status remove_others(const std::string& folder) {
    TRY(const std::vector<std::string> names, fs_.list(root_ / folder));
    std::size_t left = 0;
    for (const std::string& name : names) {
      const std::string file = folder + "/" + name;
      const bool leftover = name.ends_with(".new") && is_index_file(name.substr(0, name.size() - 4));
      if (!leftover && (!is_index_file(name) || named_.contains(file))) {
        ++left;
        continue;
      }
      TRY_STATUS(fs_.remove_file(root_ / file));
      ++out_.removed;
    }
    if (left == 0 && folder != kRegistryFolder) return fs_.remove_folder(root_ / folder);
    return {};
  }

  Filesystem& fs_;
  Path root_;
  Path cache_;
  ContentDigests digests_;
  RegistryBuilt out_;
  RegistryRoot new_root_;
  std::vector<CatalogueEntry> entries_;
  std::set<std::string> named_;  // files that stay
};

}  // namespace

Result<RegistryBuilt> build_registry(Filesystem& fs, const Path& root, const Path& cache) {
  if (!is_folder(fs, root))
    return make_error(ErrorCode::not_found, "there is no folder `{}`", root.string())
        .hint("name the folder that holds the packages, each in a folder of its own");
  if (const auto own = find_manifest(fs, root); own || own.error().code() != ErrorCode::not_found)
    return make_error(ErrorCode::invalid_input, "`{}` is a package, not a folder of packages", root.string())
        .hint("name the folder that holds it");
  std::optional<FileLock> lock;
  if (!cache.empty() && make_folders(fs, cache)) {
    TRY(lock, FileLock::try_acquire(cache_file_of(cache, {root}, "lock")));
    if (!lock)
      return make_error(ErrorCode::busy, "another `reef registry build` works on `{}`", root.string())
          .hint("wait for it to end");
  }
  return Build(fs, root, cache).run();
}

}  // namespace reef
