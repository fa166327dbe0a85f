#include "core/ops/roots.h"

#include <algorithm>

#include "core/ops/lock.h"

namespace reef::ops {
namespace {

std::vector<std::string> prefixes_of(const Plan& plan) {
  std::vector<std::string> out;
  for (const Planned& package : plan.packages)
    if (!package.is_tool()) out.push_back(package.prefix_id.folder_name());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Status hold(Session& session, const Plan& plan) {
  const Machine& machine = session.machine();
  TRY(const store::Store store, store::Store::look(machine.fs, session.home().root));
  Result<store::Use> use = store.use(prefixes_of(plan), &machine.cancel);
  if (!use && use.error().code() == ErrorCode::interrupted) return tl::make_unexpected(use.error());
  if (use) session.hold(*std::move(use));
  return {};
}

store::Root root_of(Session& session, const Plan& plan) {
  store::Root root;
  root.name = plan.target.name;
  root.choice = plan.target.text();
  root.prefixes = prefixes_of(plan);
  root.used = session.machine().clock.now();
  if (!plan.target.project) return root;
  root.kind = store::Root::Kind::project;
  root.file = plan.target.project->manifest_path;
  if (const auto digest = digest_file(plan.target.project->folder / kLockName)) root.lock = digest->hex();
  return root;
}

void keep_root(Session& session, const Plan& plan) {
  (void)store::Roots(session.machine().fs, session.home().root).keep(root_of(session, plan));
}

}  // namespace reef::ops
