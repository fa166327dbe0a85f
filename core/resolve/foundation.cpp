#include <algorithm>

#include "core/base/text.h"
#include "core/resolve/search.h"

// What clauses alone cannot say of a closure: that every package in it is reached from the request, and that
// nothing must be built before itself. Both are checked when everything is decided; a closure that fails
// becomes one more clause.
namespace reef::resolve {

Literal Search::not_as_now(Var var) {
  return {var, engine_.complement(var, engine_.set_of(var, static_cast<std::uint32_t>(engine_.single(var))))};
}

// A condition may hold a package in the closure that nothing needs ("this option exists when cuda is there"):
// with the same choices it stays unneeded, so these choices are refused.
bool Search::refuse_unfounded() {
  for (const std::uint32_t package : encoder_.conditional_packages()) {
    const PackageInfo info = encoder_.info(package);
    if (is_selected(package) || engine_.possible(info.var, info.absent())) continue;
    std::vector<Literal> literals;
    std::vector<std::uint32_t> present = order_;
    for (const std::uint32_t closed : closed_)
      if (!engine_.possible(encoder_.info(closed).var, encoder_.info(closed).absent()))
        present.push_back(closed);
    for (const std::uint32_t one : present) {
      literals.push_back(not_as_now(encoder_.info(one).var));
      for (const std::uint32_t group : encoder_.info(one).groups)
        literals.push_back(not_as_now(encoder_.group_info(group).var));
    }
    for (const std::uint32_t id : pending_) {
      const Need need = encoder_.need(id);
      if (need.special->capability != kNone &&
          engine_.single(encoder_.capability_info(need.special->capability).var) >= 0)
        literals.push_back(not_as_now(encoder_.capability_info(need.special->capability).var));
    }
    Fact fact{.kind = Fact::Kind::unfounded, .package = package};
    fact.text = encoder_.add_text(fmt::format("nothing needs {}", info.name));
    encoder_.add_fact(literals, fact);
    return true;
  }
  return false;
}

std::vector<Search::BuildEdge> Search::build_edges(const Avoided& avoided) const {
  std::vector<BuildEdge> edges;
  for (const std::uint32_t package : order_) {
    for (const std::uint32_t id : encoder_.info(package).loads[value(package)].needs) {
      if (id == kNone) continue;
      const Need& need = encoder_.need(id);
      if (!need.builds || applies(need) != true) continue;
      const auto targets = encoder_.targets(need);
      const TargetInfo* chosen = serving(need);
      const auto is_avoided = [&](const TargetInfo* target) {
        const auto index = static_cast<std::uint32_t>(target - targets.data());
        return std::find(avoided.begin(), avoided.end(), std::pair(id, index)) != avoided.end();
      };
      for (const TargetInfo& target : targets)
        if (is_avoided(chosen) && satisfied(target) && !is_avoided(&target)) chosen = &target;
      edges.push_back({package, chosen->package, id, static_cast<std::uint32_t>(chosen - targets.data())});
    }
  }
  return edges;
}

// Depth first, without recursion: chains may be thousands of packages long.
std::vector<Search::BuildEdge> Search::find_cycle(const std::vector<BuildEdge>& edges) const {
  std::vector<std::size_t> first(encoder_.package_count() + 1, edges.size());
  for (std::size_t i = edges.size(); i > 0; --i)
    first[edges[i - 1].from] = i - 1;  // edges are grouped by `from`
  enum class Mark : char { fresh, open, done };
  std::vector<Mark> marks(encoder_.package_count(), Mark::fresh);
  for (const std::uint32_t root : order_) {
    if (marks[root] != Mark::fresh) continue;
    std::vector<std::size_t> path;  // edges taken
    std::vector<std::pair<std::uint32_t, std::size_t>> open = {{root, first[root]}};
    marks[root] = Mark::open;
    while (!open.empty()) {
      auto& [package, next] = open.back();
      if (next >= edges.size() || edges[next].from != package) {
        marks[package] = Mark::done;
        open.pop_back();
        if (!path.empty()) path.pop_back();
        continue;
      }
      const std::size_t taken = next++;
      const std::uint32_t to = edges[taken].to;
      if (marks[to] == Mark::done) continue;
      path.push_back(taken);
      if (marks[to] == Mark::fresh) {
        marks[to] = Mark::open;
        open.emplace_back(to, first[to]);
        continue;
      }
      std::vector<BuildEdge> cycle;
      bool inside = false;
      for (const std::size_t edge : path) {
        inside = inside || edges[edge].from == to;
        if (inside) cycle.push_back(edges[edge]);
      }
      return cycle;
    }
  }
  return {};
}

// Literals of which one must hold for the edge not to be there.
std::vector<Literal> Search::not_this_edge(const BuildEdge& edge) {
  const Need need = encoder_.need(edge.need);
  std::vector<Literal> out = {{encoder_.info(edge.from).var, need.outside}};
  std::vector<std::vector<Literal>> terms(encoder_.terms(need).begin(), encoder_.terms(need).end());
  for (const auto& term : terms) {
    if (!std::all_of(term.begin(), term.end(),
                     [&](const Literal& literal) { return engine_.subset(literal); }))
      continue;
    for (const Literal& literal : term)
      out.push_back({literal.var, engine_.complement(literal.var, literal.set)});
    break;
  }
  if (need.special->capability != kNone) {
    const CapabilityInfo& capability = encoder_.capability_info(need.special->capability);
    out.push_back(not_as_now(capability.var));
    if (engine_.single(capability.var) != capability.mixed()) return out;
  }
  if (need.special->choice != kNone) out.push_back(not_as_now(need.special->choice));
  const auto targets = encoder_.targets(need);
  for (const TargetInfo& target : targets)
    if (!satisfied(target)) out.push_back({encoder_.info(target.package).var, target.set});
  return out;
}

bool Search::refuse_cycle() {
  if (!encoder_.has_build_needs()) return false;
  Avoided avoided;
  std::vector<Literal> literals;
  for (;;) {
    const std::vector<BuildEdge> cycle = find_cycle(build_edges(avoided));
    if (cycle.empty()) return false;
    std::string text =
        fmt::format("{} must be built before itself: it needs ", encoder_.info(cycle.front().from).name);
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      const Place& place = encoder_.need(cycle[i].need).requirement->place;
      text += fmt::format("{}{}", i ? ", which needs " : "", encoder_.info(cycle[i].to).name);
      if (!place.file.empty()) text += fmt::format(" ({}:{}:{})", place.file, place.line, place.column);
    }
    bool other_way = false;
    for (const BuildEdge& edge : cycle) {
      const auto more = not_this_edge(edge);
      literals.insert(literals.end(), more.begin(), more.end());
      const Need need = encoder_.need(edge.need);
      const bool fixed = need.special->choice != kNone ||
                         (need.special->capability != kNone &&
                          engine_.single(encoder_.capability_info(need.special->capability).var) !=
                              encoder_.capability_info(need.special->capability).mixed());
      const auto targets = encoder_.targets(need);
      for (std::uint32_t i = 0; !fixed && !other_way && i < targets.size(); ++i) {
        const std::pair here(edge.need, edge.target);
        const bool free = i != edge.target && satisfied(targets[i]) &&
                          std::find(avoided.begin(), avoided.end(), std::pair(edge.need, i)) == avoided.end();
        if (!free || std::find(avoided.begin(), avoided.end(), here) != avoided.end()) continue;
        avoided.push_back(here);
        other_way = true;
      }
    }
    if (other_way) continue;
    Fact fact{.kind = Fact::Kind::cycle, .package = cycle.front().from};
    fact.text = encoder_.add_text(std::move(text));
    encoder_.add_fact(literals, fact);
    return true;
  }
}

}  // namespace reef::resolve
