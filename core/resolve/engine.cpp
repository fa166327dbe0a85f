#include "core/resolve/engine.h"

#include <algorithm>
#include <bit>

namespace reef::resolve {
namespace {

bool meet(const Word* a, const Word* b, std::uint32_t words) {
  for (std::uint32_t i = 0; i < words; ++i)
    if (a[i] & b[i]) return true;
  return false;
}

bool within(const Word* a, const Word* b, std::uint32_t words) {
  for (std::uint32_t i = 0; i < words; ++i)
    if (a[i] & ~b[i]) return false;
  return true;
}

}  // namespace

Var Engine::new_variable(std::uint32_t values) {
  const Var var = static_cast<Var>(vars_.size());
  Variable& variable = vars_.emplace_back();
  variable.values = values;
  variable.words = (values + 63) / 64;
  variable.domain = static_cast<std::uint32_t>(domains_.size());
  domains_.resize(domains_.size() + variable.words, ~Word{0});
  if (values % 64) domains_.back() = (Word{1} << (values % 64)) - 1;
  part_of_.push_back(-1);
  return var;
}

SetId Engine::empty_set(Var var) {
  const SetId set = static_cast<SetId>(pool_.size());
  pool_.resize(pool_.size() + vars_[var].words);
  return set;
}

SetId Engine::full_set(Var var) { return complement(var, empty_set(var)); }

SetId Engine::set_of(Var var, std::uint32_t value) {
  const SetId set = empty_set(var);
  insert(set, value);
  return set;
}

SetId Engine::copy(Var var, SetId set) {
  const SetId out = empty_set(var);
  for (std::uint32_t i = 0; i < vars_[var].words; ++i) pool_[out + i] = pool_[set + i];
  return out;
}

SetId Engine::complement(Var var, SetId set) {
  const SetId out = empty_set(var);
  const Variable& variable = vars_[var];
  for (std::uint32_t i = 0; i < variable.words; ++i) pool_[out + i] = ~pool_[set + i];
  if (variable.values % 64) pool_[out + variable.words - 1] &= (Word{1} << (variable.values % 64)) - 1;
  return out;
}

bool Engine::is_empty(Var var, SetId set) const {
  for (std::uint32_t i = 0; i < vars_[var].words; ++i)
    if (pool_[set + i]) return false;
  return true;
}

bool Engine::equal(Var var, SetId a, SetId b) const {
  return std::equal(&pool_[a], &pool_[a] + vars_[var].words, &pool_[b]);
}

std::int64_t Engine::single(Var var) const {
  const Variable& variable = vars_[var];
  std::int64_t found = -1;
  for (std::uint32_t i = 0; i < variable.words; ++i) {
    const Word word = domains_[variable.domain + i];
    if (!word) continue;
    if (found >= 0 || (word & (word - 1))) return -1;
    found = std::int64_t{i} * 64 + std::countr_zero(word);
  }
  return found;
}

bool Engine::disjoint(const Literal& literal) const {
  const Variable& variable = vars_[literal.var];
  return !meet(&domains_[variable.domain], &pool_[literal.set], variable.words);
}

bool Engine::subset(const Literal& literal) const {
  const Variable& variable = vars_[literal.var];
  return within(&domains_[variable.domain], &pool_[literal.set], variable.words);
}

bool Engine::allows_other_than(Var var, std::uint32_t value) const {
  const Variable& variable = vars_[var];
  for (std::uint32_t i = 0; i < variable.words; ++i) {
    Word word = domains_[variable.domain + i];
    if (value / 64 == i) word &= ~(Word{1} << (value % 64));
    if (word) return true;
  }
  return false;
}

void Engine::narrow(Var var, SetId set, ClauseId reason) {
  Variable& variable = vars_[var];
  const auto old = static_cast<std::uint32_t>(old_domains_.size());
  for (std::uint32_t i = 0; i < variable.words; ++i) {
    Word& word = domains_[variable.domain + i];
    old_domains_.push_back(word);
    word &= pool_[set + i];
  }
  trail_.push_back({var, static_cast<std::uint32_t>(levels_.size()), reason, variable.last, old});
  variable.last = static_cast<std::int32_t>(trail_.size()) - 1;
}

void Engine::decide(Var var, SetId set) {
  levels_.push_back(trail_.size());
  ++decisions_;
  narrow(var, set, kNoClause);
}

void Engine::backjump(std::size_t level) {
  if (levels_.size() <= level) return;
  while (trail_.size() > levels_[level]) {
    const Event& event = trail_.back();
    Variable& variable = vars_[event.var];
    std::copy_n(&old_domains_[event.old], variable.words, &domains_[variable.domain]);
    old_domains_.resize(event.old);
    variable.last = event.previous;
    trail_.pop_back();
  }
  levels_.resize(level);
  propagated_ = std::min(propagated_, trail_.size());
  pending_conflict_ = kNoClause;
  recheck_late_ = !late_.empty();
}

std::int32_t Engine::falsifier(Var var, const Word* set) const {
  const Variable& variable = vars_[var];
  if (meet(&domains_[variable.domain], set, variable.words)) return kPossible;
  for (std::int32_t at = variable.last; at >= 0; at = trail_[static_cast<std::size_t>(at)].previous)
    if (meet(&old_domains_[trail_[static_cast<std::size_t>(at)].old], set, variable.words)) return at;
  return -1;
}

ClauseId Engine::store(std::span<const Literal> literals) {
  const auto id = static_cast<ClauseId>(clauses_.size());
  Clause& clause = clauses_.emplace_back();
  clause.first = static_cast<std::uint32_t>(literals_.size());
  clause.count = static_cast<std::uint32_t>(literals.size());
  literals_.insert(literals_.end(), literals.begin(), literals.end());
  return id;
}

ClauseId Engine::add(std::span<const Literal> literals) {
  scratch_.clear();
  for (const Literal& literal : literals) {
    const auto same = std::find_if(scratch_.begin(), scratch_.end(),
                                   [&](const Literal& other) { return other.var == literal.var; });
    if (same == scratch_.end()) {
      scratch_.push_back(literal);
      continue;
    }
    same->set = copy(literal.var, same->set);
    for (std::uint32_t i = 0; i < vars_[literal.var].words; ++i)
      pool_[same->set + i] |= pool_[literal.set + i];
  }
  const ClauseId id = store(scratch_);
  if (attach(id) != kNoClause && pending_conflict_ == kNoClause) pending_conflict_ = id;
  return id;
}

// The two literals that stay possible longest are watched: those possible now, then those that became false
// last, so that going back makes a watched literal possible before any other.
ClauseId Engine::attach(ClauseId id) {
  constexpr std::int64_t kTrue = std::int64_t{1} << 41;
  constexpr std::int64_t kOpen = std::int64_t{1} << 40;
  Clause& clause = clauses_[static_cast<std::size_t>(id)];
  if (clause.count == 0) return id;
  std::int64_t best = -3;
  std::int64_t second = -3;
  for (std::uint32_t i = 0; i < clause.count; ++i) {
    const Literal& literal = literals_[clause.first + i];
    const std::int32_t event = falsifier(literal.var, &pool_[literal.set]);
    const std::int64_t rank = event != kPossible ? event : subset(literal) ? kTrue : kOpen;
    if (rank > best) {
      second = best;
      clause.watch[1] = clause.watch[0];
      best = rank;
      clause.watch[0] = i;
    } else if (rank > second) {
      second = rank;
      clause.watch[1] = i;
    }
  }
  if (second == -3) clause.watch[1] = clause.watch[0];
  vars_[literals_[clause.first + clause.watch[0]].var].watching.push_back(id);
  if (clause.watch[1] != clause.watch[0])
    vars_[literals_[clause.first + clause.watch[1]].var].watching.push_back(id);

  const std::int64_t applies_from = best < kOpen ? best : second < kOpen ? second : kOpen;
  if (applies_from == kOpen || best == kTrue) return kNoClause;
  const std::size_t level = applies_from < 0 ? 0 : trail_[static_cast<std::size_t>(applies_from)].level;
  if (level < levels_.size()) late_.push_back(id);
  if (best < kOpen) return id;
  const Literal& literal = literals_[clause.first + clause.watch[0]];
  narrow(literal.var, literal.set, id);
  ++propagations_;
  return kNoClause;
}

// After going back, clauses that were added too late to be noticed on this level are applied here.
ClauseId Engine::reapply_late() {
  recheck_late_ = false;
  std::size_t kept = 0;
  ClauseId conflict = kNoClause;
  for (std::size_t i = 0; i < late_.size(); ++i) {
    const ClauseId id = late_[i];
    late_[kept++] = id;
    if (conflict != kNoClause) continue;
    const Clause& clause = clauses_[static_cast<std::size_t>(id)];
    const Literal* open = nullptr;
    std::size_t open_count = 0;
    std::int32_t last = -1;
    for (std::uint32_t k = 0; k < clause.count; ++k) {
      const Literal& literal = literals_[clause.first + k];
      const std::int32_t event = falsifier(literal.var, &pool_[literal.set]);
      if (event == kPossible) {
        open = &literal;
        ++open_count;
      } else {
        last = std::max(last, event);
      }
    }
    if (open_count > 1) {
      --kept;  // the watches see it from here on
      continue;
    }
    if (open_count == 0) {
      conflict = id;
      continue;
    }
    if (!subset(*open)) {
      narrow(open->var, open->set, id);
      ++propagations_;
    }
    if (last < 0 || trail_[static_cast<std::size_t>(last)].level == levels_.size()) --kept;
  }
  late_.resize(kept);
  return conflict;
}

// Looks at the clauses that watch a variable whose domain became smaller.
ClauseId Engine::visit(Var var) {
  std::vector<ClauseId>& watching = vars_[var].watching;
  const std::uint32_t words = vars_[var].words;
  std::size_t kept = 0;
  ClauseId conflict = kNoClause;
  for (std::size_t i = 0; i < watching.size(); ++i) {
    const ClauseId id = watching[i];
    if (conflict != kNoClause) {
      watching[kept++] = id;
      continue;
    }
    Clause& clause = clauses_[static_cast<std::size_t>(id)];
    const Literal* literals = &literals_[clause.first];
    const std::size_t mine = literals[clause.watch[0]].var == var ? 0 : 1;
    if (literals[clause.watch[mine]].var != var) continue;  // the watch moved away
    if (meet(&domains_[vars_[var].domain], &pool_[literals[clause.watch[mine]].set], words)) {
      watching[kept++] = id;
      continue;
    }
    const bool unit = clause.watch[0] == clause.watch[1];
    const Literal& other = literals[clause.watch[1 - mine]];
    if (!unit && subset(other)) {
      watching[kept++] = id;
      continue;
    }
    bool moved = false;
    for (std::uint32_t k = 0; k < clause.count && !moved; ++k) {
      if (k == clause.watch[0] || k == clause.watch[1] || disjoint(literals[k])) continue;
      clause.watch[mine] = k;
      vars_[literals[k].var].watching.push_back(id);
      moved = true;
    }
    if (moved) continue;
    watching[kept++] = id;
    if (unit || disjoint(other)) {
      conflict = id;
      continue;
    }
    narrow(other.var, other.set, id);
    ++propagations_;
  }
  watching.resize(kept);
  return conflict;
}

ClauseId Engine::propagate() {
  if (pending_conflict_ != kNoClause) {
    const ClauseId conflict = pending_conflict_;
    pending_conflict_ = kNoClause;
    return conflict;
  }
  if (recheck_late_) {
    const ClauseId conflict = reapply_late();
    if (conflict != kNoClause) return conflict;
  }
  while (propagated_ < trail_.size()) {
    const ClauseId conflict = visit(trail_[propagated_++].var);
    if (conflict == kNoClause) continue;
    propagated_ = trail_.size();
    return conflict;
  }
  return kNoClause;
}

std::span<const Literal> Engine::literals(ClauseId id) const {
  const Clause& clause = clauses_[static_cast<std::size_t>(id)];
  return {literals_.data() + clause.first, clause.count};
}

std::span<const ClauseId> Engine::antecedents(ClauseId id) const {
  const Clause& clause = clauses_[static_cast<std::size_t>(id)];
  return {antecedents_.data() + clause.first_antecedent, clause.antecedent_count};
}

}  // namespace reef::resolve
