#include <set>

#include "core/base/text.h"
#include "core/ops/plan.h"

// What a plan tells, and what a package of it sees of the others.
namespace reef::ops {
namespace {

void add_packages_of(const Condition& condition, std::set<std::string>& out) {
  for (const auto& [name, range] : condition.packages) out.insert(name);
  for (const auto* parts : {&condition.all, &condition.any, &condition.negated})
    for (const Condition& part : *parts) add_packages_of(part, out);
}

// Packages that some condition of a manifest asks about.
std::set<std::string> packages_in_conditions(const Manifest& manifest) {
  std::set<std::string> out;
  const auto add = [&](const auto& list) {
    for (const auto& item : list) add_packages_of(item.when, out);
  };
  add(manifest.sources);
  add(manifest.dependencies);
  for (const Variation& variation : manifest.variations) {
    add(variation.options);
    for (const Option& option : variation.options) add(option.dependencies);
  }
  for (const Action& action : manifest.actions) {
    add(action.run);
    add(action.steps);
    for (const Step& step : action.steps) add(step.run);
  }
  return out;
}

// Which packages of a plan one depends on, directly for a purpose and from there on for running. Every
// package of a plan asks this, also one at the end of a chain of thousands: so by position, never by name.
std::vector<char> reached_from(const Plan& plan, const Planned& package, Purpose purpose) {
  std::vector<char> reached(plan.packages.size());
  std::vector<const Planned*> open = {&package};
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Planned& user = *open[i];
    const Purpose needed = i == 0 ? purpose : Purpose::run;
    for (std::size_t e = 0; e < user.edges.size(); ++e) {
      const Purpose asked = user.edges[e].purpose;
      const std::size_t target = user.targets[e];
      const bool wanted = asked == Purpose::both || needed == Purpose::both || asked == needed;
      if (!wanted || target >= reached.size() || reached[target] != 0) continue;
      reached[target] = 1;
      open.push_back(&plan.packages[target]);
    }
  }
  return reached;
}

}  // namespace

Circumstances circumstances_of(const Plan& plan, const Planned& package) {
  Circumstances facts;
  facts.options = package.chosen.options;
  facts.os = plan.platform.os;
  facts.arch = plan.platform.arch;
  facts.libc = plan.platform.libc.value_or("");
  for (const Accelerator& accelerator : plan.platform.accelerators)
    facts.accelerators.push_back(accelerator.kind);
  for (const std::string& name : packages_in_conditions(*package.manifest))
    if (const auto other = plan.versions.find(name); other != plan.versions.end())
      facts.packages.insert(*other);
  return facts;
}

action::PackageView view_of(const Plan& plan, const Planned& package, Purpose purpose) {
  action::PackageView view;
  view.manifest = package.manifest.get();
  view.prefix = package.prefix;
  view.source = package.prefix;
  view.circumstances = circumstances_of(plan, package);
  const std::vector<char> reached = reached_from(plan, package, purpose);
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i] != 0 && !plan.packages[i].exports.is_empty())
      view.closure.push_back(plan.packages[i].exports);
  for (std::size_t i = 0; i < package.edges.size(); ++i) {
    if (package.targets[i] >= plan.packages.size()) continue;
    const Planned& target = plan.packages[package.targets[i]];
    const std::string path = target.tool ? target.tool->path : target.prefix.string();
    view.roles[package.edges[i].role] = {target.name(), target.chosen.version, target.prefix, path,
                                         target.exports};
  }
  return view;
}

std::vector<std::string> Plan::skipped_choices() const {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> out;
  std::map<std::string, std::size_t> count;
  for (const resolve::Skipped& each : skipped)
    if (++count[each.package] <= kMost) out.push_back(each.text());
  for (const auto& [package, all] : count)
    if (all > kMost)
      out.push_back(fmt::format("{}: {} more choices were skipped; `{}reef why {}{}` lists them", package,
                                all - kMost, way, shell_quoted(package),
                                target.project ? "" : " --package " + shell_quoted(target.text())));
  return out;
}

std::vector<std::string> Plan::news() const {
  std::vector<std::string> out = skipped_choices();
  out.insert(out.end(), notes.begin(), notes.end());
  return out;
}

const Planned* Plan::find(std::string_view name) const {
  if (positions.size() == packages.size()) {
    const auto known = positions.find(std::string(name));
    if (known == positions.end()) return nullptr;
    if (packages[known->second].name() == name) return &packages[known->second];
  }
  const auto found = std::find_if(packages.begin(), packages.end(),
                                  [&](const Planned& package) { return package.name() == name; });
  return found == packages.end() ? nullptr : &*found;
}

}  // namespace reef::ops
