#include "cli/render_plan.h"

#include "cli/output.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace {

std::string state_of(const ops::Planned& package) {
  if (package.tool) return "found: " + package.tool->path;
  if (package.installed) return "installed";
  if (package.manifest->find_action("build") == nullptr) return "to install";
  return package.built_again.empty() ? "to build" : fmt::format("to build again ({})", package.built_again);
}

json::Value to_json(const resolve::Edge& edge) {
  return {{"role", edge.role},
          {"package", edge.target},
          {"capability", edge.capability},
          {"range", edge.range.text()},
          {"preferred", nullable(edge.preferred)},
          {"for", name_of(edge.purpose)}};
}

json::Value to_json(const ops::Planned& package) {
  json::Value out = {{"name", package.name()},
                     {"version", package.chosen.version.text()},
                     {"kind", name_of(package.manifest->kind)}};
  out["options"] = package.chosen.options;
  out["chosen"] = package.chosen.chosen;
  out["option_reasons"] = package.chosen.option_reasons;
  out["dependencies"] = json::Value::array();
  for (const resolve::Edge& edge : package.edges) out["dependencies"].push_back(to_json(edge));
  if (package.tool) {
    out["path"] = package.tool->path;
    return out;
  }
  out["registry"] = nullable(package.registry);
  out["build_key"] = package.prefix_id.key.hex();
  out["prefix"] = package.prefix.string();
  out["installed"] = package.installed;
  out["built_again"] = package.built_again.empty() ? json::Value() : json::Value(package.built_again);
  return out;
}

}  // namespace

std::string render_options(const std::map<std::string, std::string>& options) {
  std::string out;
  for (const auto& [group, option] : options)
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", group, option);
  return out.empty() ? "-" : out;
}

std::string render_plan(const ops::Plan& plan, const Terminal& terminal) {
  Table table({"PACKAGE", "VERSION", "OPTIONS", "STATE"});
  for (const ops::Planned& package : plan.packages)
    table.add({package.name(), package.chosen.version.text(), render_options(package.chosen.options),
               state_of(package)});
  std::string out = table.render(terminal);
  for (const std::string& skipped : plan.skipped_choices()) out += skipped + "\n";
  for (const std::string& note : plan.notes) out += "note: " + note + "\n";
  return out;
}

std::string render_choices(const ops::Plan& plan, const Terminal& terminal) {
  constexpr std::size_t kMostNeeds = 3;
  std::string out = "why:\n";
  for (const ops::Choice& choice : ops::choices_of(plan)) {
    std::vector<std::string> needed = choice.needed;
    if (needed.size() > kMostNeeds) {
      const std::size_t more = needed.size() - kMostNeeds;
      needed.resize(kMostNeeds);
      needed.push_back(fmt::format("{} more", more));
    }
    out += fmt::format("  {} {}: {}; {}{}\n", styled(choice.package->name(), Style::bold, terminal),
                       choice.package->chosen.version.text(), join(needed, ", "), choice.version,
                       choice.options.empty() ? "" : "; " + join(choice.options, ", "));
  }
  return out;
}

std::string render_work(const std::vector<ops::PlannedFetch>& fetches,
                        const std::vector<ops::PlannedBuild>& builds) {
  std::string out;
  std::uint64_t bytes = 0;
  bool all_known = true;
  std::size_t transfers = 0;
  for (const ops::PlannedFetch& fetch : fetches) {
    const std::string size = fetch.cached  ? "in the cache"
                             : fetch.bytes ? format_bytes(*fetch.bytes)
                                           : "of unknown size";
    out +=
        fmt::format("  {}: {} {}, {}\n", fetch.package, name_of(fetch.kind), printable(fetch.location), size);
    if (fetch.cached) continue;
    ++transfers;
    bytes += fetch.bytes.value_or(0);
    all_known = all_known && fetch.bytes.has_value();
  }
  if (!out.empty())
    out = fmt::format("\nwould fetch{}:\n",
                      transfers == 0
                          ? " nothing new"
                          : fmt::format(" {}{}", all_known ? "" : "at least ", format_bytes(bytes))) +
          out;
  std::string commands;
  for (const ops::PlannedBuild& build : builds) {
    if (build.commands.empty()) continue;
    commands += fmt::format("  {}:\n", build.package);
    for (const auto& argv : build.commands) commands += fmt::format("    {}\n", shell_quoted(argv));
  }
  return out + (commands.empty() ? "" : "\nwould build:\n" + commands);
}

json::Value to_json(const std::vector<ops::PlannedFetch>& fetches) {
  json::Value out = json::Value::array();
  for (const ops::PlannedFetch& fetch : fetches)
    out.push_back({{"package", fetch.package},
                   {"kind", name_of(fetch.kind)},
                   {"location", fetch.location},
                   {"bytes", fetch.bytes ? json::Value(*fetch.bytes) : json::Value()},
                   {"cached", fetch.cached}});
  return out;
}

json::Value to_json(const std::vector<ops::PlannedBuild>& builds) {
  json::Value out = json::Value::array();
  for (const ops::PlannedBuild& build : builds)
    out.push_back({{"package", build.package}, {"commands", build.commands}});
  return out;
}

json::Value to_json(const std::vector<resolve::Skipped>& skipped) {
  json::Value out = json::Value::array();
  for (const resolve::Skipped& each : skipped)
    out.push_back({{"package", each.package}, {"choice", each.choice}, {"reason", each.reason}});
  return out;
}

json::Value to_json(const ops::Plan& plan) {
  json::Value out = {{"package", plan.target.name}, {"platform", plan.platform.id()}};
  out["packages"] = json::Value::array();
  for (const ops::Planned& package : plan.packages) out["packages"].push_back(to_json(package));
  out["skipped"] = to_json(plan.skipped);
  out["notes"] = plan.notes;
  return out;
}

std::string render_commands(const std::vector<ops::PlannedCommand>& commands) {
  std::string out;
  for (const ops::PlannedCommand& command : commands)
    out +=
        fmt::format("  {}{}\n", command.step.empty() ? "" : command.step + ": ", shell_quoted(command.argv));
  return out;
}

json::Value to_json(const std::vector<ops::PlannedCommand>& commands) {
  json::Value out = json::Value::array();
  for (const ops::PlannedCommand& command : commands)
    out.push_back(
        {{"step", command.step.empty() ? json::Value() : json::Value(command.step)}, {"argv", command.argv}});
  return out;
}

std::string render_steps(const std::vector<action::StepPreview>& steps) {
  std::string out;
  for (const action::StepPreview& step : steps) {
    std::vector<std::string> conditions;
    if (step.after_build) conditions.emplace_back("the package, once it is built, holds other files");
    if (!step.after.empty())
      conditions.push_back("the result is another of " + quoted_list(step.after, "or"));
    const std::string what = !step.why.empty()    ? "runs: " + join(step.why, ", ")
                             : conditions.empty() ? "unchanged, left alone"
                                                  : "runs if " + join(conditions, ", or if ");
    out += fmt::format("  {}: {}\n", step.name, what);
  }
  return out.empty() ? out : "\nsteps, as things are now:\n" + out;
}

json::Value to_json(const std::vector<action::StepPreview>& steps) {
  json::Value out = json::Value::array();
  for (const action::StepPreview& step : steps)
    out.push_back(
        {{"name", step.name}, {"why", step.why}, {"after", step.after}, {"after_build", step.after_build}});
  return out;
}

}  // namespace reef::cli
