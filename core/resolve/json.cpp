#include <algorithm>

#include "core/resolve/resolver.h"

namespace reef::resolve {
namespace {

std::string_view name_of(Origin origin) {
  return origin == Origin::workspace ? "workspace" : origin == Origin::host ? "host" : "registry";
}

json::Value place_of(const Place& place) {
  if (place.file.empty()) return nullptr;
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

json::Value text_or_null(const std::string& text) { return text.empty() ? json::Value() : json::Value(text); }

json::Value value_of(const Edge& edge) {
  json::Value out = {
      {"package", edge.target}, {"for", name_of(edge.purpose)}, {"place", place_of(edge.place)}};
  if (!edge.role.empty()) out["role"] = edge.role;
  if (!edge.capability.empty()) out["capability"] = edge.capability;
  if (!edge.option.empty()) out["option"] = edge.option;
  if (!edge.preferred.empty()) out["preferred"] = edge.preferred;
  out["range"] = edge.range.text();
  return out;
}

json::Value values_of(const Solution& solution, std::span<const Link> links) {
  json::Value out = json::Value::array();
  for (const Link& link : links) out.push_back(value_of(solution.edge(link)));
  return out;
}

json::Value value_of(const Statistics& statistics) {
  return {{"decisions", statistics.decisions},
          {"conflicts", statistics.conflicts},
          {"propagations", statistics.propagations},
          {"clauses", statistics.clauses},
          {"packages_read", statistics.packages_read}};
}

}  // namespace

std::string_view name_of(Reason::Kind kind) {
  constexpr std::string_view kNames[] = {"need",       "exclusion", "condition", "lock",
                                         "constraint", "cycle",     "structure", "conclusion"};
  return kNames[static_cast<std::size_t>(kind)];
}

json::Value to_json(const Solution& solution) {
  json::Value packages = json::Value::array();
  for (const Selected& package : solution.packages)
    packages.push_back({{"name", package.name},
                        {"version", package.version.text()},
                        {"origin", name_of(package.candidate->origin)},
                        {"options", package.options},
                        {"locked", package.locked},
                        {"chosen", package.chosen},
                        {"option_reasons", package.option_reasons},
                        {"needs", values_of(solution, solution.links_of(package))}});
  json::Value skipped = json::Value::array();
  for (const Skipped& skip : solution.skipped)
    skipped.push_back({{"package", skip.package}, {"choice", skip.choice}, {"reason", skip.reason}});
  return {{"outcome", "solution"},   {"roots", values_of(solution, solution.links_of_request())},
          {"packages", packages},    {"skipped", skipped},
          {"notes", solution.notes}, {"statistics", value_of(solution.statistics)}};
}

json::Value to_json(const Conflict& conflict) {
  json::Value reasons = json::Value::array();
  for (const Reason& reason : conflict.reasons)
    reasons.push_back({{"kind", name_of(reason.kind)},
                       {"text", reason.text},
                       {"package", text_or_null(reason.package)},
                       {"target", text_or_null(reason.target)},
                       {"place", place_of(reason.place)},
                       {"from", reason.from}});
  return {{"outcome", "no solution"},
          {"reasons", reasons},
          {"text", conflict.text},
          {"hints", conflict.hints},
          {"statistics", value_of(conflict.statistics)}};
}

json::Value to_json(const GaveUp& gave_up) {
  return {{"outcome", "gave up"},         {"text", gave_up.text},
          {"hardest", gave_up.hardest},   {"out_of_time", gave_up.out_of_time},
          {"solvable", gave_up.solvable}, {"statistics", value_of(gave_up.statistics)}};
}

}  // namespace reef::resolve
