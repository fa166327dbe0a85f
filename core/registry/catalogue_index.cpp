#include "core/registry/catalogue_index.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>

#include "core/os/environment.h"
#include "core/os/parallel.h"
#include "core/registry/folder_registry.h"
#include "core/registry/manifest_file.h"
#include "core/registry/possible_names.h"

namespace reef {
namespace {

constexpr std::int64_t kTick =
    100'000'000;  // ns; coarser than any filesystem's clock that has sub-second times

// Fewer files are looked at (a microsecond or two each) before a thread has started.
constexpr std::size_t kLooksForOneThread = 250;

// One manifest of an earlier index: a version, or none when it could not be read.
struct Known {
  std::vector<std::string> names;  // of one that could not be read: those it may have
  Stamp stamp;
  std::optional<IndexedVersion> version;
};

// Newest first; one version in several folders becomes one, with their manifests in the order of the walk.
void put_in_order(std::vector<IndexedVersion>& versions) {
  std::stable_sort(versions.begin(), versions.end(), [](const IndexedVersion& a, const IndexedVersion& b) {
    return a.entry.version > b.entry.version;
  });
  std::vector<IndexedVersion> out;
  for (IndexedVersion& version : versions) {
    if (out.empty() || out.back().entry.version != version.entry.version)
      out.push_back(std::move(version));
    else
      out.back().manifests.push_back(std::move(version.manifests.front()));
  }
  versions = std::move(out);
}

bool is_tool(const IndexedVersion& version) { return version.entry.kind == PackageKind::tool; }

std::string folder_of(const IndexedVersion& version) {
  return Path(version.manifests.front().path).parent_path().string();
}

class Scan {
 public:
  Scan(Filesystem& fs, const BinaryIndex* before) : fs_(fs) {
    for (std::size_t i = 0; before != nullptr && i < before->size(); ++i)
      if (auto package = before->package(before->name(i), {}))
        remember(std::move(*package), before->written_ns());
  }

  Status visit(const Path& folder, int depth) {
    TRY(const FileStat stat, fs_.stat(folder));
    TRY(const std::vector<std::string> names, fs_.list(folder));
    const auto has = [&](std::string_view name) {
      return std::binary_search(names.begin(), names.end(), name);
    };
    for (const char* file : {"reef.json", "reef.yaml"})
      if (has(file)) return add(folder / file);
    watched_.push_back({folder.string(), stamp_of(stat), true});
    if (depth == kDeepestPackage) return {};
    const bool published = depth == 0 && has(kRegistryRoot);
    for (const std::string& name : names) {
      if (name.starts_with('.')) continue;
      if (published && (name == kRegistryFolder || name == kContentFolder)) continue;
      const Result<FileStat> entry = fs_.stat(folder / name);
      if (!entry || entry->type != FileType::folder) continue;
      // A folder that cannot be listed hides its packages, not those of others.
      (void)visit(folder / name, depth + 1);
    }
    return {};
  }

  std::string finish(std::string_view about) {
    IndexWriter writer(false);
    for (auto& [name, package] : packages_) {
      put_in_order(package.versions);
      package.is_tool = package.unreadable.empty() &&
                        std::all_of(package.versions.begin(), package.versions.end(), &is_tool);
      writer.add(package);
    }
    for (const Watched& watched : watched_) writer.watch(watched);
    return writer.finish(about);
  }

 private:
  void remember(IndexedPackage package, std::int64_t written_ns) {
    for (IndexedVersion& version : package.versions) {
      // Of several folders only the first is known by what it says.
      const IndexedManifest file = version.manifests.front();
      version.manifests.resize(1);
      if (!is_too_fresh(file.stamp, written_ns)) known_[file.path] = {{}, file.stamp, std::move(version)};
    }
    for (const IndexedManifest& file : package.unreadable) {
      if (is_too_fresh(file.stamp, written_ns)) continue;
      Known& known = known_[file.path];
      known.stamp = file.stamp;
      known.names.push_back(package.name);
    }
  }

  Status add(const Path& path) {
    TRY(const FileStat stat, fs_.stat(path));
    IndexedManifest file{path.string(), stamp_of(stat)};
    watched_.push_back({file.path, file.stamp, false});
    const auto known = known_.find(file.path);
    if (known != known_.end() && known->second.stamp == file.stamp) {
      if (known->second.version)
        add(std::move(*known->second.version));
      else
        add_unreadable(known->second.names, file);
      return {};
    }
    if (const Result<Manifest> manifest = load_manifest(fs_, path))
      add(indexed_version(*manifest, std::move(file)));
    else
      add_unreadable(possible_names(fs_, path), file);
    return {};
  }

  void add(IndexedVersion version) {
    IndexedPackage& package = packages_[version.entry.name];
    package.name = version.entry.name;
    package.versions.push_back(std::move(version));
  }

  void add_unreadable(const std::vector<std::string>& names, const IndexedManifest& file) {
    for (const std::string& name : names) {
      packages_[name].name = name;
      packages_[name].unreadable.push_back(file);
    }
  }

  Filesystem& fs_;
  std::map<std::string, Known> known_;
  std::map<std::string, IndexedPackage> packages_;
  std::vector<Watched> watched_;
};

bool is_current(Filesystem& fs, const BinaryIndex& index) {
  std::vector<Watched> all;
  const bool settled = index.all_watched([&](const Watched& watched) {
    all.push_back(watched);
    return !is_too_fresh(watched.stamp, index.written_ns());
  });
  std::atomic<bool> current = settled;
  const std::size_t threads = std::min<std::size_t>(processor_count(), all.size() / kLooksForOneThread);
  in_parallel(settled ? all.size() : 0, threads, [&](std::size_t i) {
    if (!current) return;
    const Result<FileStat> now = fs.stat(all[i].path);
    if (!now || stamp_of(*now) != all[i].stamp) current = false;
  });
  return current;
}

}  // namespace

Stamp stamp_of(const FileStat& stat) {
  return {stat.mtime_ns, stat.type == FileType::folder ? 0 : stat.size, stat.inode};
}

void write_cache_file(Filesystem& fs, const Path& file, std::string_view bytes) {
  if (!make_folders(fs, file.parent_path())) return;
  const Result<TemporaryFolder> folder = TemporaryFolder::create(fs, file.parent_path(), ".new-");
  if (!folder || !fs.write_file(folder->path() / "file", bytes, false)) return;
  (void)fs.rename(folder->path() / "file", file);
}

bool is_too_fresh(const Stamp& stamp, std::int64_t remembered_at_ns) {
  return std::abs(stamp.mtime_ns - remembered_at_ns) < kTick;
}

std::optional<Error> problem_of(Filesystem& fs, const IndexedPackage& package) {
  if (!package.unreadable.empty()) {
    const std::string& path = package.unreadable.front().path;
    if (auto manifest = load_manifest(fs, path); !manifest) return std::move(manifest).error();
    return changed_while_read(path);
  }
  const auto end = package.versions.end();
  const auto tool = std::find_if(package.versions.begin(), end, &is_tool);
  const auto other = std::find_if_not(package.versions.begin(), end, &is_tool);
  if (tool == end || other == end) return std::nullopt;
  return Error(ErrorCode::invalid_input,
               fmt::format("`{}` is a {} in `{}`, and a tool of the host in `{}`", package.name,
                           name_of(other->entry.kind), folder_of(*other), folder_of(*tool)))
      .hint(fmt::format("give the {} another name: what is built is not taken for what is found on the host",
                        name_of(other->entry.kind)));
}

Error changed_while_read(std::string_view file) {
  return Error(ErrorCode::busy, fmt::format("`{}` changed while it was read", file))
      .hint("run the command again");
}

Result<std::unique_ptr<BinaryIndex>> open_catalogue(Filesystem& fs, const std::vector<Path>& roots,
                                                    const Path& cache) {
  std::string about = "catalogue";
  for (const Path& root : roots) about += "\n" + root.string();
  std::unique_ptr<BinaryIndex> before = cache.empty() ? nullptr : BinaryIndex::open(cache);
  if (before && before->about() != about) before = nullptr;
  if (before && is_current(fs, *before)) return before;
  Scan scan(fs, before.get());
  for (const Path& root : roots)
    TRY_STATUS(with_context(scan.visit(root, 0),
                            [&] { return fmt::format("looking for packages in `{}`", root.string()); }));
  std::string bytes = scan.finish(about);
  if (!cache.empty()) write_cache_file(fs, cache, bytes);
  return BinaryIndex::from(std::move(bytes));
}

}  // namespace reef
