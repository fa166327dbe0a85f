#include <algorithm>

#include "core/resolve/engine.h"

// Conflict analysis: from a false clause, resolve backwards along the trail with the clauses that narrowed
// the domains, until one literal of the latest level is left. From `P in S1 or A` and `P in S2 or B` follows
// `P in (S1 and S2) or A or B`; literals of one variable are united.
namespace reef::resolve {
namespace {

bool meet(const Word* a, const Word* b, std::uint32_t words) {
  for (std::uint32_t i = 0; i < words; ++i)
    if (a[i] & b[i]) return true;
  return false;
}

}  // namespace

void Engine::bump(Var var) {
  if ((activity_[var] += bump_) > 1e100) {
    for (double& activity : activity_) activity *= 1e-100;
    bump_ *= 1e-100;
  }
  if (ranks_ && open_at_[var] >= 0) sift_up(static_cast<std::size_t>(open_at_[var]));
}

void Engine::bump_clause(const Clause& clause) {
  if (clause.learnt < 0 ||
      (learnt_[static_cast<std::size_t>(clause.learnt)].activity += clause_bump_) < 1e20F)
    return;
  for (Learnt& other : learnt_) other.activity *= 1e-20F;
  clause_bump_ *= 1e-20F;
}

// The level on which a clause became false.
std::size_t Engine::level_of(ClauseId conflict) const {
  std::int32_t last = -1;
  for (const Literal& literal : literals(conflict))
    last = std::max(last, falsifier(literal.var, &pool_[literal.set]));
  return last < 0 ? 0 : trail_[static_cast<std::size_t>(last)].level;
}

void Engine::start_derivation(std::size_t first_event) {
  for (const Part& part : parts_) part_of_[part.var] = -1;
  parts_.clear();
  parts_pool_.clear();
  used_.clear();
  since_ = first_event;
  recent_ = 0;
}

bool Engine::became_false_since(Var var, const Word* set, std::size_t first_event) const {
  const Variable& variable = vars_[var];
  std::int32_t at = variable.last;
  std::int32_t earliest = -1;
  while (at >= 0 && static_cast<std::size_t>(at) >= first_event) {
    earliest = at;
    at = trail_[static_cast<std::size_t>(at)].previous;
  }
  return earliest >= 0 && meet(old_domain(trail_[static_cast<std::size_t>(earliest)]), set, variable.words);
}

void Engine::merge_into_derivation(Var var, const Word* set) {
  const std::uint32_t words = vars_[var].words;
  if (part_of_[var] < 0) {
    part_of_[var] = static_cast<std::int32_t>(parts_.size());
    parts_.push_back({var, static_cast<std::uint32_t>(parts_pool_.size()), false});
    parts_pool_.insert(parts_pool_.end(), set, set + words);
  } else {
    Word* mine = &parts_pool_[parts_[static_cast<std::size_t>(part_of_[var])].set];
    for (std::uint32_t i = 0; i < words; ++i) mine[i] |= set[i];
  }
  Part& part = parts_[static_cast<std::size_t>(part_of_[var])];
  if (part.recent || !became_false_since(var, set, since_)) return;
  part.recent = true;
  ++recent_;
}

void Engine::merge_clause(ClauseId id, Var except) {
  const Clause& clause = clauses_[static_cast<std::size_t>(id)];
  if (ranks_) bump_clause(clause);
  for (std::uint32_t i = 0; i < clause.count; ++i) {
    const Literal& literal = literals_[clause.first + i];
    if (literal.var == except) continue;
    if (part_of_[literal.var] < 0) bump(literal.var);
    merge_into_derivation(literal.var, &pool_[literal.set]);
  }
}

// Whether a part became false by this event. Events are asked latest first.
bool Engine::made_false_by(const Event& event) const {
  const std::int32_t index = part_of_[event.var];
  if (index < 0) return false;
  const Part& part = parts_[static_cast<std::size_t>(index)];
  return part.recent && meet(&parts_pool_[part.set], old_domain(event), vars_[event.var].words);
}

void Engine::remove_part(std::size_t index) {
  part_of_[parts_[index].var] = -1;
  if (index + 1 != parts_.size()) {
    parts_[index] = parts_.back();
    part_of_[parts_[index].var] = static_cast<std::int32_t>(index);
  }
  parts_.pop_back();
}

// Replaces the part that became false by this event by what the event's reason says instead.
void Engine::resolve_with(const Event& event) {
  const Var var = event.var;
  const auto index = static_cast<std::size_t>(part_of_[var]);
  used_.push_back(event.reason);
  Part& part = parts_[index];
  const std::uint32_t words = vars_[var].words;
  Word any = 0;
  for (const Literal& literal : literals(event.reason)) {
    if (literal.var != var) continue;
    for (std::uint32_t i = 0; i < words; ++i) any |= parts_pool_[part.set + i] &= pool_[literal.set + i];
  }
  part.recent = any && became_false_since(var, &parts_pool_[part.set], since_);
  if (!part.recent) --recent_;
  if (!any) remove_part(index);
  merge_clause(event.reason, var);
}

bool Engine::learn(ClauseId conflict) {
  for (;;) {
    ++conflicts_;
    bump_ *= 1.02;
    clause_bump_ *= 1.001F;
    const std::size_t level = level_of(conflict);
    backjump(level);
    start_derivation(level == 0 ? 0 : levels_[level - 1]);
    used_.push_back(conflict);
    merge_clause(conflict, static_cast<Var>(-1));
    std::size_t at = trail_.size();
    for (;;) {
      if (recent_ == 0) return false;
      do {
        --at;
      } while (!made_false_by(trail_[at]));
      if (level > 0 && recent_ == 1) break;
      const Event event = trail_[at];
      resolve_with(event);
    }
    const Var last = trail_[at].var;
    if (minimises_) minimise_parts(last);
    std::size_t target = 0;
    const ClauseId id = learn_parts(last, target);
    backjump(target);
    if (attach(id) == kNoClause) return true;
    conflict = id;
  }
}

// A place for the words of a learnt literal.
SetId Engine::stored_set(Var var, const Word* words) {
  const std::uint32_t count = vars_[var].words;
  SetId set = 0;
  if (count < free_sets_.size() && !free_sets_[count].empty()) {
    set = free_sets_[count].back();
    free_sets_[count].pop_back();
  } else {
    set = empty_set(var);
  }
  std::copy_n(words, count, &pool_[set]);
  return set;
}

// Stores what was derived; `target` is the level on which it applies: the latest but that of `last`.
ClauseId Engine::learn_parts(Var last, std::size_t& target) {
  std::vector<std::uint32_t> levels;
  scratch_.clear();
  std::vector<Literal> never;  // false on level 0
  target = 0;
  for (const Part& part : parts_) {
    const Word* words = &parts_pool_[part.set];
    const std::int32_t event = falsifier(part.var, words);
    const std::uint32_t level = event < 0 ? 0 : trail_[static_cast<std::size_t>(event)].level;
    const Literal literal{part.var, stored_set(part.var, words)};
    (minimises_ && level == 0 ? never : scratch_).push_back(literal);
    if (part.var == last) continue;
    levels.push_back(level);
    target = std::max<std::size_t>(target, level);
  }
  const auto live = static_cast<std::uint32_t>(scratch_.size());
  scratch_.insert(scratch_.end(), never.begin(), never.end());
  std::sort(levels.begin(), levels.end());
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  const ClauseId id = store(scratch_);
  Clause& clause = clauses_.back();
  clause.live = live;
  clause.learnt = static_cast<std::int32_t>(learnt_.size());
  learnt_.push_back({.clause = id,
                     .first_antecedent = static_cast<std::uint32_t>(antecedents_.size()),
                     .antecedent_count = static_cast<std::uint32_t>(used_.size()),
                     .levels = static_cast<std::uint32_t>(levels.size()),
                     .activity = clause_bump_});
  antecedents_.insert(antecedents_.end(), used_.begin(), used_.end());
  ++learnt_count_;
  return id;
}

std::vector<ClauseId> Engine::why_false(const Literal& literal) {
  start_derivation(0);
  merge_into_derivation(literal.var, &pool_[literal.set]);
  for (std::size_t at = trail_.size(); at > 0 && recent_ > 0;) {
    const Event event = trail_[--at];
    if (event.reason == kNoClause || !made_false_by(event)) continue;
    const Part& part = parts_[static_cast<std::size_t>(part_of_[event.var])];
    if (falsifier(event.var, &parts_pool_[part.set]) == static_cast<std::int32_t>(at)) resolve_with(event);
  }
  return used_;
}

}  // namespace reef::resolve
