#include "core/ops/edit.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/manifest_edit.h"
#include "core/model/names.h"

namespace reef::ops {
namespace {

Result<Project> own_project(Session& session) {
  TRY(std::optional<Project> project, find_project(session.machine().fs, session.cwd()));
  if (project) return std::move(*project);
  return make_error(ErrorCode::usage, "there is no reef.json here or in a folder above")
      .hint("make a project here: `reef init`");
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
  std::vector<std::string> texts;
  for (const Version& version : versions) texts.push_back(version.text());
  return make_error(ErrorCode::not_found, "no version of `{}` is in `{}`", name, range.text())
      .hint(fmt::format("there is {}", quoted_list(texts, "and")));
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

Result<Edited> apply(Session& session, const Project& project, std::string text, Dependency dependency,
                     Reporter& reporter) {
  const std::string shown = project.manifest_path.filename().string();
  json::Problems problems;
  Manifest manifest = parse_manifest(shown, text, problems);
  if (!problems.empty()) return tl::make_unexpected(problems.first("reef check"));
  Target target;
  target.name = manifest.name;
  target.project =
      Project{project.folder, project.manifest_path, std::make_shared<const Manifest>(std::move(manifest))};
  TRY(Plan plan, with_context(require_plan(session, target, {}, reporter), [&] {
        return fmt::format("choosing what fits with it; {} is unchanged", shown);
      }));
  TRY_STATUS(write_atomic(session.machine().fs, project.manifest_path, text));
  TRY(LockWritten lock, write_lock(session, plan));
  return Edited{std::move(dependency), project.manifest_path, std::move(plan), std::move(lock)};
}

std::vector<std::string> dependencies_in(const Manifest& manifest) {
  std::vector<std::string> out;
  for (const Dependency& dependency : manifest.dependencies) {
    out.push_back(dependency.role);
    if (dependency.target() != dependency.role) out.push_back(dependency.target());
  }
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

// The dependency of the project that asks for the same: in the role, else the only one that does.
const Dependency* same_as(const Manifest& manifest, const Dependency& wanted, const std::string& role) {
  const Dependency* same = nullptr;
  std::size_t count = 0;
  for (const Dependency& dependency : manifest.dependencies) {
    if (dependency.target() != wanted.target()) continue;
    if (dependency.role == role) return &dependency;
    same = &dependency;
    ++count;
  }
  return count == 1 ? same : nullptr;
}

}  // namespace

Result<Edited> add(Session& session, const AddRequest& request, Reporter& reporter) {
  TRY(const Project project, own_project(session));
  if (request.text.substr(0, request.text.find('@')) == project.manifest->name)
    return make_error(ErrorCode::usage, "`{}` cannot depend on itself", project.manifest->name);
  TRY(Dependency dependency, target_of(session, request));
  TRY_STATUS(add_options(session, dependency, request.with));
  const std::string role = request.role.empty() ? role_after(dependency.target()) : request.role;
  TRY(dependency.role, with_context(parse_role(role), "naming the role; `--role` gives it another name"));
  dependency.purpose = request.purpose.value_or(Purpose::both);
  TRY(std::string before, session.machine().fs.read_file(project.manifest_path, kLargestManifest));
  const std::string shown = project.manifest_path.filename().string();
  const bool plain = request.role.empty() && !request.purpose && request.with.empty();
  const bool names_range = request.text.find('@') != std::string::npos;
  if (const Dependency* same = same_as(*project.manifest, dependency, role); same && plain && names_range) {
    const VersionRange range = dependency.version;
    dependency = *same;
    dependency.version = range;
    TRY(std::string changed, change_range(shown, std::move(before), dependency.role, range));
    return apply(session, project, std::move(changed), std::move(dependency), reporter);
  }
  TRY(std::string after, add_dependency(shown, std::move(before), dependency));
  return apply(session, project, std::move(after), std::move(dependency), reporter);
}

Result<Edited> remove(Session& session, const std::string& name, Reporter& reporter) {
  TRY(const Project project, own_project(session));
  TRY(Dependency dependency, dependency_called(*project.manifest, name));
  TRY(std::string before, session.machine().fs.read_file(project.manifest_path, kLargestManifest));
  const std::string shown = project.manifest_path.filename().string();
  TRY(std::string after, remove_dependency(shown, std::move(before), dependency.role));
  const std::string role = dependency.role;
  return with_context(apply(session, project, std::move(after), std::move(dependency), reporter),
                      [&] { return fmt::format("removing `{}`; {} is unchanged", role, shown); });
}

}  // namespace reef::ops
