#include "core/ops/edit.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/manifest_edit.h"
#include "core/model/names.h"
#include "core/ops/foreign.h"

namespace reef::ops {
namespace {

// The project around the current folder, from which others are kept until it is written.
struct Opened {
  ProjectLock held;
  Project project;
  std::string file;  // the manifest's name
  std::string text;
};

Result<Opened> open_project(Session& session, Reporter& reporter) {
  Filesystem& fs = session.machine().fs;
  TRY(const std::optional<Project> found, find_project(fs, session.cwd()));
  if (!found)
    return make_error(ErrorCode::usage, "there is no reef.json here or in a folder above")
        .hint("make a project here: `reef init`");
  TRY(ProjectLock held, ProjectLock::take(session, found->manifest_path, reporter));
  TRY(Project project, read_project(fs, found->folder, session.cwd()));  // as it is now
  TRY(std::string text, fs.read_file(project.manifest_path, kLargestManifest));
  std::string file = project.manifest_path.filename().string();
  return Opened{std::move(held), std::move(project), std::move(file), std::move(text)};
}

bool is_tool(Registry& registry, const std::string& name) {
  const std::vector<Version> versions = registry.versions(name);
  const auto entry = versions.empty() ? std::nullopt : registry.entry(name, versions.front());
  return entry && entry->kind == PackageKind::tool;
}

Error unknown_name(Registry& registry, const std::string& name, bool capability) {
  if (auto problem = problem_of(registry, name)) return *std::move(problem);
  std::vector<std::string> known = registry.capabilities();
  if (!capability) {
    const std::vector<std::string> names = registry.names();
    known.insert(known.begin(), names.begin(), names.end());
  }
  const std::string shown = printable(name);
  Error error(ErrorCode::not_found,
              capability ? fmt::format("nothing in the catalogue provides `{}`", shown)
                         : fmt::format("no package, tool or capability is called `{}`", shown));
  if (capability && !registry.versions(name).empty())
    return std::move(error).hint(fmt::format("`{}` is a package: leave `--capability` out", shown));
  if (std::string claim = registry.claim(name); !claim.empty())
    error = std::move(error).hint(std::move(claim));
  if (auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
  return std::move(error).hint("`reef search WORD` looks for one");
}

// `^newest`: of the versions that are neither yanked nor pre-releases, unless there is nothing else.
Result<VersionRange> range_of_newest(Registry& registry, const std::string& name) {
  const std::vector<Version> versions = registry.versions(name);
  const auto is_good = [&](const Version& version) {
    const auto entry = registry.entry(name, version);
    return !version.is_prerelease() && entry && !entry->yanked;
  };
  const auto good = std::find_if(versions.begin(), versions.end(), is_good);
  return VersionRange::parse("^" + (good == versions.end() ? versions.front() : *good).text());
}

// The range must have a version in the catalogue; what tools the host has is the solver's question.
Status check_range(Registry& registry, const std::string& name, const VersionRange& range) {
  const std::vector<Version> versions = registry.versions(name);
  if (is_tool(registry, name) || std::any_of(versions.begin(), versions.end(),
                                             [&](const Version& version) { return range.contains(version); }))
    return {};
  return tl::make_unexpected(no_version_in(registry, name, range));
}

Result<Dependency> target_of(Session& session, const AddRequest& request) {
  Registry& registry = session.registry();
  const std::size_t at = request.text.find('@');
  const std::string name = request.text.substr(0, at);
  Dependency out;
  const bool known_package = !registry.versions(name).empty();
  const bool known_capability = !registry.providers(name).empty();
  if (request.capability ? !known_capability : !known_package && !known_capability)
    return tl::make_unexpected(unknown_name(registry, name, request.capability));
  const bool by_capability = request.capability || !known_package;
  (by_capability ? out.capability : out.package) = name;
  if (at != std::string::npos) {
    TRY(out.version, VersionRange::parse(request.text.substr(at + 1)));
    if (!by_capability) TRY_STATUS(check_range(registry, name, out.version));
  } else if (!by_capability && !is_tool(registry, name)) {
    TRY(out.version, range_of_newest(registry, name));
  }
  return out;
}

// Options are asked of a package; they must be its own.
Status add_options(Session& session, Dependency& dependency, const std::vector<std::string>& with) {
  if (with.empty()) return {};
  if (dependency.package.empty())
    return make_error(ErrorCode::usage, "`--with` asks for options of a package, and `{}` is a capability",
                      dependency.capability);
  TRY(const Target target, find_target(session, dependency.package, with));
  dependency.with = target.with;
  return {};
}

// A role that templates can name: `c++-compiler` -> `cxx-compiler`; dots and single pluses become dashes.
std::string role_after(std::string name) {
  for (std::size_t at = name.find("++"); at != std::string::npos; at = name.find("++"))
    name.replace(at, 2, "xx");
  for (char& c : name)
    if (c == '.' || c == '+') c = '-';
  while (name.size() > 1 && name.ends_with('-')) name.pop_back();
  return name;
}

// The manifest with the edit. What is only proposed stands at no line yet, and all else where it stands now.
Manifest with_edit(Manifest manifest, const Edited& edited) {
  Dependency proposed = edited.dependency;
  proposed.place = {};
  if (edited.edit == Edit::added) manifest.dependencies.push_back(proposed);
  std::erase_if(manifest.dependencies, [&](const Dependency& each) {
    return edited.edit == Edit::removed && each.role == proposed.role;
  });
  for (Dependency& each : manifest.dependencies)
    if (edited.edit == Edit::changed && each.role == proposed.role) each = proposed;
  return manifest;
}

// `text`: of the manifest after the edit.
Result<Edited> apply(Session& session, const Opened& opened, const std::string& text, Edited edited,
                     Reporter& reporter) {
  const Project& project = opened.project;
  json::Problems problems;
  (void)parse_manifest(opened.file, text, problems);
  if (!problems.empty()) return tl::make_unexpected(problems.first("reef check"));
  Target target;
  target.name = project.manifest->name;
  target.project = project;
  target.project->manifest = std::make_shared<const Manifest>(with_edit(*project.manifest, edited));
  TRY(edited.plan, with_context(require_plan(session, target, {}, reporter), [&] {
        return fmt::format("choosing what fits with it; {} is unchanged", opened.file);
      }));
  if (const std::string silent = silent_tool(session, edited.plan); !silent.empty())
    return make_error(ErrorCode::busy, "{} gave no answer, and the lock would lose it; {} is unchanged",
                      silent, opened.file)
        .hint(fmt::format("run the same again, or `reef detect --explain {}`", shell_quoted(silent)));
  TRY_STATUS(with_context(lock_platforms(session, edited.plan, {}, {}), [&] {
    return fmt::format("choosing for the other platforms of the lock; {} is unchanged", opened.file);
  }));
  if (edited.edit != Edit::unchanged)
    TRY_STATUS(write_atomic(session.machine().fs, project.manifest_path, text));
  TRY(edited.lock, write_lock(session, edited.plan, opened.held));
  edited.manifest_path = project.manifest_path;
  return edited;
}

std::vector<std::string> dependencies_in(const Manifest& manifest) {
  std::vector<std::string> out;
  for (const Dependency& dependency : manifest.dependencies)
    for (const std::string& name : {dependency.role, dependency.target()})
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  return out;
}

Error no_such_dependency(const Manifest& manifest, const std::string& name) {
  Error error(ErrorCode::not_found,
              fmt::format("`{}` has no dependency `{}`", manifest.name, printable(name)));
  for (const Variation& variation : manifest.variations)
    for (const Option& option : variation.options)
      for (const Dependency& dependency : option.dependencies)
        if (dependency.role == name || dependency.target() == name)
          return std::move(error).hint(fmt::format("option `{} = {}` has one: edit {}:{}", variation.group,
                                                   option.name, dependency.place.file,
                                                   dependency.place.line));
  const std::vector<std::string> known = dependencies_in(manifest);
  if (auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
  if (known.empty()) return std::move(error).hint("it has none");
  return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
}

// By role, else by what is asked for.
Result<Dependency> dependency_called(const Manifest& manifest, const std::string& name) {
  for (const Dependency& dependency : manifest.dependencies)
    if (dependency.role == name) return dependency;
  std::vector<std::string> roles;
  const Dependency* found = nullptr;
  for (const Dependency& dependency : manifest.dependencies) {
    if (dependency.target() != name) continue;
    found = &dependency;
    roles.push_back(dependency.role);
  }
  if (roles.size() > 1)
    return make_error(ErrorCode::usage, "`{}` fills several roles: {}", name, quoted_list(roles, "and"))
        .hint("name the role");
  if (found == nullptr) return tl::make_unexpected(no_such_dependency(manifest, name));
  return *found;
}

// The dependencies of the project that ask for the same. One with a condition does so only when a range for
// it is given: it is not there in every case.
std::vector<const Dependency*> same_as(const Manifest& manifest, const Dependency& wanted, bool names_range) {
  std::vector<const Dependency*> out;
  for (const Dependency& each : manifest.dependencies)
    if (each.target() == wanted.target() && (names_range || each.when.is_always())) out.push_back(&each);
  return out;
}

Failure there_already(const std::vector<const Dependency*>& same, std::string_view how) {
  std::vector<std::string> roles;
  for (const Dependency* each : same) roles.push_back(each->role);
  const Dependency& first = *same.front();
  const bool by_name = roles.size() == 1 && first.role == first.target();
  return make_error(ErrorCode::usage, "`{}` is already there{}{}", first.target(),
                    by_name ? std::string() : ", as " + quoted_list(roles, "and"), how)
      .hint(fmt::format("`--role NAME` adds it again; to change {}, edit {}:{}",
                        same.size() == 1 ? "the one that is there" : "one of them", first.place.file,
                        first.place.line));
}

// What is there already is asked for once more.
Result<Edited> add_again(Session& session, const Opened& opened, const AddRequest& request,
                         const std::vector<const Dependency*>& same, const Dependency& wanted,
                         Reporter& reporter) {
  const auto in_role = std::find_if(same.begin(), same.end(),
                                    [&](const Dependency* each) { return each->role == wanted.role; });
  const Dependency& there = in_role == same.end() ? *same.front() : **in_role;
  if (request.purpose && *request.purpose != there.purpose)
    return there_already(same, fmt::format(", for `{}`", name_of(there.purpose)));
  if (!request.with.empty() && wanted.with != there.with) return there_already(same, ", with other options");
  Edited edited{.edit = Edit::unchanged, .dependency = there, .before = there.version};
  const bool names_range = request.text.find('@') != std::string::npos;
  if (!names_range || wanted.version.text() == there.version.text())
    return apply(session, opened, opened.text, std::move(edited), reporter);
  if (in_role == same.end() && same.size() > 1)
    return there_already(same, "").hint(fmt::format("`--role {}` changes that one", same.front()->role));
  edited.edit = Edit::changed;
  edited.dependency.version = wanted.version;
  TRY(const std::string text, change_range(opened.file, opened.text, there.role, wanted.version));
  return apply(session, opened, text, std::move(edited), reporter);
}

}  // namespace

Result<Edited> add(Session& session, const AddRequest& request, Reporter& reporter) {
  TRY_STATUS(refuse_archive(session, request.text));
  TRY(const Opened opened, open_project(session, reporter));
  const Manifest& manifest = *opened.project.manifest;
  if (request.text.substr(0, request.text.find('@')) == manifest.name)
    return make_error(ErrorCode::usage, "`{}` cannot depend on itself", manifest.name);
  TRY(Dependency dependency, target_of(session, request));
  TRY_STATUS(add_options(session, dependency, request.with));
  const std::string role = request.role.empty() ? role_after(dependency.target()) : request.role;
  TRY(dependency.role, with_context(parse_role(role), "naming the role; `--role` gives it another name"));
  dependency.purpose = request.purpose.value_or(Purpose::both);
  const bool names_range = request.text.find('@') != std::string::npos;
  const std::vector<const Dependency*> same = same_as(manifest, dependency, names_range);
  const bool is_named = std::any_of(same.begin(), same.end(),
                                    [&](const Dependency* each) { return each->role == dependency.role; });
  if (!same.empty() && (request.role.empty() || is_named))
    return add_again(session, opened, request, same, dependency, reporter);
  TRY(const std::string text, add_dependency(opened.file, opened.text, dependency));
  return apply(session, opened, text, {.edit = Edit::added, .dependency = std::move(dependency)}, reporter);
}

Result<Edited> remove(Session& session, const std::string& name, Reporter& reporter) {
  TRY_STATUS(refuse_archive(session, name));
  TRY(const Opened opened, open_project(session, reporter));
  TRY(Dependency dependency, dependency_called(*opened.project.manifest, name));
  TRY(const std::string text, remove_dependency(opened.file, opened.text, dependency.role));
  const std::string role = dependency.role;
  return with_context(
      apply(session, opened, text, {.edit = Edit::removed, .dependency = std::move(dependency)}, reporter),
      [&] { return fmt::format("removing `{}`; {} is unchanged", role, opened.file); });
}

}  // namespace reef::ops
