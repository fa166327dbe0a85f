#include "core/ops/plan.h"

#include <algorithm>
#include <limits>

#include "core/action/command.h"
#include "core/base/text.h"
#include "core/ops/advice.h"
#include "core/ops/build.h"
#include "core/ops/closure.h"
#include "core/ops/lock.h"
#include "core/ops/moved.h"
#include "core/ops/universe.h"
#include "core/ops/wishes.h"
#include "core/os/tree_stamp.h"

namespace reef::ops {
namespace {

Result<Planned> planned_tool(Session& session, const resolve::Selected& chosen) {
  Planned out;
  out.chosen = chosen;
  TRY(const std::vector<FoundTool> tools, session.tools(chosen.name));
  const auto found = std::find_if(tools.begin(), tools.end(),
                                  [&](const FoundTool& tool) { return tool.version == chosen.version; });
  if (found == tools.end())
    return make_error(ErrorCode::not_found, "{} {} has vanished from this host", chosen.name,
                      chosen.version.text())
        .hint("run the same again");
  TRY(out.manifest,
      session.registry().manifest(chosen.name, session.registry().versions(chosen.name).front()));
  out.tool = *found;
  out.exports = found->exports;
  return out;
}

Result<Planned> planned_package(Session& session, const Target& target, const resolve::Selected& chosen) {
  Planned out;
  out.chosen = chosen;
  if (target.project && target.name == chosen.name) {
    out.manifest = target.project->manifest;
    out.folder = target.project->folder;
    out.looked_at = session.machine().clock.now();
    bool is_settled = false;
    TRY(out.digest, package_digest(session, out.folder, &is_settled));
    out.seen = read_by_build(session.machine().fs, *target.project, is_settled);
    // What is looked at is not younger than the digest.
    if (!is_settled) {
      TRY(out.digest, package_digest(session, out.folder));
    }
    return out;
  }
  TRY(out.manifest, session.registry().manifest(chosen.name, chosen.version));
  TRY(out.digest, session.registry().digest(chosen.name, chosen.version));
  out.registry = session.registry().origin(chosen.name);
  return out;
}

const Action& build_action(const Manifest& manifest) {
  static const Action none;
  const Action* build = manifest.find_action("build");
  return build == nullptr ? none : *build;
}

// The build key of one package; those of its dependencies are known.
Result<store::Ingredients> ingredients_for(const Plan& plan, const Planned& package,
                                           const action::PackageView& view, const store::Store& store) {
  store::BuildInputs inputs;
  inputs.name = package.name();
  inputs.version = package.chosen.version;
  inputs.package = *package.digest;
  inputs.options = package.chosen.options;
  inputs.sources = conditional_sources(plan, package);
  inputs.platform = plan.platform.id();
  const Action& build = build_action(*package.manifest);
  TRY(const action::Parameters parameters, action::bind_parameters(build, {}));
  inputs.parameters = parameters.texts();
  TRY(action::Symbolic symbolic, action::symbolic_commands(view, build, parameters, store.home() / "store"));
  inputs.commands = std::move(symbolic.commands);
  inputs.environment = std::move(symbolic.environment);
  for (const resolve::Edge& edge : package.edges) {
    const Planned* target = plan.find(edge.target);
    if (target == nullptr) continue;
    if (target->tool)
      inputs.tools.emplace(edge.role, *target->tool);
    else
      inputs.dependencies.emplace(edge.role, target->prefix_id.key);
  }
  return store::ingredients_of(inputs);
}

// Why the newest build of the same version with the same options is not this one. Empty without one.
Result<std::string> why_again(Filesystem& fs, const Planned& package, const store::Store& store) {
  TRY(const std::vector<store::Prefix> builds, store.list(package.name(), package.chosen.version.text()));
  std::optional<std::int64_t> newest;  // `built_at` has whole seconds: too few to tell which one is the last
  std::vector<store::Change> changes;
  for (const store::Prefix& build : builds) {
    TRY(const FileStat stat, fs.stat(build.path));
    if (newest && stat.mtime_ns <= *newest) continue;
    std::vector<store::Change> found = store::changes(build.info.ingredients, package.ingredients);
    const bool another_option = std::any_of(found.begin(), found.end(), [](const store::Change& change) {
      return change.name.starts_with("option ");
    });
    if (another_option) continue;
    newest = stat.mtime_ns;
    changes = std::move(found);
  }
  return store::why(changes);
}

Status add_key(Filesystem& fs, const Plan& plan, Planned& package, const store::Store& store,
               const std::vector<ReadyBuild>& builds) {
  action::PackageView view = view_of(plan, package, Purpose::build);
  const std::string& version = package.chosen.version.text();
  const auto ready = std::find_if(builds.begin(), builds.end(), [&](const ReadyBuild& build) {
    return build.name == package.name() && build.version == version;
  });
  if (ready != builds.end()) {
    package.ingredients = ready->ingredients;
    package.prefix_id = {ready->key, package.name(), version};
  } else {
    TRY(package.ingredients, ingredients_for(plan, package, view, store));
    package.prefix_id = {store::build_key(package.ingredients), package.name(), version};
  }
  package.prefix = store.path_of(package.prefix_id);
  package.installed = store.find(package.prefix_id).has_value();
  if (!package.installed) {
    TRY(package.built_again, why_again(fs, package, store));
    if (const auto damage = store.damage(package.prefix_id))
      package.built_again = "it is damaged: " + *damage;
  }
  view.prefix = package.prefix;
  view.source = package.prefix;
  TRY(package.exports, action::resolve_exports(view));
  return {};
}

// Dependencies first, and the target at the very end.
std::vector<std::size_t> order_of(const resolve::Solution& solution, const std::string& target) {
  std::vector<std::size_t> order = solution.build_order();
  const auto is_target = [&](std::size_t index) { return solution.packages[index].name == target; };
  std::stable_partition(order.begin(), order.end(), [&](std::size_t index) { return !is_target(index); });
  return order;
}

Result<Plan> plan_of(Session& session, const Target& target, const resolve::Solution& solution,
                     const PlanRequest& request) {
  Plan plan;
  plan.target = target;
  plan.way = way_to(session, target);
  plan.platform = session.platform();
  plan.skipped = solution.skipped;
  plan.notes = solution.notes;
  for (const resolve::Selected& chosen : solution.packages)
    plan.versions.emplace(chosen.name, chosen.version);
  TRY(const store::Store store, store::Store::look(session.machine().fs, session.home().root));
  const std::vector<std::size_t> order = order_of(solution, target.name);
  std::vector<std::size_t> places(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = i;
  for (const std::size_t index : order) {
    const resolve::Selected& chosen = solution.packages[index];
    const bool from_host = chosen.candidate != nullptr && chosen.candidate->origin == resolve::Origin::host;
    TRY(Planned package,
        from_host ? planned_tool(session, chosen) : planned_package(session, target, chosen));
    package.edges = solution.edges_of(chosen);
    for (const resolve::Link& link : solution.links_of(chosen))
      package.targets.push_back(places[link.package]);
    package.chosen.candidate = nullptr;  // the universe does not outlive this call
    plan.positions.emplace(package.name(), plan.packages.size());
    plan.packages.push_back(std::move(package));
    if (!from_host && !request.for_lock_only)
      TRY_STATUS(add_key(session.machine().fs, plan, plan.packages.back(), store, request.builds));
  }
  return plan;
}

NoPlan no_plan(Session& session, const Target& target, SessionUniverse& universe,
               const resolve::Request& asked, const resolve::Outcome& outcome) {
  if (const auto* gave_up = std::get_if<resolve::GaveUp>(&outcome))
    return {gave_up->text, {way_to_search_longer(session, target, *gave_up)}, resolve::to_json(*gave_up)};
  const auto& conflict = std::get<resolve::Conflict>(outcome);
  NoPlan out{shown_from(session, conflict.text), conflict.hints, resolve::to_json(conflict)};
  for (std::string& hint : resolve::suggest(universe, asked, conflict)) out.hints.push_back(std::move(hint));
  out.hints = told_from(session, target, std::move(out.hints));
  out.json["hints"] = out.hints;
  return out;
}

// A folder's package is whatever its author made of it: the version is the locked one, the content is not.
void name_edited(Plan& plan, const Lockfile& lock) {
  const auto part = lock.platforms.find(plan.platform.id());
  if (part == lock.platforms.end()) return;
  std::map<std::string_view, const LockedPackage*> locked;
  for (const LockedPackage& package : part->second.packages) locked.emplace(package.name, &package);
  for (Planned& package : plan.packages) {
    const auto found = locked.find(package.name());
    if (found == locked.end() || package.is_tool() || !found->second->digest) continue;
    if (package.chosen.chosen == "locked" && package.digest != found->second->digest)
      package.chosen.chosen = "the locked version, with another content";
  }
}

void tell_moved(Plan& plan, const Lockfile& lock, const PlanRequest& request, resolve::Universe& universe) {
  const auto part = lock.platforms.find(plan.platform.id());
  if (part == lock.platforms.end()) return;
  plan.moved = moved_from(part->second, plan, request, universe);
  for (const Moved& moved : plan.moved) plan.notes.push_back(moved.text);
}

Status compare_with_lock(Session& session, Plan& plan, const std::shared_ptr<const LockOnDisk>& lock,
                         const PlanRequest& request, resolve::Universe& universe) {
  plan.lock = lock_of(plan);
  plan.before = lock;
  if (lock) {
    TRY_STATUS(check_published(session.registry(), plan, request));
    name_edited(plan, *lock);
    tell_moved(plan, *lock, request, universe);
  }
  if (lock) plan.lock_differences = differences(*lock, plan.lock, true);
  if (!request.locked) return {};
  if (!plan.target.project)
    return make_error(ErrorCode::usage, "`{}` is a package of the catalogue: no lock holds for it",
                      plan.target.name)
        .hint("leave `--locked` out; a project that depends on it has a lock: `reef init`, then `reef add`");
  if (!lock)
    return make_error(ErrorCode::not_found, "there is no `{}`, and `--locked` asks for exactly what it says",
                      kLockName)
        .hint(fmt::format("write one: `{}reef lock`", plan.way));
  if (!lock->platforms.contains(plan.platform.id())) {
    std::vector<std::string> others;
    for (const auto& [id, part] : lock->platforms) others.push_back(id);
    return make_error(ErrorCode::integrity, "`{}` has no part for {}{}", kLockName, plan.platform.id(),
                      others.empty() ? "" : ", only for " + quoted_list(others, "and"))
        .hint(fmt::format("add it where the lock is made, and commit the change: `{}reef lock --platform {}`",
                          plan.way, plan.platform.id()));
  }
  if (plan.lock_differences.empty()) return {};
  return tl::make_unexpected(not_as_locked(plan, *lock, request));
}

// What moved from the lock says so itself.
void note_unanswered(const Session& session, const Plan& plan, Reporter& reporter) {
  for (const auto& [tool, attempts] : session.unanswered()) {
    const auto is_told = [&name = tool](const Moved& moved) { return moved.gone && moved.name == name; };
    if (std::any_of(plan.moved.begin(), plan.moved.end(), is_told)) continue;
    for (const host::Attempt& attempt : attempts) reporter.note(refusal(attempt));
  }
}

}  // namespace

Result<resolve::Outcome> search_closure(Session& session, resolve::Universe& universe,
                                        resolve::Request& request) {
  Clock& clock = session.machine().clock;
  const MonotonicTime start = clock.monotonic();
  request.limits.out_of_time = time_limit(session, session.search_time_left());
  auto outcome = resolve::resolve(universe, request);
  session.count_search(clock.monotonic() - start);
  return outcome;
}

std::function<bool()> time_limit(Session& session, std::chrono::nanoseconds time) {
  Clock& clock = session.machine().clock;
  const Cancellation& cancel = session.machine().cancel;
  return [&clock, &cancel, end = clock.monotonic() + time] {
    return cancel.requested() || clock.monotonic() >= end;
  };
}

resolve::Request solver_request(Session& session, const Target& target, const PlanRequest& request,
                                std::vector<resolve::Locked> locked) {
  resolve::Request out;
  resolve::Requirement root;
  resolve::Target wanted;
  wanted.name = target.name;
  if (!target.project) wanted.range = target.range;
  wanted.with = target.with;
  root.targets.push_back(std::move(wanted));
  out.roots.push_back(std::move(root));
  for (const auto& [package, options] : target.deep) {
    resolve::Requirement asked;
    resolve::Target other;
    other.name = package;
    other.with = options;
    asked.targets.push_back(std::move(other));
    out.roots.push_back(std::move(asked));
  }
  out.lock = std::move(locked);
  // The version of the project is what its manifest says: nothing to hold, nothing to remark.
  for (resolve::Locked& own : out.lock)
    if (target.project && own.name == target.name) own.version = target.project->manifest->version;
  out.upgrade = request.upgrade;
  out.upgrade_all = request.upgrade_all;
  out.explain = request.explain;
  // Whoever says how long means it.
  if (session.resolve_timeout()) out.limits.conflicts = std::numeric_limits<std::uint64_t>::max();
  return out;
}

namespace {

Status refuse_tool(const Target& target) {
  if (!target.project || target.project->manifest->kind != PackageKind::tool) return {};
  const Path folder = "." / Path(target.project->manifest->place.file).parent_path();  // absolute ones stay
  return make_error(ErrorCode::usage, "`{}` is a tool: it is found on a host, not resolved or installed",
                    target.name)
      .hint(fmt::format("`reef detect {}` looks for it here",
                        shell_quoted(folder == "./" ? "." : folder.string())));
}

}  // namespace

Result<PlanOutcome> make_plan(Session& session, const Target& target, const PlanRequest& request,
                              Reporter& reporter) {
  TRY_STATUS(refuse_tool(target));
  reporter.stage("resolving");
  const MonotonicTime start = session.machine().clock.monotonic();
  TRY(const auto lock, read_lock(session, target));
  SessionUniverse universe(session, target.project ? &*target.project : nullptr);
  resolve::Request asked =
      solver_request(session, target, request,
                     lock ? locked_choices(*lock, session.platform()) : std::vector<resolve::Locked>{});
  TRY(const resolve::Outcome outcome, search_closure(session, universe, asked));
  if (universe.error()) return tl::make_unexpected(*universe.error());
  TRY_STATUS(session.machine().cancel.check());
  const auto* solution = std::get_if<resolve::Solution>(&outcome);
  asked.limits.out_of_time = time_limit(session, kAdviceTime);
  if (solution == nullptr) return PlanOutcome(no_plan(session, target, universe, asked, outcome));
  for (const resolve::Selected& chosen : solution->packages)
    if (chosen.candidate != nullptr && chosen.candidate->yanked)
      reporter.note(fmt::format("{} {} was yanked by its author", chosen.name, chosen.version.text()));
  TRY(Plan plan, plan_of(session, target, *solution, request));
  if (request.explain || request.explain_lock)
    TRY_STATUS(resolve::look_behind_lock(universe, asked, *solution, plan.skipped));
  TRY_STATUS(check_upgrades(session.registry(), plan, lock, request));
  TRY_STATUS(check_wishes(plan));
  TRY_STATUS(compare_with_lock(session, plan, lock, request, universe));
  note_unanswered(session, plan, reporter);
  plan.resolve_time = session.machine().clock.monotonic() - start;
  return PlanOutcome(std::move(plan));
}

json::Value details_of(const json::Value& conflict) {
  json::Value details = {{"conflict", conflict}};
  if (conflict.at("outcome") == "gave up") details["code"] = "gave_up";
  return details;
}

Error error_of(const NoPlan& no_plan) {
  Error error(ErrorCode::no_solution, no_plan.text);
  for (const std::string& hint : no_plan.hints) error = std::move(error).hint(hint);
  json::Value details = details_of(no_plan.json);
  return std::move(error).details(details.dump());
}

Result<Plan> require_plan(Session& session, const Target& target, const PlanRequest& request,
                          Reporter& reporter) {
  TRY(PlanOutcome outcome, make_plan(session, target, request, reporter));
  if (auto* plan = std::get_if<Plan>(&outcome)) return std::move(*plan);
  return tl::make_unexpected(error_of(std::get<NoPlan>(outcome)));
}

Status require_built(const Plan& plan) {
  if (!plan.target_package().is_tool()) return {};
  const std::string& name = plan.target.name;
  return make_error(ErrorCode::usage, "`{}` is a tool: it is found on this host, not built", name)
      .hint(fmt::format("`reef detect {}` tells which one", name));
}

Result<Path> package_folder(Session& session, const Planned& package) {
  if (!package.folder.empty()) return package.folder;
  return session.registry().folder(package.name(), package.chosen.version);
}

Result<Digest> package_digest(Session& session, const Path& folder, bool* is_settled) {
  const Path memory = session.home().cache() / "trees" / sha256(folder.string()).brief(32);
  return digest_known_tree(session.machine().fs, folder, not_content(session, folder), memory,
                           session.machine().clock.now(), is_settled);
}

Result<store::Contents> package_contents(Session& session, const Path& folder) {
  return store::read_contents(session.machine().fs, folder, not_content(session, folder));
}

}  // namespace reef::ops
