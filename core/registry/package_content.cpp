#include "core/registry/package_content.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/archive/content_rule.h"
#include "core/archive/oci.h"
#include "core/os/byte_stream.h"
#include "core/registry/manifest_file.h"

namespace reef {
namespace {

constexpr std::string_view kArchive = ".reef";

constexpr std::string_view kSeldomMeant[] = {".DS_Store",   ".env",          ".idea", ".ipynb_checkpoints",
                                             ".mypy_cache", ".pytest_cache", ".venv", ".vscode",
                                             "__pycache__", "node_modules"};

class FolderRule {
 public:
  FolderRule(Filesystem& fs, Path folder) : fs_(fs), folder_(std::move(folder)) {}

  // Whatever it holds.
  bool leaves_out_by_name(const std::string& path) { return rule().against(path).has_value(); }

  bool leaves_out(const std::string& path) {
    if (leaves_out_by_name(path) || is_archive(path)) return true;
    const auto signed_file = rule().signed_archive(path);
    if (!signed_file) return false;
    const Result<FileStat> stat = fs_.stat(folder_ / *signed_file, false);
    return !stat || stat->type == FileType::other || leaves_out(*signed_file);
  }

 private:
  bool is_archive(const std::string& path) {
    if (!rule().may_be_archive(path)) return false;
    const Result<FileStat> stat = fs_.stat(folder_ / path);
    return stat && stat->type == FileType::file && archive::is_archive_file(folder_ / path);
  }

  // What cannot be read names nothing, and is an error for whoever wants the package.
  const archive::ContentRule& rule() {
    if (rule_) return *rule_;
    const Result<Path> file = find_manifest(fs_, folder_);
    const Result<Manifest> manifest = file ? load_manifest(fs_, *file) : Manifest();
    return rule_.emplace(manifest ? archive::ContentRule(*manifest) : archive::ContentRule());
  }

  Filesystem& fs_;
  Path folder_;
  std::optional<archive::ContentRule> rule_;
};

}  // namespace

LeftOut not_content_by_name() {
  return LeftOut(archive::ContentRule::names(), &is_unfinished).and_special_files();
}

LeftOut not_content(Filesystem& fs, const Path& folder) {
  const auto rule = std::make_shared<FolderRule>(fs, folder);
  return LeftOut(archive::ContentRule::names(),
                 [rule](const std::string& path) { return rule->leaves_out(path); })
      .and_special_files();
}

std::string exclude_hint(const SeldomMeant& one) {
  return fmt::format("leave it out: \"exclude\": [\"{}\"]", one.name);
}

Result<Noticed> notice_content(Filesystem& fs, const Path& folder) {
  FolderRule rule(fs, folder);
  const LeftOut excluded({}, [&](const std::string& path) { return rule.leaves_out_by_name(path); });
  TRY(const std::vector<TreeEntry> all, walk(fs, folder, excluded));
  Noticed out;
  for (const TreeEntry& entry : all) {
    if (entry.path.ends_with(kArchive) && rule.leaves_out(entry.path)) out.archives.push_back(entry.path);
    const std::string_view name = std::string_view(entry.path).substr(entry.path.rfind('/') + 1);
    const auto is_it = [&](const SeldomMeant& one) { return one.name == name; };
    if (std::find(std::begin(kSeldomMeant), std::end(kSeldomMeant), name) != std::end(kSeldomMeant) &&
        std::none_of(out.seldom_meant.begin(), out.seldom_meant.end(), is_it))
      out.seldom_meant.push_back({std::string(name), entry.path});
  }
  return out;
}

}  // namespace reef
