#include "cli/render_plan.h"

#include "cli/output.h"
#include "core/base/text.h"

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
          {"for", name_of(edge.purpose)}};
}

json::Value to_json(const ops::Planned& package) {
  json::Value out = {{"name", package.name()},
                     {"version", package.chosen.version.text()},
                     {"kind", name_of(package.manifest->kind)}};
  out["options"] = package.chosen.options;
  out["dependencies"] = json::Value::array();
  for (const resolve::Edge& edge : package.chosen.edges) out["dependencies"].push_back(to_json(edge));
  if (package.tool) {
    out["path"] = package.tool->path;
    return out;
  }
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
  for (const resolve::Skipped& skipped : plan.skipped) out += skipped.text() + "\n";
  for (const std::string& note : plan.notes) out += "note: " + note + "\n";
  return out;
}

json::Value to_json(const ops::Plan& plan) {
  json::Value out = {{"package", plan.target.name}, {"platform", plan.platform.id()}};
  out["packages"] = json::Value::array();
  for (const ops::Planned& package : plan.packages) out["packages"].push_back(to_json(package));
  out["skipped"] = json::Value::array();
  for (const resolve::Skipped& skipped : plan.skipped)
    out["skipped"].push_back(
        {{"package", skipped.package}, {"choice", skipped.choice}, {"reason", skipped.reason}});
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

}  // namespace reef::cli
