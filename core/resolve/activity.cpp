#include <algorithm>

#include "core/resolve/engine.h"

// What long searches need: the variables by activity (VSIDS, Moskewicz et al., 2001), their latest values
// (Pipatsrisawat and Darwiche, 2007), and room: of the learnt clauses those are kept that join few levels
// (Audemard and Simon, 2009).
namespace reef::resolve {

bool Engine::is_open(Var var) const {
  const Variable& variable = vars_[var];
  if (variable.optional && possible(var, variable.values - 1)) return false;
  return single(var) < 0;
}

void Engine::rank_by_activity(bool on) {
  ranks_ = on;
  open_.clear();
  open_at_.assign(on ? vars_.size() : 0, -1);
  if (!on) return;
  remembered_.resize(vars_.size());
  for (Var var = 0; var < vars_.size(); ++var) push_open(var);
}

void Engine::push_open(Var var) {
  if (open_at_[var] >= 0 || !is_open(var)) return;
  open_at_[var] = static_cast<std::int32_t>(open_.size());
  open_.push_back(var);
  sift_up(open_.size() - 1);
}

void Engine::sift_up(std::size_t at) {
  const Var var = open_[at];
  for (; at > 0 && above(var, open_[(at - 1) / 2]); at = (at - 1) / 2) {
    open_[at] = open_[(at - 1) / 2];
    open_at_[open_[at]] = static_cast<std::int32_t>(at);
  }
  open_[at] = var;
  open_at_[var] = static_cast<std::int32_t>(at);
}

void Engine::sift_down(std::size_t at) {
  const Var var = open_[at];
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= open_.size()) break;
    if (child + 1 < open_.size() && above(open_[child + 1], open_[child])) ++child;
    if (!above(open_[child], var)) break;
    open_[at] = open_[child];
    open_at_[open_[at]] = static_cast<std::int32_t>(at);
    at = child;
  }
  open_[at] = var;
  open_at_[var] = static_cast<std::int32_t>(at);
}

std::optional<Var> Engine::most_active() {
  while (!open_.empty()) {
    const Var var = open_.front();
    if (is_open(var)) return var;
    open_at_[var] = -1;
    open_.front() = open_.back();
    open_.pop_back();
    if (open_.empty()) break;
    open_at_[open_.front()] = 0;
    sift_down(0);
  }
  return std::nullopt;
}

std::uint32_t Engine::remembered(Var var) const {
  std::uint32_t value = remembered_[var];
  if (value < vars_[var].values && possible(var, value)) return value;
  for (value = 0; !possible(var, value);) ++value;
  return value;
}

void Engine::forget() {
  if (learnt_count_ < most_learnt_) return;
  std::vector<char> is_reason(clauses_.size());
  for (const Event& event : trail_)
    if (event.reason != kNoClause) is_reason[static_cast<std::size_t>(event.reason)] = 1;
  for (const ClauseId id : late_) is_reason[static_cast<std::size_t>(id)] = 1;
  std::vector<std::uint32_t> worst;
  for (std::uint32_t i = 0; i < learnt_.size(); ++i) {
    const Learnt& learnt = learnt_[i];
    const auto id = static_cast<std::size_t>(learnt.clause);
    if (!learnt.forgotten && !is_reason[id] && learnt.levels > 2 && clauses_[id].count > 2)
      worst.push_back(i);
  }
  const auto worse = [&](std::uint32_t a, std::uint32_t b) {
    return learnt_[a].activity != learnt_[b].activity ? learnt_[a].activity < learnt_[b].activity : a < b;
  };
  std::sort(worst.begin(), worst.end(), worse);
  worst.resize(worst.size() / 2);
  for (const std::uint32_t index : worst) {
    const ClauseId id = learnt_[index].clause;
    for (const Literal& literal : literals(id)) {
      const std::uint32_t words = vars_[literal.var].words;
      if (free_sets_.size() <= words) free_sets_.resize(words + 1);
      free_sets_[words].push_back(literal.set);
    }
    learnt_[index].forgotten = true;
    clauses_[static_cast<std::size_t>(id)].count = 0;
    clauses_[static_cast<std::size_t>(id)].live = 0;
  }
  for (Watches& watching : watching_) {
    Watch* const end = std::remove_if(
        watching.first, watching.first + watching.size,
        [&](const Watch& watch) { return clauses_[static_cast<std::size_t>(watch.clause)].count == 0; });
    watching.size = static_cast<std::uint32_t>(end - watching.first);
  }
  std::vector<Literal> kept;
  kept.reserve(literals_.size());
  for (Clause& clause : clauses_) {
    const auto first = literals_.begin() + clause.first;
    clause.first = static_cast<std::uint32_t>(kept.size());
    kept.insert(kept.end(), first, first + clause.count);
  }
  literals_ = std::move(kept);
  learnt_count_ -= worst.size();
  most_learnt_ += most_learnt_ / 10;
}

}  // namespace reef::resolve
