#include <algorithm>

#include "core/resolve/search.h"

// Is there a solution at all, or with the first choices as they are? Decides the packages that took part in
// most recent conflicts first and restarts from time to time, without regard to what is preferred.
namespace reef::resolve {
namespace {

constexpr std::uint64_t kRestart = 64;

// 1 1 2 1 1 2 4 1 1 2 1 1 2 4 8 ... (Luby, Sinclair and Zuckerman, 1993)
std::uint64_t luby(std::uint64_t index) {
  std::uint64_t size = 1;
  std::uint64_t power = 0;
  while (size < index + 1) {
    size = 2 * size + 1;
    ++power;
  }
  while (size - 1 != index) {
    size = (size - 1) / 2;
    --power;
    index %= size;
  }
  return std::uint64_t{1} << power;
}

}  // namespace

bool Search::known_solvable() const {
  if (!free_solvable_ || !encoder_.conditional_packages().empty()) return false;
  return !encoder_.has_build_needs();
}

// The number of choices up to and with the first that the solution known last does not share.
std::size_t Search::first_doubtful_choice() const {
  if (some_solution_.empty()) return 0;
  for (std::size_t level = 1; level <= engine_.level(); ++level) {
    const Var var = engine_.decided(level);
    const std::uint32_t last = engine_.value_count(var) - 1;
    const std::uint32_t value = var < some_solution_.size() ? some_solution_[var] : last;
    if (value != kNone && !engine_.possible(var, value)) return level;
  }
  return engine_.level();
}

std::optional<Search::End> Search::settle_choices() {
  const std::size_t base = first_doubtful_choice();
  engine_.backjump(base);
  restore(base);
  narrowings_loaded_ = 0;
  next_open_need_ = 0;
  engine_.rank_by_activity(true);
  const FreeEnd end = search_freely(base, free_budget_);
  if (end == FreeEnd::solvable) {
    free_solvable_ = true;
    remember_solution();
  }
  engine_.rank_by_activity(false);
  engine_.backjump(base);
  restore(engine_.level());
  if (end == FreeEnd::refuted) return End::refuted;
  if (end == FreeEnd::out_of_limits) return out_of_time() ? End::out_of_time : End::out_of_conflicts;
  if (end == FreeEnd::out_of_budget) free_budget_ *= 2;
  next_free_ =
      engine_.conflicts() + (end == FreeEnd::out_of_budget ? free_budget_ / 4 : request_.limits.in_order);
  return std::nullopt;
}

void Search::remember_solution() {
  some_solution_.assign(engine_.variable_count(), kNone);
  for (Var var = 0; var < some_solution_.size(); ++var) {
    const Encoder::Owner& owner = encoder_.owner(var);
    const std::uint32_t last = engine_.value_count(var) - 1;
    if (const std::int64_t only = engine_.single(var); only >= 0)
      some_solution_[var] = static_cast<std::uint32_t>(only);
    else if ((owner.package != kNone || owner.group != kNone) && engine_.possible(var, last))
      some_solution_[var] = last;
  }
}

Search::FreeEnd Search::search_freely(std::size_t base, std::uint64_t budget) {
  const std::uint64_t start = engine_.conflicts();
  std::uint64_t restarts = 0;
  std::uint64_t until_restart = kRestart;
  for (;;) {
    const ClauseId conflict = engine_.propagate();
    if (conflict == kNoClause) {
      if (!load_narrowed() && !decide_freely() && !decide_open_need() && !close_conditions())
        return FreeEnd::solvable;
      continue;
    }
    if (engine_.conflicts() >= request_.limits.conflicts) return FreeEnd::out_of_limits;
    if (engine_.conflicts() % 256 == 0 && out_of_time()) return FreeEnd::out_of_limits;
    if (engine_.conflicts() - start > budget) return FreeEnd::out_of_budget;
    if (!engine_.learn(conflict)) return FreeEnd::refuted;
    if (engine_.level() < base) return FreeEnd::choices_refuted;
    next_open_need_ = 0;
    if (--until_restart > 0) continue;
    until_restart = kRestart * luby(++restarts);
    engine_.backjump(base);
    engine_.forget();
  }
}

// Reads a version that became the only one; false when every such version is read.
bool Search::load_narrowed() {
  narrowings_loaded_ = std::min(narrowings_loaded_, engine_.take_steady());
  for (; narrowings_loaded_ < engine_.narrowings(); ++narrowings_loaded_) {
    const Var var = engine_.narrowed(narrowings_loaded_);
    const std::uint32_t package = encoder_.owner(var).package;
    const std::int64_t only = package == kNone ? -1 : engine_.single(var);
    if (only < 0 || only == encoder_.info(package).absent()) continue;
    if (encoder_.load(package, static_cast<std::uint32_t>(only))) return true;
  }
  return false;
}

// Decides the most active variable that must have a value, or reads the version first.
bool Search::decide_freely() {
  const std::optional<Var> next = engine_.most_active();
  if (!next) return false;
  const std::uint32_t value = engine_.remembered(*next);
  const std::uint32_t package = encoder_.owner(*next).package;
  const bool is_version = package != kNone && value != encoder_.info(package).absent();
  if (!is_version || !encoder_.load(package, value)) engine_.decide_value(*next, value);
  return true;
}

// Requirements with several targets do not propagate by themselves: picks a target for the first open one.
bool Search::decide_open_need() {
  for (; next_open_need_ < encoder_.need_count(); ++next_open_need_) {
    const Need need = encoder_.need(next_open_need_);
    if (need.target_count < 2) continue;
    if (need.owner != kNone) {
      const PackageInfo& owner = encoder_.info(need.owner);
      const std::int64_t value = engine_.single(owner.var);
      if (value < 0 || value == owner.absent() ||
          engine_.has(need.outside, static_cast<std::uint32_t>(value)))
        continue;
    }
    if (applies(need) != true) continue;
    const auto targets = encoder_.targets(need);
    const auto met = [&](const TargetInfo& target) {
      return engine_.subset({encoder_.info(target.package).var, target.set});
    };
    if (std::any_of(targets.begin(), targets.end(), met)) continue;
    const auto open =
        std::find_if(targets.begin(), targets.end(), [&](const TargetInfo& t) { return possible(t); });
    if (open == targets.end()) continue;
    engine_.decide(encoder_.info(open->package).var, open->set);
    return true;
  }
  return false;
}

// Packages that only conditions speak of stay away.
bool Search::close_conditions() {
  for (const std::uint32_t package : encoder_.conditional_packages()) {
    const PackageInfo& info = encoder_.info(package);
    if (engine_.single(info.var) >= 0) continue;
    next_open_need_ = 0;
    engine_.decide_value(info.var, info.absent());
    return true;
  }
  return false;
}

}  // namespace reef::resolve
