#include "core/ops/closure.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/ops/advice.h"
#include "core/ops/archive_files.h"
#include "core/registry/package_content.h"

namespace reef::ops {
namespace {

// The condition without what only a host knows: what may hold somewhere on the platform.
Condition anywhere(Condition condition) {
  condition.libc.clear();
  condition.accelerator.clear();
  for (auto* list : {&condition.all, &condition.any})
    for (Condition& each : *list) each = anywhere(each);
  std::erase_if(condition.negated,
                [](const Condition& each) { return !each.libc.empty() || !each.accelerator.empty(); });
  return condition;
}

Circumstances circumstances_in(const std::string& platform, const LockedPlatform& section,
                               const LockedPackage& package) {
  Circumstances facts;
  const std::size_t dash = platform.find('-');
  facts.os = platform.substr(0, dash);
  facts.arch = dash == std::string::npos ? "" : platform.substr(dash + 1);
  facts.options = package.options;
  for (const LockedPackage& other : section.packages) facts.packages[other.name] = other.version;
  for (const LockedTool& tool : section.host) facts.packages[tool.name] = tool.version;
  return facts;
}

// Dependencies of the package and of its chosen options that apply wherever this platform is.
std::vector<const Dependency*> active_dependencies(const Manifest& manifest, const LockedPackage& locked,
                                                   const Circumstances& facts) {
  std::vector<const Dependency*> out;
  const auto add = [&](const std::vector<Dependency>& all) {
    for (const Dependency& each : all)
      if (holds(each.when, facts)) out.push_back(&each);
  };
  add(manifest.dependencies);
  for (const Variation& variation : manifest.variations) {
    const auto chosen = locked.options.find(variation.group);
    if (chosen == locked.options.end()) continue;
    if (const Option* option = variation.find(chosen->second)) add(option->dependencies);
  }
  return out;
}

class Collector {
 public:
  Collector(Session& session, const Project& root) : session_(session), root_(root) {}

  Result<Closure> collect(const Lockfile& lock) {
    for (const auto& [platform, section] : lock.platforms) {
      for (const LockedPackage& package : section.packages) TRY_STATUS(add(package, platform, section));
      for (const LockedTool& tool : section.host) TRY_STATUS(add_tool(tool.name));
    }
    Closure out;
    for (auto& [key, package] : packages_) out.packages.push_back(std::move(package));
    std::stable_partition(out.packages.begin(), out.packages.end(),
                          [](const ClosurePackage& package) { return package.is_root; });
    if (out.packages.empty() || !out.packages.front().is_root)
      return stale(fmt::format("it does not have {} itself", root_.manifest->name));
    for (auto& [name, tool] : tools_) out.tools.push_back(std::move(tool));
    return out;
  }

 private:
  Failure stale(const std::string& why) const {
    return make_error(ErrorCode::integrity, "`{}` is out of date: {}", kLockName, why)
        .hint(fmt::format("`{}reef lock` writes it anew", way_to(session_, root_)));
  }

  Result<ClosurePackage> found(const LockedPackage& locked) {
    ClosurePackage out;
    out.name = locked.name;
    out.version = locked.version;
    if (locked.origin == Origin::path) {
      if (locked.name != root_.manifest->name)
        return make_error(ErrorCode::usage,
                          "`{}` is a package of a folder beside this one, which an archive cannot name",
                          locked.name)
            .hint("put it into a folder that REEF_PACKAGES names, and depend on it by its version");
      if (locked.version != root_.manifest->version)
        return stale(fmt::format("it has {} {}, the manifest says {}", locked.name, locked.version.text(),
                                 root_.manifest->version.text()));
      out.is_root = true;
      out.manifest = root_.manifest;
      out.folder = root_.folder;
      return out;
    }
    Registry& registry = session_.registry();
    TRY(out.manifest, registry.manifest(locked.name, locked.version));
    TRY(out.folder, registry.folder(locked.name, locked.version));
    TRY(const Digest digest, registry.digest(locked.name, locked.version));
    if (locked.digest && digest != *locked.digest)
      return make_error(ErrorCode::integrity,
                        "{} {} in `{}` is not the package that `{}` pins: its digest is {}, expected {}",
                        locked.name, locked.version.text(), out.folder.string(), kLockName, digest.hex(),
                        locked.digest->hex())
          .hint(fmt::format("restore the package, or accept the change with `{}reef lock`",
                            way_to(session_, root_)));
    return out;
  }

  Status add(const LockedPackage& locked, const std::string& platform, const LockedPlatform& section) {
    const auto key = std::pair(locked.name, locked.version.text());
    if (!packages_.contains(key)) {
      TRY(ClosurePackage package, found(locked));
      packages_.emplace(key, std::move(package));
    }
    ClosurePackage& package = packages_.at(key);
    const Circumstances facts = circumstances_in(platform, section, locked);
    for (const Source& source : package.manifest->sources) {
      const bool known =
          std::any_of(package.sources.begin(), package.sources.end(), [&](const Source& other) {
            return other.place.line == source.place.line && other.place.column == source.place.column;
          });
      if (source.kind != SourceKind::path && !known && holds(anywhere(source.when), facts))
        package.sources.push_back(source);
    }
    for (const Dependency* dependency : active_dependencies(*package.manifest, locked, facts))
      TRY_STATUS(add_dependency(*dependency, locked, section));
    return {};
  }

  Status add_dependency(const Dependency& dependency, const LockedPackage& locked,
                        const LockedPlatform& section) {
    const auto filled = locked.dependencies.find(dependency.role);
    const bool optional_here = !dependency.when.is_always();
    if (filled == locked.dependencies.end()) {
      if (optional_here) return {};
      return stale(fmt::format("it does not know the dependency `{}` of {}", dependency.role, locked.name));
    }
    const std::string& name = filled->second.package;
    if (!dependency.package.empty()) {
      const LockedPackage* other = section.find(name);
      const LockedTool* tool = section.find_tool(name);
      const Version version = other != nullptr ? other->version : tool != nullptr ? tool->version : Version();
      if (name != dependency.package || !dependency.version.contains(version))
        return stale(fmt::format("{} needs {} {}, and it has {} {}", locked.name, dependency.package,
                                 dependency.version.text(), name, version.text()));
    }
    TRY_STATUS(add_tools_for(dependency));
    return {};
  }

  Status add_tools_for(const Dependency& dependency) {
    if (!dependency.package.empty()) return add_tool(dependency.package);
    for (const std::string& name : session_.registry().providers(dependency.capability))
      TRY_STATUS(add_tool(name));
    return {};
  }

  // Names that are no tools are passed over.
  Status add_tool(const std::string& name) {
    if (tools_.contains(name)) return {};
    Registry& registry = session_.registry();
    const std::vector<Version> versions = registry.versions(name);
    if (versions.empty()) return {};
    const auto entry = registry.entry(name, versions.front());
    if (!entry || entry->kind != PackageKind::tool) return {};
    ClosurePackage tool;
    tool.name = name;
    tool.version = versions.front();
    TRY(tool.manifest, registry.manifest(name, tool.version));
    TRY(tool.folder, registry.folder(name, tool.version));
    const auto manifest = tool.manifest;
    tools_.emplace(name, std::move(tool));
    for (const Dependency& dependency : manifest->dependencies) TRY_STATUS(add_tools_for(dependency));
    return {};
  }

  Session& session_;
  const Project& root_;
  std::map<std::pair<std::string, std::string>, ClosurePackage> packages_;
  std::map<std::string, ClosurePackage> tools_;
};

}  // namespace

Result<Closure> closure_of(Session& session, const Project& root, const Lockfile& lock) {
  return Collector(session, root).collect(lock);
}

LeftOut not_content(Session& session, const Path& folder) {
  LeftOut out = reef::not_content(session.machine().fs, folder);
  // A home inside the package's own folder is no part of the package, and changes with every run.
  const Path home = session.home().root.lexically_relative(folder);
  if (!home.empty() && *home.begin() != "..") out.add(home.begin()->string());
  return out;
}

std::vector<std::string> notes_on_archives(const Project& project, const std::vector<std::string>& left_out) {
  std::vector<std::string> out;
  for (const std::string& path : left_out) {
    const Result<archive::ArchiveRead> read = inspect_file((project.folder / path).string());
    if (read && read->contents.name == project.manifest->name) continue;
    out.push_back(
        fmt::format("`{}` is an archive and stays out: what `sources` names is packed", printable(path)));
  }
  return out;
}

Result<Target> as_project(Session& session, Target target) {
  if (target.project) return target;
  TRY(const auto manifest, target_manifest(session, target));
  TRY(const Path folder, session.registry().folder(target.name, manifest->version));
  TRY(target.project, read_project(session.machine().fs, folder, session.cwd()));
  target.range = {};
  target.is_of_registry = true;
  return target;
}

}  // namespace reef::ops
