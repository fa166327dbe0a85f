#include <algorithm>

#include "core/resolve/engine.h"

// Conflict analysis: from a false clause, resolve backwards along the trail with the clauses that narrowed
// the domains, until one literal of the latest level is left. From `P in S1 or A` and `P in S2 or B` follows
// `P in (S1 and S2) or A or B`; literals of one variable are united.
namespace reef::resolve {

void Engine::bump(Var var) {
  if ((vars_[var].activity += bump_) < 1e100) return;
  for (Variable& variable : vars_) variable.activity *= 1e-100;
  bump_ *= 1e-100;
}

void Engine::start_derivation() {
  for (const Part& part : parts_) part_of_[part.var] = -1;
  parts_.clear();
  parts_pool_.clear();
  used_.clear();
}

void Engine::merge_into_derivation(Var var, const Word* set) {
  const std::uint32_t words = vars_[var].words;
  if (part_of_[var] < 0) {
    part_of_[var] = static_cast<std::int32_t>(parts_.size());
    parts_.push_back({var, -1, static_cast<std::uint32_t>(parts_pool_.size())});
    parts_pool_.insert(parts_pool_.end(), set, set + words);
  } else {
    Word* mine = &parts_pool_[parts_[static_cast<std::size_t>(part_of_[var])].set];
    for (std::uint32_t i = 0; i < words; ++i) mine[i] |= set[i];
  }
  Part& part = parts_[static_cast<std::size_t>(part_of_[var])];
  part.event = falsifier(var, &parts_pool_[part.set]);
}

void Engine::merge_clause(ClauseId id, Var except) {
  const Clause& clause = clauses_[static_cast<std::size_t>(id)];
  for (std::uint32_t i = 0; i < clause.count; ++i) {
    const Literal& literal = literals_[clause.first + i];
    if (literal.var != except) merge_into_derivation(literal.var, &pool_[literal.set]);
  }
}

// Replaces a part by what the clause that made it false says instead.
void Engine::resolve_latest(std::size_t index) {
  const Part part = parts_[index];
  const ClauseId reason = trail_[static_cast<std::size_t>(part.event)].reason;
  used_.push_back(reason);
  bump(part.var);
  const std::uint32_t words = vars_[part.var].words;
  bool any = false;
  for (const Literal& literal : literals(reason)) {
    if (literal.var != part.var) continue;
    for (std::uint32_t i = 0; i < words; ++i)
      any |= (parts_pool_[part.set + i] &= pool_[literal.set + i]) != 0;
  }
  if (any) {
    parts_[index].event = falsifier(part.var, &parts_pool_[part.set]);
  } else {
    part_of_[part.var] = -1;
    if (index + 1 != parts_.size()) {
      parts_[index] = parts_.back();
      part_of_[parts_[index].var] = static_cast<std::int32_t>(index);
    }
    parts_.pop_back();
  }
  merge_clause(reason, part.var);
}

std::ptrdiff_t Engine::latest_part(bool skip_decisions) const {
  std::ptrdiff_t latest = -1;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const std::int32_t event = parts_[i].event;
    if (event < 0) continue;
    if (skip_decisions && trail_[static_cast<std::size_t>(event)].reason == kNoClause) continue;
    if (latest < 0 || event > parts_[static_cast<std::size_t>(latest)].event)
      latest = static_cast<std::ptrdiff_t>(i);
  }
  return latest;
}

bool Engine::learn(ClauseId conflict) {
  for (;;) {
    ++conflicts_;
    bump_ *= 1.05;
    start_derivation();
    used_.push_back(conflict);
    merge_clause(conflict, static_cast<Var>(-1));
    std::size_t target = 0;
    for (;;) {
      const std::ptrdiff_t latest = latest_part(false);
      if (latest < 0) return false;
      const auto index = static_cast<std::size_t>(latest);
      const std::uint32_t level = trail_[static_cast<std::size_t>(parts_[index].event)].level;
      if (level > 0) {
        std::size_t on_level = 0;
        std::uint32_t next = 0;
        for (const Part& part : parts_) {
          if (part.event < 0) continue;
          const std::uint32_t other = trail_[static_cast<std::size_t>(part.event)].level;
          if (other == level)
            ++on_level;
          else
            next = std::max(next, other);
        }
        target = next;
        if (on_level == 1) break;
      }
      resolve_latest(index);
    }
    std::vector<Literal>& learnt = scratch_;
    learnt.clear();
    for (const Part& part : parts_) {
      const SetId set = empty_set(part.var);
      std::copy_n(&parts_pool_[part.set], vars_[part.var].words, &pool_[set]);
      learnt.push_back({part.var, set});
    }
    backjump(target);
    const ClauseId id = store(learnt);
    Clause& clause = clauses_.back();
    clause.learnt = true;
    clause.first_antecedent = static_cast<std::uint32_t>(antecedents_.size());
    clause.antecedent_count = static_cast<std::uint32_t>(used_.size());
    antecedents_.insert(antecedents_.end(), used_.begin(), used_.end());
    if (attach(id) == kNoClause) return true;
    conflict = id;
  }
}

std::vector<ClauseId> Engine::why_false(const Literal& literal) {
  start_derivation();
  merge_into_derivation(literal.var, &pool_[literal.set]);
  for (std::ptrdiff_t latest = latest_part(true); latest >= 0; latest = latest_part(true))
    resolve_latest(static_cast<std::size_t>(latest));
  return used_;
}

}  // namespace reef::resolve
