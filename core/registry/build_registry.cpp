#include "core/registry/build_registry.h"

#include <algorithm>
#include <set>

#include "core/archive/tree_blobs.h"
#include "core/base/text.h"
#include "core/os/sync.h"
#include "core/registry/catalogue_index.h"
#include "core/registry/content_digest.h"
#include "core/registry/index_json.h"
#include "core/registry/manifest_file.h"
#include "core/registry/package_content.h"
#include "core/registry/published_registry.h"
#include "core/registry/verified_blobs.h"

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

// A blob, or a file that became none.
bool is_blob_file(std::string_view name) {
  constexpr std::size_t kDigits = 64;
  return name.size() == kDigits && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_leftover(std::string_view name) {
  return name.starts_with(".writing-") ||
         (name.ends_with(".new") && is_index_file(name.substr(0, name.size() - 4)));
}

class Build {
 public:
  Build(Filesystem& fs, const Path& root, const BuildOptions& options)
      : fs_(fs),
        root_(root),
        options_(options),
        digests_(fs, cache_file_of(options.cache, {root}, "digests")),
        blobs_(fs, root / kContentFolder, cache_file_of(options.cache, {root}, "blobs")) {}

  Result<RegistryBuilt> run() {
    TRY(const auto catalogue,
        open_catalogue(fs_, {root_}, cache_file_of(options_.cache, {root_}, "catalogue")));
    TRY(yanked_, read_yanked(fs_, root_));
    if (options_.yank) TRY_STATUS(change_yanked(*catalogue, *options_.yank));
    out_.file = root_ / kRegistryRoot;
    const Result<std::string> before = fs_.read_file(out_.file, kLargestRoot);
    if (before) old_root_ = read_root(out_.file.string(), *before).value_or(RegistryRoot());
    for (std::size_t i = 0; i < catalogue->size(); ++i) {
      auto package = catalogue->package(catalogue->name(i), {});
      if (!package)
        return make_error(ErrorCode::bug, "the index of `{}` cannot be read back", root_.string());
      TRY_STATUS(add(std::move(*package)));
    }
    if (!changed_.empty()) return was_changed();
    for (const auto& [name, versions] : yanked_)
      if (!new_root_.packages.contains(name)) return yanked_but_gone(name, *versions.begin());
    const std::string search = write_search(entries_);
    new_root_.search = sha256(search);
    TRY_STATUS(write(search_file(new_root_.search), search));
    const std::string text = write_root(new_root_);
    out_.digest = sha256(text);
    out_.changed = !before || *before != text;
    if (out_.written + out_.packed > 0) TRY_STATUS(sync_file_system(root_));
    if (out_.changed) TRY_STATUS(write_atomic(fs_, out_.file, text));
    name_files_of_old();
    TRY_STATUS(remove_others(std::string(kRegistryFolder), &is_index_file));
    TRY_STATUS(remove_others(std::string(kContentFolder), &is_blob_file));
    return out_;
  }

 private:
  using Trees = std::map<Version, std::pair<Digest, std::string>>;  // of the content of each version

  // The file stays when nothing changes.
  Status change_yanked(const BinaryIndex& catalogue, const YankChange& change) {
    const auto name = catalogue.find(change.name);
    const auto package = name ? catalogue.package(*name, {}) : std::nullopt;
    if (!package || package->versions.empty())
      return make_error(ErrorCode::not_found, "there is no package `{}` in `{}`", change.name, root_.string())
          .hint(did_you_mean(change.name, catalogue.names(false)).value_or("`reef search` lists them"));
    const auto found = std::find_if(package->versions.begin(), package->versions.end(),
                                    [&](const auto& each) { return each.entry.version == change.version; });
    if (found == package->versions.end()) return no_version_to_yank(*package, change.version);
    if (!change.yanked && found->entry.yanked)
      return make_error(ErrorCode::usage, "`{}` {} is yanked by its own manifest, which never changes",
                        change.name, change.version.text())
          .hint("publish another version");
    std::set<Version>& versions = yanked_[change.name];
    const bool changes =
        change.yanked ? versions.insert(change.version).second : versions.erase(change.version) > 0;
    if (versions.empty()) yanked_.erase(change.name);
    return changes ? write_yanked(fs_, root_, yanked_) : Status();
  }

  Failure no_version_to_yank(const IndexedPackage& package, const Version& version) const {
    std::vector<Version> known;
    for (const IndexedVersion& each : package.versions) known.push_back(each.entry.version);
    return Failure(no_such_version(fmt::format("`{}`", root_.string()), package.name, version, known));
  }

  Failure yanked_but_gone(const std::string& name, const Version& version) const {
    return make_error(ErrorCode::invalid_input, "`{}` names `{}` {}, which is not in `{}`", kYankedFile, name,
                      version.text(), root_.string())
        .hint(fmt::format("remove it from `{}`, or bring it back", (root_ / kYankedFile).string()));
  }

  Status mark_yanked(IndexedPackage& package) const {
    const auto named = yanked_.find(package.name);
    if (named == yanked_.end()) return {};
    std::set<Version> left = named->second;
    for (IndexedVersion& version : package.versions)
      if (left.erase(version.entry.version) > 0) version.entry.yanked = true;
    if (left.empty()) return {};
    return yanked_but_gone(package.name, *left.begin());
  }

  Failure was_changed() const {
    Error error(ErrorCode::integrity,
                fmt::format("{} is not what was published: its content has changed", changed_.front()));
    if (changed_.size() > 1)
      error = std::move(error).hint(
          fmt::format("so have {}", join({changed_.begin() + 1, changed_.end()}, ", ")));
    return Failure(
        std::move(error)
            .hint("put it back as it was, or give it another version: locks that name it would fail")
            .hint(fmt::format("`reef registry build --replace {}` publishes it all the same",
                              shell_quoted(root_.string()))));
  }

  // Who may put a link into the folder must not have us publish what lies elsewhere.
  Status check_inside(const Path& manifest) {
    TRY(const Path real, fs_.real_path(manifest));
    const Path inside = real.lexically_relative(root_);
    if (!inside.empty() && *inside.begin() != "..") return {};
    return make_error(ErrorCode::invalid_input, "`{}` leads out of the registry, to `{}`",
                      printable(manifest.parent_path().string()), printable(real.parent_path().string()))
        .hint("what is published lies in the folder itself: copy the package there");
  }

  Status add(IndexedPackage package) {
    if (options_.cancel != nullptr) TRY_STATUS(options_.cancel->check());
    for (const IndexedManifest& manifest : package.unreadable) TRY_STATUS(check_inside(manifest.path));
    for (const IndexedVersion& version : package.versions)
      for (const IndexedManifest& manifest : version.manifests) TRY_STATUS(check_inside(manifest.path));
    if (auto problem = problem_of(fs_, package))
      return tl::make_unexpected(std::move(*problem).context(fmt::format("publishing `{}`", package.name)));
    const std::string old_text = old_file_of(package.name);
    const Trees known = trees_in(package.name, old_text);
    for (IndexedVersion& version : package.versions) TRY_STATUS(add(package, version, known));
    if (!changed_.empty()) return {};
    name_gone(package.name, known, package.versions);
    TRY_STATUS(mark_yanked(package));
    out_.packages += 1;
    out_.versions += package.versions.size();
    const std::string text = write_package(package);
    const Digest digest = sha256(text);
    new_root_.packages[package.name] = digest;
    if (package.is_tool) new_root_.tools.insert(package.name);
    entries_.push_back(shown_entry(package));
    if (text != old_text) return write(package_file(package.name, digest), text);
    named_.insert(package_file(package.name, digest));
    return {};
  }

  // The file of a package in the index before this one.
  std::string old_file_of(const std::string& name) {
    const auto digest = old_root_.packages.find(name);
    if (digest == old_root_.packages.end()) return "";
    Result<std::string> text = fs_.read_file(root_ / package_file(name, digest->second), kLargestPackageFile);
    return text && sha256(*text) == digest->second ? *std::move(text) : "";
  }

  // Remembers their blobs, too: they stay for those who still read by the root before.
  Trees trees_in(const std::string& name, const std::string& text) {
    Trees out;
    const Result<IndexedPackage> package =
        text.empty() ? Result<IndexedPackage>(IndexedPackage()) : read_package("", text, name);
    if (!package) return out;
    for (const IndexedVersion& version : package->versions) {
      if (version.tree.empty()) continue;
      if (const auto tree = tree_of(version)) name_blobs(*tree);
      out[version.entry.version] = {version.digest.value_or(Digest()), version.tree};
    }
    return out;
  }

  void name_gone(const std::string& name, const Trees& known, const std::vector<IndexedVersion>& now) {
    for (const auto& [version, tree] : known)
      if (std::none_of(now.begin(), now.end(),
                       [&, &is = version](const auto& each) { return each.entry.version == is; }))
        out_.gone.push_back(fmt::format("{}@{}", name, version.text()));
  }

  Status add(const IndexedPackage& package, IndexedVersion& version, const Trees& known) {
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
    for (const std::string_view ours : {kRegistryFolder, kContentFolder})
      if (manifest.path.starts_with(std::string(ours) + "/"))
        return make_error(ErrorCode::invalid_input, "`{}` is a package in `{}`, where the index goes",
                          package.name, (root_ / ours).string())
            .hint("move it to another folder");
    for (const std::string& capability : version.entry.provides)
      new_root_.capabilities[capability].insert(package.name);
    const auto before = known.find(version.entry.version);
    if (before != known.end() && before->second.first != *version.digest && !options_.replace) {
      changed_.push_back(fmt::format("`{}` {} in `{}`", package.name, version.entry.version.text(),
                                     printable(folder.string())));
      return {};
    }
    if (before != known.end() && before->second.first == *version.digest) {
      version.tree = before->second.second;
      TRY(const archive::Tree tree, tree_of(version));
      if (has_blobs(tree)) return {};
    }
    return pack(folder, version);
  }

  bool has_blobs(const archive::Tree& tree) {
    const std::vector<archive::Blob> blobs = archive::blobs_of(tree);
    return std::all_of(blobs.begin(), blobs.end(),
                       [&](const archive::Blob& blob) { return blobs_.is_whole(blob); });
  }

  Status pack(const Path& folder, IndexedVersion& version) {
    TRY(const archive::Tree tree,
        with_context(archive::write_tree_blobs({folder, not_content(fs_, folder)}, root_ / kContentFolder,
                                               {0, options_.cancel}, fs_, &out_.repaired),
                     [&] {
                       return fmt::format("publishing `{}` {}", version.entry.name,
                                          version.entry.version.text());
                     }));
    if (tree.digest != *version.digest)
      return make_error(ErrorCode::busy, "`{}` was changed while it was published", folder.string())
          .hint("run the same again");
    name_blobs(tree);
    version.tree = tree_text(tree);
    ++out_.packed;
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

  void name_blobs(const archive::Tree& tree) {
    for (const archive::Blob& blob : archive::blobs_of(tree)) named_.insert(content_file(blob.digest));
  }

  void name_files_of_old() {
    if (old_root_.search == Digest()) return;  // there was none
    for (const auto& [name, digest] : old_root_.packages) {
      named_.insert(package_file(name, digest));
      if (!new_root_.packages.contains(name)) name_gone(name, trees_in(name, old_file_of(name)), {});
    }
    named_.insert(search_file(old_root_.search));
  }

  Status remove_others(const std::string& top, bool (*is_ours)(std::string_view)) {
    if (!is_folder(fs_, root_ / top)) return {};
    TRY_STATUS(remove_others_in(top, is_ours));
    TRY(const std::vector<std::string> folders, fs_.list(root_ / top));
    for (const std::string& folder : folders)
      if (folder.size() == 2) TRY_STATUS(remove_others_in(top + "/" + folder, is_ours));
    return {};
  }

  Status remove_others_in(const std::string& folder, bool (*is_ours)(std::string_view)) {
    TRY(const std::vector<std::string> names, fs_.list(root_ / folder));
    std::size_t left = 0;
    for (const std::string& name : names) {
      const std::string file = folder + "/" + name;
      if (!is_leftover(name) && (!is_ours(name) || named_.contains(file))) {
        ++left;
        continue;
      }
      TRY_STATUS(fs_.remove_file(root_ / file));
      ++out_.removed;
    }
    if (left == 0 && folder.find('/') != std::string::npos) return fs_.remove_folder(root_ / folder);
    return {};
  }

  Filesystem& fs_;
  Path root_;
  const BuildOptions& options_;
  ContentDigests digests_;
  VerifiedBlobs blobs_;
  RegistryBuilt out_;
  RegistryRoot old_root_;
  RegistryRoot new_root_;
  Yanked yanked_;
  std::vector<CatalogueEntry> entries_;
  std::set<std::string> named_;       // files that stay
  std::vector<std::string> changed_;  // versions that were published with another content
};

}  // namespace

Result<FileLock> lock_registry(Filesystem& fs, const Path& root, const BuildOptions& options) {
  if (!is_folder(fs, root))
    return make_error(ErrorCode::not_found, "there is no folder `{}`", root.string())
        .hint("name the folder that holds the packages, each in a folder of its own");
  if (const auto own = find_manifest(fs, root); own || own.error().code() != ErrorCode::not_found)
    return make_error(ErrorCode::invalid_input, "`{}` is a package, not a folder of packages", root.string())
        .hint("name the folder that holds it");
  TRY_STATUS(make_folders(fs, root / kRegistryFolder));
  // In the registry itself: those who build it may have other homes, and be on other machines.
  const Path lock_file = root / kRegistryFolder / ".lock";
  std::optional<FileLock> lock;
  if (options.wait) {
    TRY(lock, FileLock::acquire(lock_file, std::nullopt, options.cancel));
  } else {
    TRY(lock, FileLock::try_acquire(lock_file));
  }
  if (!lock)
    return make_error(ErrorCode::busy, "another `reef registry build` works on `{}`", root.string())
        .hint("wait for it to end");
  return *std::move(lock);
}

Result<RegistryBuilt> build_registry(Filesystem& fs, const Path& root, const BuildOptions& options,
                                     const FileLock& /*lock*/) {
  return Build(fs, root, options).run();
}

Result<RegistryBuilt> build_registry(Filesystem& fs, const Path& root, const BuildOptions& options) {
  TRY(const FileLock lock, lock_registry(fs, root, options));
  return build_registry(fs, root, options, lock);
}

}  // namespace reef
