#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/base/arena.h"

// Clause learning over finite domains.
//
// A variable has values 0..n-1 and a domain: the values that are still possible, a set of bits. A literal
// says that a variable takes a value of a set; a clause, that at least one of its literals holds. Ranges of
// versions are sets, so one literal says what takes many in propositional logic, and "exactly one value"
// needs no clauses at all. This is the rule of PubGrub (Weizenbaum 2018) lifted onto the machinery of SAT
// solvers: two watched literals (Moskewicz et al., Chaff, 2001), first unique implication points and
// back-jumping (Marques-Silva and Sakallah, GRASP, 1999). Resolving two clauses on a variable intersects its
// sets.
//
// Clauses may be added at any time, also while decisions stand. The engine knows nothing of packages.
namespace reef::resolve {

using Word = std::uint64_t;
using Var = std::uint32_t;
using SetId = std::uint32_t;  // offset into the pool of sets; as many words as the variable's domain has
using ClauseId = std::int32_t;
constexpr ClauseId kNoClause = -1;

struct Literal {
  Var var = 0;
  SetId set = 0;
};

class Engine {
 public:
  // A variable with the values 0..values-1, all possible; at least one.
  Var new_variable(std::uint32_t values);
  std::uint32_t value_count(Var var) const { return vars_[var].values; }
  std::size_t variable_count() const { return vars_.size(); }

  // Sets.
  SetId empty_set(Var var);
  SetId full_set(Var var);
  SetId set_of(Var var, std::uint32_t value);
  SetId complement(Var var, SetId set);
  SetId copy(Var var, SetId set);
  void insert(SetId set, std::uint32_t value) { pool_[set + value / 64] |= Word{1} << (value % 64); }
  void erase(SetId set, std::uint32_t value) { pool_[set + value / 64] &= ~(Word{1} << (value % 64)); }
  bool has(SetId set, std::uint32_t value) const { return (pool_[set + value / 64] >> (value % 64)) & 1; }
  bool is_empty(Var var, SetId set) const;
  bool equal(Var var, SetId a, SetId b) const;
  std::span<const Word> words(Var var, SetId set) const { return {&pool_[set], vars_[var].words}; }

  // Domains.
  bool possible(Var var, std::uint32_t value) const {
    return (domains_[vars_[var].domain + value / 64] >> (value % 64)) & 1;
  }
  // The only possible value, or -1 when there are several.
  std::int64_t single(Var var) const {
    const Variable& variable = vars_[var];
    if (variable.words > 1) return single_of_many(variable);
    const Word domain = domains_[variable.domain];
    return domain & (domain - 1) ? -1 : std::countr_zero(domain);
  }
  bool disjoint(const Literal& literal) const { return state_of(literal) == State::impossible; }
  bool subset(const Literal& literal) const { return state_of(literal) == State::certain; }
  bool allows_other_than(Var var, std::uint32_t value) const;

  // Adds a clause; literals of one variable are merged. What it implies now is propagated by the next call of
  // propagate(), which also reports it when it is false already. kNoClause, and nothing is kept, when it
  // holds whatever is decided.
  ClauseId add(std::span<const Literal> literals);
  // Narrows a domain on a new level; the set must leave something.
  void decide(Var var, SetId set);
  void decide_value(Var var, std::uint32_t value);
  // Narrows domains until nothing follows any more; the clause that became false, or kNoClause.
  ClauseId propagate();
  // Learns from a false clause and goes back to where the lesson applies. False: there is no solution, and
  // `refutation()` tells which clauses prove it.
  bool learn(ClauseId conflict);
  void backjump(std::size_t level);
  std::size_t level() const { return levels_.size(); }
  // The variable that was decided to reach a level, counted from 1.
  Var decided(std::size_t level) const { return trail_[levels_[level - 1]].var; }
  // Every narrowing so far, as the variables narrowed; going back takes the latest ones away.
  std::size_t narrowings() const { return trail_.size(); }
  Var narrowed(std::size_t index) const { return trail_[index].var; }
  // How many of them have stood since the last call.
  std::size_t take_steady() { return std::exchange(steady_, static_cast<std::size_t>(-1)); }

  // Clauses, for explanations. A learnt one follows from its antecedents by resolution, in their order.
  std::size_t clause_count() const { return clauses_.size(); }
  std::span<const Literal> literals(ClauseId id) const;
  bool is_learnt(ClauseId id) const { return clauses_[static_cast<std::size_t>(id)].learnt >= 0; }
  std::span<const ClauseId> antecedents(ClauseId id) const;
  const std::vector<ClauseId>& refutation() const { return used_; }
  // The clauses by which a literal that is false now became false, decisions apart, in order of resolution.
  std::vector<ClauseId> why_false(const Literal& literal);

  double activity(Var var) const { return activity_[var]; }
  std::uint64_t conflicts() const { return conflicts_; }
  std::uint64_t decisions() const { return decisions_; }
  std::uint64_t propagations() const { return propagations_; }

  // For long searches.
  //
  // Learnt clauses are freed of literals that follow from their others.
  void minimise_learnt() { minimises_ = true; }
  // The last value of the variable says that there is nothing to decide about it.
  void set_optional(Var var) { vars_[var].optional = true; }
  // From here on, or no longer: keeps the variables in the order of their activity and remembers their
  // values.
  void rank_by_activity(bool on);
  // The most active variable that must have one value of several; none when there is none.
  std::optional<Var> most_active();
  // The value that the variable had last, if it is possible, else its first one.
  std::uint32_t remembered(Var var) const;
  // Forgets the literals of learnt clauses that are least likely to be of use, when there are too many; what
  // they were derived from stays known.
  void forget();

 private:
  struct Variable {
    std::uint32_t values = 0;
    std::uint32_t words = 0;
    std::uint32_t domain = 0;  // offset into domains_
    std::int32_t last = -1;    // latest event
    bool optional = false;
  };
  struct Clause {
    std::uint32_t first = 0;  // into literals_
    std::uint32_t count = 0;
    std::uint32_t live = 0;           // literals after these are false for good
    std::uint32_t watch[2] = {0, 0};  // indices of the watched literals; equal for unit clauses
    std::uint32_t next = 0;           // where the search for another watch goes on, in long clauses
    std::int32_t learnt = -1;         // index into learnt_
  };
  struct Learnt {
    ClauseId clause = kNoClause;
    std::uint32_t first_antecedent = 0;
    std::uint32_t antecedent_count = 0;
    std::uint32_t levels = 0;  // how many levels its literals were false on
    float activity = 0;
    bool forgotten = false;
  };
  // A clause that looks at a variable. What is needed to see that its literal is still possible is here: the
  // set itself when it is one word, else the word in which it met the domain last.
  struct Watch {
    ClauseId clause;
    SetId set;
    Word hint;
    Literal other;  // of the same clause; nothing to do while it holds
  };
  // The clauses that look at one variable: a slice of the arena, replaced by one of twice the size when full.
  struct Watches {
    Watch* first = nullptr;
    std::uint32_t size = 0;
    std::uint32_t room = 0;
  };
  // A domain became smaller.
  struct Event {
    Var var;
    std::uint32_t level;
    ClauseId reason;        // kNoClause: a decision
    std::int32_t previous;  // of the same variable
    Word old;               // the domain before; when it has several words, their place in old_domains_
  };
  // A literal of the clause that is being derived, with its own copy of the set.
  struct Part {
    Var var;
    std::uint32_t set;  // into parts_pool_
    bool recent;        // became false since the derivation's level began
  };

  enum class State : char { impossible, open, certain };
  State state_of(const Literal& literal) const {
    const Variable& variable = vars_[literal.var];
    if (variable.words > 1) return state_of_many(variable, literal.set);
    const Word domain = domains_[variable.domain];
    const Word set = pool_[literal.set];
    return (domain & set) == 0 ? State::impossible : (domain & ~set) == 0 ? State::certain : State::open;
  }
  State state_of_many(const Variable& variable, SetId set) const;
  std::int64_t single_of_many(const Variable& variable) const;
  void record(Var var, ClauseId reason);
  void narrow(Var var, SetId set, ClauseId reason);
  // The event that made the set impossible; -1 when it never was possible, kPossible when it still is.
  static constexpr std::int32_t kPossible = -2;
  std::int32_t falsifier(Var var, const Word* set) const;
  const Word* old_domain(const Event& event) const {
    return vars_[event.var].words == 1 ? &event.old : &old_domains_[event.old];
  }
  ClauseId store(std::span<const Literal> literals);
  ClauseId add_for_good();
  // Chooses watches for a clause and applies it now; the clause itself when it is false.
  ClauseId attach(ClauseId id);
  void watch(const Literal& literal, const Literal& other, ClauseId id);
  void make_room(Watches& watches);
  bool still_possible(const Variable& variable, Watch& watch) const;
  ClauseId reapply_late();
  ClauseId visit(Var var);

  // Derivation (analysis.cpp).
  void bump(Var var);
  void bump_clause(const Clause& clause);
  std::size_t level_of(ClauseId conflict) const;
  void start_derivation(std::size_t first_event);
  void merge_into_derivation(Var var, const Word* set);
  void merge_clause(ClauseId id, Var except);
  bool made_false_by(const Event& event) const;
  void resolve_with(const Event& event);
  void remove_part(std::size_t index);
  bool became_false_since(Var var, const Word* set, std::size_t event) const;
  ClauseId learn_parts(Var last, std::size_t& target);
  SetId stored_set(Var var, const Word* words);

  // Minimising (minimise.cpp).
  enum class Implied : char { unknown, no, yes };
  void minimise_parts(Var last);
  bool is_implied(std::int32_t event, int depth);
  bool is_implied_false(Var var, const Word* set, std::int32_t before, int depth);
  void use_implied(Var var, const Word* set, std::int32_t before);
  bool cover(Var var, std::vector<Word>& set, std::int32_t before) const;
  std::uint32_t level_of_event(std::int32_t event) const {
    return event < 0 ? 0 : trail_[static_cast<std::size_t>(event)].level;
  }

  // Order of activity (activity.cpp).
  bool is_open(Var var) const;
  bool above(Var a, Var b) const {
    return activity_[a] != activity_[b] ? activity_[a] > activity_[b] : a < b;
  }
  void push_open(Var var);
  void sift_up(std::size_t at);
  void sift_down(std::size_t at);

  std::vector<Variable> vars_;
  std::vector<Watches> watching_;
  Arena arena_;
  std::vector<std::vector<Watch*>> spare_watches_;  // by the logarithm of their room
  std::vector<Word> domains_;
  std::vector<Word> pool_;
  std::vector<Word> old_domains_;
  std::vector<Event> trail_;
  std::vector<std::size_t> levels_;  // size of the trail where each level starts
  std::size_t propagated_ = 0;
  std::size_t steady_ = 0;
  std::vector<Literal> literals_;
  std::vector<Clause> clauses_;
  std::vector<Learnt> learnt_;
  std::vector<ClauseId> antecedents_;
  // Clauses that were added on a higher level than the one on which they became unit or false.
  std::vector<ClauseId> late_;
  bool recheck_late_ = false;
  ClauseId pending_conflict_ = kNoClause;

  std::vector<Part> parts_;
  std::vector<Word> parts_pool_;
  std::vector<std::int32_t> part_of_;  // variable -> index in parts_, or -1
  std::size_t since_ = 0;              // the event with which the derivation's level begins
  std::size_t recent_ = 0;             // parts that became false since
  std::vector<ClauseId> used_;
  std::vector<Literal> scratch_;

  bool minimises_ = false;
  // While a clause is minimised.
  std::vector<Implied> implied_;  // by event
  std::vector<std::int32_t> implied_seen_;
  std::vector<char> implied_used_;        // by event
  std::vector<std::int32_t> part_event_;  // by part: what made it false
  std::vector<char> level_in_parts_;
  std::vector<std::pair<Var, std::vector<Word>>> never_;  // false on level 0
  std::vector<std::vector<SetId>> free_sets_;             // by words: of forgotten clauses
  std::size_t learnt_count_ = 0;
  std::size_t most_learnt_ = 4000;
  float clause_bump_ = 1;

  bool ranks_ = false;
  std::vector<double> activity_;
  std::vector<Var> open_;              // a heap, most active first
  std::vector<std::int32_t> open_at_;  // variable -> its place there, or -1
  std::vector<std::uint32_t> remembered_;

  double bump_ = 1;
  std::uint64_t conflicts_ = 0;
  std::uint64_t decisions_ = 0;
  std::uint64_t propagations_ = 0;
};

}  // namespace reef::resolve
