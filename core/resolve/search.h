#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/resolve/encoder.h"

// The search for the preferred solution: decisions in the order that resolver.h specifies. The next decision
// depends only on the earlier ones, and what the engine learns follows from the clauses, so the first
// solution is the preferred one. When many conflicts pass, a search free of that order (by activity, with
// restarts) settles whether there is a solution at all, and later whether there is one with the choices made
// so far, up to the first that the solution known last does not share; its lessons serve the ordered search.
namespace reef::resolve {

// The lock's entries, those nearest to the request first: a package is kept before what it needs.
std::vector<const Locked*> lock_by_distance(Universe& universe, const Request& request);

// What speaks against a provider of a capability, by the criteria of resolver.h, step 4, in their order: that
// it is not locked for one of the needs, not locked, its place in the user's order, not asked for by name,
// not selected, not on this host, not in the store, its place in the registry's order.
using ProviderRank = std::array<std::size_t, 8>;

class Search {
 public:
  enum class End { solved, refuted, out_of_conflicts, out_of_time };

  explicit Search(Encoder& encoder);
  End run();

  // After `solved`: the closure, in the order of its selection.
  const std::vector<std::uint32_t>& closure() const { return order_; }
  bool is_selected(std::uint32_t package) const { return package < reached_.size() && reached_[package]; }
  std::uint32_t value(std::uint32_t package) const {
    return static_cast<std::uint32_t>(engine_.single(encoder_.info(package).var));
  }
  // Whether a need applies, when its condition is decided.
  std::optional<bool> applies(const Need& need) const;
  // Which target meets a need that applies.
  const TargetInfo* serving(const Need& need) const;
  // Whether the lock has a package for this very need, or at all as what may serve as a capability; then it
  // is preferred to others, in another version, too.
  bool is_locked_for(const Need& need, std::uint32_t package) const;
  bool is_locked_provider(std::uint32_t package, std::string_view capability) const;
  // The providers that could still serve when one of them was preferred to the others, that one first; null
  // when it serves because no other can.
  const std::vector<ProviderRank>* provider_ranks(std::uint32_t capability, std::uint32_t provider) const;
  // Options of a version's group, most preferred first: those of the group, after the locked one.
  std::vector<std::string> preferred_options(std::uint32_t package, const Group& group) const;
  // Whether the free search has found that a solution exists. It looks at clauses only: where conditions or
  // build-time needs may refuse a closure afterwards, nothing is known.
  bool known_solvable() const;

 private:
  struct State {
    std::size_t assumption = 0;
    std::size_t order = 0;
    std::size_t node = 0;  // place in order_; the request itself comes before it
    std::size_t need = 0;
    bool roots_done = false;
    std::size_t pending = 0;
    std::size_t group_node = 0;
    std::size_t group = 0;  // of that package's version
    std::size_t passed = 0;
    std::size_t closed = 0;
    std::size_t brought = 0;
  };
  enum class Step { nothing, grew, acted };
  struct Assumption {
    const Locked* locked = nullptr;  // null: an upgrade
    std::string group;               // locked option; empty: the version
    std::string name;
  };

  void list_assumptions();
  bool assume();
  bool is_excluded(std::string_view name, const Version& version) const;
  bool assume_value(std::uint32_t package, std::uint32_t value);
  bool load_certain();
  bool step();
  Step walk();
  template <class List>
  Step walk_needs(List list);

  // siblings.cpp: fairness between what was asked for directly.
  bool prefer_fair();
  bool refuse_regret();
  bool regrets(std::uint32_t package);
  bool allowed_by_selected(std::uint32_t package, std::uint32_t value, bool request_only) const;
  void drop_fairness();
  Step walk_pending(bool capabilities);
  Step walk_forced();
  Step handle(const Need& need);
  Step handle_capability(const Need& need);
  Step select(const TargetInfo& target, bool by_provided_version, const Need& need);
  Step reach(std::uint32_t package);
  Step choose_option();
  Step close_condition(bool held);
  bool is_held(std::uint32_t package) const;
  Step suppose();
  Step close_rest();
  // Whether a variable's value is known from the choices made so far. What propagation found out already does
  // not count: the order of choices must not depend on how the solution is found.
  bool settled(Var var) const;
  bool applies_by_choice(const Need& need) const;
  bool applies_founded(const Need& need) const;
  bool founded(const Literal& literal) const;

  // foundation.cpp and build_order.cpp: what clauses alone cannot say.
  struct Readying {
    std::vector<std::uint32_t> built, ready;  // package -> moment, from 1; kNone: never
    std::vector<std::uint32_t> stuck_on;      // of those that are built and never ready: the need
    std::uint32_t now = 0;
    bool others_serve = false;  // somewhere what serves by preference comes too late
  };
  bool select_another(std::uint32_t wanted);
  class Without;
  std::uint32_t package_of(Var var) const;
  void add_needed(std::vector<char>& needed, const std::vector<char>* among) const;
  bool add_missed(std::vector<char>& needed) const;
  std::uint32_t missed(const std::vector<char>& needed) const;
  bool drop_unneeded();
  template <class Counts>
  std::vector<Literal> not_these_choices(Counts counts);
  void add_others_possible(std::vector<Literal>& literals);
  bool refuse_unfounded();
  bool refuse_cycle();
  Readying make_ready() const;
  std::uint32_t waits_for(std::uint32_t package, const Readying& readying) const;
  std::string needed_text(const Need& need) const;
  std::string cycle_text(const std::vector<std::uint32_t>& circle,
                         const std::vector<std::uint32_t>& others) const;
  std::vector<const TargetInfo*> all_serving(const Need& need) const;
  bool is_decided(const Need& need) const;
  bool is_in_time(const Need& need, const TargetInfo& target) const;
  template <class Visit>
  void each_applying(std::uint32_t package, const Visit& visit) const;
  std::vector<Literal> not_this_need(const Need& need);
  Literal not_as_now(Var var);

  const TargetInfo* best_target(const Need& need) const;
  const TargetInfo* locked_target(const Need& need) const;
  const TargetInfo* brought_target(const Need& need) const;
  bool is_locked_to_several(std::uint32_t capability) const;
  std::uint32_t best_provider(std::uint32_t capability);
  bool is_locked(std::uint32_t package) const;
  bool possible(const TargetInfo& target) const;
  bool satisfied(const TargetInfo& target) const;
  const Version* provided_version(std::uint32_t package, std::uint32_t value, const std::string& name) const;
  const Version* best_provided(const TargetInfo& target, const std::string& name) const;

  void before_decision();
  void decide(Var var, SetId set);
  void decide_value(Var var, std::uint32_t value);
  void restore(std::size_t level);
  bool out_of_time() const;
  std::optional<End> after_conflict(ClauseId conflict);

  // free_search.cpp
  std::optional<End> settle_choices();
  enum class FreeEnd { solvable, refuted, choices_refuted, out_of_budget, out_of_limits };
  FreeEnd search_freely(std::size_t base, std::uint64_t budget);
  FreeEnd after_free_conflict(ClauseId conflict, std::size_t base);
  bool decide_freely();
  bool load_narrowed();
  bool decide_open_need();
  bool close_conditions();
  std::size_t first_doubtful_choice() const;
  void remember_solution();

  Encoder& encoder_;
  Engine& engine_;
  const Request& request_;
  std::vector<Assumption> assumptions_;
  State state_;
  std::vector<State> states_;         // before each decision
  std::vector<std::uint32_t> order_;  // selected packages
  std::vector<char> reached_;
  std::vector<std::uint32_t> pending_;  // needs under a condition, and capabilities
  std::vector<std::uint32_t> passed_;   // groups whose turn is over
  std::vector<std::uint32_t> closed_;   // packages not reached: absent, or supposed for a condition
  std::vector<std::pair<std::uint32_t, std::uint32_t>> brought_;  // need, package: see select_another()
  std::optional<Var> fair_;                                       // values: unfair, fair
  bool fair_dropped_ = false;
  bool brought_another_ = false;  // a package was selected, at some time, for what others serve already
  std::uint64_t fair_since_ = 0;
  std::uint64_t next_free_ = 0;
  std::uint64_t free_budget_ = 1000;
  bool free_solvable_ = false;
  std::vector<std::uint32_t> some_solution_;  // variable -> value, or kNone; of the latest free search
  std::size_t narrowings_loaded_ = 0;
  std::size_t certain_loaded_ = 0;
  std::uint32_t next_open_need_ = 0;
  std::optional<Readying> readying_;                                   // of the solution
  std::map<std::uint32_t, std::vector<ProviderRank>> provider_ranks_;  // at the latest choice of a provider
};

}  // namespace reef::resolve
