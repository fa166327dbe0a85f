#include "core/ops/replay_packed.h"

#include <algorithm>

#include "core/ops/build.h"
#include "core/ops/replay_compare.h"

namespace reef::ops {
namespace {

// A build of each package, whose key is that of its ingredients.
std::optional<std::vector<ReadyBuild>> builds_of(const archive::Contents& contents,
                                                 const LockedPlatform& locked, const std::string& platform) {
  std::vector<ReadyBuild> out;
  for (const LockedPackage& package : locked.packages) {
    const auto found = std::find_if(
        contents.builds.begin(), contents.builds.end(), [&](const archive::ArchivedBuild& build) {
          return build.name == package.name && build.version == package.version.text() &&
                 build.platform == platform && store::build_key({build.ingredients}) == build.key;
        });
    if (found == contents.builds.end()) return std::nullopt;
    out.push_back({found->name, found->version, found->key, {found->ingredients}});
  }
  return out;
}

// What its manifest says that every version provides; values that only a look at the tool would tell are
// unknown.
void add_capabilities(const DetectSpec& spec, FoundTool& tool) {
  for (const DetectSpec::Capability& capability : spec.provides) {
    if (capability.version == "${version}")
      tool.provides[capability.name] = tool.version;
    else if (const auto version = Version::parse_loose(capability.version))
      tool.provides[capability.name] = *version;
  }
}

}  // namespace

bool are_builds_of(const Plan& plan, const std::vector<ReadyBuild>& builds) {
  return std::all_of(builds.begin(), builds.end(), [&](const ReadyBuild& build) {
    const Planned* package = plan.find(build.name);
    if (package == nullptr || package->chosen.version.text() != build.version) return true;
    std::map<std::string, std::string> chosen;
    for (const auto& [group, option] : package->chosen.options) chosen["option " + group] = option;
    for (const auto& [number, taken] : conditional_sources(plan, *package))
      chosen[fmt::format("source {}", number)] = taken;
    for (const resolve::Edge& edge : package->edges)
      if (const Planned* target = plan.find(edge.target))
        chosen[(target->is_tool() ? "tool " : "dependency ") + edge.role] = "";
    std::map<std::string, std::string> built;
    for (const auto& [name, value] : build.ingredients.items) {
      if (name.starts_with("option ") || name.starts_with("source ")) built[name] = value;
      if (name.starts_with("dependency ") || name.starts_with("tool ")) built[name] = "";
    }
    return chosen == built;
  });
}

Result<std::optional<AsPacked>> as_packed(Session& session, const archive::Contents& contents,
                                          const Lockfile& lock) {
  const std::string platform = session.platform().id();
  const auto locked = lock.platforms.find(platform);
  if (locked == lock.platforms.end()) return std::optional<AsPacked>();
  auto builds = builds_of(contents, locked->second, platform);
  if (!builds) return std::optional<AsPacked>();
  AsPacked out{*std::move(builds), {}};
  const std::set<std::string> running = tools_for_running(lock, platform);
  std::map<std::string, FoundTool> builders;
  for (const ReadyBuild& build : out.builds)
    for (FoundTool& tool : store::tools_in(build.ingredients)) builders.emplace(tool.name, std::move(tool));
  for (const LockedTool& wanted : locked->second.host) {
    const auto builder = builders.find(wanted.name);
    if (running.contains(wanted.name) || builder == builders.end()) continue;
    const std::vector<Version> versions = session.registry().versions(wanted.name);
    if (versions.empty() || builder->second.version != wanted.version) continue;
    TRY(const std::vector<FoundTool> here, session.tools(wanted.name));
    const bool is_here = std::any_of(here.begin(), here.end(),
                                     [&](const FoundTool& tool) { return tool.version == wanted.version; });
    if (is_here) continue;
    TRY(const auto manifest, session.registry().manifest(wanted.name, versions.front()));
    if (!manifest->detect) continue;
    add_capabilities(*manifest->detect, builder->second);
    out.tools.push_back(builder->second);
  }
  if (out.tools.empty()) return std::optional<AsPacked>();
  return std::optional<AsPacked>(std::move(out));
}

}  // namespace reef::ops
