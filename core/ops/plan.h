#pragma once

#include <algorithm>
#include <unordered_map>
#include <variant>

#include "core/action/view.h"
#include "core/model/lockfile.h"
#include "core/ops/reporter.h"
#include "core/ops/target.h"
#include "core/resolve/resolver.h"
#include "core/store/store.h"

namespace reef::ops {

// One package or tool of a closure, with everything that is needed to build and to use it.
struct Planned {
  resolve::Selected chosen;
  std::vector<resolve::Edge> edges;  // declared order
  std::vector<std::size_t>
      targets;  // of the edges, in Plan::packages; those beyond its end are not planned yet
  // Packages:
  std::shared_ptr<const Manifest> manifest;  // also of tools
  Path folder;                               // of the project; of others: package_folder
  std::optional<Digest> digest;              // of the folder
  // Of the project, what its build reads. Digest: when this was looked at, if its time of change cannot tell.
  struct Seen {
    Path path;
    std::optional<Digest> digest;
  };
  std::vector<Seen> seen;
  SystemTime looked_at;  // before the project's digests were made
  std::string registry;  // that it comes from, where that was added
  store::PrefixId prefix_id;
  store::Ingredients ingredients;
  Path prefix;              // where it is, or will be, installed
  bool installed = false;   // it was there when the plan was made
  std::string built_again;  // why another build of the same version and options, or this one, does not serve
  Exports exports;          // resolved
  // Tools:
  std::optional<FoundTool> tool;

  const std::string& name() const { return chosen.name; }
  bool is_tool() const { return tool.has_value(); }
};

// An entry of the lock that is not in a plan as it was locked, in words.
struct Moved {
  std::string name;
  std::string text;   // "c 1.1.0 was locked, it is 1.0.0 now: that version is no longer there"
  bool gone = false;  // it is no longer there, which is why
};

// A lock as it was read.
struct LockOnDisk : Lockfile {
  std::string text;  // of the whole file
};

// A closure that fits this host: what would be fetched, built and used. Nothing has been done yet.
struct Plan {
  Target target;
  std::string way;  // what leads to the project: "cd FOLDER && ", or nothing
  Platform platform;
  std::vector<Planned> packages;  // dependencies before dependents; the target is the last one
  std::vector<resolve::Skipped> skipped;
  std::vector<std::string> notes;              // what is mixed, what moved from the lock
  std::vector<Moved> moved;                    // from the lock
  Lockfile lock;                               // of this platform only, before `lock_platforms`
  std::vector<std::string> dropped_platforms;  // whose parts the lock is to lose
  std::vector<std::string> lock_differences;   // from the lock that was there; empty without one
  std::shared_ptr<const LockOnDisk> before;    // the lock that was there, if there was one
  std::chrono::nanoseconds resolve_time{};
  std::unordered_map<std::string, std::size_t> positions{};  // in `packages`, by name; or empty
  std::unordered_map<std::string, Version> versions{};       // of the whole closure, planned yet or not

  const Planned& target_package() const { return packages.back(); }
  // Preferred choices that could not be taken; of one package a few, then how many more.
  std::vector<std::string> skipped_choices() const;
  // What a verb tells in passing: those, and the notes.
  std::vector<std::string> news() const;
  const Planned* find(std::string_view name) const;
};

// There is no closure, or none was found in the time that was given. Exit status 5.
struct NoPlan {
  std::string text;  // lines for people
  std::vector<std::string> hints;
  json::Value json;
  bool gave_up() const { return json.at("outcome") == "gave up"; }
};

// A build that serves, whatever this host would build: its key is this one.
struct ReadyBuild {
  std::string name;
  std::string version;
  Digest key;
  store::Ingredients ingredients;
};

struct PlanRequest {
  bool locked = false;               // the lock must hold as it is
  std::vector<std::string> upgrade;  // may leave the lock
  bool upgrade_all = false;
  bool may_leave_lock(std::string_view name) const {
    return upgrade_all || std::find(upgrade.begin(), upgrade.end(), name) != upgrade.end();
  }
  bool explain = false;  // tell of every package why it is not a newer one
  // Tell what stands in the way of options that are preferred to those that the lock holds; costs another
  // search.
  bool explain_lock = false;
  // Only what a lock says is asked for: no build keys are computed, and no prefixes looked for.
  bool for_lock_only = false;
  std::vector<ReadyBuild> builds{};  // of packages whose keys are not computed
};

// What the solver is asked for a target. `locked`: what the lock prefers on this platform.
resolve::Request solver_request(Session& session, const Target& target, const PlanRequest& request,
                                std::vector<resolve::Locked> locked);

// Solves it in what is left of the time for this command's searches.
Result<resolve::Outcome> search_closure(Session& session, resolve::Universe& universe,
                                        resolve::Request& request);

// A limit for a search that begins now: this much time, or until the user cancels.
std::function<bool()> time_limit(Session& session, std::chrono::nanoseconds time);
inline constexpr auto kAdviceTime = std::chrono::seconds(1);  // for searches that only advice needs

using PlanOutcome = std::variant<Plan, NoPlan>;

// Resolves the target against the catalogue, its lock (projects only) and this host.
// Errors: of manifests and locks; integrity when `locked` and the lock differs from what fits here.
Result<PlanOutcome> make_plan(Session& session, const Target& target, const PlanRequest& request,
                              Reporter& reporter);

// The same for callers that cannot go on without: NoPlan becomes an error of code no_solution.
Result<Plan> require_plan(Session& session, const Target& target, const PlanRequest& request,
                          Reporter& reporter);
Error error_of(const NoPlan& no_plan);
// What `--json` adds to such an error: the derivation; and the code `gave_up`, where it is not known whether
// there is a solution (the exit status is 5 all the same).
json::Value details_of(const json::Value& conflict);

// usage when the target is a tool, for those who only work on what is built: a tool is found on the host.
Status require_built(const Plan& plan);

// The folder with a package's manifest and sources. Of a package that is elsewhere the content is brought
// here first, so only those who build it, or pack it, ask.
Result<Path> package_folder(Session& session, const Planned& package);

// Of a package's folder, as build keys have it.
Result<Digest> package_digest(Session& session, const Path& folder, bool* is_settled = nullptr);

// The same in detail, for those who will ask what changed.
Result<store::Contents> package_contents(Session& session, const Path& folder);

// What the conditions of a package are asked about in this closure.
Circumstances circumstances_of(const Plan& plan, const Planned& package);

// The view of one package for building it, or for running its actions: the latter leave out what only builds
// need; `both` leaves out nothing. `prefix` and `source` are the package's own.
action::PackageView view_of(const Plan& plan, const Planned& package, Purpose purpose);

}  // namespace reef::ops
