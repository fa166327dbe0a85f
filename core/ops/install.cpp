#include "core/ops/install.h"

#include <mutex>
#include <set>

#include "core/action/graph.h"
#include "core/action/run.h"
#include "core/base/text.h"
#include "core/fetch/fetch.h"
#include "core/os/http.h"

namespace reef::ops {
namespace {

class TransferReports : public fetch::Progress {
 public:
  explicit TransferReports(Reporter& reporter) : reporter_(reporter) {}
  void started(std::size_t id, const std::string& label, std::optional<std::uint64_t> total) override {
    reporter_.transfer_started(id, label, total);
  }
  void advanced(std::size_t id, std::uint64_t bytes) override { reporter_.transfer_advanced(id, bytes); }
  void finished(std::size_t id, bool ok) override { reporter_.transfer_finished(id, ok); }

 private:
  Reporter& reporter_;
};

// A package that the store lacks, with the sources that its options and platform ask for.
struct Missing {
  const Planned* package = nullptr;
  std::vector<Source> sources;
  std::vector<fetch::Fetched> fetched;
};

std::vector<Missing> missing_packages(const Plan& plan) {
  std::vector<Missing> out;
  for (const Planned& package : plan.packages) {
    if (package.is_tool() || package.installed) continue;
    Missing missing{&package, {}, {}};
    const Circumstances facts = circumstances_of(plan, package);
    for (const Source& source : package.manifest->sources)
      if (holds(source.when, facts)) missing.sources.push_back(source);
    out.push_back(std::move(missing));
  }
  return out;
}

Status fetch_sources(Session& session, std::vector<Missing>& all, Reporter& reporter) {
  std::vector<fetch::Request> requests;
  for (const Missing& missing : all)
    for (const Source& source : missing.sources) requests.push_back({&source, missing.package->folder});
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
  for (Missing& missing : all)
    for (std::size_t i = 0; i < missing.sources.size(); ++i) {
      for (const std::string& note : fetched[next].notes) reporter.note(note);
      missing.fetched.push_back(std::move(fetched[next++]));
    }
  return {};
}

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

class Builder {
 public:
  Builder(Session& session, const Plan& plan, const InstallOptions& options, Reporter& reporter,
          store::Store store)
      : session_(session),
        plan_(plan),
        reporter_(reporter),
        store_(std::move(store)),
        parallel_(options.parallel > 0 ? options.parallel : processor_count()) {}

  Result<Installed> build_all(std::vector<Missing>& missing) {
    std::vector<action::Job> jobs;
    for (const Missing& each : missing) jobs.push_back(job_of(each, missing));
    const Cancellation& cancel = session_.machine().cancel;
    TRY(const action::JobsOutcome outcome,
        action::run_jobs(jobs, {"package", parallel_, false, &cancel},
                         [&](std::size_t i) { return build(missing[i]); }));
    if (outcome.error) return tl::make_unexpected(*outcome.error);
    const auto place = [&](const std::string& name) {
      return std::find_if(missing.begin(), missing.end(),
                          [&](const Missing& each) { return label(*each.package) == name; });
    };
    for (auto* list : {&installed_.built, &installed_.reused})  // as planned, not as they happened to end
      std::sort(list->begin(), list->end(),
                [&](const auto& a, const auto& b) { return place(a) < place(b); });
    return installed_;
  }

 private:
  action::Job job_of(const Missing& each, const std::vector<Missing>& all) const {
    action::Job job{each.package->name(), {}, each.package->manifest->place};
    for (const resolve::Edge& edge : each.package->chosen.edges) {
      const bool is_job = std::any_of(all.begin(), all.end(),
                                      [&](const Missing& m) { return m.package->name() == edge.target; });
      // Packages that need each other while running only are built in any order.
      const bool once = std::find(job.needs.begin(), job.needs.end(), edge.target) == job.needs.end();
      if (is_job && once && edge.purpose != Purpose::run) job.needs.push_back(edge.target);
    }
    return job;
  }

  std::string label(const Planned& package) const {
    return package.name() + " " + package.chosen.version.text();
  }

  Status build(Missing& missing) {
    const Planned& package = *missing.package;
    const auto on_wait = [&] {
      reporter_.note(fmt::format("{} is being built by another process: waiting", label(package)));
    };
    TRY(store::Store::Begun begun, store_.begin(package.prefix_id, &session_.machine().cancel, on_wait));
    if (std::holds_alternative<store::Prefix>(begun)) return finished(installed_.reused, package);
    reporter_.stage("building " + label(package));
    if (!package.built_again.empty())
      reporter_.note(fmt::format("{} is built again: {}", label(package), package.built_again));
    TRY_STATUS(with_context(build_in(std::get<store::BuildSlot>(std::move(begun)), missing),
                            "building " + label(package)));
    return finished(installed_.built, package);
  }

  // The key was made of what the folder held when the plan was made; now its bytes have been copied.
  Status check_unchanged(const Planned& package) const {
    TRY(const Digest now, package_digest(session_, package.folder));
    if (now == *package.digest) return {};
    return make_error(ErrorCode::busy, "`{}` was changed while it was being built", package.folder.string())
        .hint("run the same again");
  }

  Status finished(std::vector<std::string>& list, const Planned& package) {
    const std::lock_guard guard(mutex_);
    list.push_back(label(package));
    return {};
  }

  Status build_in(store::BuildSlot slot, const Missing& missing) {
    const Machine& machine = session_.machine();
    const Planned& package = *missing.package;
    TRY_STATUS(remove_tree(machine.fs, slot.work()));
    TRY(const std::vector<std::string> notes,
        fetch::lay_out(missing.sources, missing.fetched, slot.work(), machine.fs, &machine.cancel));
    for (const std::string& note : notes) reporter_.note(note);
    TRY_STATUS(check_unchanged(package));
    action::PackageView view = view_of(plan_, package, Purpose::build);
    view.prefix = slot.prefix();
    view.source = slot.work();
    action::RunContext context;
    context.folders = {slot.work(), slot.temporary() / "output", slot.temporary() / "metrics.json",
                       slot.home(), slot.temporary()};
    context.log = slot.log();
    context.jobs = parallel_;
    context.cancel = &machine.cancel;
    const MonotonicTime start = machine.clock.monotonic();
    const Action* build = package.manifest->find_action("build");
    TRY(const action::Parameters parameters,
        action::bind_parameters(build == nullptr ? Action{} : *build, {}));
    TRY(const action::ActionOutcome outcome,
        action::run_build(view, parameters, context, machine.processes, machine.fs, machine.clock));
    if (!outcome.ok()) {
      reporter_.last_lines("building " + label(package), outcome.last_lines);
      return tl::make_unexpected(outcome.failure());
    }
    if (build != nullptr)
      TRY_STATUS(bring_scripts(machine.fs, *package.manifest, slot.work(), slot.prefix()));
    store::PrefixInfo info;
    info.ingredients = package.ingredients;
    info.built_at = machine.clock.now();
    info.build_time = machine.clock.monotonic() - start;
    if (!outcome.log.empty()) info.log = outcome.log.filename().string();
    TRY(const store::Prefix published, store_.publish(std::move(slot), std::move(info)));
    if (published.path != package.prefix)
      return make_error(ErrorCode::bug, "{} was installed in `{}`, expected `{}`", label(package),
                        published.path.string(), package.prefix.string());
    return {};
  }

  Session& session_;
  const Plan& plan_;
  Reporter& reporter_;
  store::Store store_;
  unsigned parallel_;
  std::mutex mutex_;
  Installed installed_;
};

}  // namespace

Result<Installed> install(Session& session, const Plan& plan, const InstallOptions& options,
                          Reporter& reporter) {
  Clock& clock = session.machine().clock;
  std::vector<Missing> missing = missing_packages(plan);
  Installed done;
  if (!missing.empty()) {
    const MonotonicTime start = clock.monotonic();
    reporter.stage("fetching");
    TRY_STATUS(fetch_sources(session, missing, reporter));
    const MonotonicTime fetched = clock.monotonic();
    TRY(store::Store store, store::Store::open(session.machine().fs, session.home().root));
    TRY(done, Builder(session, plan, options, reporter, std::move(store)).build_all(missing));
    done.fetch_time = fetched - start;
    done.build_time = clock.monotonic() - fetched;
  }
  for (const Planned& package : plan.packages)
    if (!package.is_tool() && package.installed)
      done.reused.push_back(package.name() + " " + package.chosen.version.text());
  return done;
}

}  // namespace reef::ops
