#include "core/ops/complete.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/ops/known_registries.h"
#include "core/ops/target.h"
#include "core/record/record_store.h"

namespace reef::ops {
namespace {

std::vector<Suggestion> entries(Session& session, bool packages, bool tools) {
  std::vector<Suggestion> out;
  const Result<std::vector<CatalogueEntry>> all = session.registry().search({});
  if (!all) {
    // What a registry says of them is not on this machine: their names are.
    for (std::string& name : session.registry().names())
      if (session.registry().is_tool(name) ? tools : packages) out.push_back({std::move(name), ""});
    return out;
  }
  for (const CatalogueEntry& entry : *all)
    if (entry.kind == PackageKind::tool ? tools : packages) out.push_back({entry.name, entry.summary});
  return out;
}

std::vector<Suggestion> capabilities(Session& session, bool of_tools_only) {
  const std::vector<std::string> tools = of_tools_only ? session.tool_names() : std::vector<std::string>();
  std::vector<Suggestion> out;
  for (std::string& name : session.registry().capabilities()) {
    const std::vector<std::string> providers = session.registry().providers(name);
    const auto counts = [&](const std::string& each) {
      return !of_tools_only || std::find(tools.begin(), tools.end(), each) != tools.end();
    };
    if (std::any_of(providers.begin(), providers.end(), counts))
      out.push_back({std::move(name), fmt::format("provided by {}", join(providers, ", "))});
  }
  return out;
}

std::shared_ptr<const Manifest> manifest_for(Session& session, const std::string& package) {
  const Result<Target> target = find_target(session, package, {});
  if (!target) return nullptr;
  const auto manifest = target_manifest(session, *target);
  return manifest ? *manifest : nullptr;
}

// Those of every package: each name once.
std::vector<Suggestion> actions_of_all(Session& session) {
  std::vector<Suggestion> out;
  for (const Suggestion& package : entries(session, true, false)) {
    const auto manifest = manifest_for(session, package.word);
    if (!manifest) continue;
    for (const Action& action : manifest->actions) {
      const auto same = [&](const Suggestion& known) { return known.word == action.name; };
      if (action.name != "build" && std::none_of(out.begin(), out.end(), same))
        out.push_back({action.name, ""});
    }
  }
  return out;
}

std::vector<Suggestion> actions(Session& session, const std::string& package) {
  const auto manifest = manifest_for(session, package);
  if (!manifest) return package.empty() ? actions_of_all(session) : std::vector<Suggestion>();
  std::vector<Suggestion> out;
  for (const Action& action : manifest->actions)
    if (action.name != "build") out.push_back({action.name, action.help});
  return out;
}

std::optional<Action> action_for(Session& session, const CompletionContext& context) {
  const auto manifest = manifest_for(session, context.package);
  const Action* action = manifest ? manifest->find_action(context.action) : nullptr;
  return action == nullptr ? std::nullopt : std::optional(*action);
}

std::vector<Suggestion> parameters(Session& session, const CompletionContext& context) {
  const auto action = action_for(session, context);
  std::vector<Suggestion> out;
  if (action)
    for (const Parameter& parameter : action->parameters)
      out.push_back({"--" + parameter.name, parameter.help});
  return out;
}

std::vector<Suggestion> choices(Session& session, const CompletionContext& context) {
  const auto action = action_for(session, context);
  std::vector<Suggestion> out;
  if (!action) return out;
  for (const Parameter& parameter : action->parameters) {
    if ("--" + parameter.name != context.parameter) continue;
    for (const json::Value& choice : parameter.choices) out.push_back({json::text_of(choice), ""});
    if (parameter.type == ParameterType::boolean) out = {{"true", ""}, {"false", ""}};
  }
  return out;
}

std::vector<Suggestion> steps(Session& session, const CompletionContext& context) {
  const auto action = action_for(session, context);
  std::vector<Suggestion> out;
  if (action)
    for (const Step& step : action->steps) out.push_back({step.name, ""});
  return out;
}

std::vector<Suggestion> bindings(Session& session, const CompletionContext& context) {
  const auto manifest = manifest_for(session, context.package);
  std::vector<Suggestion> out;
  if (!manifest) return out;
  const std::size_t comma = context.typed.rfind(',');
  const std::string before = comma == std::string::npos ? "" : context.typed.substr(0, comma + 1);
  for (const Variation& variation : manifest->variations) {
    if (("," + before).find("," + variation.group + "=") != std::string::npos) continue;
    for (const Option& option : variation.options)
      out.push_back({fmt::format("{}{}={}", before, variation.group, option.name), option.summary});
  }
  return out;
}

std::vector<Suggestion> roles(Session& session) {
  const auto manifest = manifest_for(session, "");
  std::vector<Suggestion> out;
  if (manifest)
    for (const Dependency& dependency : manifest->dependencies)
      out.push_back({dependency.role, dependency.target()});
  return out;
}

std::vector<Suggestion> records(Session& session) {
  RecordStore store(session.machine().fs, session.machine().clock, session.home().root);
  RecordFilter filter;
  filter.limit = 50;
  const auto list = store.list(filter);
  std::vector<Suggestion> out;
  if (list && !list->rows.empty()) out.push_back({"last", "the newest"});
  if (list)
    for (const RecordRow& row : list->rows)
      out.push_back({row.id, fmt::format("{} of {} {}", row.action, row.package, row.version)});
  return out;
}

std::vector<Suggestion> registries(Session& session) {
  const auto known = KnownRegistries(session.machine().fs, session.home()).list();
  std::vector<Suggestion> out;
  if (known)
    for (const KnownRegistry& registry : *known) out.push_back({registry.name, registry.location.text()});
  return out;
}

std::vector<Suggestion> joined(std::vector<Suggestion> first, std::vector<Suggestion> second) {
  std::move(second.begin(), second.end(), std::back_inserter(first));
  return first;
}

}  // namespace

std::vector<Suggestion> suggest(Session& session, Noun noun, const CompletionContext& context) {
  switch (noun) {
    case Noun::package:
      return entries(session, true, false);
    case Noun::name:
      return entries(session, true, true);
    case Noun::requirement:
      return joined(entries(session, true, true), capabilities(session, false));
    case Noun::tool:
      return joined(entries(session, false, true), capabilities(session, true));
    case Noun::role:
      return roles(session);
    case Noun::action:
      return actions(session, context.package);
    case Noun::parameter:
      return parameters(session, context);
    case Noun::choice:
      return choices(session, context);
    case Noun::step:
      return steps(session, context);
    case Noun::binding:
      return bindings(session, context);
    case Noun::record:
      return records(session);
    case Noun::registry:
      return registries(session);
  }
  return {};
}

}  // namespace reef::ops
