#include "core/ops/detect.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "core/base/text.h"
#include "core/ops/universe.h"

namespace reef::cli {
namespace detect_verb {
namespace {

struct Options {
  std::vector<std::string> tools;
  bool explain = false;
};

std::string provided_by(const FoundTool& tool) {
  std::vector<std::string> texts;
  for (const auto& [capability, version] : tool.provides) texts.push_back(capability + " " + version.text());
  return join(texts, ", ");
}

// What its manifest tells to look for.
std::string wanted(const ops::Detection& detection) {
  const DetectSpec& spec = *detection.manifest->detect;
  std::vector<std::string> all = spec.programs;
  all.insert(all.end(), spec.files.begin(), spec.files.end());
  all.insert(all.end(), spec.libraries.begin(), spec.libraries.end());
  return quoted_list(all);
}

std::string render_explained(const ops::Detection& detection, const Terminal& terminal) {
  const host::ToolReport& report = detection.report;
  std::string out = fmt::format("{}: {}\n", styled(report.name, Style::bold, terminal),
                                printable(detection.manifest->summary));
  if (report.attempts.empty()) out += fmt::format("  nothing here is called {}\n", wanted(detection));
  for (const host::Attempt& attempt : report.attempts) {
    if (!attempt.found) {
      out += fmt::format("  {} {}: {}\n", styled("refused", Style::yellow, terminal), printable(attempt.path),
                         printable(attempt.reason));
      continue;
    }
    const FoundTool& tool = *attempt.found;
    const std::string provides = tool.provides.empty() ? "" : ", provides " + provided_by(tool);
    const std::string shown =
        tool.path == attempt.path ? attempt.path : fmt::format("{} (really {})", attempt.path, tool.path);
    out += fmt::format("  {}   {}: version {}{}\n", styled("taken", Style::green, terminal), printable(shown),
                       tool.version.text(), provides);
  }
  if (report.found.empty() && !detection.install.empty())
    out += fmt::format("  `{}` would install it\n", detection.install);
  return out;
}

const host::Attempt* unanswered(const ops::Detection& detection) {
  const auto& attempts = detection.report.attempts;
  const auto silent = std::find_if(attempts.begin(), attempts.end(),
                                   [](const host::Attempt& attempt) { return attempt.unanswered; });
  return silent == attempts.end() ? nullptr : &*silent;
}

std::string render_table(const std::vector<ops::Detection>& detections, bool with_missing,
                         const Terminal& terminal) {
  Table table({"TOOL", "VERSION", "PATH", "PROVIDES"});
  for (const ops::Detection& detection : detections) {
    std::string name = detection.report.name;
    for (const FoundTool& tool : detection.report.found) {
      table.add({name, tool.version.text(), tool.path, provided_by(tool)});
      name.clear();
    }
    if (!detection.report.found.empty()) continue;
    const host::Attempt* silent = unanswered(detection);
    if (silent == nullptr && !with_missing) continue;
    const std::string how = detection.install.empty() ? "" : fmt::format(" (`{}`)", detection.install);
    table.add({name, "-", silent == nullptr ? "not found" + how : "no answer from " + silent->path, ""},
              Style::dim);
  }
  return table.render(terminal);
}

std::string render_missing(const std::vector<ops::Detection>& detections, const Terminal& terminal) {
  std::vector<std::string> missing;
  std::size_t found = 0;
  for (const ops::Detection& detection : detections)
    if (!detection.report.found.empty())
      ++found;
    else if (unanswered(detection) == nullptr)
      missing.push_back(detection.report.name);
  const std::string count = fmt::format("\n{} of {} tools found", found, detections.size());
  if (missing.empty()) return count + "\n";
  return count + "; not here: " + wrapped(join(missing, ", "), std::max<std::size_t>(terminal.width, 40), 2) +
         "\n";
}

void note_unanswered(const std::vector<ops::Detection>& detections, Host& host) {
  Progress progress(host, false);
  for (const ops::Detection& detection : detections)
    for (const host::Attempt& attempt : detection.report.attempts)
      if (attempt.unanswered) progress.note(ops::refusal(attempt));
}

json::Value to_json(const ops::Detection& detection, bool explain) {
  json::Value out = {{"name", detection.report.name},
                     {"summary", detection.manifest->summary},
                     {"found", json::Value::array()}};
  out["install"] = detection.install.empty() ? json::Value() : json::Value(detection.install);
  for (const FoundTool& tool : detection.report.found) out["found"].push_back(reef::to_json(tool));
  if (!explain) return out;
  out["attempts"] = json::Value::array();
  for (const host::Attempt& attempt : detection.report.attempts)
    out["attempts"].push_back(
        {{"path", attempt.path},
         {"version", attempt.found ? json::Value(attempt.found->version.text()) : json::Value()},
         {"reason", attempt.found ? json::Value() : json::Value(attempt.reason)}});
  return out;
}

Result<int> run(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  const ops::DetectDetail detail = options.explain ? ops::DetectDetail::explained
                                   : host.json     ? ops::DetectDetail::described
                                                   : ops::DetectDetail::brief;
  TRY(const auto detections, ops::detect(*session, options.tools, detail));
  std::size_t found = 0;
  for (const ops::Detection& detection : detections)
    if (!detection.report.found.empty()) ++found;
  if (host.json) {
    json::Value out = {{"tools", json::Value::array()}};
    for (const ops::Detection& detection : detections)
      out["tools"].push_back(to_json(detection, options.explain));
    print_json(out);
  } else if (options.explain) {
    for (const ops::Detection& detection : detections) print(render_explained(detection, host.terminal));
  } else {
    note_unanswered(detections, host);
    print(render_table(detections, !options.tools.empty(), host.terminal));
    if (options.tools.empty() && !host.quiet) print(render_missing(detections, host.terminal));
  }
  // Asked for by name, and nothing of it is here.
  return options.tools.empty() || found > 0 ? 0 : static_cast<int>(ErrorCode::not_found);
}

}  // namespace
}  // namespace detect_verb

Run register_detect(Verb command) {
  using namespace detect_verb;
  auto options = std::make_shared<Options>();
  command.add_option("tools", options->tools,
                     "Tools, capabilities, or the folder of a tool you write; default: all tools");
  command.add_flag("--explain", options->explain,
                   "Look again, and tell of every candidate why it was taken or refused");
  command.footer("Exit status: 4 when none of the tools named is here.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
