#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/json.h"
#include "core/resolve/universe.h"

// From requirements to the best closure, or to the reasons why there is none.
//
// Complete: a solution is found whenever one exists. Deterministic: the same universe and request give the
// same outcome on every machine. The preferred solution is defined without reference to how it is found; each
// of these steps takes the most preferred choice for which a solution still exists, given the earlier ones:
//
//  0. Packages named by `upgrade`, in order: their newest version, if they are selected at all. (One that can
//     be absent and cannot have its newest version may be absent, or have the newest that it can have.)
//  1. The lock, entry by entry, those nearest to the roots first: the locked version, then the locked
//     options, if the package is selected.
//  2. Breadth first from the roots. Roots are taken with the fewest versions to choose from first (then in
//     declared order), after a try at fairness: no root older than the others' requirements on it allow, and
//     no pre-release of a root where the request admits a stable version. Below the roots, declared order.
//     For the next requirement that no selected package meets: the versions found here (workspace, host)
//     first, stable ones before pre-releases, the newest first. Of several targets: the one that the lock has
//     for this requirement (unless everything may leave it), then declared order.
//  3. When none is open: the variation groups of the selected packages, in the order of their selection:
//     the defaults in order, then the other options in declared order. New requirements go back to 2.
//  4. When no group is open: capabilities. One provider serves every dependency on a capability if one can;
//     preferred are those that the lock has for one of these dependencies, others in the lock (also if they
//     may leave it for another version; not if everything may), in the user's order (`providers`), asked for
//     by name in `roots`, already selected, found on the host, in the store, then the registry's order.
//     Several serve where none of the first kind is left that can do so alone, but one beside another. Then
//     back to 2.
//  5. Packages that only conditions speak of are absent, if possible. Then back to 2.
//
// A condition counts once the choices it speaks of are made; a condition that asks for a package does not
// bring that package.
//
// Packages that nothing reaches are absent. One version of a package is chosen. A build-time dependency is
// never part of a cycle; run-time cycles are allowed.
namespace reef::resolve {

struct Locked {
  std::string name;
  Version version;
  std::map<std::string, std::string> options;
  std::map<std::string, std::string> dependencies{};  // by role: the package that serves
  // What another host wrote: a tool in any version, or a capability, whichever tool provides it.
  bool open = false;
};

// Holds if the package is in the closure.
struct Constraint {
  std::string name;
  VersionRange range;
  std::string reason;  // "`--constraint` of the command line"
};

enum class Prereleases {
  // Only if the requirement's range names one, or a range of the user's own (a root's, or one in the manifest
  // of
  // a root that is a workspace's package), or if there is nothing else.
  when_named,
  prefer_stable,  // every range admits them by order, stable versions are tried first
  allow,          // like any other version
};

// What the search may spend. Conflicts measure work independently of the machine.
struct Limits {
  std::uint64_t conflicts = 200'000;
  // So many conflicts the search in the order of preference may meet before one free of that order is tried,
  // which tells whether the choices made so far have a solution.
  std::uint64_t in_order = 300;
  std::function<bool()> out_of_time;  // asked now and then; none: no limit
};

struct Request {
  std::vector<Requirement> roots;    // in order of preference; `with` of a target binds
  std::string asked_by = "you";      // who is behind the roots, for explanations: "you asked for ..."
  std::vector<Locked> lock;          // in the order of its file
  bool frozen = false;               // the lock must hold as it is
  std::vector<std::string> upgrade;  // may leave the lock for other versions
  bool upgrade_all = false;
  bool may_leave_lock(std::string_view name) const {
    return upgrade_all || std::find(upgrade.begin(), upgrade.end(), name) != upgrade.end();
  }
  std::vector<Constraint> constraints;
  std::map<std::string, VersionRange> overrides;              // package -> range instead of everyone's
  std::map<std::string, std::vector<std::string>> providers;  // capability -> preferred packages
  Prereleases prereleases = Prereleases::when_named;
  bool prefer_oldest = false;
  bool prefer_host = true;
  // Tell of every package why it has not its newest version, and of every capability why a preferred provider
  // does not serve it. Otherwise only packages asked for directly and options are told of.
  bool explain = false;
  Limits limits;
};

// Why a package is there: one requirement of another one. In short, for a large closure has ten thousand of
// them; Solution::edges_of spells them out.
struct Link {
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  const Requirement* requirement = nullptr;  // owned by the request or the universe
  std::uint32_t package = 0;                 // index of Solution::packages
  std::uint32_t target = 0;                  // index of the requirement's targets
  std::uint32_t remark = kNone;              // index of Solution::remarks
  bool by_capability = false;                // not by its name
};

struct Edge {
  std::string role;
  std::string target;      // a package of the closure
  std::string capability;  // the capability it serves as, if any
  Purpose purpose = Purpose::both;
  std::string option;  // "engine=onnxruntime" when an option asked for it
  VersionRange range;  // asked of the package, or of the capability
  Place place;
  std::string preferred;  // capabilities: why this provider, "locked"; empty when it is the only one there is
};

struct Selected {
  std::string name;
  Version version;
  const Candidate* candidate = nullptr;  // owned by the universe
  std::map<std::string, std::string> options;
  std::uint32_t first_link = 0;  // into Solution::links, declared order
  std::uint32_t link_count = 0;
  bool locked = false;        // as in the lock
  std::string_view chosen{};  // why this version: "the newest", "the only one on this host", "locked"; static
  std::map<std::string, std::string> option_reasons{};  // group -> "the default", "you asked for it"
};

// A preferred choice that could not be taken.
struct Skipped {
  std::string package;
  std::string choice;  // "`engine = onnxruntime`", "onnxruntime 1.18.0", "provider clang of c++-compiler"
  std::string reason;  // "needs node >=16, this host has none"
  bool held = false;   // the lock holds another version; whether more is in the way is not known
  std::string text()
      const;  // "digits: `engine = onnxruntime` was skipped: needs node >=16, this host has none"
};

struct Statistics {
  std::uint64_t decisions = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t propagations = 0;
  std::uint64_t clauses = 0;
  std::uint64_t packages_read = 0;
};

struct Solution {
  struct Remark {
    std::string option;
    std::string preferred;
  };
  std::vector<Selected> packages;  // in the order of their selection, breadth first
  std::vector<Link> links;         // those of the request first
  std::uint32_t root_links = 0;
  std::vector<Remark> remarks;
  std::vector<Skipped> skipped;
  // What a user should know: two providers of one capability, two compilers.
  std::vector<std::string> notes;
  Statistics statistics;

  const Selected* find(std::string_view name) const;
  std::span<const Link> links_of(const Selected& package) const {
    return {links.data() + package.first_link, package.link_count};
  }
  std::span<const Link> links_of_request() const { return {links.data(), root_links}; }
  // While the request and the universe live.
  Edge edge(const Link& link) const;
  std::vector<Edge> edges_of(const Selected& package) const;
  // Indices of `packages`, dependencies before dependents where only build-time edges count; total and
  // stable.
  std::vector<std::size_t> build_order() const;
};

// A statement in the proof that there is no solution.
struct Reason {
  enum class Kind {
    need,        // somebody needs something, or an option of it
    exclusion,   // somebody excludes something: a package, or an option of its own
    condition,   // an option exists under a condition only
    lock,        // the lock holds something
    constraint,  // of the command line
    cycle,       // something would have to be built before itself, or nothing needs it
    structure,   // which versions have an option
    conclusion   // follows from others
  };
  std::string text;                 // "digits-classifier 1.0.0 needs gcc >=13"
  Place place{};                    // where a manifest says so; empty for conclusions
  std::vector<std::size_t> from{};  // indices of earlier reasons it follows from; empty for facts
  Kind kind = Kind::conclusion;
  std::string package{};  // whose manifest says so; empty: the request, the lock, a conclusion
  std::string target{};   // what it speaks of: a package or a capability
  const Requirement* requirement = nullptr;  // of needs; owned by the request or the universe
  const Exclusion* exclusion = nullptr;      // of exclusions of packages
};
std::string_view name_of(Reason::Kind kind);

struct Conflict {
  std::vector<Reason> reasons;     // facts and what follows from them; the last one: there is no solution
  std::string text;                // all of it as lines for people, ending without a newline
  std::vector<std::string> hints;  // what would help: install commands, nearest names and versions
  Statistics statistics;
};

// The budget was spent before anything was proved.
struct GaveUp {
  std::string text;
  std::vector<std::string> hardest;  // packages that were part of most conflicts
  bool out_of_time = false;          // else out of conflicts
  bool solvable = false;             // a solution exists; only the preferred one was not found
  Statistics statistics;
};

using Outcome = std::variant<Solution, Conflict, GaveUp>;

// Errors: invalid_input for conditions that are too large to expand.
Result<Outcome> resolve(Universe& universe, const Request& request);

// The nearest relaxations of a request without a solution that have one, as sentences that tell what to do:
// "it works with numpy <2 (1.26.4): change `>=2` at reef.json:12:5". Each fact of the conflict is removed or
// widened in turn and the request is solved again, at most `attempts` times and within the request's limits.
// What the user can change comes first (the request itself, the lock, the workspace's manifest, the host's
// tools); what only other packages' authors can change is told when nothing else helps. At most three.
std::vector<std::string> suggest(Universe& universe, const Request& request, const Conflict& conflict,
                                 std::size_t attempts = 24);

// What stands in the way of what is preferred to what the lock holds, as a solution without the lock's word
// on it tells: of options (where nothing stands in the way any more, nothing is told) and, if the request
// asks for explanations, of the newest versions in `skipped`, whose reason is then another than the lock.
// Searches once or twice more.
Status look_behind_lock(Universe& universe, const Request& request, const Solution& solution,
                        std::vector<Skipped>& skipped);

json::Value to_json(const Solution& solution);
json::Value to_json(const Conflict& conflict);
json::Value to_json(const GaveUp& gave_up);

}  // namespace reef::resolve
