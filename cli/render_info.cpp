#include "cli/render_info.h"

#include "cli/output.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace {

// A number of a manifest, without a fraction that is zero.
std::string number_text(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? fmt::format("{}", whole) : fmt::format("{}", value);
}

std::string title(const std::string& text, const Terminal& terminal) {
  return "\n" + styled(text, Style::bold, terminal) + "\n";
}

void add_fact(std::string& out, std::string_view label, const std::string& value) {
  if (!value.empty()) out += fmt::format("  {:<10}{}\n", label, printable(value));
}

std::string list_of(const std::vector<Version>& versions, const std::set<Version>& yanked) {
  std::vector<std::string> texts;
  for (const Version& version : versions)
    texts.push_back(version.text() + (yanked.contains(version) ? " (yanked)" : ""));
  return join(texts, ", ");
}

std::string list_of(const std::map<std::string, Version>& provides) {
  std::vector<std::string> texts;
  for (const auto& [name, version] : provides) texts.push_back(name + " " + version.text());
  return join(texts, ", ");
}

std::string facts_of(const ops::Info& info) {
  const Manifest& manifest = *info.manifest;
  const bool is_tool = manifest.detect != nullptr;
  std::string out;
  add_fact(out, "licence", manifest.license.empty() ? "not stated" : manifest.license);
  add_fact(out, "authors", join(manifest.authors, ", "));
  add_fact(out, "tags", join(manifest.tags, ", "));
  if (!is_tool) add_fact(out, "versions", info.target.project ? "" : list_of(info.versions, info.yanked));
  add_fact(out, "provides", list_of(manifest.provides));
  add_fact(out, "homepage", manifest.homepage);
  for (const auto& [style, text] : manifest.cite)
    if (style != "bibtex") add_fact(out, style, text);
  add_fact(out, "registry", info.registry);
  add_fact(out, "folder", info.folder.string());
  return out;
}

std::string here(const ops::OptionState& state) {
  if (state.chosen) return "yes, chosen";
  if (state.available) return "yes";
  return "no: " + state.reason + (state.install.empty() ? "" : fmt::format(" (`{}`)", state.install));
}

std::string render_variations(const ops::Info& info, const Terminal& terminal) {
  if (info.availability.options.empty()) return "";
  Table table({"VARIATION", "OPTION", "POSSIBLE HERE", "MEANING"});
  const Variation* last = nullptr;
  for (const ops::OptionState& state : info.availability.options) {
    const std::string group = state.group == last ? "" : state.group->group;
    last = state.group;
    table.add({group, state.option->name, here(state), state.option->summary}, state.chosen ? Style::green
                                                                               : state.available
                                                                                   ? Style::plain
                                                                                   : Style::dim);
  }
  return title("Variations (--with GROUP=OPTION,...)", terminal) + table.render(terminal);
}

std::string render_actions(const ops::Info& info, const Terminal& terminal) {
  Table table({"ACTION", "PARAMETER", "TYPE", "DEFAULT", "MEANING"});
  for (const Action& action : info.manifest->actions) {
    if (action.name == "build") continue;  // `reef install` does it
    table.add({action.name, "", "", "", action.help});
    for (const Parameter& parameter : action.parameters)
      table.add({"", "--" + parameter.name, kind_of(parameter), default_of(parameter), parameter.help});
  }
  if (table.empty()) return "";
  return title(
             fmt::format("Actions (reef run ACTION{})", info.target.project ? "" : " " + info.manifest->name),
             terminal) +
         table.render(terminal);
}

std::string met_text(const ops::Met& met) {
  if (!met.by.empty()) return met.path.empty() ? met.by : fmt::format("{}, {}", met.by, met.path);
  return "no: " + met.problem + (met.install.empty() ? "" : fmt::format(" (`{}`)", met.install));
}

struct NeedRow {
  const ops::Need* need = nullptr;
  std::string when;
};

// Neighbours that differ in nothing but the option of a group that asks for them share a row.
std::vector<NeedRow> rows_of(const std::vector<ops::Need>& needs) {
  std::vector<NeedRow> rows;
  const auto group_of = [](const std::string& when) { return when.substr(0, when.find(" = ")); };
  for (const ops::Need& need : needs) {
    const ops::Need* last = rows.empty() ? nullptr : rows.back().need;
    const bool same = last != nullptr && !need.when.empty() && group_of(last->when) == group_of(need.when) &&
                      last->dependency.role == need.dependency.role && last->met.by == need.met.by &&
                      last->dependency.purpose == need.dependency.purpose &&
                      ops::requirement_text(last->dependency) == ops::requirement_text(need.dependency);
    if (same)
      rows.back().when += " |" + need.when.substr(group_of(need.when).size() + 2);
    else
      rows.push_back({&need, need.when.empty() ? "always" : need.when});
  }
  return rows;
}

std::string render_needs(const ops::Info& info, const Terminal& terminal) {
  if (info.needs.empty()) return title("Needs nothing", terminal);
  Table table({"ROLE", "NEEDS", "FOR", "WHEN", "HERE"});
  for (const NeedRow& row : rows_of(info.needs)) {
    const Dependency& dependency = row.need->dependency;
    table.add({dependency.role, ops::requirement_text(dependency), std::string(name_of(dependency.purpose)),
               row.when, met_text(row.need->met)},
              row.need->met.by.empty() ? Style::dim : Style::plain);
  }
  return title("Needs", terminal) + table.render(terminal);
}

std::string render_found(const ops::Info& info, const Terminal& terminal) {
  if (info.found.empty()) {
    const std::string how = info.install.empty() ? "" : fmt::format("; `{}` would install it", info.install);
    return title("Not found on this host" + how, terminal) +
           fmt::format("`reef detect --explain {}` tells what was looked at\n", info.manifest->name);
  }
  Table table({"VERSION", "PATH", "PROVIDES"});
  for (const FoundTool& tool : info.found)
    table.add({tool.version.text(), tool.path, list_of(tool.provides)});
  return title("Found on this host", terminal) + table.render(terminal);
}

json::Value to_json(const Action& action) {
  json::Value out = {{"name", action.name}, {"help", action.help}, {"parameters", json::Value::array()}};
  for (const Parameter& parameter : action.parameters) out["parameters"].push_back(cli::to_json(parameter));
  return out;
}

json::Value to_json(const ops::OptionState& state) {
  json::Value out = {
      {"group", state.group->group}, {"option", state.option->name}, {"summary", state.option->summary}};
  out["chosen"] = state.chosen;
  out["available"] = state.available;
  out["reason"] = nullable(state.reason);
  out["install"] = nullable(state.install);
  return out;
}

json::Value to_json(const ops::Need& need) {
  const Dependency& dependency = need.dependency;
  json::Value out = {{"role", dependency.role},
                     {"package", nullable(dependency.package)},
                     {"capability", nullable(dependency.capability)}};
  out["version"] = dependency.version.text();
  out["for"] = name_of(dependency.purpose);
  out["when"] = nullable(need.when);
  out["met_by"] = nullable(need.met.by);
  out["path"] = nullable(need.met.path);
  out["problem"] = nullable(need.met.problem);
  out["install"] = nullable(need.met.install);
  return out;
}

}  // namespace

std::string kind_of(const Parameter& parameter) {
  if (!parameter.choices.empty()) {
    std::vector<std::string> choices;
    for (const json::Value& choice : parameter.choices) choices.push_back(json::text_of(choice));
    return join(choices, " | ");
  }
  std::string out(name_of(parameter.type));
  if (parameter.minimum && parameter.maximum)
    out += fmt::format(", {} to {}", number_text(*parameter.minimum), number_text(*parameter.maximum));
  else if (parameter.minimum)
    out += fmt::format(", at least {}", number_text(*parameter.minimum));
  else if (parameter.maximum)
    out += fmt::format(", at most {}", number_text(*parameter.maximum));
  return out;
}

std::string render_info(const ops::Info& info, const Terminal& terminal) {
  const Manifest& manifest = *info.manifest;
  const bool is_tool = manifest.detect != nullptr;
  const std::string version = is_tool ? "" : " " + manifest.version.text();
  std::string out = fmt::format("{} ({})\n{}\n", styled(manifest.name + version, Style::bold, terminal),
                                name_of(manifest.kind), printable(manifest.summary));
  out += facts_of(info);
  if (is_tool)
    return out + (info.target.project ? fmt::format("\n`reef detect {}` looks for it\n", info.folder.string())
                                      : render_found(info, terminal));
  out += render_variations(info, terminal) + render_actions(info, terminal) + render_needs(info, terminal);
  if (const auto& none = info.availability.no_plan; none && none->gave_up())
    out += fmt::format("\nWhether this package fits this host is not known.\n{}\n{}\n", none->text,
                       join(none->hints, "\n"));
  else if (none)
    out += fmt::format("\n{} `reef doctor` says more.\n{}\n",
                       styled("This package does not fit this host.", Style::red, terminal), none->text);
  return out;
}

json::Value to_json(const Parameter& parameter) {
  json::Value out = {{"name", parameter.name}, {"type", name_of(parameter.type)}, {"help", parameter.help}};
  out["default"] = parameter.fallback ? *parameter.fallback : json::Value();
  out["required"] = !parameter.fallback.has_value();
  out["minimum"] = parameter.minimum ? json::Value(*parameter.minimum) : json::Value();
  out["maximum"] = parameter.maximum ? json::Value(*parameter.maximum) : json::Value();
  out["choices"] = parameter.choices;
  return out;
}

json::Value to_json(const ops::Info& info) {
  const Manifest& manifest = *info.manifest;
  const bool is_tool = manifest.detect != nullptr;
  json::Value out = {
      {"name", manifest.name}, {"kind", name_of(manifest.kind)}, {"summary", manifest.summary}};
  out["version"] = is_tool ? json::Value() : json::Value(manifest.version.text());
  out["license"] = nullable(manifest.license);
  out["authors"] = manifest.authors;
  out["cite"] = manifest.cite;
  out["tags"] = manifest.tags;
  out["homepage"] = nullable(manifest.homepage);
  out["registry"] = nullable(info.registry);
  out["folder"] = nullable(info.folder.string());
  for (const char* list : {"versions", "yanked", "options", "actions", "needs", "found"})
    out[list] = json::Value::array();
  if (!is_tool)
    for (const Version& each : info.versions) out["versions"].push_back(each.text());
  for (const Version& each : info.yanked) out["yanked"].push_back(each.text());
  out["provides"] = json::Value::object();
  for (const auto& [capability, version] : manifest.provides) out["provides"][capability] = version.text();
  for (const ops::OptionState& state : info.availability.options) out["options"].push_back(to_json(state));
  for (const Action& action : manifest.actions) out["actions"].push_back(to_json(action));
  for (const ops::Need& need : info.needs) out["needs"].push_back(to_json(need));
  for (const FoundTool& tool : info.found) out["found"].push_back(reef::to_json(tool));
  out["install"] = nullable(info.install);
  out["conflict"] = info.availability.no_plan ? info.availability.no_plan->json : json::Value();
  return out;
}

}  // namespace reef::cli
