#include <algorithm>

#include "core/resolve/engine.h"

// Learnt clauses are shortened (Sorensson and Biere, 2009): a literal goes when it became false by events
// that all follow from what the other literals deny. Such events came earlier, so removals never rest on each
// other in a circle.
namespace reef::resolve {
namespace {

constexpr int kDeepest = 64;

}  // namespace

// Removes the values that the clause's own parts deny, as far as they became false before an event; true when
// nothing is left.
bool Engine::cover(Var var, std::vector<Word>& set, std::int32_t before) const {
  const std::int32_t index = part_of_[var];
  Word any = 0;
  const bool counts = index >= 0 && part_event_[static_cast<std::size_t>(index)] < before;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (counts) set[i] &= ~parts_pool_[parts_[static_cast<std::size_t>(index)].set + i];
    any |= set[i];
  }
  return any == 0;
}

// Whether a set that is impossible is so because of what the clause's parts deny.
bool Engine::is_implied_false(Var var, const Word* set, std::int32_t before, int depth) {
  std::vector<Word> left(set, set + vars_[var].words);
  while (!cover(var, left, before)) {
    const std::int32_t event = falsifier(var, left.data());
    if (level_of_event(event) == 0) return true;
    if (!is_implied(event, depth)) return false;
    for (const Literal& literal : literals(trail_[static_cast<std::size_t>(event)].reason))
      if (literal.var == var)
        for (std::size_t i = 0; i < left.size(); ++i) left[i] &= pool_[literal.set + i];
  }
  return true;
}

bool Engine::is_implied(std::int32_t event, int depth) {
  const auto index = static_cast<std::size_t>(event);
  if (implied_[index] != Implied::unknown) return implied_[index] == Implied::yes;
  const Event& happened = trail_[index];
  bool yes = happened.reason != kNoClause && level_in_parts_[happened.level] && depth < kDeepest;
  if (yes) {
    const Clause& clause = clauses_[static_cast<std::size_t>(happened.reason)];
    for (std::uint32_t i = 0; yes && i < clause.count; ++i) {
      const Literal& literal = literals_[clause.first + i];
      if (literal.var != happened.var)
        yes = is_implied_false(literal.var, &pool_[literal.set], event, depth + 1);
    }
  }
  implied_[index] = yes ? Implied::yes : Implied::no;
  implied_seen_.push_back(event);
  return yes;
}

// Goes the same way again, and notes the clauses that a removal rests on.
void Engine::use_implied(Var var, const Word* set, std::int32_t before) {
  std::vector<Word> left(set, set + vars_[var].words);
  while (!cover(var, left, before)) {
    const std::int32_t event = falsifier(var, left.data());
    if (level_of_event(event) == 0) {
      never_.emplace_back(var, std::move(left));
      return;
    }
    const ClauseId reason = trail_[static_cast<std::size_t>(event)].reason;
    if (!implied_used_[static_cast<std::size_t>(event)]) {
      implied_used_[static_cast<std::size_t>(event)] = 1;
      used_.push_back(reason);
      const Clause clause = clauses_[static_cast<std::size_t>(reason)];
      for (std::uint32_t i = 0; i < clause.count; ++i) {
        const Literal literal = literals_[clause.first + i];
        const std::vector<Word> words(&pool_[literal.set], &pool_[literal.set] + vars_[literal.var].words);
        if (literal.var != var) use_implied(literal.var, words.data(), event);
      }
    }
    for (const Literal& literal : literals(reason))
      if (literal.var == var)
        for (std::size_t i = 0; i < left.size(); ++i) left[i] &= pool_[literal.set + i];
  }
}

// `last`: the variable of the literal that became false last, which stays.
void Engine::minimise_parts(Var last) {
  implied_.resize(std::max(implied_.size(), trail_.size()), Implied::unknown);
  implied_used_.resize(implied_.size());
  level_in_parts_.assign(levels_.size() + 1, 0);
  part_event_.clear();
  for (const Part& part : parts_) {
    part_event_.push_back(falsifier(part.var, &parts_pool_[part.set]));
    level_in_parts_[level_of_event(part_event_.back())] = 1;
  }
  std::vector<Var> removed;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Part& part = parts_[i];
    const std::int32_t event = part_event_[i];
    if (part.var == last || level_of_event(event) == 0) continue;
    if (trail_[static_cast<std::size_t>(event)].reason == kNoClause) continue;
    if (is_implied_false(part.var, &parts_pool_[part.set], event, 0)) removed.push_back(part.var);
  }
  for (const Var var : removed) {
    const auto index = static_cast<std::size_t>(part_of_[var]);
    use_implied(var, &parts_pool_[parts_[index].set], part_event_[index]);
  }
  for (const Var var : removed) remove_part(static_cast<std::size_t>(part_of_[var]));
  for (const auto& [var, words] : never_) merge_into_derivation(var, words.data());
  never_.clear();
  for (const std::int32_t event : implied_seen_) {
    implied_[static_cast<std::size_t>(event)] = Implied::unknown;
    implied_used_[static_cast<std::size_t>(event)] = 0;
  }
  implied_seen_.clear();
}

}  // namespace reef::resolve
