#include "core/ops/doctor.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "core/base/text.h"
#include "core/ops/conditions.h"

namespace reef::cli {
namespace doctor_verb {
namespace {

using Level = ops::Finding::Level;

struct Options {
  std::string package;
  std::vector<std::string> with;
  bool benchmark = false;
};

std::string_view name_of(Level level) {
  switch (level) {
    case Level::ok:
      return "ok";
    case Level::warning:
      return "warning";
    case Level::problem:
      return "problem";
  }
  return "";
}

Style style_of(Level level) {
  return level == Level::ok ? Style::green : level == Level::warning ? Style::yellow : Style::red;
}

std::string render(const ops::Finding& finding, const Terminal& terminal) {
  const std::string label = fmt::format("{:<8}", name_of(finding.level));
  std::string out = styled(label, style_of(finding.level), terminal) + printable(finding.subject);
  const auto lines = lines_of(finding.text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    out += (i == 0 ? ": " : "\n          ") + printable(lines[i]);
  out += "\n";
  for (const std::string& remedy : finding.remedies)
    out += fmt::format("          -> {}\n", printable(remedy));
  return out;
}

json::Value to_json(const std::vector<ops::Finding>& findings) {
  json::Value out = {{"well", ops::is_well(findings)}, {"findings", json::Value::array()}};
  for (const ops::Finding& finding : findings)
    out["findings"].push_back({{"level", name_of(finding.level)},
                               {"subject", finding.subject},
                               {"text", finding.text},
                               {"remedies", finding.remedies}});
  return out;
}

Result<std::vector<ops::Finding>> findings_for(Host& host, const Options& options) {
  if (options.benchmark) return ops::diagnose_noise(host.fs, "/");
  TRY(const auto session, open_session(host));
  if (options.package.empty()) return ops::diagnose_host(*session);
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  return ops::diagnose_package(*session, target);
}

Result<int> run(Host& host, const Options& options) {
  if (options.benchmark && !options.package.empty())
    return make_error(ErrorCode::usage, "`--benchmark` is about this machine, not about a package");
  if (options.package.empty() && !options.with.empty())
    return make_error(ErrorCode::usage, "`--with` needs a package")
        .hint("`reef doctor PACKAGE --with group=option`");
  TRY(const auto findings, findings_for(host, options));
  const bool well = ops::is_well(findings);
  if (host.json) {
    print_json(to_json(findings));
  } else {
    for (const ops::Finding& finding : findings)
      if (!host.quiet || finding.level != Level::ok) print(render(finding, host.terminal));
    const bool noisy = std::any_of(findings.begin(), findings.end(),
                                   [](const ops::Finding& finding) { return finding.level != Level::ok; });
    const std::string subject = options.benchmark ? noisy ? "commands are shown, none was run: undo what you "
                                                            "change when you have measured"
                                                          : "nothing that would disturb a benchmark was seen"
                                : options.package.empty() ? "reef works here"
                                                          : "everything it needs is here";
    if (well && !host.quiet) print(subject + "\n");
  }
  return well ? 0 : static_cast<int>(ErrorCode::no_solution);
}

}  // namespace
}  // namespace doctor_verb

Run register_doctor(Verb command) {
  using namespace doctor_verb;
  auto options = std::make_shared<Options>();
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; without it: is reef itself well here?");
  command.add_option("--with", options->with, "Bind options: group=option,...");
  command.add_flag("--benchmark", options->benchmark,
                   "How quiet is this machine, and which privileged commands would help?");
  command.footer(
      "Nothing is installed: commands are shown, never run.\nExit status: 0 when there is no problem (a "
      "warning is none), else 5.");
  return [options](Host& host) { return run(host, *options); };
}

}  // namespace reef::cli
