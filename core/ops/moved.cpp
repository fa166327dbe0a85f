#include "core/ops/moved.h"

#include <set>

#include "core/base/text.h"

namespace reef::ops {
namespace {

class Departures {
 public:
  Departures(const LockedPlatform& lock, const Plan& plan, const PlanRequest& request,
             resolve::Universe& universe)
      : lock_(lock), plan_(plan), request_(request), universe_(universe) {}

  std::vector<Moved> read() {
    for (const LockedPackage& package : lock_.packages) compare(package.name, package.version, false);
    for (const LockedTool& tool : lock_.host)
      if (tool.found) compare(tool.name, tool.version, true);
    find_lost();
    for (const LockedPackage& package : lock_.packages) tell_lost(package.name, package.version, false);
    for (const LockedTool& tool : lock_.host)
      if (tool.found) tell_lost(tool.name, tool.version, true);
    return std::move(out_);
  }

 private:
  bool is_there(const std::string& name, const Version& version) {
    const auto& candidates = universe_.candidates(name);
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](const resolve::Candidate& candidate) { return candidate.version == version; });
  }

  bool is_free(const std::string& name) const {
    return name == plan_.target.name || request_.may_leave_lock(name);
  }

  void compare(const std::string& name, const Version& version, bool is_tool) {
    const Planned* now = plan_.find(name);
    if (now == nullptr || now->chosen.version == version || is_free(name)) return;
    const bool gone = !is_there(name, version);
    const std::vector<std::string> silent =
        gone && is_tool ? universe_.refused(name) : std::vector<std::string>();
    const std::string why = !gone             ? ""
                            : !silent.empty() ? ": " + join(silent, "; ")
                            : is_tool         ? ": this host no longer has " + version.text()
                                              : ": that version is no longer there";
    out_.push_back({name,
                    fmt::format("{} {} was locked, it is {} now{}", name, version.text(),
                                now->chosen.version.text(), why),
                    gone});
  }

  // Whether a package is in the plan as it was locked, but for what it depends on.
  static bool is_same(const LockedPackage& locked, const Planned& now) {
    return locked.options == now.chosen.options && locked.version == now.chosen.version;
  }

  // Who serves now in the role of a package, if it has that role still.
  const std::string* serving(const Planned& user, const std::string& role) const {
    for (const resolve::Edge& edge : user.edges)
      if (edge.role == role) return &edge.target;
    return nullptr;
  }

  // What is locked, not in the plan, and was needed by packages of the plan that have others instead, or
  // other options, or another version; and what that needed in turn.
  void find_lost() {
    std::vector<const LockedPackage*> open;
    const auto lose = [&](const std::string& name) {
      if (plan_.find(name) != nullptr || !lost_.insert(name).second) return;
      if (const LockedPackage* package = lock_.find(name)) open.push_back(package);
    };
    for (const LockedPackage& user : lock_.packages) {
      const Planned* now = plan_.find(user.name);
      if (now == nullptr) continue;
      for (const auto& [role, dependency] : user.dependencies)
        if (serving(*now, role) != nullptr || !is_same(user, *now)) lose(dependency.package);
    }
    while (!open.empty()) {
      const LockedPackage& package = *open.back();
      open.pop_back();
      for (const auto& [role, dependency] : package.dependencies) lose(dependency.package);
    }
  }

  void tell_lost(const std::string& name, const Version& version, bool is_tool) {
    if (!lost_.contains(name) || is_free(name) || is_there(name, version)) return;
    out_.push_back(
        {name, fmt::format("{} {} was locked, {}", name, version.text(), what_is_left(name, is_tool)), true});
  }

  std::string what_is_left(const std::string& name, bool is_tool) {
    const auto& candidates = universe_.candidates(name);
    if (!is_tool)
      return candidates.empty() ? "there is no such package now" : "that version is no longer there";
    const std::vector<std::string> refused = universe_.refused(name);
    if (!candidates.empty())
      return fmt::format("this host has {} now{}", candidates.front().version.text(),
                         refused.empty() ? "" : ": " + join(refused, "; "));
    const std::optional<std::string> install = universe_.install_hint(name);
    if (!install) return "it is no tool that is known now";
    return (refused.empty() ? "this host has none now"
                            : "this host has none that works now: " + join(refused, "; ")) +
           (install->empty() ? "" : fmt::format(": `{}` would install it", *install));
  }

  const LockedPlatform& lock_;
  const Plan& plan_;
  const PlanRequest& request_;
  resolve::Universe& universe_;
  std::set<std::string> lost_;
  std::vector<Moved> out_;
};

}  // namespace

std::vector<Moved> moved_from(const LockedPlatform& lock, const Plan& plan, const PlanRequest& request,
                              resolve::Universe& universe) {
  return Departures(lock, plan, request, universe).read();
}

}  // namespace reef::ops
