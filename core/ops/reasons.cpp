#include "core/ops/reasons.h"

#include <algorithm>

#include "core/action/command.h"
#include "core/base/text.h"
#include "core/fetch/cache.h"
#include "core/ops/build.h"
#include "core/store/store.h"

namespace reef::ops {
namespace {

std::string need_of(const Planned& from, const resolve::Edge& edge) {
  std::string out =
      fmt::format("{} needs {}", from.name(), edge.capability.empty() ? edge.target : edge.capability);
  if (!edge.range.is_any()) out += " " + edge.range.text();
  if (edge.purpose != Purpose::both) out += fmt::format(" to {}", name_of(edge.purpose));
  if (!edge.option.empty()) out += fmt::format(" for `{}`", edge.option);
  if (!edge.preferred.empty()) out += fmt::format(" ({})", edge.preferred);
  return out;
}

using Use = std::pair<const Planned*, const resolve::Edge*>;

// Of each package of a plan, who needs it.
std::vector<std::vector<Use>> users_of(const Plan& plan) {
  std::vector<std::vector<Use>> out(plan.packages.size());
  for (const Planned& from : plan.packages)
    for (std::size_t i = 0; i < from.edges.size(); ++i)
      out[from.targets[i]].emplace_back(&from, &from.edges[i]);
  return out;
}

}  // namespace

std::vector<Choice> choices_of(const Plan& plan) {
  std::vector<Choice> out;
  const auto users = users_of(plan);
  for (const Planned& package : plan.packages) {
    Choice choice{&package, {}, std::string(package.chosen.chosen), {}, {}};
    if (package.name() == plan.target.name) choice.needed.emplace_back("you asked for it");
    for (const auto& [from, edge] : users[out.size()]) {
      std::string need = need_of(*from, *edge);
      if (std::find(choice.needed.begin(), choice.needed.end(), need) == choice.needed.end())
        choice.needed.push_back(std::move(need));
    }
    for (const auto& [group, option] : package.chosen.options) {
      const auto why = package.chosen.option_reasons.find(group);
      choice.options.push_back(
          fmt::format("{} = {}{}", group, option,
                      why == package.chosen.option_reasons.end() ? "" : fmt::format(" ({})", why->second)));
    }
    for (const resolve::Skipped& skipped : plan.skipped)
      if (skipped.package == package.name()) choice.skipped.push_back(skipped.text());
    out.push_back(std::move(choice));
  }
  return out;
}

std::vector<PlannedFetch> planned_fetches(Session& session, const Plan& plan) {
  std::vector<PlannedFetch> out;
  const fetch::Cache cache(session.machine().fs, session.home().cache(), {});
  for (const Planned& package : plan.packages) {
    if (package.is_tool() || package.installed) continue;
    const Circumstances facts = circumstances_of(plan, package);
    for (const Source& source : package.manifest->sources) {
      if (source.kind == SourceKind::path || !holds(source.when, facts)) continue;
      const bool cached = source.sha256 && exists(session.machine().fs, cache.entry_path(*source.sha256));
      out.push_back({label_of(package), source.kind, source.location, source.size, cached});
    }
  }
  return out;
}

Result<std::vector<PlannedBuild>> planned_builds(Session& session, const Plan& plan) {
  TRY(const store::Store store, store::Store::look(session.machine().fs, session.home().root));
  std::vector<PlannedBuild> out;
  for (const Planned& package : plan.packages) {
    if (package.is_tool() || package.installed) continue;
    PlannedBuild planned{label_of(package), {}};
    if (const Action* build = package.manifest->find_action("build")) {
      TRY(const action::Parameters parameters, action::bind_parameters(*build, {}));
      TRY(action::Symbolic symbolic, action::symbolic_commands(view_of(plan, package, Purpose::build), *build,
                                                               parameters, store.home() / "store"));
      planned.commands = std::move(symbolic.commands);
    }
    out.push_back(std::move(planned));
  }
  return out;
}

}  // namespace reef::ops
