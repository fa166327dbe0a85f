#include "core/ops/target.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/ops/universe.h"
#include "core/registry/manifest_file.h"

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
    if (auto problem = problem_of(session.registry(), target.name))
      return tl::make_unexpected(*std::move(problem));
    if (at == std::string::npos)
      if (auto around = surrounding_project(session); around && around->name == target.name) return around;
    TRY_STATUS(refuse_archive(session, text));
    Error error = unknown_package(session.registry(), target.name);
    if (is_folder(session.machine().fs, session.cwd() / target.name))
      error = std::move(error).hint(fmt::format("for the folder, write `./{}`", target.name));
    return tl::make_unexpected(std::move(error));
  }
  return target;
}

// What may be chosen of a package: its groups, each with the options that any of its versions has.
struct Offers {
  std::string package;  // as a user would write it: with the range, when that leaves versions out
  std::map<std::string, std::vector<std::string>> groups;

  void add(const Manifest& manifest) {
    for (const Variation& variation : manifest.variations) {
      std::vector<std::string>& options = groups[variation.group];
      for (const Option& option : variation.options)
        if (std::find(options.begin(), options.end(), option.name) == options.end())
          options.push_back(option.name);
    }
  }

  Status check(const std::string& group, const std::string& option) const {
    const auto found = groups.find(group);
    if (found == groups.end()) {
      std::vector<std::string> known;
      for (const auto& [name, options] : groups) known.push_back(name);
      Failure error =
          make_error(ErrorCode::not_found, "`{}` has no variation `{}`", package, printable(group));
      if (auto hint = did_you_mean(group, known)) return std::move(error).hint(*hint);
      if (known.empty())
        return std::move(error).hint(
            fmt::format("it has none; of a package that it needs: `--with PACKAGE.{}={}`", printable(group),
                        printable(option)));
      return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
    }
    const std::vector<std::string>& known = found->second;
    if (std::find(known.begin(), known.end(), option) != known.end()) return {};
    Failure error = make_error(ErrorCode::not_found, "`{}` of `{}` has no option `{}`", group, package,
                               printable(option));
    if (auto hint = did_you_mean(option, known)) error = std::move(error).hint(*hint);
    return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
  }
};

// Which version has the option, and whether it goes with the rest, is the solver's question: here an option
// is unknown only when no version in the range has it.
Result<Offers> offers_of(Session& session, const std::string& package, const VersionRange& range) {
  TRY(const std::vector<VersionNeeds> versions, session.registry().needs(package));
  Offers out;
  bool all = true;
  for (const VersionNeeds& version : versions) {
    if (range.contains(version.version))
      out.add(*version.needs);
    else
      all = false;
  }
  out.package = all ? package : fmt::format("{}@{}", package, range.text());
  return out;
}

Result<Offers> offers_of(Session& session, const Target& target) {
  if (!target.project) return offers_of(session, target.name, target.range);
  Offers out{target.name, {}};
  out.add(*target.project->manifest);
  return out;
}

Status choose(std::map<std::string, std::string>& chosen, const std::string& group,
              const std::string& written, const std::string& option) {
  const auto [known, is_new] = chosen.emplace(group, option);
  if (is_new || known->second == option) return {};
  return make_error(ErrorCode::usage, "`--with` chooses both `{0}={1}` and `{0}={2}`, and only one can be",
                    written, known->second, option)
      .hint(fmt::format("leave one out; to measure both: `reef sweep ... --with {}={},{}`", written,
                        known->second, option));
}

Status add_option(Session& session, Target& target, const Offers& own, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return make_error(ErrorCode::usage, "expected `group=option` after `--with`, got `{}`", printable(text));
  const std::string left = text.substr(0, equals);
  const std::string option = text.substr(equals + 1);
  const std::size_t dot = left.rfind('.');
  if (own.groups.contains(left) || dot == std::string::npos) {
    TRY_STATUS(own.check(left, option));
    return choose(target.with, left, left, option);
  }
  const std::string package = left.substr(0, dot);
  const std::string group = left.substr(dot + 1);
  if (session.registry().versions(package).empty())
    return tl::make_unexpected(unknown_package(session.registry(), package));
  TRY(const Offers other, offers_of(session, package, {}));
  TRY_STATUS(other.check(group, option));
  return choose(target.deep[package], group, left, option);
}

bool has_options(const Manifest& manifest, const std::map<std::string, std::string>& with) {
  return std::all_of(with.begin(), with.end(), [&](const auto& wish) {
    const Variation* variation = manifest.find_variation(wish.first);
    return variation != nullptr &&
           std::any_of(variation->options.begin(), variation->options.end(),
                       [&](const Option& option) { return option.name == wish.second; });
  });
}

// Those in the target's range that have the options it asks for, newest first; all in its range when none
// has.
Result<std::vector<Version>> versions_of(Session& session, const Target& target) {
  std::vector<Version> in_range;
  for (const Version& version : session.registry().versions(target.name))
    if (target.range.contains(version)) in_range.push_back(version);
  if (target.with.empty()) return in_range;
  std::vector<Version> having;
  TRY(const std::vector<VersionNeeds> needs, session.registry().needs(target.name));
  for (const VersionNeeds& each : needs)
    if (target.range.contains(each.version) && has_options(*each.needs, target.with))
      having.push_back(each.version);
  return having.empty() ? in_range : having;
}

Error no_such_tool(Session& session, const Target& target, const std::vector<FoundTool>& found) {
  Error error(ErrorCode::not_found,
              fmt::format("this host has no `{}` in `{}`", target.name, target.range.text()));
  std::vector<std::string> known;
  for (const FoundTool& tool : found) known.push_back(tool.version.text());
  if (!known.empty()) error = std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
  SessionUniverse universe(session, nullptr);
  for (std::string& hint : universe.refused(target.name)) error = std::move(error).hint(std::move(hint));
  if (const auto install = universe.install_hint(target.name, target.range); install && !install->empty())
    error = std::move(error).hint(fmt::format("`{}` installs the distribution's version", *install));
  return error;
}

// The manifest of a tool stands for every version of it; those in the range are the host's.
Result<std::shared_ptr<const Manifest>> tool_manifest(Session& session, const Target& target) {
  if (!target.range.is_any()) {
    TRY(const std::vector<FoundTool> found, session.tools(target.name));
    const auto fits = [&](const FoundTool& tool) { return target.range.contains(tool.version); };
    if (std::none_of(found.begin(), found.end(), fits))
      return tl::make_unexpected(no_such_tool(session, target, found));
  }
  return session.registry().manifest(target.name, session.registry().versions(target.name).front());
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

Status refuse_archive(Session& session, const std::string& text) {
  const std::string file = text.substr(0, text.find('@'));
  if (!file.ends_with(".reef")) return {};
  TRY(const Path path, absolute_path(file));
  if (!exists(session.machine().fs, path)) return {};
  auto found = find_manifest(session.machine().fs, path);
  const bool is_archive = !found && found.error().code() == ErrorCode::usage;
  return is_archive ? tl::make_unexpected(std::move(found).error()) : Status();
}

Result<std::shared_ptr<const Manifest>> target_manifest(Session& session, const Target& target) {
  if (target.project) return target.project->manifest;
  Registry& registry = session.registry();
  if (registry.is_tool(target.name)) return tool_manifest(session, target);
  const bool prereleases = target.range.names_prerelease();
  TRY(const std::vector<Version> versions, versions_of(session, target));
  for (const bool careful : {true, false}) {
    for (const Version& version : versions) {
      const auto entry = registry.entry(target.name, version);
      const bool doubtful = (version.is_prerelease() && !prereleases) || (entry && entry->yanked);
      if (!(careful && doubtful)) return registry.manifest(target.name, version);
    }
  }
  return tl::make_unexpected(no_version_in(registry, target.name, target.range));
}

Result<std::map<std::string, std::vector<std::string>>> offered_options(Session& session,
                                                                        const Target& target, bool usual) {
  if (target.project || !usual) return offers_of(session, target).map([](Offers all) { return all.groups; });
  TRY(const std::vector<VersionNeeds> versions, session.registry().needs(target.name));
  Offers out;
  for (const VersionNeeds& each : versions)
    if (target.range.contains(each.version) && !each.yanked &&
        (!each.version.is_prerelease() || target.range.names_prerelease()))
      out.add(*each.needs);
  return out.groups;
}

Result<Target> find_target(Session& session, const std::string& text, const std::vector<std::string>& with) {
  TRY(Target target, text.empty()           ? surrounding_project(session)
                     : names_a_folder(text) ? project_target(session, text)
                                            : catalogue_target(session, text));
  TRY(const auto manifest, target_manifest(session, target));
  if (with.empty()) return target;
  TRY(const Offers own, offers_of(session, target));
  for (const std::string& group : with)
    for (const std::string& item : split(group, ','))
      if (!item.empty()) TRY_STATUS(add_option(session, target, own, item));
  return target;
}

}  // namespace reef::ops
