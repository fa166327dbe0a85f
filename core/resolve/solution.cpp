#include "core/resolve/solution.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/resolve/explain.h"
#include "core/resolve/phrases.h"

namespace reef::resolve {
namespace {

// Of so many wishes nobody reads why each has not its newest version.
constexpr std::size_t kMostHeldBack = 32;

class Reader {
 public:
  Reader(Encoder& encoder, const Search& search) : encoder_(encoder), search_(search), phrases_(encoder) {}

  Solution read() {
    for (const std::uint32_t id : encoder_.root_needs())
      if (id != kNone) add_edge(encoder_.need(id), solution_.roots);
    solution_.packages.reserve(search_.closure().size());
    for (const std::uint32_t package : search_.closure()) {
      solution_.packages.push_back(selected(package));
      skipped_options(package);
    }
    held_back_roots();
    shared_capabilities();
    moved_locks();
    return std::move(solution_);
  }

 private:
  Selected selected(std::uint32_t package) {
    const PackageInfo& info = encoder_.info(package);
    const std::uint32_t value = search_.value(package);
    Selected out;
    out.name = info.name;
    out.candidate = info.values[value];
    out.version = out.candidate->version;
    for (const std::uint32_t index : info.groups) {
      const GroupInfo& group = encoder_.group_info(index);
      const auto option = static_cast<std::uint32_t>(encoder_.engine().single(group.var));
      if (option < group.options.size()) out.options[group.name] = group.options[option];
    }
    out.edges.reserve(info.loads[value].needs.size());
    for (const std::uint32_t id : info.loads[value].needs)
      if (id != kNone) add_edge(encoder_.need(id), out.edges);
    for (const Locked& locked : encoder_.request().lock)
      if (locked.name == out.name && locked.version == out.version && locked.options == out.options)
        out.locked = true;
    return out;
  }

  void add_edge(const Need& need, std::vector<Edge>& edges) const {
    if (search_.applies(need) != true) return;
    const TargetInfo* target = search_.serving(need);
    if (!target) return;
    Edge& edge = edges.emplace_back();
    edge.role = need.requirement->role;
    edge.target = encoder_.info(target->package).name;
    const Target& asked = need.requirement->targets[target->target];
    if (asked.kind == Target::Kind::capability || asked.name != edge.target) edge.capability = asked.name;
    edge.purpose = need.requirement->purpose;
    if (need.group != kNone) {
      const GroupInfo& group = encoder_.group_info(need.group);
      edge.option = fmt::format("{}={}", group.name, group.options[need.option]);
    }
    edge.place = need.requirement->place;
  }

  // Facts that make a literal false, the request's own wishes first removed.
  std::string reason(const Literal& literal, std::uint32_t package, std::uint32_t group) {
    std::vector<std::string> own;
    std::vector<std::string> others;
    const auto facts = facts_behind(encoder_.engine(), encoder_.engine().why_false(literal));
    for (const ClauseId id : facts) {
      const Fact& fact = encoder_.fact(id);
      if (fact.kind == Fact::Kind::option_need && fact.package == kNone && fact.group == group &&
          group != kNone)
        return {};
      if (fact.package == kNone || phrases_.is_silent(id) || fact.kind == Fact::Kind::structure) continue;
      if (fact.kind == Fact::Kind::serve) continue;
      const std::uint32_t asked_by = fact.need != kNone ? encoder_.need(fact.need).group : fact.group;
      const bool is_own = fact.package == package && (group == kNone || asked_by == group);
      const std::string text = phrases_.sentence(id, !is_own);
      auto& list = is_own ? own : others;
      if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
    }
    if (own.empty() && others.empty()) return {};
    constexpr std::size_t kMost = 3;
    own.insert(own.end(), others.begin(), others.end());
    const std::size_t more = own.size() > kMost ? own.size() - kMost : 0;
    own.resize(own.size() - more);
    return join(own, ", ") + (more ? fmt::format(", and {} more reasons", more) : "");
  }

  void skipped_options(std::uint32_t package) {
    const Candidate& candidate = *encoder_.info(package).values[search_.value(package)];
    if (!candidate.requirements) return;
    for (const Group& group : candidate.requirements->groups) {
      const std::uint32_t index = encoder_.group(package, group.name);
      const GroupInfo& info = encoder_.group_info(index);
      const auto chosen = static_cast<std::uint32_t>(encoder_.engine().single(info.var));
      for (const std::string& option : search_.preferred_options(package, group)) {
        const auto at = std::find(info.options.begin(), info.options.end(), option);
        const auto value = static_cast<std::uint32_t>(at - info.options.begin());
        if (value == chosen) break;
        if (at == info.options.end()) continue;
        const std::string why = reason({info.var, encoder_.engine().set_of(info.var, value)}, package, index);
        if (!why.empty())
          solution_.skipped.push_back(
              {encoder_.info(package).name, fmt::format("`{} = {}`", group.name, option), why});
      }
    }
  }

  // Packages the request asked for that have a newer version than the selected one.
  void held_back_roots() {
    if (solution_.roots.size() > kMostHeldBack) return;
    for (const Edge& root : solution_.roots) {
      const std::uint32_t package = encoder_.package(root.target);
      const PackageInfo& info = encoder_.info(package);
      const std::uint32_t value = search_.value(package);
      if (value == 0 || info.values[value]->origin != info.values[0]->origin) continue;
      const Literal newest{info.var, encoder_.engine().set_of(info.var, 0)};
      const std::string why = reason(newest, package, kNone);
      if (!why.empty())
        solution_.skipped.push_back(
            {info.name, fmt::format("{} {}", info.name, info.values[0]->version.text()), why});
    }
  }

  void shared_capabilities() {
    std::map<std::string, std::map<std::string, std::string>> users;  // capability -> provider -> first user
    const auto add = [&](const std::string& user, const std::vector<Edge>& edges) {
      for (const Edge& edge : edges)
        if (!edge.capability.empty()) users[edge.capability].emplace(edge.target, user);
    };
    add(encoder_.request().asked_by, solution_.roots);
    for (const Selected& package : solution_.packages) add(package.name, package.edges);
    for (const auto& [capability, providers] : users) {
      if (providers.size() < 2) continue;
      std::vector<std::string> parts;
      for (const auto& [provider, user] : providers)
        parts.push_back(fmt::format("{} for {}", provider, user));
      solution_.notes.push_back(
          fmt::format("no one provider of {} serves all who need it: {}", capability, join(parts, ", ")));
    }
  }

  void moved_locks() {
    if (encoder_.request().upgrade_all) return;
    for (const Locked& locked : encoder_.request().lock) {
      const Selected* now = solution_.find(locked.name);
      const auto& upgrade = encoder_.request().upgrade;
      if (!now || now->version == locked.version ||
          std::find(upgrade.begin(), upgrade.end(), locked.name) != upgrade.end())
        continue;
      const PackageInfo& info = encoder_.info(encoder_.package(locked.name));
      const auto exists =
          std::any_of(info.values.begin(), info.values.end(),
                      [&](const Candidate* candidate) { return candidate->version == locked.version; });
      solution_.notes.push_back(fmt::format("{} {} was locked, it is {} now{}", locked.name,
                                            locked.version.text(), now->version.text(),
                                            exists ? "" : ": the locked version no longer exists"));
    }
  }

  Encoder& encoder_;
  const Search& search_;
  Phrases phrases_;
  Solution solution_;
};

}  // namespace

Solution solution_of(Encoder& encoder, const Search& search) { return Reader(encoder, search).read(); }

std::string Skipped::text() const { return fmt::format("{} was skipped: {}", choice, reason); }

const Selected* Solution::find(std::string_view name) const {
  for (const Selected& package : packages)
    if (package.name == name) return &package;
  return nullptr;
}

std::vector<std::size_t> Solution::build_order() const {
  std::map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < packages.size(); ++i) index[packages[i].name] = i;
  std::vector<std::size_t> out;
  std::vector<char> seen(packages.size());
  for (std::size_t root = 0; root < packages.size(); ++root) {
    if (seen[root]) continue;
    seen[root] = 1;
    std::vector<std::pair<std::size_t, std::size_t>> open = {{root, 0}};
    while (!open.empty()) {
      auto& [package, next] = open.back();
      if (next == packages[package].edges.size()) {
        out.push_back(package);
        open.pop_back();
        continue;
      }
      const Edge& edge = packages[package].edges[next++];
      const auto target = index.find(edge.target);
      if (edge.purpose == Purpose::run || target == index.end() || seen[target->second]) continue;
      seen[target->second] = 1;
      open.emplace_back(target->second, 0);
    }
  }
  return out;
}

}  // namespace reef::resolve
