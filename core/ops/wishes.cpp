#include "core/ops/wishes.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace reef::ops {
namespace {

// The packages and tools that serve as a capability; of other platforms' parts, those that can.
std::vector<std::string> providers_in(Registry& registry, const Plan& plan, const LockOnDisk* lock,
                                      const std::string& capability) {
  std::set<std::string> out;
  for (const Planned& package : plan.packages)
    for (const resolve::Edge& edge : package.edges)
      if (edge.capability == capability) out.insert(edge.target);
  for (const std::string& name : registry.providers(capability))
    if (lock != nullptr && std::any_of(lock->platforms.begin(), lock->platforms.end(), [&](const auto& part) {
          return part.first != plan.platform.id() &&
                 (part.second.find(name) != nullptr || part.second.find_tool(name) != nullptr);
        }))
      out.insert(name);
  return {out.begin(), out.end()};
}

// The other platforms whose part leaves a capability to the tools of a host.
std::vector<std::string> left_open_for(const Plan& plan, const LockOnDisk* lock,
                                       const std::string& capability) {
  std::vector<std::string> out;
  if (lock == nullptr) return out;
  for (const auto& [id, part] : lock->platforms) {
    const LockedTool* tool = part.find_tool(capability);
    if (id != plan.platform.id() && tool != nullptr && tool->capability) out.push_back(id);
  }
  return out;
}

}  // namespace

Status check_upgrades(Registry& registry, const Plan& plan, const std::shared_ptr<const LockOnDisk>& lock,
                      const PlanRequest& request) {
  for (const std::string& name : request.upgrade) {
    std::vector<std::string> known;
    for (const Planned& package : plan.packages) known.push_back(package.name());
    if (lock)
      for (const auto& [id, part] : lock->platforms) {
        for (const LockedPackage& package : part.packages) known.push_back(package.name);
        for (const LockedTool& tool : part.host)
          if (!tool.capability) known.push_back(tool.name);
      }
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::vector<std::string> providers = providers_in(registry, plan, lock.get(), name);
    if (!providers.empty())
      return make_error(ErrorCode::usage, "`{}` is a capability: what provides it can be upgraded", name)
          .hint(fmt::format("`{}reef lock --upgrade {}`", plan.way, join(providers, " --upgrade ")));
    if (const std::vector<std::string> platforms = left_open_for(plan, lock.get(), name); !platforms.empty())
      return make_error(ErrorCode::usage, "`{}` is a capability, left open for {}: nothing to upgrade", name,
                        join(platforms, ", "))
          .hint("`reef lock` there settles it");
    if (const std::size_t at = name.find('@'); at != std::string::npos)
      return make_error(ErrorCode::usage, "`--upgrade` takes names without a version, got `{}`",
                        printable(name))
          .hint(fmt::format("to the newest that fits: `{0}reef lock --upgrade {1}`; to ask for a version: "
                            "`{0}reef add {2}`",
                            plan.way, shell_quoted(printable(name.substr(0, at))),
                            shell_quoted(printable(name))));
    Failure error = make_error(ErrorCode::not_found, "`{}` is not part of what {} needs: nothing to upgrade",
                               printable(name), plan.target.name);
    if (auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
    return std::move(error).hint(fmt::format("`{}reef tree` shows everything that is", plan.way));
  }
  return {};
}

Status check_wishes(const Plan& plan) {
  const auto is_needed = [&](const std::string& name) {
    return std::any_of(plan.packages.begin(), plan.packages.end(), [&](const Planned& package) {
      return std::any_of(package.edges.begin(), package.edges.end(),
                         [&](const resolve::Edge& edge) { return edge.target == name; });
    });
  };
  for (const auto& [name, options] : plan.target.deep) {
    if (options.empty() || name == plan.target.name || is_needed(name)) continue;
    const auto& [group, option] = *options.begin();
    std::vector<std::string> known;
    for (const Planned& package : plan.packages)
      if (package.name() != name) known.push_back(package.name());
    Failure error = make_error(ErrorCode::not_found,
                               "`{}` is not part of what {} needs: `--with {}.{}={}` chooses nothing", name,
                               plan.target.name, name, group, option);
    if (auto hint = did_you_mean(name, known)) error = std::move(error).hint(*hint);
    return std::move(error).hint(fmt::format("`{}reef tree{}` shows everything that is", plan.way,
                                             plan.target.project ? "" : " " + plan.target.name));
  }
  return {};
}

}  // namespace reef::ops
