#include "core/ops/tree.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace reef::ops {
namespace {

TreeNode node_of(const Plan& plan, const Planned& package, const resolve::Edge* edge,
                 std::set<std::string>& expanded) {
  TreeNode node{&package, edge, false, {}};
  if (package.chosen.edges.empty()) return node;
  node.repeated = !expanded.insert(package.name()).second;
  if (node.repeated) return node;
  for (const resolve::Edge& child : package.chosen.edges)
    if (const Planned* target = plan.find(child.target))
      node.children.push_back(node_of(plan, *target, &child, expanded));
  return node;
}

bool is_at(const Place& a, const Place& b) {
  return a.file == b.file && a.line == b.line && a.column == b.column;
}

// The range of the dependency that an edge came from.
VersionRange range_of(const Manifest& manifest, const resolve::Edge& edge) {
  const auto find = [&](const std::vector<Dependency>& all) {
    return std::find_if(all.begin(), all.end(), [&](const Dependency& dependency) {
      return dependency.role == edge.role && is_at(dependency.place, edge.place);
    });
  };
  if (const auto found = find(manifest.dependencies); found != manifest.dependencies.end())
    return found->version;
  for (const Variation& variation : manifest.variations)
    for (const Option& option : variation.options)
      if (const auto found = find(option.dependencies); found != option.dependencies.end())
        return found->version;
  return {};
}

class Chains {
 public:
  Chains(const Plan& plan, const std::string& name, Why& out) : plan_(plan), name_(name), out_(out) {}

  void follow(const Planned& from) {
    if (!on_path_.insert(from.name()).second) return;
    for (const resolve::Edge& edge : from.chosen.edges) {
      const Planned* to = plan_.find(edge.target);
      if (to == nullptr) continue;
      if (out_.more) break;
      path_.push_back({&from, to, &edge, range_of(*from.manifest, edge)});
      if (edge.target == name_ || edge.capability == name_)
        keep();
      else
        follow(*to);
      path_.pop_back();
    }
    on_path_.erase(from.name());
  }

 private:
  void keep() {
    if (out_.chains.size() == kMostChains)
      out_.more = true;
    else
      out_.chains.push_back(path_);
  }

  const Plan& plan_;
  const std::string& name_;
  Why& out_;
  std::set<std::string> on_path_;
  std::vector<Link> path_;
};

std::vector<std::string> names_in(const Plan& plan) {
  std::vector<std::string> names;
  for (const Planned& package : plan.packages) {
    names.push_back(package.name());
    for (const resolve::Edge& edge : package.chosen.edges)
      if (!edge.capability.empty()) names.push_back(edge.capability);
  }
  return names;
}

}  // namespace

TreeNode tree_of(const Plan& plan) {
  std::set<std::string> expanded;
  return node_of(plan, plan.target_package(), nullptr, expanded);
}

Result<Why> why(const Plan& plan, const std::string& name) {
  Why out;
  if (name == plan.target.name) return out;
  Chains(plan, name, out).follow(plan.target_package());
  const auto shorter = [](const auto& a, const auto& b) { return a.size() < b.size(); };
  std::stable_sort(out.chains.begin(), out.chains.end(), shorter);
  if (!out.chains.empty()) return out;
  Error error(ErrorCode::not_found,
              fmt::format("`{}` is not part of what {} needs here", printable(name),
                          plan.target.text() == "." ? plan.target.name : plan.target.text()));
  if (auto hint = did_you_mean(name, names_in(plan))) error = std::move(error).hint(*hint);
  for (const resolve::Skipped& skipped : plan.skipped)
    if (skipped.text().find(name) != std::string::npos) error = std::move(error).hint(skipped.text());
  return tl::make_unexpected(std::move(error).hint(fmt::format(
      "`reef tree{}` shows everything that is", plan.target.project ? "" : " " + plan.target.name)));
}

}  // namespace reef::ops
