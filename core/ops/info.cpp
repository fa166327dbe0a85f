#include "core/ops/info.h"

namespace reef::ops {
namespace {

// Who fills the role, if the dependency is one of the options chosen.
std::string chosen_for(const std::vector<resolve::Edge>& edges, const Dependency& dependency) {
  for (const resolve::Edge& edge : edges)
    if (edge.role == dependency.role && edge.place.line == dependency.place.line &&
        edge.place.column == dependency.place.column)
      return edge.target;
  return "";
}

void add_needs(Info& out, Session& session, SessionUniverse& universe,
               const std::vector<Dependency>& dependencies, const std::string& option) {
  for (const Dependency& dependency : dependencies) {
    const std::string chosen = chosen_for(out.availability.edges, dependency);
    Need need{dependency, option, look_up(session, universe, dependency, chosen)};
    if (!dependency.when.is_always()) need.when += (option.empty() ? "" : ", ") + describe(dependency.when);
    out.needs.push_back(std::move(need));
  }
}

Status add_tool(Info& out, Session& session) {
  TRY(out.found, session.tools(out.manifest->name));
  std::erase_if(out.found, [&](const FoundTool& tool) { return !out.target.range.contains(tool.version); });
  out.install = install_command(*out.manifest, session.platform(), true).value_or("");
  return {};
}

}  // namespace

Result<Info> info(Session& session, const Target& target) {
  Info out;
  out.target = target;
  TRY(out.manifest, target_manifest(session, target));
  out.versions = session.registry().versions(target.name);
  for (const Version& version : out.versions)
    if (const auto entry = session.registry().entry(target.name, version); entry && entry->yanked)
      out.yanked.insert(version);
  if (target.project) {
    out.folder = target.project->folder;
  } else if (out.registry = session.registry().origin(target.name); out.registry.empty()) {
    TRY(out.folder, session.registry().folder(target.name, out.manifest->version));
  }
  if (out.manifest->detect) {
    if (!target.project) TRY_STATUS(add_tool(out, session));
    return out;
  }
  SessionUniverse universe(session, target.project ? &*target.project : nullptr);
  TRY(out.availability, availability(session, universe, target, *out.manifest));
  add_needs(out, session, universe, out.manifest->dependencies, "");
  for (const Variation& variation : out.manifest->variations)
    for (const Option& option : variation.options)
      add_needs(out, session, universe, option.dependencies,
                fmt::format("{} = {}", variation.group, option.name));
  if (universe.error()) return tl::make_unexpected(*universe.error());
  return out;
}

}  // namespace reef::ops
