#include "core/ops/check.h"

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "core/base/text.h"

namespace reef::cli {
namespace check_verb {
namespace {

json::Value to_json(const ops::Checked& checked) {
  json::Value out = {{"file", checked.file},
                     {"package", checked.name.empty() ? json::Value() : json::Value(checked.name)}};
  out["problems"] = cli::to_json(checked.problems);
  out["warnings"] = cli::to_json(checked.warnings);
  return out;
}

void show(const Host& host, const ops::Checked& checked) {
  print_for_people(render_errors(checked.problems, host.terminal));
  if (!host.quiet) print_for_people(render_warnings(checked.warnings, host.terminal));
  const std::size_t problems = checked.problems.size();
  if (problems > 0)
    print_for_people(fmt::format("{}: {}\n", printable(checked.file), counted(problems, "problem")));
  else if (!host.quiet)
    print(fmt::format("{}: {} is good\n", printable(checked.file), checked.name));
}

// A file that cannot be read is a problem like others: those named after it are looked at all the same.
ops::Checked check_one(Host& host, const Path& cwd, const std::string& path, Registry* registry) {
  Result<ops::Checked> checked = ops::check(host.fs, cwd, path, registry);
  if (checked) return *std::move(checked);
  ops::Checked unread;
  unread.file = path;
  unread.problems.push_back(std::move(checked).error());
  return unread;
}

Result<int> run(Host& host, const std::vector<std::string>& paths) {
  TRY(const Path cwd, current_folder());
  // Without a home or a catalogue the text can still be checked.
  const auto session = open_session(host);
  Registry* registry = session ? &(*session)->registry() : nullptr;
  json::Value files = json::Value::array();
  int status = 0;
  for (const std::string& path : paths.empty() ? std::vector<std::string>{"."} : paths) {
    const ops::Checked checked = check_one(host, cwd, path, registry);
    if (status == 0 && !checked.problems.empty()) status = static_cast<int>(checked.problems.front().code());
    if (host.json)
      files.push_back(to_json(checked));
    else
      show(host, checked);
  }
  if (host.json) print_json({{"good", status == 0}, {"files", std::move(files)}});
  return status;
}

}  // namespace
}  // namespace check_verb

Run register_check(Verb command) {
  using namespace check_verb;
  auto paths = std::make_shared<std::vector<std::string>>();
  command.add_option("paths", *paths, "Manifests, or folders with one; default: this folder");
  command.footer(
      "Exit status: 3 when there is a problem, 4 when a file is not there; of several files, that of the "
      "first with\n"
      "one. Warnings change nothing.");
  return [paths](Host& host) { return run(host, *paths); };
}

}  // namespace reef::cli
