#include "core/resolve/search.h"

#include <algorithm>

namespace reef::resolve {

Search::Search(Encoder& encoder) : encoder_(encoder), engine_(encoder.engine()), request_(encoder.request()) {
  next_free_ = request_.limits.in_order;
  list_assumptions();
}

void Search::list_assumptions() {
  for (const std::string& name : request_.upgrade) assumptions_.push_back({nullptr, {}, name});
  for (const Locked* locked : lock_by_distance(encoder_.universe(), request_)) {
    if (request_.may_leave_lock(locked->name)) continue;
    assumptions_.push_back({locked, {}, locked->name});
    for (const auto& [group, option] : locked->options) assumptions_.push_back({locked, group, locked->name});
  }
}

std::vector<const Locked*> lock_by_distance(Universe& universe, const Request& request) {
  std::map<std::string_view, const Locked*> left;
  for (const Locked& locked : request.lock)
    if (!locked.open) left.emplace(locked.name, &locked);
  std::vector<const Locked*> out;
  const auto visit = [&](const std::vector<Requirement>& needs) {
    for (const Requirement& need : needs)
      for (const Target& target : need.targets)
        if (const auto found = left.find(target.name); found != left.end()) {
          out.push_back(found->second);
          left.erase(found);
        }
  };
  visit(request.roots);
  for (std::size_t i = 0; i < out.size(); ++i)
    for (const Candidate& candidate : universe.candidates(out[i]->name)) {
      if (!candidate.requirements || candidate.version != out[i]->version) continue;
      visit(candidate.requirements->needs);
      for (const Group& group : candidate.requirements->groups)
        for (const GroupOption& option : group.options) visit(option.needs);
    }
  for (const Locked& locked : request.lock)
    if (const auto found = left.find(locked.name); found != left.end() && found->second == &locked)
      out.push_back(&locked);
  return out;
}

bool Search::out_of_time() const { return request_.limits.out_of_time && request_.limits.out_of_time(); }

void Search::before_decision() {
  state_.order = order_.size();
  state_.pending = pending_.size();
  state_.passed = passed_.size();
  state_.closed = closed_.size();
  state_.brought = brought_.size();
  states_.push_back(state_);
}

void Search::decide(Var var, SetId set) {
  before_decision();
  engine_.decide(var, set);
}

void Search::decide_value(Var var, std::uint32_t value) {
  before_decision();
  engine_.decide_value(var, value);
}

void Search::restore(std::size_t level) {
  if (states_.size() <= level) return;
  state_ = states_[level];
  states_.resize(level);
  while (order_.size() > state_.order) {
    reached_[order_.back()] = 0;
    order_.pop_back();
  }
  pending_.resize(state_.pending);
  passed_.resize(state_.passed);
  closed_.resize(state_.closed);
  brought_.resize(state_.brought);
}

std::optional<Search::End> Search::after_conflict(ClauseId conflict) {
  if (!engine_.learn(conflict)) return End::refuted;
  restore(engine_.level());
  if (engine_.conflicts() % 256 == 0 && out_of_time()) return End::out_of_time;
  if (engine_.conflicts() >= request_.limits.conflicts) return End::out_of_conflicts;
  if (engine_.conflicts() < next_free_) return std::nullopt;
  return settle_choices();
}

Search::End Search::run() {
  encoder_.add_roots();
  for (std::uint64_t steps = 1;; ++steps) {
    constexpr std::uint64_t kStepsBetweenLooks = 4096;
    if (steps % kStepsBetweenLooks == 0 && out_of_time()) return End::out_of_time;
    const ClauseId conflict = engine_.propagate();
    if (conflict != kNoClause) {
      if (const auto end = after_conflict(conflict)) return *end;
    } else if (!load_certain() && !step() && !drop_unneeded()) {
      return End::solved;
    }
    if (encoder_.error()) return End::solved;
  }
}

// Reads a version that every solution has: what follows from it holds for good, and costs little to keep.
// False when every such version is read, or decisions stand.
bool Search::load_certain() {
  if (engine_.level() > 0) return false;
  for (; certain_loaded_ < engine_.narrowings(); ++certain_loaded_) {
    const Var var = engine_.narrowed(certain_loaded_);
    const std::uint32_t package = encoder_.owner(var).package;
    const std::int64_t only = package == kNone ? -1 : engine_.single(var);
    if (only < 0 || only == encoder_.info(package).absent()) continue;
    if (encoder_.load(package, static_cast<std::uint32_t>(only))) return true;
  }
  return false;
}

// One decision, or one version read; false when everything is decided.
bool Search::step() {
  if (assume()) return true;
  for (;;) {
    if (walk() == Step::acted) return true;
    Step step = walk_pending(false);
    if (step == Step::nothing) step = choose_option();
    if (step == Step::nothing) step = walk_pending(true);
    if (step == Step::nothing) step = close_condition(false);
    if (step == Step::nothing) step = walk_forced();
    if (step == Step::nothing) step = close_condition(true);
    if (step == Step::nothing) step = suppose();
    if (step == Step::acted) return true;
    // In this order: a package may be there to build another, in place of one that cannot.
    if (step == Step::nothing) return refuse_cycle() || refuse_unfounded();
  }
}

bool Search::assume_value(std::uint32_t package, std::uint32_t value) {
  const PackageInfo& info = encoder_.info(package);
  const SetId set = encoder_.or_absent(package, engine_.set_of(info.var, value));
  if (engine_.disjoint({info.var, set}) || engine_.subset({info.var, set})) return false;
  decide(info.var, set);
  return true;
}

// A locked version that a constraint of the request excludes is no reason to do without the package.
bool Search::is_excluded(std::string_view name, const Version& version) const {
  return std::any_of(request_.constraints.begin(), request_.constraints.end(),
                     [&](const Constraint& one) { return one.name == name && !one.range.contains(version); });
}

// The next entry of the upgrades and of the lock that still leaves a choice.
bool Search::assume() {
  while (state_.assumption < assumptions_.size()) {
    const Assumption& assumption = assumptions_[state_.assumption];
    const std::uint32_t package = encoder_.package(assumption.name);
    const PackageInfo& info = encoder_.info(package);
    if (!assumption.group.empty()) {
      const std::uint32_t group = encoder_.group(package, assumption.group);
      if (group != kNone) {
        const GroupInfo& known = encoder_.group_info(group);
        const std::string& option = assumption.locked->options.at(assumption.group);
        const auto at = std::find(known.options.begin(), known.options.end(), option);
        if (at != known.options.end()) {
          const auto value = static_cast<std::uint32_t>(at - known.options.begin());
          const SetId set = engine_.set_of(known.var, value);
          engine_.insert(set, known.none());
          if (!engine_.disjoint({known.var, set}) && !engine_.subset({known.var, set})) {
            decide(known.var, set);
            return true;
          }
        }
      }
    } else {
      for (std::uint32_t value = 0; value < info.absent(); ++value) {
        if (assumption.locked ? !(info.values[value]->version == assumption.locked->version)
                              : !engine_.possible(info.var, value))
          continue;
        if (!is_excluded(assumption.name, info.values[value]->version) && assume_value(package, value))
          return true;
        break;
      }
    }
    ++state_.assumption;
  }
  return false;
}

Search::Step Search::reach(std::uint32_t package) {
  if (reached_.size() < encoder_.package_count()) reached_.resize(encoder_.package_count());
  if (reached_[package]) return Step::nothing;
  reached_[package] = 1;
  order_.push_back(package);
  return Step::grew;
}

// `list` is called for every item, because reading another version may move the list.
template <class List>
Search::Step Search::walk_needs(List list) {
  for (; state_.need < list().size(); ++state_.need) {
    const std::uint32_t id = list()[state_.need];
    if (id == kNone) continue;
    const Need& need = encoder_.need(id);
    if (need.is_plain() && is_selected(encoder_.targets(need).front().package)) continue;
    if (need.special->capability != kNone || need.conditional())
      pending_.push_back(id);
    else if (handle(need) == Step::acted)
      return Step::acted;
  }
  return Step::nothing;
}

Search::Step Search::walk() {
  if (!state_.roots_done) {
    if (prefer_fair()) return Step::acted;
    const auto needs = [&]() -> const auto& { return encoder_.root_order(); };
    if (walk_needs(needs) == Step::acted || refuse_regret()) return Step::acted;
    state_.roots_done = true;
    state_.need = 0;
  }
  for (; state_.node < order_.size(); ++state_.node, state_.need = 0) {
    const std::uint32_t package = order_[state_.node];
    const std::uint32_t chosen = value(package);
    if (encoder_.load(package, chosen)) return Step::acted;
    const auto needs = [&]() -> const auto& { return encoder_.info(package).loads[chosen].needs; };
    if (walk_needs(needs) == Step::acted) return Step::acted;
  }
  return Step::nothing;
}

Search::Step Search::walk_pending(bool capabilities) {
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const Need need = encoder_.need(pending_[i]);
    if ((need.special->capability != kNone) != capabilities || !applies_by_choice(need)) continue;
    const Step step = capabilities ? handle_capability(need) : handle(need);
    if (step != Step::nothing) return step;
  }
  return Step::nothing;
}

// What is left are conditions that hold whatever they speak of turns out to be.
Search::Step Search::walk_forced() {
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const Need need = encoder_.need(pending_[i]);
    if (!applies_founded(need)) continue;
    const Step step = need.special->capability != kNone ? handle_capability(need) : handle(need);
    if (step != Step::nothing) return step;
  }
  return Step::nothing;
}

std::optional<bool> Search::applies(const Need& need) const {
  if (!need.conditional()) return true;
  bool open = false;
  for (const auto& term : encoder_.terms(need)) {
    bool all = true;
    bool none = false;
    for (const Literal& literal : term) {
      if (engine_.disjoint(literal)) none = true;
      if (!engine_.subset(literal)) all = false;
    }
    if (all) return true;
    open = open || !none;
  }
  return open ? std::nullopt : std::optional<bool>(false);
}

bool Search::is_locked(std::uint32_t package) const {
  const std::string_view name = encoder_.info(package).name;
  return encoder_.locked(name) != nullptr && !request_.may_leave_lock(name);
}

bool Search::is_locked_provider(std::uint32_t package, std::string_view capability) const {
  if (request_.upgrade_all) return false;
  const PackageInfo& info = encoder_.info(package);
  return encoder_.locked(info.name) != nullptr || encoder_.is_locked_open(info.name) ||
         (info.is_of_host() && encoder_.is_locked_open(capability));
}

// The lock has the package for this very need.
bool Search::is_locked_for(const Need& need, std::uint32_t package) const {
  if (need.owner == kNone || request_.upgrade_all) return false;
  const Locked* owner = encoder_.locked(encoder_.info(need.owner).name);
  if (owner == nullptr) return false;
  const auto entry = owner->dependencies.find(need.requirement->role);
  if (entry == owner->dependencies.end()) return false;
  const PackageInfo& info = encoder_.info(package);
  return entry->second == info.name || (info.is_of_host() && encoder_.is_locked_open(entry->second));
}

bool Search::possible(const TargetInfo& target) const {
  return !engine_.disjoint({encoder_.info(target.package).var, target.set});
}

bool Search::satisfied(const TargetInfo& target) const {
  return is_selected(target.package) && engine_.subset({encoder_.info(target.package).var, target.set});
}

// Selects a package for a target: its best version, or nothing to do when it is selected already.
Search::Step Search::select(const TargetInfo& target, bool by_provided_version, const Need& need) {
  if (is_selected(target.package)) return Step::nothing;
  const PackageInfo& info = encoder_.info(target.package);
  const std::int64_t only = engine_.single(info.var);
  if (only >= 0) {
    if (encoder_.load(target.package, static_cast<std::uint32_t>(only))) return Step::acted;
    return reach(target.package);
  }
  std::uint32_t best = kNone;
  const Version* best_version = nullptr;
  const std::string& name = need.requirement->targets[target.target].name;
  for (std::uint32_t candidate = 0; candidate < info.absent(); ++candidate) {
    if (!engine_.possible(info.var, candidate) || !engine_.has(target.set, candidate)) continue;
    const Version* version =
        by_provided_version ? provided_version(target.package, candidate, name) : nullptr;
    if (best != kNone && !(version && best_version && *version > *best_version)) continue;
    best = candidate;
    best_version = version;
    if (!by_provided_version) break;
  }
  if (encoder_.load(target.package, best)) return Step::acted;
  decide_value(info.var, best);
  return Step::acted;
}

Search::Step Search::handle(const Need& need) {
  const auto targets = encoder_.targets(need);
  if (targets.size() == 1) return select(targets.front(), false, need);
  const TargetInfo* chosen = serving(need);
  // Whatever else serves by now.
  if (const TargetInfo* locked = locked_target(need)) chosen = locked;
  if (need.special->choice != kNone && engine_.single(need.special->choice) < 0) {
    const TargetInfo* best = chosen ? chosen : best_target(need);
    decide_value(need.special->choice, static_cast<std::uint32_t>(best - targets.data()));
    return Step::acted;
  }
  if (!chosen) chosen = best_target(need);
  const std::string& name = need.requirement->targets[chosen->target].name;
  return select(TargetInfo(*chosen), encoder_.info(chosen->package).name != name, need);
}

Search::Step Search::handle_capability(const Need& need) {
  const CapabilityInfo& capability = encoder_.capability_info(need.special->capability);
  const std::int64_t provider = engine_.single(capability.var);
  if (provider < 0) {
    decide_value(capability.var, best_provider(need.special->capability));
    return Step::acted;
  }
  for (const TargetInfo& target : encoder_.targets(need))
    if (target.provider == static_cast<std::uint32_t>(provider))
      return select(TargetInfo(target), false, need);
  return handle(need);
}

const TargetInfo* Search::serving(const Need& need) const {
  const auto targets = encoder_.targets(need);
  if (targets.size() == 1 && need.special->capability == kNone && need.special->choice == kNone)
    return satisfied(targets.front()) ? &targets.front() : nullptr;
  if (need.special->capability != kNone) {
    const std::int64_t provider = engine_.single(encoder_.capability_info(need.special->capability).var);
    for (const TargetInfo& target : targets)
      if (provider >= 0 && target.provider == static_cast<std::uint32_t>(provider) && satisfied(target))
        return &target;
  }
  const std::int64_t choice = need.special->choice == kNone ? -1 : engine_.single(need.special->choice);
  if (choice >= 0) return &targets[static_cast<std::size_t>(choice)];
  if (const TargetInfo* locked = locked_target(need); locked && satisfied(*locked)) return locked;
  if (const TargetInfo* brought = brought_target(need)) return brought;
  for (const TargetInfo& target : targets) {
    if (!satisfied(target)) continue;
    if (need.special->choice != kNone &&
        !engine_.possible(need.special->choice, static_cast<std::uint32_t>(&target - targets.data())))
      continue;
    if (!is_in_time(need, target)) continue;
    return &target;
  }
  return nullptr;
}

}  // namespace reef::resolve
