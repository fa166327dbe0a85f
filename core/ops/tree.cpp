#include "core/ops/tree.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace reef::ops {
namespace {

TreeNode node_of(const Plan& plan, const Planned& package, const resolve::Edge* edge, std::size_t depth,
                 std::set<std::string>& expanded) {
  TreeNode node{&package, edge, false, false, {}};
  if (package.edges.empty()) return node;
  node.cut = depth == kMostDepth;
  if (node.cut) return node;
  node.repeated = !expanded.insert(package.name()).second;
  if (node.repeated) return node;
  for (const resolve::Edge& child : package.edges)
    if (const Planned* target = plan.find(child.target))
      node.children.push_back(node_of(plan, *target, &child, depth + 1, expanded));
  return node;
}

// Ways from the target to a name, the shortest first. No recursion: chains may be thousands of packages long.
class Chains {
 public:
  Chains(const Plan& plan, const std::string& name) : plan_(plan), name_(name) {
    for (const Planned& package : plan.packages) index_.emplace(package.name(), index_.size());
    find_distances();
  }

  Why find() const {
    Why out;
    const std::size_t start = index_.at(plan_.target.name);
    if (distances_[start] == kNever) return out;
    // Partial ways by the length that they will have at least; of equal ones the earlier declared.
    std::map<std::size_t, std::vector<std::vector<Link>>> open;
    open[distances_[start]].push_back({});
    for (std::size_t steps = 0; !open.empty() && steps < kMostSteps; ++steps) {
      std::vector<Link> way = std::move(open.begin()->second.back());
      open.begin()->second.pop_back();
      if (open.begin()->second.empty()) open.erase(open.begin());
      const Planned& from = way.empty() ? plan_.target_package() : *way.back().to;
      if (!way.empty() && is_goal(*way.back().edge)) {
        out.more = out.chains.size() == kMostChains;
        if (out.more) break;
        out.chains.push_back(std::move(way));
        continue;
      }
      for (auto edge = from.edges.rbegin(); edge != from.edges.rend(); ++edge) {
        const auto to = index_.find(edge->target);
        if (to == index_.end() || is_on(way, edge->target)) continue;
        const std::size_t rest = is_goal(*edge) ? 0 : distances_[to->second];
        if (rest == kNever) continue;
        std::vector<Link> longer = way;
        longer.push_back({&from, &plan_.packages[to->second], &*edge});
        open[longer.size() + rest].push_back(std::move(longer));
      }
    }
    return out;
  }

 private:
  static constexpr std::size_t kNever = ~std::size_t{0};
  static constexpr std::size_t kMostSteps = 100'000;

  bool is_goal(const resolve::Edge& edge) const { return edge.target == name_ || edge.capability == name_; }
  bool is_on(const std::vector<Link>& way, const std::string& name) const {
    return name == plan_.target.name ||
           std::any_of(way.begin(), way.end(), [&](const Link& link) { return link.to->name() == name; });
  }

  // Of every package, how many steps it is from the name; breadth first, against the edges.
  void find_distances() {
    distances_.assign(plan_.packages.size(), kNever);
    std::vector<std::vector<std::size_t>> users(plan_.packages.size());
    std::vector<std::size_t> next;
    for (std::size_t i = 0; i < plan_.packages.size(); ++i)
      for (const resolve::Edge& edge : plan_.packages[i].edges) {
        const auto to = index_.find(edge.target);
        if (to == index_.end()) continue;
        users[to->second].push_back(i);
        if (!is_goal(edge) || distances_[i] == 1) continue;
        distances_[i] = 1;
        next.push_back(i);
      }
    for (std::size_t i = 0; i < next.size(); ++i)
      for (const std::size_t user : users[next[i]]) {
        if (distances_[user] != kNever) continue;
        distances_[user] = distances_[next[i]] + 1;
        next.push_back(user);
      }
  }

  const Plan& plan_;
  const std::string& name_;
  std::map<std::string, std::size_t> index_;
  std::vector<std::size_t> distances_;
};

std::vector<std::string> planned_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const Planned& package : plan.packages) {
    names.push_back(package.name());
    for (const resolve::Edge& edge : package.edges)
      if (!edge.capability.empty()) names.push_back(edge.capability);
  }
  return names;
}

// Not as a part of another name.
bool speaks_of(std::string_view text, std::string_view name) {
  const auto is_of_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
  };
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_of_name(text[at - 1])) && (end == text.size() || !is_of_name(text[end]))) return true;
  }
  return false;
}

// The other platforms that a project is locked for, and that have a name, or what provides it.
std::vector<std::string> platforms_with(Registry& registry, const Plan& plan, const std::string& name) {
  std::vector<std::string> all = registry.providers(name);
  all.push_back(name);
  std::vector<std::string> out;
  if (!plan.before) return out;
  for (const auto& [id, part] : plan.before->platforms)
    if (id != plan.platform.id() &&
        std::any_of(all.begin(), all.end(), [&, &there = part](const std::string& one) {
          return there.find(one) != nullptr || there.find_tool(one) != nullptr;
        }))
      out.push_back(id);
  return out;
}

}  // namespace

TreeNode tree_of(const Plan& plan) {
  std::set<std::string> expanded;
  return node_of(plan, plan.target_package(), nullptr, 0, expanded);
}

Result<Why> why(Registry& registry, const Plan& plan, const std::string& name) {
  if (name == plan.target.name) return Why{};
  Why out = name.empty() ? Why{} : Chains(plan, name).find();
  if (!out.chains.empty()) return out;
  const bool exists = !registry.versions(name).empty() || !registry.providers(name).empty();
  Error error(ErrorCode::not_found,
              exists ? fmt::format("`{}` is not part of what {} needs here", printable(name),
                                   plan.target.text() == "." ? plan.target.name : plan.target.text())
                     : fmt::format("no package, tool or capability is called `{}`", printable(name)));
  const std::vector<std::string> elsewhere = platforms_with(registry, plan, name);
  if (!elsewhere.empty()) error = std::move(error).hint("it is on " + join(elsewhere, ", "));
  auto meant = elsewhere.empty() ? did_you_mean(name, planned_names(plan)) : std::nullopt;
  if (!meant && !exists) meant = did_you_mean(name, registry.names());
  if (meant && !name.empty()) error = std::move(error).hint(*std::move(meant));
  for (const resolve::Skipped& skipped : plan.skipped)
    if (!name.empty() && speaks_of(skipped.text(), name)) error = std::move(error).hint(skipped.text());
  if (plan.target.project && !registry.versions(name).empty())
    error = std::move(error).hint(
        fmt::format("`{}reef why-not {}` tells why", plan.way, shell_quoted(name + "@*")));
  return tl::make_unexpected(std::move(error).hint(fmt::format(
      "`{}reef tree{}` shows everything that {}", plan.way, plan.target.project ? "" : " " + plan.target.name,
      exists ? "is" : plan.target.name + " needs")));
}

}  // namespace reef::ops
