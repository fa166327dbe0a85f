#include "core/ops/build.h"

#include <algorithm>
#include <set>

#include "core/action/files.h"
#include "core/action/log.h"
#include "core/base/text.h"
#include "core/ops/closure.h"
#include "core/ops/transfer_reports.h"
#include "core/os/http.h"
#include "core/os/parallel.h"
#include "core/os/tree_stamp.h"

namespace reef::ops {
namespace {

constexpr std::size_t kMostPackagesAtOnce = 4;

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

constexpr auto kGrain = std::chrono::seconds(2);  // what the clock of a file system may be behind

// Whether a file, or anything in a folder, was changed at a moment or later, or shortly before.
bool is_changed_since(const Path& path, SystemTime since) {
  const auto limit =
      std::chrono::duration_cast<std::chrono::nanoseconds>((since - kGrain).time_since_epoch());
  const Result<std::int64_t> changed = newest_change(path);
  return !changed || *changed >= limit.count();
}

bool is_changed(Filesystem& fs, const Planned::Seen& seen, SystemTime since) {
  if (!seen.digest) return is_changed_since(seen.path, since);
  const Result<Digest> now = action::digest_of(fs, seen.path);
  return !now || *now != *seen.digest;
}

// The key was made of what the folder held when the plan was made; now its bytes have been copied. What the
// build does not see may change: a log of this very command is often written beside the manifest.
Status check_unchanged(Session& session, const ToBuild& what) {
  TRY(const Digest now, package_digest(session, what.folder));
  if (now == *what.package->digest) return {};
  const std::vector<Planned::Seen>& seen = what.package->seen;
  const auto changed = std::find_if(seen.begin(), seen.end(), [&](const Planned::Seen& one) {
    return is_changed(session.machine().fs, one, what.package->looked_at);
  });
  if (!seen.empty() && changed == seen.end()) return {};
  const Path& path = seen.empty() ? what.folder : changed->path;
  return make_error(ErrorCode::busy, "`{}` was changed while it was being built", printable(path.string()))
      .hint("run the same again");
}

// The folders of the packages; of those that are elsewhere several at once.
Status fetch_packages(Session& session, std::vector<ToBuild>& all, fetch::Progress& progress) {
  const Session::Watching watching(session, progress);
  std::vector<Status> failed(all.size());
  in_parallel(all.size(), kMostPackagesAtOnce, [&](std::size_t i) {
    failed[i] =
        package_folder(session, *all[i].package).map([&](Path folder) { all[i].folder = std::move(folder); });
  });
  for (const Status& status : failed) TRY_STATUS(status);
  return {};
}

}  // namespace

ToBuild to_build(const Plan& plan, const Planned& package) {
  ToBuild out{&package, {}, {}, {}};
  const Circumstances facts = circumstances_of(plan, package);
  for (const Source& source : package.manifest->sources)
    if (holds(source.when, facts)) out.sources.push_back(source);
  return out;
}

std::map<std::size_t, std::string> conditional_sources(const Plan& plan, const Planned& package) {
  std::map<std::size_t, std::string> out;
  const Circumstances facts = circumstances_of(plan, package);
  std::size_t number = 0;
  for (const Source& source : package.manifest->sources) {
    ++number;
    if (!source.when.is_always())
      out.emplace(number, holds(source.when, facts) ? source.location : "left out");
  }
  return out;
}

std::vector<Planned::Seen> read_by_build(Filesystem& fs, const Project& project, bool is_settled) {
  std::vector<Planned::Seen> out = {{project.manifest_path, project.manifest_digest}};
  for (const Source& source : project.manifest->sources) {
    if (source.kind != SourceKind::path) continue;
    Planned::Seen& one = out.emplace_back();
    one.path = project.folder / source.location;
    if (is_settled) continue;
    const Result<Digest> digest = action::digest_of(fs, one.path);
    if (digest) one.digest = *digest;
  }
  return out;
}

std::string label_of(const Planned& package) { return package.name() + " " + package.chosen.version.text(); }

Status fetch_sources(Session& session, std::vector<ToBuild>& all, Reporter& reporter) {
  TransferReports progress(reporter, session.machine().clock);
  TRY_STATUS(fetch_packages(session, all, progress));
  std::vector<fetch::Request> requests;
  for (const ToBuild& each : all) {
    const LeftOut left_out = not_content(session, each.folder);
    for (const Source& source : each.sources) {
      requests.push_back({&source, each.folder});
      requests.back().left_out = left_out;
    }
  }
  if (requests.empty()) return {};
  const Machine& machine = session.machine();
  fetch::Settings settings;
  settings.cache = session.home().cache();
  settings.offline = session.offline();
  settings.env = machine.env;
  const auto client = make_http_client(machine.env);
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
  TRY_STATUS(check_unchanged(session, what));
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
    Error error = outcome.failure().hint(action::log_hint(outcome.log));
    if (error.code() == ErrorCode::io) error = std::move(error).details(R"({"code": "build_failed"})");
    return tl::make_unexpected(std::move(error));
  }
  if (build != nullptr) TRY_STATUS(bring_scripts(machine.fs, manifest, place.work, place.prefix));
  return outcome.log.empty() ? std::string() : outcome.log.filename().string();
}

}  // namespace reef::ops
