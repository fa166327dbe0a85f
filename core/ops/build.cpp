#include "core/ops/build.h"

#include <set>

#include "core/ops/transfer_reports.h"
#include "core/os/http.h"

namespace reef::ops {
namespace {

// The script files that actions name are files of the package: they are there to be run, whether or not the
// build put them into the prefix.
Status bring_scripts(Filesystem& fs, const Manifest& manifest, const Path& work, const Path& prefix) {
  std::set<std::string> scripts;
  for (const Action& action : manifest.actions) {
    if (action.name == "build") continue;
    for (const Command& command : action.run) scripts.insert(command.script);
    for (const Step& step : action.steps)
      for (const Command& command : step.run) scripts.insert(command.script);
  }
  scripts.erase("");
  for (const std::string& script : scripts) {
    // What is missing here is reported, with its place, by the action that wants it.
    if (exists(fs, prefix / script) || !exists(fs, work / script)) continue;
    TRY_STATUS(make_folders(fs, (prefix / script).parent_path()));
    TRY_STATUS(copy_tree(fs, work / script, prefix / script));
  }
  return {};
}

// The key was made of what the folder held when the plan was made; now its bytes have been copied.
Status check_unchanged(Session& session, const Planned& package) {
  TRY(const Digest now, package_digest(session, package.folder));
  if (now == *package.digest) return {};
  return make_error(ErrorCode::busy, "`{}` was changed while it was being built", package.folder.string())
      .hint("run the same again");
}

}  // namespace

ToBuild to_build(const Plan& plan, const Planned& package) {
  ToBuild out{&package, {}, {}};
  const Circumstances facts = circumstances_of(plan, package);
  for (const Source& source : package.manifest->sources)
    if (holds(source.when, facts)) out.sources.push_back(source);
  return out;
}

std::string label_of(const Planned& package) { return package.name() + " " + package.chosen.version.text(); }

Status fetch_sources(Session& session, std::vector<ToBuild>& all, Reporter& reporter) {
  std::vector<fetch::Request> requests;
  for (const ToBuild& each : all)
    for (const Source& source : each.sources) requests.push_back({&source, each.package->folder});
  if (requests.empty()) return {};
  const Machine& machine = session.machine();
  fetch::Settings settings;
  settings.cache = session.home().cache();
  settings.offline = session.offline();
  settings.env = machine.env;
  const auto client = make_http_client(machine.env);
  TransferReports progress(reporter);
  TRY(std::vector<fetch::Fetched> fetched,
      fetch::fetch_all(requests, settings, machine.fs, machine.processes, *client, machine.clock, progress,
                       machine.cancel));
  std::size_t next = 0;
  for (ToBuild& each : all)
    for (std::size_t i = 0; i < each.sources.size(); ++i) {
      for (const std::string& note : fetched[next].notes) reporter.note(note);
      each.fetched.push_back(std::move(fetched[next++]));
    }
  return {};
}

Result<std::string> build_into(Session& session, const Plan& plan, const ToBuild& what,
                               const BuildPlace& place, Reporter& reporter) {
  const Machine& machine = session.machine();
  const Planned& package = *what.package;
  TRY_STATUS(remove_tree(machine.fs, place.work));
  TRY(const std::vector<std::string> notes,
      fetch::lay_out(what.sources, what.fetched, place.work, machine.fs, &machine.cancel));
  for (const std::string& note : notes) reporter.note(note);
  TRY_STATUS(check_unchanged(session, package));
  action::PackageView view = view_of(plan, package, Purpose::build);
  view.prefix = place.prefix;
  view.source = place.work;
  action::RunContext context;
  context.folders = {place.work, place.temporary / "output", place.temporary / "metrics.json", place.home,
                     place.temporary};
  context.log = place.log;
  context.jobs = place.jobs;
  context.cancel = &machine.cancel;
  context.inherited = session.held();
  Manifest manifest = *package.manifest;
  const Action* build = nullptr;
  for (Action& action : manifest.actions) {
    if (action.name != "build") continue;
    for (const auto& [name, value] : place.environment) action.env.emplace(name, value);
    build = &action;
  }
  view.manifest = &manifest;
  TRY(const action::Parameters parameters, action::bind_parameters(build == nullptr ? Action{} : *build, {}));
  TRY(const action::ActionOutcome outcome,
      action::run_build(view, parameters, context, machine.processes, machine.fs, machine.clock));
  if (!outcome.ok()) {
    reporter.last_lines("building " + label_of(package), outcome.last_lines);
    return tl::make_unexpected(outcome.failure());
  }
  if (build != nullptr) TRY_STATUS(bring_scripts(machine.fs, manifest, place.work, place.prefix));
  return outcome.log.empty() ? std::string() : outcome.log.filename().string();
}

}  // namespace reef::ops
