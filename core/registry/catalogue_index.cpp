#include "core/registry/catalogue_index.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "core/registry/folder_registry.h"
#include "core/registry/manifest_file.h"

namespace reef {
namespace {

using json::Value;

constexpr int kFormat = 1;
constexpr std::int64_t kTick =
    100'000'000;  // ns; coarser than any filesystem's clock that has sub-second times
constexpr std::uint64_t kLargestIndex = std::uint64_t{64} << 20U;

// The name of a manifest that is wrong elsewhere, so that asking for the package leads to the problem.
std::string name_in(Filesystem& fs, const Path& manifest) {
  const Result<std::string> text = fs.read_file(manifest, kLargestManifest);
  const Value root = text ? Value::parse(*text, nullptr, false) : Value();
  if (root.is_object() && root.contains("name") && root["name"].is_string())
    return root["name"].get<std::string>();
  return manifest.parent_path().filename().string();
}

CatalogueEntry entry_of(const Manifest& manifest) {
  CatalogueEntry entry{manifest.name,  manifest.version, manifest.kind, manifest.summary, manifest.tags, {},
                       manifest.yanked};
  for (const auto& [capability, version] : manifest.provides) entry.provides.push_back(capability);
  if (manifest.detect)
    for (const auto& capability : manifest.detect->provides) entry.provides.push_back(capability.name);
  std::sort(entry.provides.begin(), entry.provides.end());
  return entry;
}

class Scan {
 public:
  Scan(Filesystem& fs, const CatalogueIndex* before) : fs_(fs) {
    if (before == nullptr) return;
    for (const IndexedManifest& manifest : before->manifests) known_[manifest.folder] = &manifest;
  }

  Status visit(const Path& folder, int depth) {
    TRY(const FileStat stat, fs_.stat(folder));
    TRY(const std::vector<std::string> names, fs_.list(folder));
    for (const char* file : {"reef.json", "reef.yaml"})
      if (std::binary_search(names.begin(), names.end(), file)) return add(folder, file);
    index.folders.push_back({folder, stamp_of(stat)});
    if (depth == kDeepestPackage) return {};
    for (const std::string& name : names) {
      if (name.starts_with('.')) continue;
      const Result<FileStat> entry = fs_.stat(folder / name);
      if (!entry || entry->type != FileType::folder) continue;
      // A folder that cannot be listed hides its packages, not those of others.
      (void)visit(folder / name, depth + 1);
    }
    return {};
  }

  CatalogueIndex index;

 private:
  Status add(const Path& folder, const char* file) {
    const Path path = folder / file;
    TRY(const FileStat stat, fs_.stat(path));
    const auto known = known_.find(folder);
    if (known != known_.end() && known->second->file == file && known->second->stamp == stamp_of(stat)) {
      index.manifests.push_back(*known->second);
      return {};
    }
    IndexedManifest found{folder, file, stamp_of(stat), true, {}};
    const Result<Manifest> manifest = load_manifest(fs_, path);
    found.readable = manifest.has_value();
    if (manifest)
      found.entry = entry_of(*manifest);
    else
      found.entry.name = name_in(fs_, path);
    index.manifests.push_back(std::move(found));
    return {};
  }

  Filesystem& fs_;
  std::map<Path, const IndexedManifest*> known_;
};

bool is_unchanged(Filesystem& fs, const Path& path, const Stamp& stamp) {
  const Result<FileStat> now = fs.stat(path);
  return now && stamp_of(*now) == stamp;
}

// --- The file: arrays instead of objects, since it is read by every command. ---

Value to_json(const Stamp& stamp) { return Value::array({stamp.mtime_ns, stamp.size, stamp.inode}); }

Stamp stamp_from(const Value& value) {
  return {value.at(0).get<std::int64_t>(), value.at(1).get<std::uint64_t>(),
          value.at(2).get<std::uint64_t>()};
}

Value to_json(const IndexedManifest& manifest) {
  const CatalogueEntry& entry = manifest.entry;
  return Value::array({manifest.folder.string(), manifest.file, to_json(manifest.stamp), manifest.readable,
                       entry.name, entry.version.text(), static_cast<int>(entry.kind), entry.summary,
                       Value(entry.tags), Value(entry.provides), entry.yanked});
}

IndexedManifest manifest_from(const Value& value) {
  IndexedManifest out;
  out.folder = value.at(0).get<std::string>();
  out.file = value.at(1).get<std::string>();
  out.stamp = stamp_from(value.at(2));
  out.readable = value.at(3).get<bool>();
  CatalogueEntry& entry = out.entry;
  entry.name = value.at(4).get<std::string>();
  entry.kind =
      static_cast<PackageKind>(std::clamp(value.at(6).get<int>(), 0, static_cast<int>(PackageKind::tool)));
  const auto text = value.at(5).get<std::string>();
  entry.version = (entry.kind == PackageKind::tool ? Version::parse_loose(text) : Version::parse(text))
                      .value_or(Version());
  entry.summary = value.at(7).get<std::string>();
  entry.tags = value.at(8).get<std::vector<std::string>>();
  entry.provides = value.at(9).get<std::vector<std::string>>();
  entry.yanked = value.at(10).get<bool>();
  return out;
}

std::vector<std::string> texts_of(const std::vector<Path>& paths) {
  std::vector<std::string> out;
  for (const Path& path : paths) out.push_back(path.string());
  return out;
}

std::optional<CatalogueIndex> index_from(const std::string& text, const std::vector<Path>& roots,
                                         std::int64_t written_ns) {
  // nlohmann's access throws where the shape is another: the file is then as good as absent.
  try {
    const Value root = Value::parse(text);
    if (root.at("format") != kFormat || root.at("roots") != Value(texts_of(roots))) return std::nullopt;
    CatalogueIndex index{roots, {}, {}};
    for (const Value& folder : root.at("folders"))
      index.folders.push_back({Path(folder.at(0).get<std::string>()), stamp_from(folder.at(1))});
    for (const Value& manifest : root.at("manifests")) index.manifests.push_back(manifest_from(manifest));
    for (auto& folder : index.folders)
      if (is_too_fresh(folder.stamp, written_ns)) folder.stamp = {};
    for (auto& manifest : index.manifests)
      if (is_too_fresh(manifest.stamp, written_ns)) manifest.stamp = {};
    return index;
  } catch (const Value::exception&) {
    return std::nullopt;
  }
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

Result<CatalogueIndex> scan_catalogue(Filesystem& fs, const std::vector<Path>& roots,
                                      const CatalogueIndex* before) {
  Scan scan(fs, before);
  for (const Path& root : roots)
    TRY_STATUS(with_context(scan.visit(root, 0),
                            [&] { return fmt::format("looking for packages in `{}`", root.string()); }));
  scan.index.roots = roots;
  return std::move(scan.index);
}

bool is_current(Filesystem& fs, const CatalogueIndex& index) {
  return std::all_of(index.folders.begin(), index.folders.end(),
                     [&](const CatalogueIndex::Folder& folder) {
                       return is_unchanged(fs, folder.path, folder.stamp);
                     }) &&
         std::all_of(index.manifests.begin(), index.manifests.end(), [&](const IndexedManifest& manifest) {
           return is_unchanged(fs, manifest.folder / manifest.file, manifest.stamp);
         });
}

std::optional<CatalogueIndex> read_index(Filesystem& fs, const Path& file, const std::vector<Path>& roots) {
  if (file.empty()) return std::nullopt;
  const Result<FileStat> stat = fs.stat(file);
  if (!stat) return std::nullopt;
  const Result<std::string> text = fs.read_file(file, kLargestIndex);
  if (!text) return std::nullopt;
  return index_from(*text, roots, stat->mtime_ns);
}

void write_index(Filesystem& fs, const Path& file, const CatalogueIndex& index) {
  if (file.empty()) return;
  Value out = {{"format", kFormat}, {"roots", texts_of(index.roots)}};
  out["folders"] = Value::array();
  out["manifests"] = Value::array();
  for (const CatalogueIndex::Folder& folder : index.folders)
    out["folders"].push_back(Value::array({folder.path.string(), to_json(folder.stamp)}));
  for (const IndexedManifest& manifest : index.manifests) out["manifests"].push_back(to_json(manifest));
  write_cache_file(fs, file, json::write_line(out));
}

}  // namespace reef
