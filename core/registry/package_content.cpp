#include "core/registry/package_content.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/archive/oci.h"
#include "core/model/names.h"
#include "core/os/byte_stream.h"
#include "core/registry/manifest_file.h"

namespace reef {
namespace {

constexpr std::string_view kArchive = ".reef";
constexpr std::string_view kSignature = ".minisig";

const std::vector<std::string> kNotContent = {".git", ".reef", "reef.lock"};  // at the top

constexpr std::string_view kSeldomMeant[] = {".DS_Store",   ".env",          ".idea", ".ipynb_checkpoints",
                                             ".mypy_cache", ".pytest_cache", ".venv", ".vscode",
                                             "__pycache__", "node_modules"};

class ContentRule {
 public:
  ContentRule(Filesystem& fs, Path folder) : fs_(fs), folder_(std::move(folder)) {}

  bool excludes(const std::string& path) { return manifest().exclude.reason_for(path) != nullptr; }

  bool leaves_out(const std::string& path) {
    if (is_unfinished(path) || excludes(path)) return true;
    if (path.ends_with(".reef.part") || path.ends_with(".reef.part.log")) return !is_source(path);
    if (path.ends_with(kArchive)) return is_archive(path) && !is_source(path);
    if (!path.ends_with(".reef.minisig") || is_source(path)) return false;
    const std::string signed_file = path.substr(0, path.size() - kSignature.size());
    return !exists(fs_, folder_ / signed_file) || (is_archive(signed_file) && !is_source(signed_file));
  }

 private:
  bool is_archive(const std::string& path) const {
    const Result<FileStat> stat = fs_.stat(folder_ / path);
    return stat && stat->type == FileType::file && archive::is_archive_file(folder_ / path);
  }

  // What cannot be read names nothing, and is an error for whoever wants the package.
  const Manifest& manifest() {
    if (manifest_) return *manifest_;
    const Result<Path> file = find_manifest(fs_, folder_);
    Result<Manifest> manifest = file ? load_manifest(fs_, *file) : Manifest();
    return manifest_.emplace(manifest ? *std::move(manifest) : Manifest());
  }

  // Whether the manifest names it, or a folder that it is in.
  bool is_source(const std::string& path) {
    const std::vector<Source>& sources = manifest().sources;
    return std::any_of(sources.begin(), sources.end(), [&](const Source& source) {
      if (source.kind != SourceKind::path) return false;
      const std::string name = normal_inner_path(source.location);
      return path == name || (!name.empty() && path.starts_with(name + "/"));
    });
  }

  Filesystem& fs_;
  Path folder_;
  std::optional<Manifest> manifest_;
};

}  // namespace

LeftOut not_content_by_name() { return LeftOut(kNotContent, &is_unfinished).and_special_files(); }

LeftOut not_content(Filesystem& fs, const Path& folder) {
  const auto rule = std::make_shared<ContentRule>(fs, folder);
  return LeftOut(kNotContent, [rule](const std::string& path) { return rule->leaves_out(path); })
      .and_special_files();
}

std::vector<SeldomMeant> seldom_meant(Filesystem& fs, const Path& folder) {
  std::vector<SeldomMeant> out;
  const Result<std::vector<TreeEntry>> all = walk(fs, folder, not_content(fs, folder));
  if (!all) return out;
  for (const TreeEntry& entry : *all) {
    const std::string name = entry.path.substr(entry.path.rfind('/') + 1);
    const auto is_it = [&](const SeldomMeant& one) { return one.name == name; };
    if (std::find(std::begin(kSeldomMeant), std::end(kSeldomMeant), name) != std::end(kSeldomMeant) &&
        std::none_of(out.begin(), out.end(), is_it))
      out.push_back({name, entry.path});
  }
  return out;
}

std::string exclude_hint(const SeldomMeant& one) {
  return fmt::format("leave it out: \"exclude\": [\"{}\"]", one.name);
}

Result<std::vector<std::string>> archives_left_out(Filesystem& fs, const Path& folder) {
  ContentRule rule(fs, folder);
  const LeftOut excluded({".git", ".reef"}, [&](const std::string& path) { return rule.excludes(path); });
  TRY(const std::vector<TreeEntry> all, walk(fs, folder, excluded));
  std::vector<std::string> out;
  for (const TreeEntry& entry : all)
    if (entry.path.ends_with(kArchive) && !is_unfinished(entry.path) && rule.leaves_out(entry.path))
      out.push_back(entry.path);
  return out;
}

}  // namespace reef
