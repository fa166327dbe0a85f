#include "core/archive/content_rule.h"

#include <algorithm>

#include "core/archive/oci.h"
#include "core/base/text.h"
#include "core/model/names.h"
#include "core/os/byte_stream.h"

namespace reef::archive {
namespace {

constexpr std::string_view kArchive = ".reef";
constexpr std::string_view kSignature = ".minisig";

}  // namespace

const std::vector<std::string>& ContentRule::names() {
  static const std::vector<std::string> names = {".git", ".reef", "reef.lock"};
  return names;
}

ContentRule::ContentRule(const Manifest& manifest) : exclude_(manifest.exclude) {
  for (const Source& source : manifest.sources)
    if (source.kind == SourceKind::path) sources_.push_back(normal_inner_path(source.location));
}

ContentRule ContentRule::of_text(const std::string& name, std::string text) {
  json::Problems problems;
  const Manifest manifest = parse_manifest(name, std::move(text), problems);
  return problems.empty() ? ContentRule(manifest) : ContentRule();
}

std::optional<std::string> ContentRule::against(const std::string& path) const {
  if (std::find(names().begin(), names().end(), path) != names().end())
    return fmt::format("no package has a `{}` at its top", path);
  if (const std::string* pattern = exclude_.reason_for(path))
    return fmt::format("the package's manifest excludes it by `{}`", *pattern);
  const bool is_partial = path.ends_with(".reef.part") || path.ends_with(".reef.part.log");
  if (is_unfinished(path) || (is_partial && !is_source(path)))
    return "it is an unfinished file of reef's, which is no part of a package";
  return {};
}

std::optional<std::string> ContentRule::against(const std::string& path, std::string_view head) const {
  if (!may_be_archive(path) || !is_archive_head(head)) return {};
  return "it is an archive that no `sources` names, which is no part of a package";
}

std::optional<std::string> ContentRule::signed_archive(const std::string& path) const {
  if (!path.ends_with(".reef.minisig") || is_source(path)) return {};
  return path.substr(0, path.size() - kSignature.size());
}

bool ContentRule::may_be_archive(const std::string& path) const {
  return path.ends_with(kArchive) && !is_source(path);
}

// Whether the manifest names it, or a folder that it is in.
bool ContentRule::is_source(const std::string& path) const {
  return std::any_of(sources_.begin(), sources_.end(), [&](const std::string& name) {
    return path == name || (!name.empty() && path.starts_with(name + "/"));
  });
}

}  // namespace reef::archive
