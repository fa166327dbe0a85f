#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/resolve/search.h"

// What must be built before what. A package is built when everything that it needs to build is ready; it is
// ready when it is built, and everything that it needs to run is ready, too: a tool that cannot run builds
// nothing. Packages that need one another only to run become ready together.
namespace reef::resolve {

// The packages that serve a need now: one, or any of several where nothing was decided between them.
std::vector<const TargetInfo*> Search::all_serving(const Need& need) const {
  const TargetInfo* chosen = serving(need);
  if (chosen == nullptr) return {};
  std::vector<const TargetInfo*> out = {chosen};
  if (is_decided(need)) return out;
  for (const TargetInfo& target : encoder_.targets(need))
    if (&target != chosen && satisfied(target)) out.push_back(&target);
  return out;
}

// Whether it was decided which target serves, by itself or together with others.
bool Search::is_decided(const Need& need) const {
  if (encoder_.targets(need).size() == 1 || need.special->choice != kNone) return true;
  if (need.special->capability == kNone) return false;
  const CapabilityInfo& capability = encoder_.capability_info(need.special->capability);
  return engine_.single(capability.var) != capability.mixed();
}

// One whose condition holds only by what nothing brought, or by what only it would bring, has nobody that
// serves: refuse_unfounded().
template <class Visit>
void Search::each_applying(std::uint32_t package, const Visit& visit) const {
  for (const std::uint32_t id : encoder_.info(package).loads[value(package)].needs)
    if (id != kNone && applies_founded(encoder_.need(id))) visit(id);
}

// Horn propagation: linear in the number of needs. Everybody waits for what serves by preference; only where
// that comes too late do others do that are selected, too.
Search::Readying Search::make_ready() const {
  struct Waiting {
    std::uint32_t package;
    std::uint32_t need;
    std::vector<const TargetInfo*> servers;  // the preferred one first
    bool met = false;
  };
  const std::size_t packages = encoder_.package_count();
  Readying out;
  for (auto* list : {&out.built, &out.ready, &out.stuck_on}) list->assign(packages, kNone);
  std::vector<Waiting> waiting;
  std::vector<std::vector<std::uint32_t>> users(packages);  // package -> of `waiting`, whom it serves
  std::vector<std::uint32_t> to_build(packages);
  std::vector<std::uint32_t> to_run(packages);
  for (const std::uint32_t package : order_)
    each_applying(package, [&](std::uint32_t id) {
      const Need& need = encoder_.need(id);
      std::vector<const TargetInfo*> serving = all_serving(need);
      if (serving.empty()) return;  // by what nobody asked for: refuse_unfounded()
      users[serving.front()->package].push_back(static_cast<std::uint32_t>(waiting.size()));
      waiting.push_back({package, id, std::move(serving)});
      ++(need.builds ? to_build : to_run)[package];
    });
  std::vector<std::uint32_t> open;  // those that became ready
  const auto advance = [&](std::uint32_t package) {
    if (out.built[package] == kNone && to_build[package] == 0) out.built[package] = ++out.now;
    if (out.ready[package] != kNone || out.built[package] == kNone || to_run[package] != 0) return;
    out.ready[package] = ++out.now;
    open.push_back(package);
  };
  const auto meet = [&](Waiting& one) {
    if (std::exchange(one.met, true)) return;
    --(encoder_.need(one.need).builds ? to_build : to_run)[one.package];
    advance(one.package);
  };
  const auto propagate = [&] {
    while (!open.empty()) {
      const std::uint32_t package = open.back();
      open.pop_back();
      for (const std::uint32_t user : users[package]) meet(waiting[user]);
    }
  };
  // Those that are built and wait for one another only become ready together. False when there are none.
  const auto join_cycles = [&] {
    std::vector<char> together(packages);
    for (const std::uint32_t package : order_)
      together[package] = out.built[package] != kNone && out.ready[package] == kNone;
    for (bool removed = true; removed;) {
      removed = false;
      // Backwards: what is needed mostly stands behind who needs it.
      for (auto each = waiting.rbegin(); each != waiting.rend(); ++each) {
        const Waiting& one = *each;
        if (one.met || encoder_.need(one.need).builds || !together[one.package]) continue;
        const std::size_t considered = out.others_serve ? one.servers.size() : 1;
        if (std::any_of(one.servers.begin(), one.servers.begin() + static_cast<std::ptrdiff_t>(considered),
                        [&](const TargetInfo* target) { return together[target->package] != 0; }))
          continue;
        together[one.package] = 0;
        out.stuck_on[one.package] = one.need;
        removed = true;
      }
    }
    ++out.now;
    for (const std::uint32_t package : order_)
      if (together[package]) {
        out.ready[package] = out.now;
        open.push_back(package);
      }
    return !open.empty();
  };
  for (const std::uint32_t package : order_) advance(package);
  do propagate();
  while (join_cycles());
  if (std::all_of(order_.begin(), order_.end(),
                  [&](std::uint32_t package) { return out.ready[package] != kNone; }))
    return out;
  out.others_serve = true;
  for (std::uint32_t i = 0; i < waiting.size(); ++i)
    for (std::size_t other = 1; !waiting[i].met && other < waiting[i].servers.size(); ++other) {
      const std::uint32_t package = waiting[i].servers[other]->package;
      if (out.ready[package] != kNone)
        meet(waiting[i]);
      else
        users[package].push_back(i);
    }
  do propagate();
  while (join_cycles());
  return out;
}

// The need that keeps a package from being built, or from being ready: nothing that serves it is ready.
std::uint32_t Search::waits_for(std::uint32_t package, const Readying& readying) const {
  if (readying.built[package] != kNone) return readying.stuck_on[package];
  std::uint32_t out = kNone;
  each_applying(package, [&](std::uint32_t id) {
    const Need& need = encoder_.need(id);
    if (out != kNone || !need.builds) return;
    const std::vector<const TargetInfo*> targets = all_serving(need);
    if (!targets.empty() && std::none_of(targets.begin(), targets.end(), [&](const TargetInfo* target) {
          return readying.ready[target->package] != kNone;
        }))
      out = id;
  });
  return out;
}

bool Search::is_in_time(const Need& need, const TargetInfo& target) const {
  if (!readying_ || need.owner == kNone) return true;
  const std::uint32_t ready = readying_->ready[target.package];
  return need.builds ? ready < readying_->built[need.owner] : ready <= readying_->ready[need.owner];
}

// Literals of which one must hold for a need not to be there, or to be served by something else.
std::vector<Literal> Search::not_this_need(const Need& need) {
  std::vector<Literal> out = {{encoder_.info(need.owner).var, need.outside}};
  std::vector<std::vector<Literal>> terms(encoder_.terms(need).begin(), encoder_.terms(need).end());
  for (const auto& term : terms) {
    if (!std::all_of(term.begin(), term.end(),
                     [&](const Literal& literal) { return engine_.subset(literal); }))
      continue;
    for (const Literal& literal : term)
      out.push_back({literal.var, engine_.complement(literal.var, literal.set)});
    break;
  }
  if (need.special->capability != kNone)
    out.push_back(not_as_now(encoder_.capability_info(need.special->capability).var));
  if (need.special->choice != kNone) out.push_back(not_as_now(need.special->choice));
  if (is_decided(need)) return out;
  for (const TargetInfo& target : encoder_.targets(need))
    if (!satisfied(target)) out.push_back({encoder_.info(target.package).var, target.set});
  return out;
}

// "x (reef.json:3:5)", "x to run (reef.json:3:5)"
std::string Search::needed_text(const Need& need) const {
  std::string text(encoder_.info(all_serving(need).front()->package).name);
  if (!need.builds) text += " to run";
  const Place& place = need.requirement->place;
  if (!place.file.empty()) text += fmt::format(" ({}:{}:{})", place.file, place.line, place.column);
  return text;
}

// The circle, and what others wait for that would serve in place of one of it.
std::string Search::cycle_text(const std::vector<std::uint32_t>& circle,
                               const std::vector<std::uint32_t>& others) const {
  std::vector<std::string> parts;
  for (const std::uint32_t id : circle) parts.push_back(needed_text(encoder_.need(id)));
  std::string text =
      fmt::format("{} must be built before itself: it needs {}",
                  encoder_.info(encoder_.need(circle.front()).owner).name, join(parts, ", which needs "));
  for (const std::uint32_t id : others)
    text += fmt::format("; {}, which would do as well, needs {}", encoder_.info(encoder_.need(id).owner).name,
                        needed_text(encoder_.need(id)));
  return text;
}

// True when something was done about packages that must be built before themselves.
bool Search::refuse_cycle() {
  if (!encoder_.has_build_needs()) return false;
  Readying readying = make_ready();
  const auto stuck = std::find_if(order_.begin(), order_.end(),
                                  [&](std::uint32_t package) { return readying.ready[package] == kNone; });
  if (stuck == order_.end()) {
    readying_ = std::move(readying);
    return false;
  }
  // What waits for what, until something comes again.
  std::vector<std::uint32_t> path;
  std::vector<std::uint32_t> place(encoder_.package_count(), kNone);
  std::uint32_t package = *stuck;
  while (place[package] == kNone) {
    place[package] = static_cast<std::uint32_t>(path.size());
    path.push_back(waits_for(package, readying));
    package = all_serving(encoder_.need(path.back())).front()->package;
  }
  path.erase(path.begin(), path.begin() + place[package]);
  // Of several that serve, all are stuck, and what they wait for.
  std::vector<Literal> literals;
  std::vector<std::uint32_t> others;
  std::vector<std::uint32_t> all = {package};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint32_t id = waits_for(all[i], readying);
    const Need need = encoder_.need(id);
    if (std::find(path.begin(), path.end(), id) == path.end()) others.push_back(id);
    for (const TargetInfo& target : encoder_.targets(need)) {
      if (is_decided(need) || is_selected(target.package) || !possible(target)) continue;
      brought_another_ = true;
      select(TargetInfo(target), false, need);  // another one, that is not stuck
      return true;
    }
    const std::vector<Literal> more = not_this_need(need);
    literals.insert(literals.end(), more.begin(), more.end());
    for (const TargetInfo* target : all_serving(need))
      if (std::find(all.begin(), all.end(), target->package) == all.end()) all.push_back(target->package);
  }
  Fact fact{.kind = Fact::Kind::cycle, .package = package};
  fact.text = encoder_.add_text(cycle_text(path, others));
  encoder_.add_fact(literals, fact);
  return true;
}

std::vector<std::size_t> Solution::build_order() const {
  enum class Until : char { built, ready };
  struct Open {
    std::size_t package;
    Until until;
    std::size_t next = 0;  // link
  };
  std::vector<std::size_t> out;
  std::vector<char> seen[2] = {std::vector<char>(packages.size()), std::vector<char>(packages.size())};
  std::vector<Open> open;
  const auto enter = [&](std::size_t package, Until until) {
    if (!std::exchange(seen[static_cast<std::size_t>(until)][package], 1)) open.push_back({package, until});
  };
  for (std::size_t root = 0; root < packages.size(); ++root) {
    enter(root, Until::built);
    while (!open.empty()) {
      Open& top = open.back();
      if (top.next == packages[top.package].link_count) {
        if (top.until == Until::built) out.push_back(top.package);
        open.pop_back();
        continue;
      }
      const Link& link = links_of(packages[top.package])[top.next++];
      const bool builds = link.requirement->purpose != Purpose::run;
      if (builds == (top.until == Until::built)) {
        // Built first: what it needs to run is looked at last.
        const std::size_t target = link.package;
        enter(target, Until::ready);
        enter(target, Until::built);
      }
    }
  }
  return out;
}

}  // namespace reef::resolve
