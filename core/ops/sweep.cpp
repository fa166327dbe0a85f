#include "core/ops/sweep.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/random.h"
#include "core/fetch/fetch.h"
#include "core/ops/closure.h"
#include "core/ops/recording.h"
#include "core/ops/sweep_parts.h"
#include "core/os/lock.h"

namespace reef::ops {
namespace {

constexpr std::chrono::milliseconds kPatience{2000};

using State = SweepPoint::State;

constexpr std::uint64_t kSearched = 27;  // points of a search that nobody bounded
constexpr std::uint64_t kThirds = 3;     // of a search: what stays, and how much longer it is measured

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The last reason of the chain: what is missing in the end.
std::string last_reason_of(const NoPlan& no_plan) {
  std::string last = "no closure fits";
  for (const std::string& line : lines_of(no_plan.text))
    if (!trim(line).empty()) last = trim(line);
  return last;
}

// The plan of one choice of options, or why there is none.
struct Choice {
  std::optional<Plan> plan;
  std::string impossible;
  std::string failed;  // it could not be built
  bool installed = false;
};

class Sweeper {
 public:
  Sweeper(Session& session, const SweepRequest& request, Reporter& reporter)
      : session_(session),
        machine_(session.machine()),
        request_(request),
        reporter_(reporter),
        records_(machine_.fs, machine_.clock, session.home().root) {}

  Result<SweepReport> run() {
    TRY(const std::vector<Axis> axes, axes_of(session_, request_));
    std::vector<std::vector<std::string>> zipped;
    for (const std::string& group : request_.zip) zipped.push_back(split(group, ','));
    TRY(space_, Space::make(axes, zipped));
    out_.axes = space_->axes();
    out_.size = space_->size();
    TRY(const std::vector<std::uint64_t> points, selected());
    TRY_STATUS(identify());
    const Path locks = session_.home().root / "locks";
    TRY_STATUS(make_folders(machine_.fs, locks));
    // The programs of a sweep that was killed hold its lock for the moment that it takes to end them.
    const auto lock = FileLock::acquire(locks / (out_.id + ".lock"), kPatience, &machine_.cancel);
    if (!lock && lock.error().code() == ErrorCode::busy)
      return make_error(ErrorCode::busy, "another process runs the sweep `{}`", out_.id);
    if (!lock) return tl::make_unexpected(lock.error());
    TRY_STATUS(recall());
    start_ = machine_.clock.monotonic();
    TRY_STATUS(request_.search ? search(points) : measure_all(points));
    if (out_.count(State::impossible) == out_.points.size() && !out_.points.empty())
      return make_error(ErrorCode::no_solution, "no point is possible on this host: {}",
                        out_.points.front().reason)
          .hint(fmt::format("`reef doctor{}{}` says what is missing", request_.package.empty() ? "" : " ",
                            request_.package));
    return std::move(out_);
  }

 private:
  Result<std::vector<std::uint64_t>> selected() const {
    SpaceSelection selection;
    selection.sample = request_.random;
    selection.seed = request_.seed;
    if (request_.search && !selection.sample) selection.sample = request_.points.value_or(kSearched);
    if (!selection.sample && space_->size() > selection.most) selection.sample = request_.points;
    if (!request_.where.empty()) {
      std::vector<std::string> names;
      for (const Axis& axis : space_->axes()) names.push_back(axis.name);
      TRY(selection.where, Expression::parse("--where", request_.where, names));
    }
    return select_points(*space_, selection);
  }

  // Of the manifest and of the files that it names: what else lies in a project's folder (results, plots)
  // changes no measurement.
  Result<std::string> digest_of(const Project& project) const {
    TRY(const std::string manifest, machine_.fs.read_file(project.manifest_path));
    std::string all = sha256(manifest).hex();
    fetch::Request request;
    request.package_folder = project.folder;
    request.left_out = not_content(session_, project.folder);
    for (const Source& source : project.manifest->sources) {
      if (source.kind != SourceKind::path) continue;
      request.source = &source;
      TRY(const fetch::Fetched found, fetch::find_path(request, machine_.fs));
      all += found.digest.hex();
    }
    return sha256(all).hex();
  }

  // The id of the sweep of this description that is not complete, or of a new one.
  Status identify() {
    TRY(const Target target, find_target(session_, request_.package, {}));
    TRY(const auto manifest, target_manifest(session_, target));
    TRY(const Action* action, find_action(*manifest, request_.action));
    TRY_STATUS(check_benchmark(*manifest, *action, request_.benchmark));
    TRY_STATUS(check_metrics(session_, records_, request_, target, *action));
    std::string digest = manifest->version.text();
    if (target.project) {
      TRY(digest, digest_of(*target.project));
    }
    const std::string base = "sweep-" + sha256(description_of(request_, target.name, digest)).brief();
    out_.id = base;
    for (int generation = 2;; ++generation) {
      RecordFilter filter;
      filter.sweep = fmt::format("{}-{}", base, generation);
      filter.limit = 1;
      TRY(const RecordList found, records_.list(filter));
      if (!found.rows.empty()) {
        out_.id = filter.sweep;
        continue;
      }
      filter.sweep = out_.id;
      TRY(const RecordList current, records_.list(filter));
      if (request_.again && !current.rows.empty()) out_.id = fmt::format("{}-{}", base, generation);
      return {};
    }
  }

  // What earlier calls measured, newest first. An interrupted run is no measurement.
  Status recall() {
    RecordFilter filter;
    filter.sweep = out_.id;
    TRY(RecordList found, records_.list(filter));
    for (RecordRow& row : found.rows) {
      if (row.status == RunStatus::interrupted || row.edited) continue;
      if (request_.retry_failed && row.status != RunStatus::ok) continue;
      known_[{row.sweep->point, row.sweep->round}].push_back(std::move(row));
    }
    return {};
  }

  bool stopped() {
    if (machine_.cancel.requested()) out_.interrupted = true;
    const auto spent = machine_.clock.monotonic() - start_;
    if (request_.budget && spent > *request_.budget) out_.out_of_budget = true;
    if (request_.points && !request_.search && measured_now_ >= *request_.points) out_.out_of_budget = true;
    return out_.interrupted || out_.out_of_budget;
  }

  Status measure_all(const std::vector<std::uint64_t>& points) {
    const std::size_t first = out_.points.size();
    Random random(request_.seed + 1);
    for (std::uint64_t round = 0; round < std::max<std::uint64_t>(request_.repeat, 1); ++round) {
      std::vector<std::uint64_t> order = points;
      random.shuffle(order);
      for (const std::uint64_t point : order) add_point(point, round);
    }
    return measure_from(first, request_.benchmark);
  }

  void add_point(std::uint64_t point, std::uint64_t round) {
    SweepPoint& added = out_.points.emplace_back();
    added.index = point;
    added.round = round;
    added.text = space_->describe(point);
  }

  // Takes what earlier calls measured of the points from `first` on, where the same closure would be measured
  // now: the id of the sweep does not know what packages other than a project are made of.
  Status settle_earlier(std::size_t first) {
    std::map<std::string, std::size_t> again;  // by the reason
    for (std::size_t i = first; i < out_.points.size(); ++i) {
      SweepPoint& point = out_.points[i];
      const auto known = known_.find({point.index, point.round});
      if (known == known_.end()) continue;
      TRY(Choice * choice, choice_of(point.index));
      if (!choice->plan) {  // whatever is missing now: it was measured
        point.record = known->second.front();
        point.earlier = true;
        settle(point);
        continue;
      }
      std::string changed;  // since the newest
      for (RecordRow& row : known->second) {
        TRY(const Record record, records_.load(row.id));
        const std::string since = changed_since(record, *choice->plan);
        if (changed.empty()) changed = since;
        if (!since.empty()) continue;
        point.record = std::move(row);
        point.earlier = true;
        settle(point);
        break;
      }
      if (!point.earlier) ++again[changed];
    }
    for (const auto& [reason, points] : again)
      reporter_.note(fmt::format("{} measured again: {}",
                                 points == 1 ? "1 point is" : fmt::format("{} points are", points), reason));
    return {};
  }

  static void settle(SweepPoint& point) {
    point.state = point.record.status == RunStatus::ok ? State::measured : State::failed;
    if (point.state == State::failed) point.reason = first_line(point.record.reason);
  }

  // Builds, then measures, the points from `first` on that wait.
  Status measure_from(std::size_t first, const BenchmarkOverrides& benchmark) {
    TRY_STATUS(settle_earlier(first));
    TRY_STATUS(prepare_from(first));
    const auto waiting = static_cast<std::size_t>(
        std::count_if(out_.points.begin() + static_cast<std::ptrdiff_t>(first), out_.points.end(),
                      [](const SweepPoint& point) { return point.state == State::waiting; }));
    const MonotonicTime begin = machine_.clock.monotonic();
    std::size_t done = 0;
    for (std::size_t i = first; i < out_.points.size(); ++i) {
      if (out_.points[i].state != State::waiting) continue;
      if (stopped()) return {};
      TRY_STATUS(measure(out_.points[i], benchmark));
      if (out_.points[i].state == State::waiting) return {};  // interrupted in the middle
      ++done;
      ++measured_now_;
      report_progress(out_.points[i], done, waiting, machine_.clock.monotonic() - begin);
      TRY_STATUS(check_names(out_.points[i]));
    }
    return {};
  }

  Status prepare_from(std::size_t first) {
    for (std::size_t i = first; i < out_.points.size(); ++i) {
      SweepPoint& point = out_.points[i];
      if (point.state != State::waiting) continue;
      if (stopped()) return {};
      TRY(Choice * choice, choice_of(point.index));
      if (!choice->impossible.empty()) {
        point.state = State::impossible;
        point.reason = choice->impossible;
        continue;
      }
      if (choice->installed || !choice->failed.empty()) continue;
      reporter_.stage(fmt::format("preparing {}", shown(point)));
      const auto installed = install(session_, *choice->plan, {request_.parallel}, reporter_);
      choice->installed = installed.has_value();
      if (installed) continue;
      if (installed.error().code() == ErrorCode::interrupted) {
        out_.interrupted = true;
        return {};
      }
      choice->failed = installed.error().message();
    }
    return {};
  }

  std::vector<std::string> with_of(std::uint64_t point) const {
    const std::vector<std::string> values = space_->at(point);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!space_->axes()[i].is_parameter) out.push_back(space_->axes()[i].name + "=" + values[i]);
    return out;
  }

  std::vector<std::pair<std::string, std::string>> parameters_of(std::uint64_t point) const {
    const std::vector<std::string> values = space_->at(point);
    std::vector<std::pair<std::string, std::string>> out;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (space_->axes()[i].is_parameter) out.emplace_back(space_->axes()[i].name, values[i]);
    return out;
  }

  Result<Choice*> choice_of(std::uint64_t point) {
    const std::vector<std::string> with = with_of(point);
    const auto [found, is_new] = choices_.try_emplace(join(with, "\n"));
    Choice& choice = found->second;
    if (!is_new) return &choice;
    TRY(const Target target, find_target(session_, request_.package, with));
    session_.begin_searches();
    TRY(PlanOutcome outcome, make_plan(session_, target, {}, reporter_));
    if (Plan* plan = std::get_if<Plan>(&outcome)) {
      choice.plan = std::move(*plan);
      return &choice;
    }
    const auto& none = std::get<NoPlan>(outcome);
    choice.impossible = none.gave_up() ? first_line(none.text) : last_reason_of(none);
    return &choice;
  }

  Status measure(SweepPoint& point, const BenchmarkOverrides& benchmark) {
    TRY(Choice * choice, choice_of(point.index));
    RunRequest run;
    run.action = request_.action;
    run.parameters = parameters_of(point.index);
    run.benchmark = benchmark;
    run.parallel = request_.parallel;
    run.time_limit = request_.time_limit;
    run.update_lock = false;
    run.sweep = RecordedSweep{out_.id, point.index, point.round};
    if (!choice->failed.empty()) return record_failure(point, *choice, run, choice->failed);
    Result<RunReport> report = ops::run(session_, *choice->plan, run, reporter_);
    if (!report && report.error().code() == ErrorCode::interrupted) {
      out_.interrupted = true;
      return {};
    }
    if (!report && report.error().code() == ErrorCode::usage) return tl::make_unexpected(report.error());
    if (!report) return record_failure(point, *choice, run, report.error().message());
    if (report->record.status == RunStatus::interrupted) {
      out_.interrupted = true;
      return {};
    }
    point.record = row_of(report->record);
    settle(point);
    return {};
  }

  // A run that could not even begin leaves no record of its own; of a point there is always one.
  Status record_failure(SweepPoint& point, const Choice& choice, const RunRequest& run,
                        const std::string& reason) {
    TRY(const Action* action, find_action(*choice.plan->target_package().manifest, request_.action));
    TRY(const action::Parameters parameters, action::bind_parameters(*action, run.parameters));
    TRY(Record record, begin_record(session_, *choice.plan, request_.action, parameters));
    record.status = RunStatus::failed;
    record.reason = reason;
    record.sweep = run.sweep;
    TRY(RecordDraft draft, records_.begin());
    TRY(record, records_.publish(std::move(draft), std::move(record)));
    point.record = row_of(record);
    settle(point);
    return {};
  }

  void report_progress(const SweepPoint& point, std::size_t done, std::size_t waiting,
                       std::chrono::nanoseconds spent) {
    std::string text = fmt::format("{}/{}  {}: ", done, waiting, shown(point));
    text += point.state == State::measured
                ? headline_of(point.record, request_.search ? request_.search->metric : "")
                : "failed: " + point.reason;
    if (done < waiting)
      text +=
          fmt::format("; about {} left", format_duration(spent * static_cast<std::int64_t>(waiting - done) /
                                                         static_cast<std::int64_t>(done)));
    reporter_.progress(text);
  }

  // A slip in a metric's name shows with the first point, not after an hour.
  Status check_names(const SweepPoint& point) {
    if (names_checked_ || !request_.search || point.state != State::measured) return {};
    names_checked_ = true;
    const std::vector<RecordRow> rows = {point.record};
    const auto found = point.record.metrics.find(request_.search->metric);
    if (found == point.record.metrics.end())
      return objective_of(request_.search->metric, rows).map([](const Objective&) {});
    TRY_STATUS(check_direction(*request_.search, found->second.better));
    if (request_.search->subject_to.empty()) return {};
    return Expression::parse("--subject-to", request_.search->subject_to, names_in(rows))
        .map([](const Expression&) {});
  }

  // Successive halving: see sweep.h.
  Status search(std::vector<std::uint64_t> points) {
    std::optional<Expression> conditions;
    if (!request_.search->subject_to.empty()) {
      TRY(conditions, Expression::parse("--subject-to", request_.search->subject_to));
    }
    TRY(const bool has_length, is_benchmark());
    BenchmarkOverrides benchmark = request_.benchmark;
    if (has_length) set_shortest(benchmark, request_.search->metric);
    Random random(request_.seed + 1);
    for (std::uint64_t round = 0;; ++round) {
      const std::size_t first = out_.points.size();
      random.shuffle(points);
      for (const std::uint64_t point : points) add_point(point, round);
      TRY_STATUS(measure_from(first, benchmark));
      const std::vector<std::size_t> ranked = ranked_from(out_, first, *request_.search, conditions);
      choose_best(out_, ranked, request_.search->metric);
      if (out_.interrupted || out_.out_of_budget || ranked.size() <= 1 || !has_length) return {};
      if (ranked.size() <= kThirds && round > 0) return {};
      points.clear();
      const std::size_t kept = std::max<std::size_t>((ranked.size() + kThirds - 1) / kThirds, 2);
      for (std::size_t i = 0; i < kept; ++i) points.push_back(out_.points[ranked[i]].index);
      benchmark.duration = *benchmark.duration * kThirds;
      benchmark.queries = *benchmark.queries * kThirds;
    }
  }

  Result<bool> is_benchmark() {
    TRY(const Target target, find_target(session_, request_.package, {}));
    TRY(const auto manifest, target_manifest(session_, target));
    TRY(const Action* action, find_action(*manifest, request_.action));
    return !measured_in(*manifest, *action).empty();
  }

  Session& session_;
  const Machine& machine_;
  const SweepRequest& request_;
  Reporter& reporter_;
  RecordStore records_;
  std::optional<Space> space_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<RecordRow>> known_;  // by point and round
  std::unordered_map<std::string, Choice> choices_;
  MonotonicTime start_{};
  std::uint64_t measured_now_ = 0;
  bool names_checked_ = false;
  SweepReport out_;
};

}  // namespace

Result<SweepReport> sweep(Session& session, const SweepRequest& request, Reporter& reporter) {
  return Sweeper(session, request, reporter).run();
}

}  // namespace reef::ops
