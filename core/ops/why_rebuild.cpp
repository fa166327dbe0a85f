#include "core/ops/why_rebuild.h"

#include <algorithm>
#include <set>

namespace reef::ops {
namespace {

constexpr std::string_view kDependency = "dependency ";

// The build that differs in the fewest ingredients, of several the newest: what changed since another one
// says little. `built_at` has whole seconds: too few to tell which one is the last.
Result<std::optional<store::Prefix>> nearest_build(Filesystem& fs, const store::Store& store,
                                                   const Planned& package) {
  TRY(std::vector<store::Prefix> all, store.list());
  std::optional<store::Prefix> best;
  std::pair<std::size_t, std::int64_t> best_rank;  // the less, the nearer
  for (store::Prefix& prefix : all) {
    if (prefix.info.id.name != package.name()) continue;
    const Result<FileStat> stat = fs.stat(prefix.path);
    if (!stat) continue;  // removed meanwhile
    const std::pair<std::size_t, std::int64_t> rank = {
        store::changes(prefix.info.ingredients, package.ingredients).size(), -stat->mtime_ns};
    if (best && rank >= best_rank) continue;
    best_rank = rank;
    best = std::move(prefix);
  }
  return best;
}

class Explainer {
 public:
  Explainer(Session& session, const Plan& plan, store::Store store)
      : session_(session), plan_(plan), store_(std::move(store)) {}

  Status explain(const Planned& package) {
    if (package.is_tool() || !seen_.insert(package.name()).second) return {};
    RebuildReason reason;
    reason.name = package.name();
    reason.version = package.chosen.version.text();
    reason.key = package.prefix_id.key;
    reason.prefix = package.prefix;
    reason.installed = package.installed;
    if (package.installed) {
      reasons_.push_back(std::move(reason));
      return {};
    }
    reason.damage = store_.damage(package.prefix_id).value_or("");
    TRY(reason.before, nearest_build(session_.machine().fs, store_, package));
    if (reason.before) TRY_STATUS(compare(package, reason));
    const std::map<std::string, std::string> dependencies = reason.dependencies;
    reasons_.push_back(std::move(reason));
    for (const auto& [role, name] : dependencies)
      if (const Planned* other = plan_.find(name)) TRY_STATUS(explain(*other));
    return {};
  }

  std::vector<RebuildReason> take() { return std::move(reasons_); }

 private:
  Status compare(const Planned& package, RebuildReason& reason) {
    reason.changes = store::changes(reason.before->info.ingredients, package.ingredients);
    reason.summary = store::why(reason.changes);
    const Result<store::Contents> held = store_.package_of(*reason.before);
    reason.files_known = held.has_value();
    if (held) {
      TRY(const Path folder, package_folder(session_, package));
      TRY(const store::Contents now, package_contents(session_, folder));
      reason.files = store::differences(*held, now);
    }
    for (const store::Change& change : reason.changes) {
      if (!change.name.starts_with(kDependency)) continue;
      const std::string role = change.name.substr(kDependency.size());
      for (const resolve::Edge& edge : package.edges)
        if (edge.role == role) reason.dependencies[role] = edge.target;
    }
    return {};
  }

  Session& session_;
  const Plan& plan_;
  store::Store store_;
  std::set<std::string> seen_;
  std::vector<RebuildReason> reasons_;
};

}  // namespace

Result<std::vector<RebuildReason>> why_rebuild(Session& session, const Plan& plan) {
  TRY_STATUS(require_built(plan));
  TRY(store::Store store, store::Store::look(session.machine().fs, session.home().root));
  Explainer explainer(session, plan, std::move(store));
  TRY_STATUS(explainer.explain(plan.target_package()));
  return explainer.take();
}

}  // namespace reef::ops
