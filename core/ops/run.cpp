#include "core/ops/run.h"

#include <algorithm>
#include <array>

#include "core/action/command.h"
#include "core/action/log.h"
#include "core/action/metrics.h"
#include "core/action/workflow.h"
#include "core/action/workflow_plan.h"
#include "core/base/text.h"
#include "core/ops/lock.h"
#include "core/ops/recording.h"
#include "core/os/process_usage.h"
#include "core/record/record_store.h"

namespace reef::ops {
namespace {

constexpr std::string_view kOutputFolder = "output";
constexpr std::string_view kLogName = "log.txt";
constexpr std::string_view kMetricsName = "metrics.json";
constexpr std::string_view kBenchmarkName = "benchmark.json";  // of a step: what the harness measured
constexpr std::string_view kSamplesName = "samples.bin";
constexpr std::string_view kAnswersName = "answers.tsv";  // of accuracy runs

// One run on its way from a plan to a record.
class Recorder {
 public:
  Recorder(Session& session, const Plan& plan, const RunRequest& request, Reporter& reporter,
           const Action& action, action::Parameters parameters)
      : session_(session),
        machine_(session.machine()),
        plan_(plan),
        request_(request),
        reporter_(reporter),
        action_(action),
        parameters_(std::move(parameters)),
        view_(view_of(plan, plan.target_package(), Purpose::run)) {}

  Result<RunReport> run(const Installed& installed) {
    TRY(report_.record, begin_record(session_, plan_, request_.action, parameters_));
    report_.record.sweep = request_.sweep;
    add_phases(installed);
    RecordStore records(machine_.fs, machine_.clock, session_.home().root);
    TRY(RecordDraft draft, records.begin());
    TRY(const LiveFolder scratch, session_.scratch_folder("run-"));
    const action::RunContext context = context_in(draft.folder(), scratch.path());
    reporter_.stage("running " + request_.action);
    const MonotonicTime start = machine_.clock.monotonic();
    TRY_STATUS(act(context, draft));
    report_.record.times.total = std::chrono::duration<double>(machine_.clock.monotonic() - start).count();
    TRY_STATUS(keep_plain_files(machine_.fs, context.folders.output, reporter_));
    TRY_STATUS(drop_unreadable(context.folders.metrics));
    TRY(report_.record.outputs, recorded_files(machine_.fs, context.folders.output, draft.folder()));
    TRY_STATUS(draft.add("lock.json", write_lockfile(plan_.lock)));
    settle_status();
    TRY(report_.record, records.publish(std::move(draft), std::move(report_.record)));
    report_.folder = records.folder(report_.record.id);
    add_log_hint();
    return std::move(report_);
  }

 private:
  void add_phases(const Installed& installed) {
    const auto seconds = [](std::chrono::nanoseconds time) {
      return std::chrono::duration<double>(time).count();
    };
    if (installed.build_time.count() > 0) report_.record.times.build = seconds(installed.build_time);
    if (installed.fetch_time.count() > 0) report_.record.times.fetch = seconds(installed.fetch_time);
  }

  action::RunContext context_in(const Path& record, const Path& scratch) {
    action::RunContext context;
    context.folders = {scratch / "work", record / kOutputFolder, record / kMetricsName, scratch / "home",
                       scratch / "tmp"};
    context.log = record / kLogName;
    context.jobs = jobs_of(request_);
    context.time_limit = request_.time_limit;
    context.cancel = &machine_.cancel;
    context.inherited = session_.held();
    context.observer = [this](const action::Event& event) {
      if (event.kind == action::Event::Kind::output)
        reporter_.output(event.bytes, event.stream == Stream::err);
      if (event.kind == action::Event::Kind::step_started) reporter_.stage("step " + event.step);
    };
    return context;
  }

  Status act(const action::RunContext& context, RecordDraft& draft) {
    if (!action_.steps.empty()) return act_steps(context, draft);
    if (action_.benchmark) return act_benchmark(context, draft);
    TRY(const action::ActionOutcome outcome,
        action::run_action(view_, action_, parameters_, context, machine_.processes, machine_.fs,
                           machine_.clock));
    take_outcome(outcome);
    take_program_metrics(context.folders.metrics, "", action_);
    return {};
  }

  Status act_benchmark(const action::RunContext& context, RecordDraft& draft) {
    TRY(Benchmarked done, run_benchmark(view_, action_, parameters_, request_.benchmark, context,
                                        machine_.processes, machine_.fs, machine_.clock));
    if (!done.note.empty()) reporter_.note(done.note);
    take_outcome(done.action);
    add_benchmark(report_.record, done);
    if (done.outcome == Outcome::invalid || done.outcome == Outcome::timed_out) take_invalid(done);
    take_program_metrics(context.folders.metrics, "", action_);
    if (!done.answers.empty()) TRY_STATUS(write_answers(context.folders.output, done.answers));
    if (done.latencies_ns.empty()) return {};
    return draft.add_samples(columns_of(done));
  }

  static std::vector<SampleColumn> columns_of(Benchmarked& done) {
    std::vector<SampleColumn> out;
    out.push_back({kLatencies, std::move(done.latencies_ns)});
    if (done.lateness_ns.size() == out.front().values.size())
      out.push_back({"lateness_ns", std::move(done.lateness_ns)});
    return out;
  }

  // One line a sample: its number, a tab, what the system said.
  Status write_answers(const Path& folder, const std::vector<std::string>& answers) {
    std::string text;
    for (std::size_t i = 0; i < answers.size(); ++i)
      text += fmt::format("{}\t{}\n", i, printable(answers[i]));
    TRY_STATUS(make_folders(machine_.fs, folder));
    return machine_.fs.write_file(folder / kAnswersName, text, false);
  }

  // Steps work in a folder that stays from run to run, so that unchanged ones need not be repeated.
  Status act_steps(const action::RunContext& run_context, RecordDraft& draft) {
    action::WorkflowContext context = workflow_context(session_, plan_, request_);
    TRY(context.identity, workflow_identity(session_, plan_));
    const Path work = context.run.folders.work;
    context.run = run_context;
    context.run.folders.work = work;
    context.on_wait = [this](const Path& lock) { reporter_.note(waits_for(lock)); };
    context.run_named = [this](const Action& action, const action::Parameters& parameters,
                               const action::RunContext& step) { return run_step(action, parameters, step); };
    TRY(const action::WorkflowOutcome outcome,
        action::run_workflow(view_, action_, parameters_, context, machine_.processes, machine_.fs,
                             machine_.clock));
    for (const action::StepOutcome& step : outcome.steps) TRY_STATUS(take_step(step, draft));
    take_phases();
    if (outcome.ok()) return {};
    report_.exit_status = outcome.exit_status();
    report_.failure = outcome.failure();
    if (!outcome.failed) return {};
    const action::StepOutcome& step = outcome.steps[*outcome.failed];
    log_name_ = log_name_of(step.name);
    const auto verdict = invalid_.find(step.output);
    if (verdict == invalid_.end()) return {};
    if (verdict->second.exit_status) report_.exit_status = *verdict->second.exit_status;
    report_.failure = std::move(verdict->second.failure).context("running the step `" + step.name + "`");
    return {};
  }

  std::string waits_for(const Path& lock) const {
    const std::vector<ProcessName> openers = read_openers(machine_.fs, lock);
    if (openers.empty()) return "another process runs the same workflow: waiting";
    const std::string others =
        openers.size() > 1 ? fmt::format(", and {} more", openers.size() - 1) : std::string();
    return fmt::format("waiting for `{}` (process {}), which a run of the same workflow started or is{}",
                       printable(openers.front().program), openers.front().pid, others);
  }

  static std::string log_name_of(const std::string& step) { return fmt::format("log-{}.txt", step); }

  // What the harness measured in a step stays with the step's output, so that it outlives an unchanged step.
  Result<action::ActionOutcome> run_step(const Action& action, const action::Parameters& parameters,
                                         const action::RunContext& context) {
    if (!action.benchmark)
      return action::run_action(view_, action, parameters, context, machine_.processes, machine_.fs,
                                machine_.clock);
    TRY(Benchmarked done, run_benchmark(view_, action, parameters, request_.benchmark, context,
                                        machine_.processes, machine_.fs, machine_.clock));
    if (!done.note.empty()) reporter_.note(done.note);
    if (done.outcome != Outcome::valid && done.action.ok())
      done.action.refused = verdict_on(done, action).failure;
    const bool started = done.action.commands.empty() || !done.action.commands.back().not_started;
    if (started && (done.outcome == Outcome::invalid || done.outcome == Outcome::timed_out))
      invalid_.insert_or_assign(context.folders.output, verdict_on(done, action));
    Record part;
    part.id = report_.record.package;
    part.package = report_.record.package;
    part.action = action.name;
    part.times.started = format_time(machine_.clock.now());
    add_benchmark(part, done);
    TRY_STATUS(machine_.fs.write_file(context.folders.output / kBenchmarkName,
                                      json::write_sorted(to_json(part)), false));
    if (!done.answers.empty()) TRY_STATUS(write_answers(context.folders.output, done.answers));
    TRY(const std::string samples, encode_samples(columns_of(done)));
    TRY_STATUS(machine_.fs.write_file(context.folders.output / kSamplesName, samples, false));
    return done.action;
  }

  // " (input `a.csv` was changed, and 2 more)"; nothing of a step that is new.
  static std::string reason_of(const action::StepOutcome& step) {
    if (step.why.empty() || step.why.front() == action::kNotDoneBefore) return "";
    // A command that was changed tells less than what it was changed by.
    const auto tells = [](const std::string& why) { return !why.starts_with("command "); };
    const auto first = std::find_if(step.why.begin(), step.why.end(), tells);
    const std::string& reason = first == step.why.end() ? step.why.front() : *first;
    const std::string others =
        step.why.size() > 1 ? fmt::format(", and {} more", step.why.size() - 1) : std::string();
    return fmt::format(" ({}{})", reason, others);
  }

  Status take_step(const action::StepOutcome& step, RecordDraft& draft) {
    constexpr std::array<std::string_view, 4> kEnds = {"done", "unchanged", "failed", "not started"};
    report_.steps.push_back(
        fmt::format("{}: {}{}", step.name, kEnds.at(static_cast<std::size_t>(step.end)), reason_of(step)));
    const Action* named = nullptr;
    Action own;
    for (const Step& declared : action_.steps) {
      if (declared.name != step.name) continue;
      own.metrics = declared.metrics;
      if (!declared.action.empty()) named = view_.manifest->find_action(declared.action);
    }
    if (step.outcome) take_commands(*step.outcome, named == nullptr ? action_ : *named);
    if (exists(machine_.fs, step.log))
      TRY_STATUS(copy_tree(machine_.fs, step.log, draft.folder() / log_name_of(step.name)));
    // What was measured of a benchmark that did not go well is kept, as it is outside of workflows.
    const bool is_over = step.end == action::StepEnd::done || step.end == action::StepEnd::unchanged;
    if (is_over || step.outcome) TRY_STATUS(take_step_benchmark(step));
    if (!is_over) return keep_samples(step, draft);
    take_program_metrics(step.metrics, step.name + ".", named == nullptr ? own : *named);
    if (!is_folder(machine_.fs, step.output)) return {};
    TRY_STATUS(keep_plain_files(machine_.fs, step.output, reporter_));
    TRY_STATUS(make_folders(machine_.fs, draft.folder() / kOutputFolder));
    return copy_tree(machine_.fs, step.output, draft.folder() / kOutputFolder / step.name);
  }

  // Of a step that did not end well nothing else of its output.
  Status keep_samples(const action::StepOutcome& step, RecordDraft& draft) {
    const Path samples = step.output / kSamplesName;
    if (!report_.record.steps.contains(step.name) || !exists(machine_.fs, samples)) return {};
    const Path kept = draft.folder() / kOutputFolder / step.name;
    TRY_STATUS(make_folders(machine_.fs, kept));
    return copy_tree(machine_.fs, samples, kept / kSamplesName);
  }

  // A record holds files that can be read, and its other folder is `output`.
  Status drop_unreadable(const Path& file) {
    const auto stat = machine_.fs.stat(file, false);
    if (!stat || (stat->type == FileType::file && digest_file(file))) return {};
    return remove_tree(machine_.fs, file);
  }

  Status take_step_benchmark(const action::StepOutcome& step) {
    const Path file = step.output / kBenchmarkName;
    if (!exists(machine_.fs, file)) return {};
    TRY(std::string text, machine_.fs.read_file(file));
    TRY(const json::Document document, json::parse(file.string(), std::move(text)));
    json::Problems problems;
    const Record part = read_record(document, problems);
    if (!problems.empty()) return tl::make_unexpected(problems.first());
    Record& record = report_.record;
    for (const auto& [name, metric] : part.metrics) record.metrics[step.name + "." + name] = metric;
    if (record.scenario.empty()) record.scenario = part.scenario;
    if (!record.latency) record.latency = part.latency;
    if (!record.load) record.load = part.load;
    if (record.conditions.is_null()) record.conditions = part.conditions;
    for (const RecordedFile& library : part.mapped)
      if (std::none_of(record.mapped.begin(), record.mapped.end(),
                       [&](const RecordedFile& known) { return known.path == library.path; }))
        record.mapped.push_back(library);
    record.steps[step.name] = {part.scenario, part.load, part.latency, part.conditions, part.times};
    if (part.status == RunStatus::ok) return {};
    record.status = part.status;
    record.reason = fmt::format("the step `{}`: {}", step.name, part.reason);
    return {};
  }

  // Of a workflow with one benchmark they are the run's.
  void take_phases() {
    if (report_.record.steps.size() != 1) return;
    RecordedTimes& times = report_.record.times;
    const RecordedTimes& own = report_.record.steps.begin()->second.times;
    for (const auto phase : {&RecordedTimes::load, &RecordedTimes::first_answer, &RecordedTimes::warmup,
                             &RecordedTimes::search, &RecordedTimes::steady, &RecordedTimes::cover})
      times.*phase = own.*phase;
  }

  void take_commands(const action::ActionOutcome& outcome, const Action& action) {
    std::vector<std::string> environment;
    if (const auto env = action::action_environment(view_, action, parameters_, {}, jobs_of(request_)))
      for (const auto& [name, value] : *env) environment.push_back(name);
    for (const action::CommandOutcome& command : outcome.commands)
      report_.record.commands.push_back(
          {command.argv, environment, "${work}", std::chrono::duration<double>(command.result.wall).count(),
           command.not_started ? command.not_started->message() : describe_exit(command.result)});
  }

  void take_outcome(const action::ActionOutcome& outcome) {
    take_commands(outcome, action_);
    if (!outcome.commands.empty() && !outcome.commands.back().not_started) {
      const ProcessResult& last = outcome.commands.back().result;
      if (last.kind == ExitKind::exited) report_.record.exit = last.status;
      if (last.kind == ExitKind::signalled) report_.record.signal = last.status;
    }
    if (outcome.ok()) return;
    report_.exit_status = outcome.exit_status();
    report_.failure = outcome.failure();
  }

  // What the harness measured, into a record: that of the run, or of one step.
  void add_benchmark(Record& record, const Benchmarked& done) const {
    const auto seconds = [](const auto& time) {
      return time ? std::optional(std::chrono::duration<double>(*time).count()) : std::optional<double>();
    };
    record.scenario = done.scenario;
    record.latency = done.latency;
    record.times.load = seconds(done.times.load);
    record.times.first_answer = seconds(done.times.first_answer);
    record.times.warmup = seconds(done.times.warmup);
    record.times.search = seconds(done.times.search);
    record.times.steady = seconds(done.times.steady);
    record.times.cover = seconds(done.times.cover);
    if (!done.load.system.empty()) record.load = done.load;
    record.conditions = done.conditions;
    for (const auto& [name, metric] : done.metrics) record.metrics[name] = metric;
    record.mapped = recorded_system_files(machine_.fs, done.mapped);
    if (done.outcome == Outcome::valid) return;
    record.status = done.outcome == Outcome::interrupted ? RunStatus::interrupted : RunStatus::invalid;
    record.reason = done.reason;
  }

  // A benchmark that is not valid failed, whatever the exit status of its program was.
  struct Verdict {
    Error failure;
    std::optional<int> exit_status;  // absent: that of its program
  };

  static Verdict verdict_on(const Benchmarked& done, const Action& action) {
    // A program that ended by itself is known by its status; one that we ended broke the rules first.
    const bool ended_itself = !done.action.commands.empty() && done.action.exit_status() != 0 &&
                              (done.action.commands.back().result.kind == ExitKind::exited ||
                               done.action.commands.back().result.kind == ExitKind::signalled);
    Verdict out{{ErrorCode::invalid_input, fmt::format("the benchmark is invalid: {}", done.reason)}, {}};
    if (action.place.line > 0) out.failure = std::move(out.failure).at(action.place);
    if (!ended_itself && done.outcome != Outcome::timed_out)  // which has a status of its own
      out.exit_status = static_cast<int>(ErrorCode::invalid_input);
    return out;
  }

  void take_invalid(const Benchmarked& done) {
    reporter_.last_lines(request_.action, done.action.last_lines);
    if (!done.action.commands.empty() && done.action.commands.back().not_started) return;
    Verdict verdict = verdict_on(done, action_);
    if (verdict.exit_status) report_.exit_status = *verdict.exit_status;
    report_.failure = std::move(verdict.failure);
  }

  void take_program_metrics(const Path& file, const std::string& prefix, const Action& action) {
    std::vector<Metric> of_program;
    for (const Metric& declared : action.metrics)
      if (!action.benchmark || !is_measured_by_harness(declared.name)) of_program.push_back(declared);
    // A program that failed owes no metrics; what it did write may still help.
    const bool owes = !report_.failure && report_.record.status == RunStatus::ok;
    const auto reported = action::read_metrics(machine_.fs, file, owes ? of_program : std::vector<Metric>{});
    const auto measured_by_us = [&](const std::string& name) {
      return action.benchmark && is_measured_by_harness(name);
    };
    const auto nothing = std::map<std::string, double>();
    for (const auto& [name, value] : reported ? *reported : nothing) {
      if (measured_by_us(name))
        reporter_.note(fmt::format("the program reported `{}`, which reef measures itself: left out", name));
      else
        report_.record.metrics[prefix + name].value = value;
    }
    for (const Metric& declared : action.metrics) {
      const auto found = report_.record.metrics.find(prefix + declared.name);
      if (found == report_.record.metrics.end()) continue;
      found->second.tolerance = declared.tolerance;
      if (measured_by_us(declared.name)) continue;  // in our unit, in the direction that is ours to know
      found->second.unit = declared.unit;
      found->second.better = declared.better;
    }
    if (reported || !owes) return;
    report_.record.status = RunStatus::invalid;
    report_.record.reason = reported.error().message();
    report_.failure = reported.error();
    if (const auto& place = reported.error().place())
      report_.failure =
          Error(reported.error()).at({std::string(kMetricsName), place->line, place->column, place->excerpt});
    report_.exit_status = static_cast<int>(reported.error().code());
  }

  void settle_status() {
    Record& record = report_.record;
    if (machine_.cancel.requested()) {
      record.status = RunStatus::interrupted;
      record.reason = "the user stopped it";
      report_.failure = Error(ErrorCode::interrupted, "interrupted");
      report_.exit_status = static_cast<int>(ErrorCode::interrupted);
      return;
    }
    if (report_.failure && record.status == RunStatus::ok) {
      record.status = RunStatus::failed;
      record.reason = report_.failure->message();
    }
    if (record.status == RunStatus::ok || report_.failure) return;
    report_.failure =
        Error(ErrorCode::invalid_input, fmt::format("the benchmark is invalid: {}", record.reason))
            .at(action_.place);
    report_.exit_status = static_cast<int>(ErrorCode::invalid_input);
  }

  // Logs are in the record now that it is published; that of a step's folder is written over by the next run.
  void add_log_hint() {
    const Path log = report_.folder / log_name_;
    if (report_.failure && exists(machine_.fs, log))
      report_.failure = std::move(*report_.failure).hint(action::log_hint(log));
  }

  Session& session_;
  const Machine& machine_;
  const Plan& plan_;
  const RunRequest& request_;
  Reporter& reporter_;
  const Action& action_;
  action::Parameters parameters_;
  action::PackageView view_;
  RunReport report_;
  std::string log_name_{kLogName};   // of what failed
  std::map<Path, Verdict> invalid_;  // benchmarks of steps, which run one at a time, by their outputs
};

}  // namespace

Result<RunReport> run(Session& session, const Plan& plan, const RunRequest& request, Reporter& reporter) {
  const Manifest& manifest = *plan.target_package().manifest;
  TRY(const Action* action, find_action(manifest, request.action));
  TRY_STATUS(check_request(manifest, *action, request));
  TRY(action::Parameters parameters, action::bind_parameters(*action, request.parameters));
  TRY(const Installed installed, install(session, plan, {request.parallel, true}, reporter));
  if (request.update_lock && plan.target.project)
    TRY_STATUS(
        with_context(update_lock(session, plan, reporter), "writing the lock").map([](const LockWritten&) {
        }));
  return Recorder(session, plan, request, reporter, *action, std::move(parameters)).run(installed);
}

}  // namespace reef::ops
