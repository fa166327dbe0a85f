#include "core/ops/detect.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/ops/target.h"
#include "core/ops/universe.h"

namespace reef::ops {
namespace {

Error unknown_tool(Session& session, const std::string& name) {
  std::vector<std::string> known = session.tool_names();
  for (std::string& capability : session.registry().capabilities()) known.push_back(std::move(capability));
  Error error(ErrorCode::not_found, fmt::format("no tool or capability is called `{}`", printable(name)));
  if (auto hint = did_you_mean(name, known)) error = std::move(error).hint(*hint);
  return std::move(error).hint("`reef detect` lists the tools");
}

// The tools that a name stands for.
Result<std::vector<std::string>> tools_called(Session& session, const std::string& name) {
  const std::vector<std::string> tools = session.tool_names();
  const auto is_tool = [&](const std::string& each) {
    return std::find(tools.begin(), tools.end(), each) != tools.end();
  };
  if (is_tool(name)) return std::vector<std::string>{name};
  std::vector<std::string> providers;
  for (std::string& provider : session.registry().providers(name))
    if (is_tool(provider)) providers.push_back(std::move(provider));
  if (!providers.empty()) return providers;
  if (auto problem = problem_of(session.registry(), name)) return tl::make_unexpected(*std::move(problem));
  const std::vector<Version> versions = session.registry().versions(name);
  if (versions.empty()) return tl::make_unexpected(unknown_tool(session, name));
  TRY(const auto manifest, session.registry().manifest(name, versions.front()));
  return make_error(ErrorCode::usage, "`{}` is a {}, not a tool of the host", name, name_of(manifest->kind))
      .hint(fmt::format("`reef info {}` tells what it is", name));
}

Result<Detection> detect_written(Session& session, const std::string& folder) {
  TRY(const Target target, find_target(session, folder, {}));
  const auto& manifest = target.project->manifest;
  if (!manifest->detect)
    return make_error(ErrorCode::usage, "`{}` is a {}, not a tool of the host", folder,
                      name_of(manifest->kind));
  host::DetectorOptions options{{}, true, &session.machine().cancel, false};
  const Machine& machine = session.machine();
  host::Detector detector(machine.fs, machine.processes, machine.env, std::move(options));
  const std::vector<host::DetectRequest> requests = {
      {manifest->name, [&manifest] { return manifest->detect; }, ""}};
  TRY(std::vector<host::ToolReport> reports, detector.detect(requests));
  return Detection{std::move(reports.front()), manifest,
                   install_command(*manifest, session.platform(), true).value_or("")};
}

}  // namespace

Result<std::vector<Detection>> detect(Session& session, const std::vector<std::string>& texts,
                                      DetectDetail detail) {
  std::vector<std::string> names;
  std::vector<Detection> out;
  for (const std::string& text : texts) {
    if (text == "." || text == ".." || text.find('/') != std::string::npos) {
      TRY(Detection written, detect_written(session, text));
      out.push_back(std::move(written));
      continue;
    }
    TRY(const std::vector<std::string> tools, tools_called(session, text));
    for (const std::string& tool : tools)
      if (std::find(names.begin(), names.end(), tool) == names.end()) names.push_back(tool);
  }
  if (texts.empty()) names = session.tool_names();
  // A list of everything shall take no longer because some of it are scripts: the one that is used is asked.
  TRY(std::vector<host::ToolReport> reports,
      session.reports(names, detail == DetectDetail::explained, texts.empty()));
  for (host::ToolReport& report : reports) {
    const bool is_told = detail != DetectDetail::brief || (report.found.empty() && !texts.empty());
    if (!is_told) {
      out.push_back({std::move(report), nullptr, ""});
      continue;
    }
    TRY(auto manifest,
        session.registry().manifest(report.name, session.registry().versions(report.name).front()));
    std::string install = install_command(*manifest, session.platform(), true).value_or("");
    out.push_back({std::move(report), std::move(manifest), std::move(install)});
  }
  return out;
}

}  // namespace reef::ops
