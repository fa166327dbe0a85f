#include "core/ops/replay.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/ops/archive_files.h"
#include "core/ops/closure.h"
#include "core/ops/lock.h"
#include "core/ops/repeat.h"
#include "core/ops/replay_homes.h"
#include "core/ops/replay_packed.h"
#include "core/os/lock.h"
#include "core/os/network.h"

namespace reef::ops {
namespace {

constexpr std::uint64_t kLargestRecord = std::uint64_t{64} << 20U;

// A record that the archive holds, with the tools that its closure ran with.
struct PackedRecord {
  Record record;
  std::set<std::string> running_tools;
};

class Replaying {
 public:
  Replaying(const Machine& machine, const ReplayRequest& request, Reporter& reporter)
      : machine_(machine), fs_(machine.fs), request_(request), reporter_(reporter) {}

  Result<ReplayReport> run() {
    TRY(const Home own, find_home(machine_.env));
    cut_network();
    TRY_STATUS(unpack(ReplayHomes(machine_, own)));
    TRY(const std::vector<PackedRecord> records, packed_records());
    const Home home{out_.home};
    TRY_STATUS(import_sources(machine_, out_.read.contents, unpacked_, home));
    TRY(const auto session, Session::open_in(machine_, home, {unpacked_ / "packages"}, true));
    session->set_resolve_timeout(request_.resolve_timeout);
    TRY(Plan plan, told(plan_in(*session), *session));
    if (!request_.fresh) {
      TRY(out_.imported, import_builds(machine_, out_.read.contents, unpacked_, home, plan));
    }
    for (Planned& package : plan.packages)
      for (const std::string& imported : out_.imported)
        package.installed =
            package.installed || imported == package.name() + " " + package.chosen.version.text();
    TRY(out_.installed, told(install(*session, plan, {request_.parallel}, reporter_), *session));
    if (is_elsewhere(*session))
      reporter_.note(
          fmt::format("this archive is locked for {}; this host is {}: nothing of its lock holds here",
                      locked_platforms(), session->platform().id()));
    for (Planned& package : plan.packages) package.installed = true;
    if (records.empty() && !asked_for_builds_) {
      TRY_STATUS(run_alone(*session, plan));
      TRY_STATUS(machine_.cancel.check());
      return std::move(out_);
    }
    for (const PackedRecord& record : records) {
      TRY_STATUS(repeat(*session, plan, record));
      TRY_STATUS(machine_.cancel.check());
    }
    return std::move(out_);
  }

 private:
  void cut_network() {
    const Status cut = request_.network ? Status() : leave_network();
    out_.network = request_.network || !cut;
    if (!cut) reporter_.note("what is replayed has this host's network: " + cut.error().message());
  }

  // Verified on every replay: unpacked only when that has not happened yet, or when somebody changed it.
  Status unpack(const ReplayHomes& homes) {
    TRY_STATUS(check_is_file(fs_, request_.file));
    reporter_.stage("verifying the archive");
    TRY(InputStream head_stream, InputStream::open(request_.file));
    TRY(const archive::ArchiveRead head, of_file(archive::inspect_archive(head_stream)));
    out_.home = homes.home_of(head.manifest);
    unpacked_ = out_.home / "archive";
    TRY(lock_, homes.use(head.manifest));
    if (request_.fresh) TRY_STATUS(remove_tree(fs_, out_.home));
    TRY(InputStream stream, InputStream::open(request_.file));
    if (is_folder(fs_, unpacked_)) {
      TRY(out_.read, of_file(archive::verify_archive(stream, {0, &machine_.cancel})));
      if (is_intact()) return {};
      TRY_STATUS(remove_tree(fs_, out_.home));
      TRY(stream, InputStream::open(request_.file));
    }
    TRY_STATUS(make_folders(fs_, out_.home));
    TRY(out_.read, of_file(archive::unpack_reef(stream, unpacked_, {0, &machine_.cancel}, fs_)));
    return {};
  }

  template <class T>
  Result<T> of_file(Result<T> result) const {
    return with_context(std::move(result),
                        [&] { return fmt::format("reading the archive `{}`", printable(request_.file)); });
  }

  bool is_intact() {
    bool intact = true;
    const auto same = [&](const Path& place, const Digest& expected, const LeftOut& left_out) {
      const auto digest = digest_tree(fs_, unpacked_ / place, left_out);
      intact = intact && digest && *digest == expected;
    };
    out_.read.contents.each_tree([&](const std::string& place, const archive::Tree& tree) {
      same(place, tree.digest, place.starts_with("packages/") ? LeftOut{"reef.lock"} : LeftOut{});
    });
    return intact;
  }

  Result<Plan> plan_in(Session& session) {
    const archive::Contents& contents = out_.read.contents;
    Target target;
    target.name = contents.name;
    target.with = contents.options;
    TRY(target.project, read_project(fs_, unpacked_ / contents.root().place(), unpacked_));
    TRY(PlanOutcome outcome, make_plan(session, target, {}, reporter_));
    if (std::holds_alternative<NoPlan>(outcome) && !request_.fresh)
      TRY_STATUS(plan_as_packed(session, target, outcome));
    if (const auto* none = std::get_if<NoPlan>(&outcome)) {
      Error error = error_of(*none);
      if (contents.builds.empty())
        error = std::move(error).hint("what `reef pack --with-builds` packs needs nothing to build with");
      return tl::make_unexpected(std::move(error));
    }
    Plan plan = std::get<Plan>(std::move(outcome));
    TRY_STATUS(check_packages(plan));
    for (const std::string& note : plan.notes) reporter_.note(note);
    return plan;
  }

  std::string locked_platforms() const { return join(out_.read.contents.platforms, ", "); }

  bool is_elsewhere(const Session& session) const {
    const std::vector<std::string>& locked = out_.read.contents.platforms;
    return std::find(locked.begin(), locked.end(), session.platform().id()) == locked.end();
  }

  // What this host lacks because nobody locked for it is told as that; nothing of it can be had here.
  template <class T>
  Result<T> told(Result<T> result, const Session& session) const {
    if (result || !is_elsewhere(session) || result.error().code() == ErrorCode::interrupted) return result;
    const std::string here = session.platform().id();
    Error error = std::move(result).error();
    const bool gave_up = error.details().find("gave_up") != std::string::npos;
    if (error.code() == ErrorCode::network || (error.code() == ErrorCode::no_solution && !gave_up))
      error = without_hints(error).hint(
          fmt::format("where its packages are: `reef lock --platform {}`, then `reef pack` again", here));
    return tl::make_unexpected(std::move(error).context(fmt::format(
        "replaying on {} what is locked for {}: nothing of that lock holds here", here, locked_platforms())));
  }

  static Error without_hints(const Error& error) {
    Error out(error.code(), error.message());
    if (error.place()) out = std::move(out).at(*error.place());
    for (const std::string& context : error.contexts()) out = std::move(out).context(context);
    return std::move(out).details(error.details());
  }

  // This host cannot build it: perhaps it need not.
  Status plan_as_packed(Session& session, const Target& target, PlanOutcome& outcome) {
    TRY(const auto lock, read_lock(session, target));
    if (!lock) return {};
    TRY(std::optional<AsPacked> packed, as_packed(session, out_.read.contents, *lock));
    if (!packed) return {};
    for (const FoundTool& tool : packed->tools) TRY_STATUS(session.assume(tool));
    PlanRequest request;
    request.builds = std::move(packed->builds);
    TRY(PlanOutcome with_builds, make_plan(session, target, request, reporter_));
    if (const Plan* plan = std::get_if<Plan>(&with_builds); plan && !are_builds_of(*plan, request.builds))
      return {};
    outcome = std::move(with_builds);
    if (std::holds_alternative<NoPlan>(outcome)) return {};
    for (const FoundTool& tool : packed->tools)
      reporter_.note(fmt::format("{} {} is not on this host: what it built is taken from the archive",
                                 tool.name, tool.version.text()));
    return {};
  }

  // The packages are those that were packed, to the byte, whatever the lock's author wrote into it.
  Status check_packages(const Plan& plan) const {
    for (const Planned& package : plan.packages) {
      if (package.is_tool()) continue;
      const auto& packages = out_.read.contents.packages;
      const auto packed = std::find_if(packages.begin(), packages.end(), [&](const auto& each) {
        return each.name == package.name() && each.version == package.chosen.version.text();
      });
      if (packed != packages.end() && package.digest == packed->tree.digest) continue;
      return make_error(ErrorCode::integrity, "{} {} is not the package that was packed", package.name(),
                        package.chosen.version.text());
    }
    return {};
  }

  Result<PackedRecord> read_packed(const archive::ArchivedRecord& archived) {
    const Path folder = unpacked_ / archived.place();
    const auto document = [&](const char* name) -> Result<json::Document> {
      TRY(std::string text, fs_.read_file(folder / name, kLargestRecord));
      return json::parse(archived.place() + "/" + name, std::move(text));
    };
    PackedRecord out;
    json::Problems problems;
    TRY(const json::Document record, document("record.json"));
    out.record = read_record(record, problems);
    if (!problems.empty()) return tl::make_unexpected(problems.first());
    if (!exists(fs_, folder / "lock.json")) return out;
    TRY(const json::Document lock, document("lock.json"));
    const Lockfile locked = read_lockfile(lock, problems);
    if (!problems.empty()) return tl::make_unexpected(problems.first());
    for (const auto& [platform, section] : locked.platforms)
      out.running_tools.merge(tools_for_running(locked, platform));
    return out;
  }

  Result<std::vector<PackedRecord>> packed_records() {
    std::vector<PackedRecord> out;
    std::vector<std::string> known;
    for (const archive::ArchivedRecord& archived : out_.read.contents.records) known.push_back(archived.id);
    for (const std::string& id : request_.records)
      if (std::find(known.begin(), known.end(), id) == known.end()) {
        Failure error = make_error(ErrorCode::usage, "the archive has no record `{}`", printable(id));
        if (known.empty()) return std::move(error).hint("it has none at all");
        return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
      }
    const bool asked = !request_.action.empty() || !request_.records.empty();
    for (const archive::ArchivedRecord& archived : out_.read.contents.records) {
      const bool named =
          request_.records.empty() ||
          std::find(request_.records.begin(), request_.records.end(), archived.id) != request_.records.end();
      if (!named || (!request_.action.empty() && archived.action != request_.action)) continue;
      // Older reefs ran `build` as an action.
      if (archived.action == "build") {
        asked_for_builds_ = asked;
        reporter_.note(
            fmt::format("the record `{}` is of a build: to replay it is to build the package, no "
                        "number of it is compared",
                        archived.id));
        continue;
      }
      TRY(PackedRecord record, read_packed(archived));
      out.push_back(std::move(record));
    }
    if (out.empty() && asked && !asked_for_builds_ && !known.empty()) {
      std::set<std::string> actions;
      for (const archive::ArchivedRecord& archived : out_.read.contents.records)
        actions.insert(archived.action);
      return make_error(ErrorCode::usage, "no record of the archive is of the action `{}`",
                        printable(request_.action))
          .hint(fmt::format("it has records of {}",
                            quoted_list(std::vector(actions.begin(), actions.end()), "and")));
    }
    return out;
  }

  // Nothing to compare with: what people would run.
  Status run_alone(Session& session, const Plan& plan) {
    const Manifest& manifest = *plan.target_package().manifest;
    std::string action = request_.action;
    for (const char* usual : {"benchmark", "test", "run"})
      if (action.empty() && manifest.find_action(usual) != nullptr) action = usual;
    if (action.empty()) {
      for (const Action& other : manifest.actions)
        if (other.name != "build") out_.actions.push_back(other.name);
      return {};
    }
    RunRequest run_request;
    run_request.action = action;
    run_request.parallel = request_.parallel;
    run_request.update_lock = false;
    ReplayedRun out;
    out.action = action;
    TRY(out.now, ops::run(session, plan, run_request, reporter_));
    out_.runs.push_back(std::move(out));
    return {};
  }

  Status repeat(Session& session, const Plan& plan, const PackedRecord& packed) {
    const Record& record = packed.record;
    RunRequest run_request;
    run_request.action = record.action;
    run_request.parallel = request_.parallel;
    run_request.update_lock = false;
    for (const auto& [name, value] : record.parameters)
      run_request.parameters.emplace_back(name, json::text_of(value));
    run_request.measure = true;
    run_request.benchmark = overrides_of(record);  // of what is no benchmark none
    ReplayedRun out;
    out.record = record.id;
    out.action = record.action;
    TRY(out.now, ops::run(session, plan, run_request, reporter_));
    out.packed_failure = why_not_ok(record);
    if (!out.failed()) {
      std::set<std::string> tools = tools_for_running(plan.lock, plan.platform.id());
      tools.insert(packed.running_tools.begin(), packed.running_tools.end());
      out.comparison = compare_replay(record, out.now.record, tools);
    }
    out_.runs.push_back(std::move(out));
    return {};
  }

  const Machine& machine_;
  Filesystem& fs_;
  const ReplayRequest& request_;
  Reporter& reporter_;
  Path unpacked_;
  std::optional<FileLock> lock_;
  bool asked_for_builds_ = false;  // by the request's action or its records, so that nothing else is run
  ReplayReport out_;
};

}  // namespace

std::size_t ReplayReport::count(ReplayVerdict verdict) const {
  std::size_t count = 0;
  for (const ReplayedRun& run : runs)
    for (const ReplayedValue& value : run.comparison.values) count += value.verdict == verdict ? 1 : 0;
  return count;
}

bool ReplayReport::reproduced() const {
  if (std::any_of(runs.begin(), runs.end(), [](const ReplayedRun& run) { return run.failed(); }))
    return false;
  const bool compares = std::any_of(runs.begin(), runs.end(),
                                    [](const ReplayedRun& run) { return !run.comparison.values.empty(); });
  if (!compares)
    return std::all_of(runs.begin(), runs.end(),
                       [](const ReplayedRun& run) { return run.packed_failure.empty(); });
  return count(ReplayVerdict::not_reproduced) == 0 && count(ReplayVerdict::reproduced) > 0;
}

Result<ReplayReport> replay(const Machine& machine, const ReplayRequest& request, Reporter& reporter) {
  return Replaying(machine, request, reporter).run();
}

}  // namespace reef::ops
