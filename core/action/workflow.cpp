#include "core/action/workflow.h"

#include <algorithm>
#include <mutex>

#include "core/action/files.h"
#include "core/action/stamp.h"
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
        start_(clock.monotonic()),
        stamps_(plan_.steps.size()) {}

  Result<WorkflowOutcome> go() {
    TRY_STATUS(make_folders(fs_, context_.state / "steps"));
    TRY_STATUS(make_folders(fs_, context_.run.folders.work));
    TRY(const FileLock lock, own_the_state());
    inherited_ = {lock.fd()};
    TRY_STATUS(begin_or_resume());
    for (const PlannedStep& step : plan_.steps) describe_folders(outcome_.steps.emplace_back(), step);
    const JobsOptions options{"step", context_.parallel, true, context_.run.cancel};
    TRY(const JobsOutcome jobs, run_jobs(plan_.jobs, options, [this](std::size_t i) { return do_step(i); }));
    outcome_.wall = clock_.monotonic() - start_;
    outcome_.interrupted = !outcome_.failed && !jobs.ok();
    if (jobs.ok()) TRY_STATUS(fs_.remove_file(context_.state / "unfinished"));
    return std::move(outcome_);
  }

 private:
  Result<FileLock> own_the_state() {
    const Path path = context_.state / "lock";
    TRY(std::optional<FileLock> lock, FileLock::try_acquire(path));
    if (lock) return std::move(*lock);
    if (context_.on_wait) context_.on_wait();
    return FileLock::acquire(path, std::nullopt, context_.run.cancel);
  }

  // A run that did not end well left its name behind; this one then is the same run, going on.
  Status begin_or_resume() {
    const Path file = context_.state / "unfinished";
    run_ = fs_.read_file(file, 1000).value_or("");
    if (!run_.empty()) return {};
    run_ = fmt::format("{:x}-{:x}", clock_.now().time_since_epoch().count(),
                       clock_.monotonic().time_since_epoch().count());
    return write_atomic(fs_, file, run_);
  }

  Path folder_of(const std::string& step) const { return context_.state / "steps" / step; }
  Path stamp_of(std::size_t i) const { return folder_of(plan_.jobs[i].name) / "stamp.json"; }

  void describe_folders(StepOutcome& out, const PlannedStep& step) const {
    out.name = step.step->name;
    out.output = folder_of(out.name) / "output";
    out.metrics = folder_of(out.name) / "metrics.json";
    out.log = folder_of(out.name) / "log";
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
    TRY(const Folders folders, folders_of(out));
    TRY(auto items, items_of(i, folders));
    if (is_still_good(i, items, out)) {
      out.end = StepEnd::unchanged;
      tell(out.name, {Event::Kind::step_unchanged, "", nullptr, Stream::out, {}, true});
      return {};
    }
    tell(out.name, {Event::Kind::step_started, "", nullptr, Stream::out, {}, true});
    Status status = run(i, folders, out);
    if (status) status = remember(i, folders, std::move(items));
    tell(out.name, {Event::Kind::step_ended, "", nullptr, Stream::out, {}, status.has_value()});
    if (status) out.end = StepEnd::done;
    return status;
  }

  Result<Folders> folders_of(const StepOutcome& out) const {
    Folders folders = context_.run.folders;
    folders.output = out.output;
    folders.metrics = out.metrics;
    return folders;
  }

  TemplateLookup lookup_of(std::size_t i, const Folders& folders) const {
    return make_lookup(view_, plan_.steps[i].parameters, folders, context_.run.jobs);
  }

  // Everything that decides what the step does. Needed steps are done: their stamps are in memory.
  Result<std::map<std::string, std::string>> items_of(std::size_t i, const Folders& folders) const {
    const PlannedStep& step = plan_.steps[i];
    std::map<std::string, std::string> items = {{"package", context_.identity}};
    for (const auto& [name, text] : step.parameters.texts()) items["parameter " + name] = text;
    TRY(const Symbolic symbolic, symbolic_commands(view_, step.action, step.parameters, {}));
    for (std::size_t n = 0; n < symbolic.commands.size(); ++n)
      items[fmt::format("command {}", n + 1)] = shell_quoted(symbolic.commands[n]);
    for (const auto& [name, value] : symbolic.environment) items["environment " + name] = value;
    TRY(const auto patterns, expand_arguments(step.action.inputs, lookup_of(i, folders)));
    TRY(const auto inputs, with_context(matching_digests(fs_, folders.work, patterns), "reading its inputs"));
    for (const auto& [path, digest] : inputs) items["input " + path] = digest;
    for (std::size_t other = 0; other < plan_.jobs.size(); ++other) {
      const std::vector<std::string>& needs = plan_.jobs[i].needs;
      if (std::find(needs.begin(), needs.end(), plan_.jobs[other].name) != needs.end())
        items["step " + plan_.jobs[other].name] = stamps_[other].result().hex();
    }
    return items;
  }

  bool is_still_good(std::size_t i, const std::map<std::string, std::string>& items, StepOutcome& out) {
    const PlannedStep& step = plan_.steps[i];
    const std::optional<Stamp> stamp = read_stamp(fs_, stamp_of(i));
    if (!stamp) {
      out.why.emplace_back("it was not done before");
    } else {
      out.why = item_changes(*stamp, items);
      for (const auto& [path, digest] : stamp->outputs)
        if (!has_digest(path, digest))
          out.why.push_back(fmt::format("output `{}` is not as it was", printable(path)));
      const bool repeated = !step.declares() && stamp->run != run_ && context_.from_step.empty();
      if (repeated) out.why.emplace_back("it declares neither inputs nor outputs");
    }
    if (step.forced)
      out.why.emplace_back(fmt::format("everything from `{}` on is repeated", context_.from_step));
    if (!out.why.empty()) return false;
    stamps_[i] = *stamp;
    return true;
  }

  // The path of a file that was found: no pattern.
  bool has_digest(const std::string& path, const std::string& digest) const {
    const Result<Digest> now = digest_of(fs_, context_.run.folders.work / path);
    return now && now->hex() == digest;
  }

  Status run(std::size_t i, const Folders& folders, StepOutcome& out) {
    const PlannedStep& step = plan_.steps[i];
    for (const Path& old : {stamp_of(i), folders.output, folders.metrics}) TRY_STATUS(remove_tree(fs_, old));
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

  Status remember(std::size_t i, const Folders& folders, std::map<std::string, std::string> items) {
    const PlannedStep& step = plan_.steps[i];
    Stamp stamp{run_, std::move(items), {}, step.declares()};
    TRY(const auto patterns, expand_arguments(step.action.outputs, lookup_of(i, folders)));
    TRY(stamp.outputs, with_context(matching_digests(fs_, folders.work, patterns), "reading its outputs"));
    TRY_STATUS(make_folders(fs_, folder_of(step.step->name)));
    TRY_STATUS(write_stamp(fs_, stamp_of(i), stamp));
    stamps_[i] = std::move(stamp);
    return {};
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
  std::string run_;
  std::vector<int> inherited_;  // the lock: whoever outlives us still writes to the work folder
  std::vector<Stamp> stamps_;   // of the steps that are done
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

}  // namespace reef::action
