#include "core/ops/target.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::ops {
namespace {

bool names_a_folder(std::string_view text) {
  return text == "." || text == ".." || text.find('/') != std::string_view::npos;
}

Result<Target> project_target(Session& session, const std::string& folder) {
  TRY(const Path path, absolute_path(folder));
  TRY(Project project, read_project(session.machine().fs, path, session.cwd()));
  Target target;
  target.name = project.manifest->name;
  target.project = std::move(project);
  return target;
}

Result<Target> surrounding_project(Session& session) {
  TRY(std::optional<Project> project, find_project(session.machine().fs, session.cwd()));
  if (!project)
    return make_error(ErrorCode::usage,
                      "no package was named, and there is no reef.json here or in a folder above")
        .hint("name one of the catalogue (`reef search` lists them), or make one here: `reef init`");
  Target target;
  target.name = project->manifest->name;
  target.project = std::move(project);
  return target;
}

Result<Target> catalogue_target(Session& session, const std::string& text) {
  const std::size_t at = text.find('@');
  Target target;
  TRY(target.name, parse_package_name(text.substr(0, at)));
  if (at != std::string::npos) {
    TRY(target.range, VersionRange::parse(text.substr(at + 1)));
  }
  if (session.registry().versions(target.name).empty()) {
    if (session.registry().has(target.name))
      if (const auto manifest = session.registry().manifest(target.name, Version()); !manifest)
        return tl::make_unexpected(manifest.error());
    if (at == std::string::npos)
      if (auto around = surrounding_project(session); around && around->name == target.name) return around;
    Error error = unknown_package(session.registry(), target.name);
    if (is_folder(session.machine().fs, session.cwd() / target.name))
      error = std::move(error).hint(fmt::format("for the folder, write `./{}`", target.name));
    return tl::make_unexpected(std::move(error));
  }
  return target;
}

Status check_option(const Manifest& manifest, const std::string& group, const std::string& option) {
  const Variation* variation = manifest.find_variation(group);
  if (variation == nullptr) {
    std::vector<std::string> known;
    for (const Variation& each : manifest.variations) known.push_back(each.group);
    Failure error =
        make_error(ErrorCode::not_found, "`{}` has no variation `{}`", manifest.name, printable(group));
    if (auto hint = did_you_mean(group, known)) return std::move(error).hint(*hint);
    if (known.empty()) return error;
    return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
  }
  std::vector<std::string> known;
  for (const Option& each : variation->options) known.push_back(each.name);
  if (std::find(known.begin(), known.end(), option) != known.end()) return {};
  Failure error = make_error(ErrorCode::not_found, "`{}` of `{}` has no option `{}`", group, manifest.name,
                             printable(option));
  if (auto hint = did_you_mean(option, known)) error = std::move(error).hint(*hint);
  return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
}

Status add_option(Session& session, Target& target, const Manifest& manifest, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return make_error(ErrorCode::usage, "expected `group=option` after `--with`, got `{}`", printable(text));
  const std::string left = text.substr(0, equals);
  const std::string option = text.substr(equals + 1);
  const std::size_t dot = left.rfind('.');
  if (manifest.find_variation(left) != nullptr || dot == std::string::npos) {
    TRY_STATUS(check_option(manifest, left, option));
    target.with[left] = option;
    return {};
  }
  const std::string package = left.substr(0, dot);
  const std::string group = left.substr(dot + 1);
  const std::vector<Version> versions = session.registry().versions(package);
  if (versions.empty()) return tl::make_unexpected(unknown_package(session.registry(), package));
  TRY(const auto other, session.registry().manifest(package, versions.front()));
  TRY_STATUS(check_option(*other, group, option));
  target.deep[package][group] = option;
  return {};
}

}  // namespace

std::string Target::text() const {
  std::string out = project ? "." : name;
  if (!range.is_any()) out += "@" + range.text();
  for (const auto& [group, option] : with) out += fmt::format(" {}={}", group, option);
  for (const auto& [package, options] : deep)
    for (const auto& [group, option] : options) out += fmt::format(" {}.{}={}", package, group, option);
  return out;
}

Result<std::shared_ptr<const Manifest>> target_manifest(Session& session, const Target& target) {
  if (target.project) return target.project->manifest;
  Registry& registry = session.registry();
  const bool prereleases = target.range.names_prerelease();
  for (const bool careful : {true, false}) {
    for (const Version& version : registry.versions(target.name)) {
      const auto entry = registry.entry(target.name, version);
      const bool doubtful = (version.is_prerelease() && !prereleases) || (entry && entry->yanked);
      if (target.range.contains(version) && !(careful && doubtful))
        return registry.manifest(target.name, version);
    }
  }
  std::vector<std::string> known;
  for (const Version& version : session.registry().versions(target.name)) known.push_back(version.text());
  return make_error(ErrorCode::not_found, "no version of `{}` is in `{}`", target.name, target.range.text())
      .hint(fmt::format("there is {}", quoted_list(known, "and")));
}

Result<Target> find_target(Session& session, const std::string& text, const std::vector<std::string>& with) {
  TRY(Target target, text.empty()           ? surrounding_project(session)
                     : names_a_folder(text) ? project_target(session, text)
                                            : catalogue_target(session, text));
  TRY(const auto manifest, target_manifest(session, target));
  for (const std::string& group : with)
    for (const std::string& item : split(group, ','))
      if (!item.empty()) TRY_STATUS(add_option(session, target, *manifest, item));
  return target;
}

}  // namespace reef::ops
