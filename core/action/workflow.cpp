#include "core/action/workflow.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "core/action/files.h"
#include "core/action/step_stamps.h"
#include "core/action/workflow_plan.h"
#include "core/base/text.h"
#include "core/os/lock.h"

namespace reef::action {
namespace {

// One run of one workflow. Each step writes only its own outcome and stamp; the rest is under the mutex.
class Workflow {
 public:
  Workflow(const PackageView& view, WorkflowPlan plan, const WorkflowContext& context, ProcessRunner& runner,
           Filesystem& fs, Clock& clock, std::optional<std::chrono::milliseconds> limit)
      : view_(view),
        plan_(std::move(plan)),
        context_(context),
        runner_(runner),
        fs_(fs),
        clock_(clock),
        limit_(limit),
        start_(clock.monotonic()) {}

  Result<WorkflowOutcome> go() {
    TRY_STATUS(make_folders(fs_, context_.state / "steps"));
    TRY_STATUS(make_folders(fs_, context_.run.folders.work));
    TRY(const FileLock lock, own_the_state());
    inherited_ = {lock.fd()};
    TRY_STATUS(begin_or_resume());
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) describe_folders(outcome_.steps.emplace_back(), i);
    const JobsOptions options{"step", context_.parallel, true, context_.run.cancel};
    TRY(const JobsOutcome jobs, run_jobs(plan_.jobs, options, [this](std::size_t i) { return do_step(i); }));
    outcome_.wall = clock_.monotonic() - start_;
    outcome_.interrupted = !outcome_.failed && !jobs.ok();
    if (jobs.ok()) TRY_STATUS(fs_.remove_file(context_.state / kUnfinishedName));
    return std::move(outcome_);
  }

 private:
  Result<FileLock> own_the_state() {
    const Path path = context_.state / "lock";
    TRY(std::optional<FileLock> lock, FileLock::try_acquire(path));
    if (lock) return std::move(*lock);
    if (context_.on_wait) context_.on_wait(path);
    return FileLock::acquire(path, std::nullopt, context_.run.cancel);
  }

  // A run that did not end well left its name behind; this one then is the same run, going on.
  Status begin_or_resume() {
    std::string run = unfinished_run(fs_, context_.state);
    const bool resumes = !run.empty();
    if (!resumes)
      run = fmt::format("{:x}-{:x}", clock_.now().time_since_epoch().count(),
                        clock_.monotonic().time_since_epoch().count());
    stamps_.emplace(view_, plan_, context_, fs_, run);
    if (resumes) return {};
    return write_atomic(fs_, context_.state / kUnfinishedName, run);
  }

  void describe_folders(StepOutcome& out, std::size_t i) const {
    const Folders folders = stamps_->folders_of(i);
    out.name = plan_.jobs[i].name;
    out.output = folders.output;
    out.metrics = folders.metrics;
    out.log = stamps_->folder_of(i) / "log";
  }

  Status do_step(std::size_t i) {
    StepOutcome& out = outcome_.steps[i];
    Status status =
        with_context(attempt(i, out), [&] { return fmt::format("running the step `{}`", out.name); });
    if (status) return status;
    out.end = StepEnd::failed;
    out.error = status.error();
    const std::lock_guard guard(mutex_);
    if (!outcome_.failed) outcome_.failed = i;
    return status;
  }

  Status attempt(std::size_t i, StepOutcome& out) {
    std::shared_lock shares(machine_, std::defer_lock);
    std::unique_lock alone(machine_, std::defer_lock);
    if (plan_.steps[i].action.benchmark)
      alone.lock();
    else
      shares.lock();
    TRY_STATUS(context_.run.cancel == nullptr ? Status() : context_.run.cancel->check());
    TRY(StepItems items, stamps_->items_of(i));
    out.why = stamps_->is_done(i, items);
    if (out.why.empty()) {
      out.end = StepEnd::unchanged;
      tell(out.name, {Event::Kind::step_unchanged, "", nullptr, Stream::out, {}, true});
      return {};
    }
    tell(out.name, {Event::Kind::step_started, "", nullptr, Stream::out, {}, true});
    Status status = run(i, out);
    if (status) status = stamps_->write(i, std::move(items));
    tell(out.name, {Event::Kind::step_ended, "", nullptr, Stream::out, {}, status.has_value()});
    if (status) out.end = StepEnd::done;
    return status;
  }

  Status run(std::size_t i, StepOutcome& out) {
    const PlannedStep& step = plan_.steps[i];
    const Folders folders = stamps_->folders_of(i);
    for (const Path& old : {stamps_->file_of(i), folders.output, folders.metrics})
      TRY_STATUS(remove_tree(fs_, old));
    RunContext context = context_.run;
    context.folders = folders;
    context.log = out.log;
    context.inherited = inherited_;
    context.observer = [this, name = out.name](const Event& event) { tell(name, event); };
    if (limit_) context.time_limit = time_left();
    Result<ActionOutcome> outcome =
        step.named && context_.run_named
            ? context_.run_named(step.action, step.parameters, context)
            : run_action(view_, step.action, step.parameters, context, runner_, fs_, clock_);
    if (!outcome) return tl::make_unexpected(std::move(outcome).error());
    out.outcome = *std::move(outcome);
    if (!out.outcome->ok()) return tl::make_unexpected(out.outcome->failure());
    return {};
  }

  std::chrono::milliseconds time_left() const {
    const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.monotonic() - start_);
    return std::max(std::chrono::milliseconds(1), *limit_ - used);
  }

  void tell(const std::string& step, Event event) {
    if (!context_.run.observer) return;
    event.step = step;
    const std::lock_guard guard(mutex_);
    context_.run.observer(event);
  }

  const PackageView& view_;
  const WorkflowPlan plan_;
  const WorkflowContext& context_;
  ProcessRunner& runner_;
  Filesystem& fs_;
  Clock& clock_;
  const std::optional<std::chrono::milliseconds> limit_;
  const MonotonicTime start_;
  std::optional<StepStamps> stamps_;
  std::vector<int> inherited_;  // the lock: whoever outlives us still writes to the work folder
  std::shared_mutex machine_;   // held alone by a benchmark
  std::mutex mutex_;
  WorkflowOutcome outcome_;
};

}  // namespace

bool WorkflowOutcome::ok() const { return !failed && !interrupted; }

int WorkflowOutcome::exit_status() const {
  if (interrupted) return static_cast<int>(ErrorCode::interrupted);
  if (!failed) return 0;
  const StepOutcome& step = steps[*failed];
  if (step.outcome && !step.outcome->ok()) return step.outcome->exit_status();
  return static_cast<int>(step.error->code());
}

Error WorkflowOutcome::failure() const {
  if (failed) return *steps[*failed].error;
  if (interrupted) return Error(ErrorCode::interrupted, "interrupted");
  return Error(ErrorCode::bug, "the workflow did not fail");
}

Result<WorkflowOutcome> run_workflow(const PackageView& view, const Action& action,
                                     const Parameters& parameters, const WorkflowContext& context,
                                     ProcessRunner& runner, Filesystem& fs, Clock& clock) {
  const auto running = [&] { return fmt::format("running the workflow `{}`", action.name); };
  Result<WorkflowPlan> plan =
      plan_workflow(view, action, parameters, context.run.folders, context.run.jobs, context.from_step);
  if (!plan) return with_context(Result<WorkflowOutcome>(tl::make_unexpected(plan.error())), running);
  std::optional<std::chrono::milliseconds> limit = action.timeout;
  if (context.run.time_limit && (!limit || *context.run.time_limit < *limit)) limit = context.run.time_limit;
  return with_context(Workflow(view, *std::move(plan), context, runner, fs, clock, limit).go(), running);
}

Result<std::vector<StepPreview>> preview_workflow(const PackageView& view, const Action& action,
                                                  const Parameters& parameters,
                                                  const WorkflowContext& context, Filesystem& fs) {
  TRY(const WorkflowPlan plan,
      plan_workflow(view, action, parameters, context.run.folders, context.run.jobs, context.from_step));
  TRY(const std::vector<std::size_t> order, order_of(plan.jobs, "step"));
  StepStamps stamps(view, plan, context, fs, unfinished_run(fs, context.state));
  std::vector<StepPreview> out(plan.jobs.size());
  std::set<std::string> repeated;
  for (const std::size_t i : order) {
    const Job& job = plan.jobs[i];
    StepPreview& step = out[i];
    step.name = job.name;
    for (const std::string& need : job.needs)
      if (repeated.contains(need)) step.after.push_back(need);
    if (step.after.empty()) {
      const Result<StepItems> items = stamps.items_of(i);
      step.why = items ? stamps.is_done(i, *items) : std::vector{items.error().message()};
    } else {
      step.why = stamps.certain_reasons(i);
    }
    step.after_build = context.identity.empty() && step.why.empty();
    if (step.after_build || !step.after.empty() || !step.why.empty()) repeated.insert(job.name);
  }
  return out;
}

}  // namespace reef::action
