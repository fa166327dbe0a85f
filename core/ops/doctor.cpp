#include "core/ops/doctor.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/ops/detect.h"
#include "core/os/disk_space.h"
#include "core/os/environment.h"

namespace reef::ops {
namespace {

using Level = Finding::Level;

constexpr std::uint64_t kLittleRoom = std::uint64_t{1} << 30U;
constexpr std::uint64_t kNoRoom = std::uint64_t{64} << 20U;

std::vector<std::string> remedies_of(const std::string& command) {
  return command.empty() ? std::vector<std::string>() : std::vector{command};
}

// The folder itself, or the nearest one above it that is there.
Path nearest_folder(Filesystem& fs, Path folder) {
  while (!exists(fs, folder) && folder != folder.parent_path()) folder = folder.parent_path();
  return folder;
}

Finding look_at_home(Session& session) {
  Filesystem& fs = session.machine().fs;
  const Path& home = session.home().root;
  const Path folder = nearest_folder(fs, home);
  const std::vector<std::string> remedies = {"set REEF_HOME to a folder that can be written"};
  if (!is_folder(fs, folder))
    return {Level::problem, "home folder", fmt::format("`{}` is not a folder", folder.string()), remedies};
  if (!TemporaryFolder::create(fs, folder, ".reef-doctor-"))
    return {Level::problem, "home folder", fmt::format("`{}` cannot be written", folder.string()), remedies};
  return {Level::ok, "home folder", home.string(), {}};
}

Finding look_at_disk(Session& session) {
  const Path folder = nearest_folder(session.machine().fs, session.home().root);
  const auto room = free_bytes(folder);
  if (!room) return {Level::warning, "disk space", room.error().message(), {}};
  const std::string text = fmt::format("{} free", format_bytes(*room));
  if (*room >= kLittleRoom) return {Level::ok, "disk space", text, {}};
  return {*room < kNoRoom ? Level::problem : Level::warning,
          "disk space",
          text,
          {"make room, or set REEF_HOME to a folder on another disk"}};
}

Finding look_at_path(Session& session) {
  const Environment& env = session.machine().env;
  const std::string path = search_path(env);
  const auto fix = fmt::format("export PATH={}", kSystemPath);
  if (!env.contains("PATH"))
    return {
        Level::warning, "PATH", fmt::format("is not set: tools are looked for in {}", kSystemPath), {fix}};
  if (path.empty()) return {Level::problem, "PATH", "is empty: only tools at fixed places are found", {fix}};
  for (const std::string& folder : split(path, ':'))
    if (!folder.starts_with('/'))
      return {Level::warning,
              "PATH",
              fmt::format("has the relative folder `{}`, where tools are not looked for", folder),
              {}};
  return {Level::ok, "PATH", fmt::format("{} folders", split(path, ':').size()), {}};
}

Finding unreadable(const std::string& name, const Error& error) {
  if (!error.place()) return {Level::problem, name, error.message(), {}};
  const Place& place = *error.place();
  return {Level::problem,
          name,
          fmt::format("{}:{}: {}", place.file, place.line, error.message()),
          {"reef check " + shell_quoted(place.file)}};
}

// Every manifest of the catalogue, also those of tools, can be read.
std::vector<Finding> look_at_catalogue(Session& session) {
  Registry& registry = session.registry();
  std::vector<Finding> out;
  std::set<std::string> told;
  std::size_t packages = 0;
  for (const std::string& name : registry.names()) {
    const std::vector<Version> versions = registry.versions(name);
    // A package whose manifest cannot be read has no versions; asking for one gives the reason.
    const auto manifest = registry.manifest(name, versions.empty() ? Version() : versions.front());
    if (manifest) {
      ++packages;
      continue;
    }
    Finding finding = unreadable(name, manifest.error());
    // One manifest may stand for two names, when it does not say its own.
    if (told.insert(finding.text).second) out.push_back(std::move(finding));
  }
  out.insert(out.begin(),
             {Level::ok,
              "catalogue",
              packages == 1 ? "1 package or tool" : fmt::format("{} packages and tools", packages),
              {}});
  return out;
}

Result<std::vector<Finding>> look_at_tools(Session& session) {
  const std::vector<std::string> names = session.tool_names();
  TRY_STATUS(session.detect(names));
  std::size_t found = 0;
  for (const std::string& name : names) {
    TRY(const auto tools, session.tools(name));
    if (!tools.empty()) ++found;
  }
  std::vector<Finding> out = {
      {Level::ok, "tools", fmt::format("{} of {} found; `reef detect` lists them", found, names.size()), {}}};
  for (const auto& [name, attempts] : session.unanswered())
    for (const host::Attempt& attempt : attempts) out.push_back({Level::warning, name, refusal(attempt), {}});
  return out;
}

Finding look_at_capability(Session& session, SessionUniverse& universe, const std::string& subject,
                           const std::string& capability) {
  Dependency wanted;
  wanted.capability = capability;
  const Met met = look_up(session, universe, wanted);
  if (!met.by.empty())
    return {Level::ok, subject, met.path.empty() ? met.by : fmt::format("{}, {}", met.by, met.path), {}};
  return {Level::problem, subject, met.problem, remedies_of(met.install)};
}

Finding finding_of(const Planned& package) {
  const std::string name = fmt::format("{} {}", package.name(), package.chosen.version.text());
  if (package.tool) return {Level::ok, name, "found: " + package.tool->path, {}};
  return {Level::ok, name, package.installed ? "installed" : "in the catalogue", {}};
}

// The package's own needs that nothing meets, whatever options are chosen.
std::vector<Finding> missing_needs(Session& session, SessionUniverse& universe, const Manifest& manifest) {
  std::vector<Finding> out;
  for (const Dependency& dependency : manifest.dependencies) {
    Met met = look_up(session, universe, dependency);
    if (met.by.empty() && dependency.when.is_always())
      out.push_back(
          {Level::problem, requirement_text(dependency), std::move(met.problem), remedies_of(met.install)});
  }
  return out;
}

std::vector<Finding> options_out_of_reach(const Availability& availability) {
  std::vector<Finding> out;
  for (const OptionState& state : availability.options)
    if (!state.available)
      out.push_back({Level::warning, fmt::format("{} = {}", state.group->group, state.option->name),
                     state.reason, remedies_of(state.install)});
  return out;
}

// A tool that is being written.
Result<std::vector<Finding>> diagnose_tool(Session& session, const Project& project) {
  TRY(const std::vector<Detection> looked,
      detect(session, {project.folder.string()}, DetectDetail::described));
  const Detection& detection = looked.front();
  std::vector<Finding> out;
  for (const FoundTool& tool : detection.report.found)
    out.push_back({Level::ok,
                   fmt::format("{} {}", detection.manifest->name, tool.version.text()),
                   "found: " + tool.path,
                   {}});
  const std::vector<std::string> refused = refusals(detection.manifest->name, detection.report.attempts);
  if (out.empty())
    out.push_back(
        {Level::problem, detection.manifest->name,
         refused.empty() ? "this host has none" : "this host has none that works: " + join(refused, "; "),
         remedies_of(detection.install)});
  return out;
}

void append(std::vector<Finding>& to, std::vector<Finding> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

Result<std::vector<Finding>> diagnose_host(Session& session) {
  std::vector<Finding> out = {look_at_home(session), look_at_disk(session), look_at_path(session)};
  append(out, look_at_catalogue(session));
  TRY(std::vector<Finding> tools, look_at_tools(session));
  append(out, std::move(tools));
  SessionUniverse universe(session, nullptr);
  out.push_back(look_at_capability(session, universe, "C compiler", "c-compiler"));
  out.push_back(look_at_capability(session, universe, "C++ compiler", "c++-compiler"));
  return out;
}

Result<std::vector<Finding>> diagnose_package(Session& session, const Target& target) {
  TRY(const auto manifest, target_manifest(session, target));
  if (target.project && manifest->kind == PackageKind::tool) return diagnose_tool(session, *target.project);
  SessionUniverse universe(session, target.project ? &*target.project : nullptr);
  Reporter nobody;
  TRY(const PlanOutcome outcome, make_plan(session, target, {}, nobody));
  std::vector<Finding> out;
  if (const auto* no_plan = std::get_if<NoPlan>(&outcome)) {
    append(out, missing_needs(session, universe, *manifest));
    out.push_back({Level::problem, target.name, no_plan->text, no_plan->hints});
    return out;
  }
  for (const Planned& package : std::get<Plan>(outcome).packages) out.push_back(finding_of(package));
  TRY(const Availability available, availability(session, universe, target, *manifest));
  append(out, options_out_of_reach(available));
  return out;
}

bool is_well(const std::vector<Finding>& findings) {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.level == Level::problem; });
}

}  // namespace reef::ops
