#include "cli/commands.h"
#include "cli/common.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_plan.h"
#include "core/base/text.h"
#include "core/ops/edit.h"
#include "core/ops/needs.h"

namespace reef::cli {
namespace add_verb {
namespace {

struct Options {
  ops::AddRequest request;
  std::string purpose;
};

Result<std::optional<Purpose>> parse_purpose(const std::string& text) {
  if (text.empty()) return std::optional<Purpose>();
  if (text == "build") return std::optional(Purpose::build);
  if (text == "run") return std::optional(Purpose::run);
  if (text == "both") return std::optional(Purpose::both);
  return make_error(ErrorCode::usage, "expected `build`, `run` or `both` after `--for`, got `{}`",
                    printable(text));
}

std::string_view name_of(ops::Edit edit) {
  switch (edit) {
    case ops::Edit::added:
      return "added";
    case ops::Edit::changed:
      return "changed";
    case ops::Edit::unchanged:
      return "unchanged";
    case ops::Edit::removed:
      break;
  }
  return "removed";
}

json::Value to_json(const ops::Edited& edited) {
  const Dependency& dependency = edited.dependency;
  json::Value out = cli::to_json(edited.plan);
  out["edit"] = name_of(edited.edit);
  out["manifest"] = edited.manifest_path.string();
  out["lock"] = edited.lock.path.string();
  out["role"] = dependency.role;
  out["name"] = dependency.target();
  out["capability"] = !dependency.capability.empty();
  out["version"] = dependency.version.text();
  out["for"] = reef::name_of(dependency.purpose);
  out["changes"] = edited.lock.differences;
  return out;
}

// "gcc 12.2.0, /usr/bin/gcc" or "digits 1.0.0": what fills the role now.
std::string chosen_for(const ops::Edited& edited) {
  for (const resolve::Edge& edge : edited.plan.target_package().edges) {
    const ops::Planned* package =
        edge.role == edited.dependency.role ? edited.plan.find(edge.target) : nullptr;
    if (package == nullptr) continue;
    const std::string name = fmt::format("{} {}", package->name(), package->chosen.version.text());
    return package->tool ? fmt::format("{}, {}", name, package->tool->path) : name;
  }
  return "";
}

// "added `digits`: digits ^1 (here: digits 1.0.0)".
std::string render_edit(const ops::Edited& edited) {
  const Dependency& dependency = edited.dependency;
  const std::string requirement = ops::requirement_text(dependency);
  if (edited.edit == ops::Edit::unchanged)
    return fmt::format(
        "`{}` is already there{}: {}; `--role NAME` adds it again\n", dependency.target(),
        dependency.role == dependency.target() ? "" : fmt::format(", as `{}`", dependency.role), requirement);
  if (edited.edit == ops::Edit::removed)
    return fmt::format("removed `{}`: {}\n", dependency.role, requirement);
  std::string out = fmt::format("{} `{}`: {}", name_of(edited.edit), dependency.role, requirement);
  if (edited.edit == ops::Edit::changed)
    out += edited.before.is_any() ? ", was any version" : fmt::format(", was {}", edited.before.text());
  const std::string chosen = chosen_for(edited);
  return out + (chosen.empty() ? " (not needed by the options chosen here)\n"
                               : fmt::format(" (here: {})\n", chosen));
}

std::string render_changes(const ops::Edited& edited) {
  std::string out;
  for (const std::string& difference : edited.lock.differences)
    out += fmt::format("  {}\n", printable(difference));
  if (edited.lock.changed) out += fmt::format("{} is up to date\n", edited.lock.path.filename().string());
  return out;
}

int show(const Host& host, const ops::Edited& edited, Progress& progress) {
  progress.clear();
  if (host.json) {
    print_json(to_json(edited));
    return 0;
  }
  // Not what was edited, but what happened to the lock since.
  for (const ops::Moved& moved : edited.plan.moved)
    if (moved.gone) progress.note(moved.text);
  if (!host.quiet) print(render_edit(edited) + render_changes(edited));
  return 0;
}

Result<int> run_add(Host& host, const Options& options) {
  ops::AddRequest request = options.request;
  TRY(request.purpose, parse_purpose(options.purpose));
  TRY(const auto session, open_session(host));
  Progress progress(host, true);
  TRY(const ops::Edited edited, ops::add(*session, request, progress));
  return show(host, edited, progress);
}

Result<int> run_remove(Host& host, const std::string& name) {
  TRY(const auto session, open_session(host));
  Progress progress(host, true);
  TRY(const ops::Edited edited, ops::remove(*session, name, progress));
  return show(host, edited, progress);
}

}  // namespace
}  // namespace add_verb

Run register_add(Verb command) {
  using namespace add_verb;
  auto options = std::make_shared<Options>();
  command.add_option("name", options->request.text, "NAME or NAME@RANGE: a package, a tool or a capability")
      .required();
  command.add_option("--role", options->request.role, "What the manifest calls it; default: after its name");
  command.add_flag("--capability", options->request.capability, "NAME is a capability, whoever provides it");
  command.add_option("--for", options->purpose, "When it is needed: build, run or both (the default)");
  command.add_option("--with", options->request.with, "Options asked of it: group=option,...");
  command.footer(
      "Without a range: ^NEWEST for a package, any version of a tool or capability.\n"
      "The file keeps its formatting, and stays as it is when nothing fits.");
  return [options](Host& host) { return run_add(host, *options); };
}

Run register_remove(Verb command) {
  using namespace add_verb;
  auto name = std::make_shared<std::string>();
  command.add_option("name", *name, "The role, or the package or capability that it asks for").required();
  return [name](Host& host) { return run_remove(host, *name); };
}

}  // namespace reef::cli
