#include "core/resolve/engine.h"

#include <algorithm>
#include <bit>

namespace reef::resolve {
namespace {

bool sets_meet(const Word* a, const Word* b, std::uint32_t words) {
  for (std::uint32_t i = 0; i < words; ++i)
    if (a[i] & b[i]) return true;
  return false;
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
  watching_.emplace_back();
  activity_.push_back(0);
  if (ranks_) {
    open_at_.push_back(-1);
    remembered_.push_back(0);
    push_open(var);
  }
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

std::int64_t Engine::single_of_many(const Variable& variable) const {
  std::int64_t found = -1;
  for (std::uint32_t i = 0; i < variable.words; ++i) {
    const Word word = domains_[variable.domain + i];
    if (!word) continue;
    if (found >= 0 || (word & (word - 1))) return -1;
    found = std::int64_t{i} * 64 + std::countr_zero(word);
  }
  return found;
}

Engine::State Engine::state_of_many(const Variable& variable, SetId set) const {
  Word inside = 0;
  Word outside = 0;
  for (std::uint32_t i = 0; i < variable.words; ++i) {
    const Word domain = domains_[variable.domain + i];
    inside |= domain & pool_[set + i];
    outside |= domain & ~pool_[set + i];
    if (inside && outside) return State::open;
  }
  return inside ? State::certain : State::impossible;
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

// Notes the domain as it is, before it becomes smaller.
void Engine::record(Var var, ClauseId reason) {
  Variable& variable = vars_[var];
  Word old = domains_[variable.domain];
  if (variable.words > 1) {
    old = old_domains_.size();
    const auto first = domains_.begin() + variable.domain;
    old_domains_.insert(old_domains_.end(), first, first + variable.words);
  }
  trail_.push_back({var, static_cast<std::uint32_t>(levels_.size()), reason, variable.last, old});
  variable.last = static_cast<std::int32_t>(trail_.size()) - 1;
}

void Engine::narrow(Var var, SetId set, ClauseId reason) {
  record(var, reason);
  const Variable& variable = vars_[var];
  for (std::uint32_t i = 0; i < variable.words; ++i) domains_[variable.domain + i] &= pool_[set + i];
  if (ranks_) push_open(var);
}

void Engine::decide(Var var, SetId set) {
  levels_.push_back(trail_.size());
  ++decisions_;
  narrow(var, set, kNoClause);
}

void Engine::decide_value(Var var, std::uint32_t value) {
  levels_.push_back(trail_.size());
  ++decisions_;
  record(var, kNoClause);
  const Variable& variable = vars_[var];
  for (std::uint32_t i = 0; i < variable.words; ++i) domains_[variable.domain + i] = 0;
  domains_[variable.domain + value / 64] = Word{1} << (value % 64);
}

void Engine::backjump(std::size_t level) {
  if (levels_.size() <= level) return;
  while (trail_.size() > levels_[level]) {
    const Event& event = trail_.back();
    Variable& variable = vars_[event.var];
    if (ranks_) {
      if (const std::int64_t only = single(event.var); only >= 0)
        remembered_[event.var] = static_cast<std::uint32_t>(only);
    }
    if (variable.words == 1) {
      domains_[variable.domain] = event.old;
    } else {
      std::copy_n(&old_domains_[event.old], variable.words, &domains_[variable.domain]);
      old_domains_.resize(event.old);
    }
    variable.last = event.previous;
    if (ranks_) push_open(event.var);
    trail_.pop_back();
  }
  levels_.resize(level);
  steady_ = std::min(steady_, trail_.size());
  propagated_ = std::min(propagated_, trail_.size());
  pending_conflict_ = kNoClause;
  recheck_late_ = !late_.empty();
}

std::int32_t Engine::falsifier(Var var, const Word* set) const {
  const Variable& variable = vars_[var];
  if (sets_meet(&domains_[variable.domain], set, variable.words)) return kPossible;
  for (std::int32_t at = variable.last; at >= 0; at = trail_[static_cast<std::size_t>(at)].previous)
    if (sets_meet(old_domain(trail_[static_cast<std::size_t>(at)]), set, variable.words)) return at;
  return -1;
}

ClauseId Engine::store(std::span<const Literal> literals) {
  const auto id = static_cast<ClauseId>(clauses_.size());
  Clause& clause = clauses_.emplace_back();
  clause.first = static_cast<std::uint32_t>(literals_.size());
  clause.count = static_cast<std::uint32_t>(literals.size());
  clause.live = clause.count;
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
  if (levels_.empty()) return add_for_good();
  const ClauseId id = store(scratch_);
  if (attach(id) != kNoClause && pending_conflict_ == kNoClause) pending_conflict_ = id;
  return id;
}

// Before any decision: what is true or false now stays so.
ClauseId Engine::add_for_good() {
  std::size_t live = 0;
  for (std::size_t i = 0; i < scratch_.size(); ++i) {
    const State state = state_of(scratch_[i]);
    if (state == State::certain) return kNoClause;
    if (state == State::open) std::swap(scratch_[live++], scratch_[i]);
  }
  const ClauseId id = store(scratch_);
  Clause& clause = clauses_.back();
  clause.live = static_cast<std::uint32_t>(live);
  if (live > 1) {
    clause.watch[1] = 1;
    watch(scratch_[0], scratch_[1], id);
    watch(scratch_[1], scratch_[0], id);
  } else if (live == 1) {
    narrow(scratch_[0].var, scratch_[0].set, id);
    ++propagations_;
  } else if (pending_conflict_ == kNoClause) {
    pending_conflict_ = id;
  }
  return id;
}

void Engine::make_room(Watches& watches) {
  const auto size_class = static_cast<std::size_t>(std::bit_width(watches.room));
  const std::uint32_t room = watches.room ? 2 * watches.room : 4;
  const auto new_class = static_cast<std::size_t>(std::bit_width(room));
  if (spare_watches_.size() <= new_class) spare_watches_.resize(new_class + 1);
  std::vector<Watch*>& spare = spare_watches_[new_class];
  Watch* first = nullptr;
  if (spare.empty()) {
    first = arena_.array<Watch>(room).data();
  } else {
    first = spare.back();
    spare.pop_back();
  }
  std::copy_n(watches.first, watches.size, first);
  if (watches.room) spare_watches_[size_class].push_back(watches.first);
  watches.first = first;
  watches.room = room;
}

void Engine::watch(const Literal& literal, const Literal& other, ClauseId id) {
  const Word hint = vars_[literal.var].words == 1 ? pool_[literal.set] : 0;
  Watches& watches = watching_[literal.var];
  if (watches.size == watches.room) make_room(watches);
  watches.first[watches.size++] = {id, literal.set, hint, other};
}

// The two literals that stay possible longest are watched: those possible now, then those that became false
// last, so that going back makes a watched literal possible before any other.
ClauseId Engine::attach(ClauseId id) {
  constexpr std::int64_t kTrue = std::int64_t{1} << 41;
  constexpr std::int64_t kOpen = std::int64_t{1} << 40;
  Clause& clause = clauses_[static_cast<std::size_t>(id)];
  if (clause.live == 0) return id;
  std::int64_t best = -3;
  std::int64_t second = -3;
  for (std::uint32_t i = 0; i < clause.live; ++i) {
    const Literal& literal = literals_[clause.first + i];
    const State state = state_of(literal);
    const std::int64_t rank = state == State::certain ? kTrue
                              : state == State::open  ? kOpen
                                                      : falsifier(literal.var, &pool_[literal.set]);
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
  const Literal one = literals_[clause.first + clause.watch[0]];
  const Literal two = literals_[clause.first + clause.watch[1]];
  watch(one, two, id);
  if (clause.watch[1] != clause.watch[0]) watch(two, one, id);

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
    for (std::uint32_t k = 0; k < clause.live; ++k) {
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

bool Engine::still_possible(const Variable& variable, Watch& watch) const {
  const Word* domain = &domains_[variable.domain];
  if (variable.words == 1) return (domain[0] & watch.hint) != 0;
  const Word* set = &pool_[watch.set];
  if (domain[watch.hint] & set[watch.hint]) return true;
  for (std::uint32_t i = 0; i < variable.words; ++i) {
    if (!(domain[i] & set[i])) continue;
    watch.hint = i;
    return true;
  }
  return false;
}

// Looks at the clauses that watch a variable whose domain became smaller.
ClauseId Engine::visit(Var var) {
  constexpr std::uint32_t kLong = 8;
  Watches& watching = watching_[var];  // others may grow meanwhile, not this one
  Watch* const begin = watching.first;
  Watch* const end = begin + watching.size;
  const Variable& variable = vars_[var];
  Watch* kept = begin;
  ClauseId conflict = kNoClause;
  for (Watch* at = begin; at != end; ++at) {
    Watch& each = *at;
    if (conflict != kNoClause || still_possible(variable, each)) {
      *kept++ = each;
      continue;
    }
    const bool unit = each.other.var == var;
    if (!unit && subset(each.other)) {
      *kept++ = each;
      continue;
    }
    const ClauseId id = each.clause;
    Clause& clause = clauses_[static_cast<std::size_t>(id)];
    const Literal* literals = &literals_[clause.first];
    const std::size_t mine = literals[clause.watch[0]].var == var ? 0 : 1;
    const Literal other = literals[clause.watch[1 - mine]];
    if (!unit && other.var != each.other.var && subset(other)) {
      each.other = other;
      *kept++ = each;
      continue;
    }
    const std::uint32_t live = clause.live;
    std::uint32_t next = live > kLong ? clause.next : 0;
    bool moved = false;
    for (std::uint32_t seen = 0; seen < live; ++seen, next = next + 1 == live ? 0 : next + 1) {
      if (next == clause.watch[0] || next == clause.watch[1] || disjoint(literals[next])) continue;
      clause.watch[mine] = next;
      clause.next = next;
      watch(literals[next], other, id);
      moved = true;
      break;
    }
    if (moved) continue;
    *kept++ = each;
    if (unit || disjoint(other)) {
      conflict = id;
    } else {
      narrow(other.var, other.set, id);
      ++propagations_;
    }
  }
  watching.size = static_cast<std::uint32_t>(kept - begin);
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
  if (clause.learnt < 0) return {};
  const Learnt& learnt = learnt_[static_cast<std::size_t>(clause.learnt)];
  return {antecedents_.data() + learnt.first_antecedent, learnt.antecedent_count};
}

}  // namespace reef::resolve
