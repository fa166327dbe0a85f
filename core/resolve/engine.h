#pragma once

#include <cstdint>
#include <span>
#include <vector>

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
  std::int64_t single(Var var) const;
  bool disjoint(const Literal& literal) const;  // the literal is false
  bool subset(const Literal& literal) const;    // the literal is true
  bool allows_other_than(Var var, std::uint32_t value) const;

  // Adds a clause; literals of one variable are merged. What it implies now is propagated by the next call of
  // propagate(), which also reports it when it is false already.
  ClauseId add(std::span<const Literal> literals);
  // Narrows a domain on a new level; the set must leave something.
  void decide(Var var, SetId set);
  // Narrows domains until nothing follows any more; the clause that became false, or kNoClause.
  ClauseId propagate();
  // Learns from a false clause and goes back to where the lesson applies. False: there is no solution, and
  // `refutation()` tells which clauses prove it.
  bool learn(ClauseId conflict);
  void backjump(std::size_t level);
  std::size_t level() const { return levels_.size(); }

  // Clauses, for explanations. A learnt one follows from its antecedents by resolution, in their order.
  std::size_t clause_count() const { return clauses_.size(); }
  std::span<const Literal> literals(ClauseId id) const;
  bool is_learnt(ClauseId id) const { return clauses_[static_cast<std::size_t>(id)].learnt; }
  std::span<const ClauseId> antecedents(ClauseId id) const;
  const std::vector<ClauseId>& refutation() const { return used_; }
  // The clauses by which a literal that is false now became false, decisions apart, in order of resolution.
  std::vector<ClauseId> why_false(const Literal& literal);

  double activity(Var var) const { return vars_[var].activity; }
  std::uint64_t conflicts() const { return conflicts_; }
  std::uint64_t decisions() const { return decisions_; }
  std::uint64_t propagations() const { return propagations_; }

 private:
  struct Variable {
    std::uint32_t values = 0;
    std::uint32_t words = 0;
    std::uint32_t domain = 0;  // offset into domains_
    std::int32_t last = -1;    // latest event
    double activity = 0;
    std::vector<ClauseId> watching;
  };
  struct Clause {
    std::uint32_t first = 0;  // into literals_
    std::uint32_t count = 0;
    std::uint32_t watch[2] = {0, 0};  // indices of the watched literals; equal for unit clauses
    std::uint32_t first_antecedent = 0;
    std::uint32_t antecedent_count = 0;
    bool learnt = false;
  };
  // A domain became smaller.
  struct Event {
    Var var;
    std::uint32_t level;
    ClauseId reason;        // kNoClause: a decision
    std::int32_t previous;  // of the same variable
    std::uint32_t old;      // the domain before, in old_domains_
  };
  // A literal of the clause that is being derived, with its own copy of the set.
  struct Part {
    Var var;
    std::int32_t event;  // that made it false
    std::uint32_t set;   // into parts_pool_
  };

  void narrow(Var var, SetId set, ClauseId reason);
  // The event that made the set impossible; -1 when it never was possible, kPossible when it still is.
  static constexpr std::int32_t kPossible = -2;
  std::int32_t falsifier(Var var, const Word* set) const;
  ClauseId store(std::span<const Literal> literals);
  // Chooses watches for a clause and applies it now; the clause itself when it is false.
  ClauseId attach(ClauseId id);
  ClauseId reapply_late();
  ClauseId visit(Var var);
  void bump(Var var);

  // Derivation.
  void start_derivation();
  void merge_into_derivation(Var var, const Word* set);
  void merge_clause(ClauseId id, Var except);
  void resolve_latest(std::size_t index);
  std::ptrdiff_t latest_part(bool skip_decisions) const;

  std::vector<Variable> vars_;
  std::vector<Word> domains_;
  std::vector<Word> pool_;
  std::vector<Word> old_domains_;
  std::vector<Event> trail_;
  std::vector<std::size_t> levels_;  // size of the trail where each level starts
  std::size_t propagated_ = 0;
  std::vector<Literal> literals_;
  std::vector<Clause> clauses_;
  std::vector<ClauseId> antecedents_;
  // Clauses that were added on a higher level than the one on which they became unit or false.
  std::vector<ClauseId> late_;
  bool recheck_late_ = false;
  ClauseId pending_conflict_ = kNoClause;

  std::vector<Part> parts_;
  std::vector<Word> parts_pool_;
  std::vector<std::int32_t> part_of_;  // variable -> index in parts_, or -1
  std::vector<ClauseId> used_;
  std::vector<Literal> scratch_;

  double bump_ = 1;
  std::uint64_t conflicts_ = 0;
  std::uint64_t decisions_ = 0;
  std::uint64_t propagations_ = 0;
};

}  // namespace reef::resolve
