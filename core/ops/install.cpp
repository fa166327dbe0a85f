#include "core/ops/install.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "core/action/graph.h"
#include "core/base/json_reader.h"
#include "core/base/units.h"
#include "core/fetch/upkeep.h"
#include "core/ops/build.h"
#include "core/ops/roots.h"

namespace reef::ops {
namespace {

// Downloads are for the next build: they go when they take more than their limit.
Status keep_cache_small(Session& session, const std::vector<ToBuild>& built, Reporter& reporter) {
  const auto is_new = [](const fetch::Fetched& fetched) { return !fetched.from_cache; };
  const bool grew = std::any_of(built.begin(), built.end(), [&](const ToBuild& each) {
    return !each.package->registry.empty() || std::any_of(each.fetched.begin(), each.fetched.end(), is_new);
  });
  if (!grew) return {};
  const Machine& machine = session.machine();
  TRY(const std::uint64_t limit, cache_limit(machine.env));
  TRY(const fetch::Trimmed trimmed, fetch::trim_cache(machine.fs, session.home().cache(), limit, false));
  if (trimmed.files > 0)
    reporter.note(fmt::format("removed {} of downloads: they took more than {}", format_bytes(trimmed.bytes),
                              format_bytes(limit)));
  return {};
}

// What the store lacks. What another process removed since the plan was made is missing again.
std::vector<ToBuild> missing_packages(Session& session, const Plan& plan) {
  std::vector<ToBuild> out;
  for (const Planned& package : plan.packages)
    if (!package.is_tool() && !(package.installed && exists(session.machine().fs, package.prefix)))
      out.push_back(to_build(plan, package));
  return out;
}

// As those who waited for the build read it; its place is in the manifest, which they may see from elsewhere.
std::string written(const Error& error) {
  json::Value out = {{"code", static_cast<int>(error.code())},
                     {"message", error.message()},
                     {"context", error.contexts()},
                     {"hints", error.hints()},
                     {"details", error.details()}};
  if (const std::optional<Place>& place = error.place())
    out["place"] = {{"line", place->line}, {"column", place->column}, {"excerpt", place->excerpt}};
  return json::write_sorted(out);
}

Error read_failure(std::string text, const std::string& manifest) {
  std::int64_t code = static_cast<int>(ErrorCode::io);
  std::string message = "its build failed";
  std::string details;
  std::vector<std::string> context;
  std::vector<std::string> hints;
  std::optional<Place> place;
  if (const Result<json::Document> document = json::parse("", std::move(text))) {
    json::Problems problems;  // of a damaged file: the rest is told all the same
    const json::Node root(*document, problems);
    json::Reader reader(root);
    reader.optional("code", code);
    reader.optional("message", message);
    reader.optional("details", details);
    reader.optional("context", context);
    reader.optional("hints", hints);
    reader.with("place", false, [&](const json::Node& at) {
      json::Reader position(at);
      std::int64_t line = 0;
      std::int64_t column = 0;
      place.emplace().file = manifest;
      position.optional("line", line);
      position.optional("column", column);
      place->line = static_cast<std::size_t>(line);
      place->column = static_cast<std::size_t>(column);
      return position.optional("excerpt", place->excerpt);
    });
  }
  Error error(static_cast<ErrorCode>(code), std::move(message));
  if (place) error = std::move(error).at(*std::move(place));
  for (std::string& each : context) error = std::move(error).context(std::move(each));
  for (std::string& each : hints) error = std::move(error).hint(std::move(each));
  if (!details.empty()) error = std::move(error).details(std::move(details));
  return std::move(error).hint(
      "another process built it while this one waited; run the same again to try once more");
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

  Result<Installed> build_all(std::vector<ToBuild>& missing) {
    std::vector<char> is_job(plan_.packages.size());
    for (const ToBuild& each : missing) is_job[position_of(*each.package)] = 1;
    std::vector<action::Job> jobs;
    for (const ToBuild& each : missing) jobs.push_back(job_of(*each.package, is_job));
    const Cancellation& cancel = session_.machine().cancel;
    TRY(const action::JobsOutcome outcome,
        action::run_jobs(jobs, {"package", parallel_, false, &cancel},
                         [&](std::size_t i) { return build(missing[i]); }));
    if (outcome.error) return tl::make_unexpected(*outcome.error);
    const auto place = [&](const std::string& name) {
      return std::find_if(missing.begin(), missing.end(),
                          [&](const ToBuild& each) { return label_of(*each.package) == name; });
    };
    for (auto* list : {&installed_.built, &installed_.reused})  // as planned, not as they happened to end
      std::sort(list->begin(), list->end(),
                [&](const auto& a, const auto& b) { return place(a) < place(b); });
    return installed_;
  }

 private:
  std::size_t position_of(const Planned& package) const {
    return static_cast<std::size_t>(&package - plan_.packages.data());
  }

  // It waits for what it needs to build, and for what these need to run. (Packages that need each other only
  // to run are built in any order; what another job needs to build, that job waits for.)
  action::Job job_of(const Planned& package, const std::vector<char>& is_job) const {
    action::Job job{package.name(), {}, package.manifest->place};
    std::vector<std::size_t> open = {position_of(package)};
    std::vector<char> seen(plan_.packages.size());
    for (std::size_t i = 0; i < open.size(); ++i) {
      const Planned& user = plan_.packages[open[i]];
      for (std::size_t e = 0; e < user.edges.size(); ++e) {
        const Purpose purpose = user.edges[e].purpose;
        const bool counts = i == 0                 ? purpose != Purpose::run
                            : is_job[open[i]] != 0 ? purpose == Purpose::run
                                                   : purpose != Purpose::build;
        const std::size_t target = user.targets[e];
        if (!counts || std::exchange(seen[target], 1)) continue;
        open.push_back(target);
        if (is_job[target] != 0) job.needs.push_back(plan_.packages[target].name());
      }
    }
    return job;
  }

  Status build(ToBuild& missing) {
    const Planned& package = *missing.package;
    const auto on_wait = [&] {
      reporter_.note(fmt::format("{} is being built by another process: waiting", label_of(package)));
    };
    TRY(store::Store::Begun begun, store_.begin(package.prefix_id, &session_.machine().cancel, on_wait));
    if (std::holds_alternative<store::Prefix>(begun)) return finished(installed_.reused, package);
    store::BuildSlot slot = std::get<store::BuildSlot>(std::move(begun));
    if (slot.failed_meanwhile())
      return tl::make_unexpected(read_failure(*slot.failed_meanwhile(), package.manifest->place.file)
                                     .context("building " + label_of(package)));
    reporter_.stage("building " + label_of(package));
    if (!package.built_again.empty())
      reporter_.note(fmt::format("{} is built again: {}", label_of(package), package.built_again));
    TRY_STATUS(with_context(build_in(std::move(slot), missing), "building " + label_of(package)));
    return finished(installed_.built, package);
  }

  Status finished(std::vector<std::string>& list, const Planned& package) {
    const std::lock_guard guard(mutex_);
    list.push_back(label_of(package));
    return {};
  }

  Status build_in(store::BuildSlot slot, const ToBuild& missing) {
    const Machine& machine = session_.machine();
    const Planned& package = *missing.package;
    const MonotonicTime start = machine.clock.monotonic();
    store::PrefixInfo info;
    Result<std::string> log = build_into(
        session_, plan_, missing,
        {slot.prefix(), slot.work(), slot.home(), slot.temporary(), slot.log(), parallel_, {}}, reporter_);
    if (!log) {
      if (!machine.cancel.requested() && log.error().code() != ErrorCode::busy)
        (void)slot.fail(written(log.error()));
      return tl::make_unexpected(std::move(log).error());
    }
    info.log = *std::move(log);
    info.ingredients = package.ingredients;
    info.built_at = machine.clock.now();
    info.build_time = machine.clock.monotonic() - start;
    TRY(info.package, package_contents(session_, missing.folder));
    TRY(const store::Prefix published, store_.publish(std::move(slot), std::move(info)));
    if (published.path != package.prefix)
      return make_error(ErrorCode::bug, "{} was installed in `{}`, expected `{}`", label_of(package),
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
  const Machine& machine = session.machine();
  TRY_STATUS(hold(session, plan));
  std::vector<ToBuild> missing = missing_packages(session, plan);
  Installed done;
  if (!missing.empty()) {
    TRY(store::Store store, store::Store::open(machine.fs, session.home().root));
    (void)store.sweep();  // what the killed left behind
    TRY(std::optional<FileLock> reading,
        fetch::use_cache(machine.fs, session.home().cache(), &machine.cancel));
    const MonotonicTime start = machine.clock.monotonic();
    reporter.stage("fetching");
    TRY_STATUS(fetch_sources(session, missing, reporter));
    const MonotonicTime fetched = machine.clock.monotonic();
    TRY(done, Builder(session, plan, options, reporter, std::move(store)).build_all(missing));
    done.fetch_time = fetched - start;
    done.build_time = machine.clock.monotonic() - fetched;
    reading.reset();
    TRY_STATUS(keep_cache_small(session, missing, reporter));
  }
  for (const Planned& package : plan.packages)
    if (!package.is_tool() && std::none_of(missing.begin(), missing.end(),
                                           [&](const ToBuild& each) { return each.package == &package; }))
      done.reused.push_back(label_of(package));
  if (options.keep) keep_root(session, plan);
  return done;
}

}  // namespace reef::ops
