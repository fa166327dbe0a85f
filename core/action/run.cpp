#include "core/action/run.h"

#include <algorithm>

#include "core/action/files.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::action {
namespace {

constexpr int kTimedOut = 124;  // as timeout(1)
constexpr int kSignalled = 128;

// The name of the program that people know: of a script the script's.
std::string program_of(const std::vector<std::string>& argv) {
  const bool bash = argv.size() > 3 && argv[0] == "bash" && argv[1] == "-euo";
  return Path(bash ? argv[3] : argv[0]).filename().string();
}

int status_of(const CommandOutcome& command) {
  if (command.not_started) return static_cast<int>(command.not_started->code());
  switch (command.result.kind) {
    case ExitKind::timed_out:
      return kTimedOut;
    case ExitKind::cancelled:
      return static_cast<int>(ErrorCode::interrupted);
    case ExitKind::signalled:
      return kSignalled + command.result.status;
    default:
      return command.result.status;
  }
}

Error failure_of(const CommandOutcome& command) {
  if (command.not_started) return *command.not_started;
  const bool cancelled = command.result.kind == ExitKind::cancelled;
  return make_error(cancelled ? ErrorCode::interrupted : ErrorCode::io, "`{}` failed: {}",
                    printable(program_of(command.argv)), describe_exit(command.result))
      .take();
}

// One action, from its templates to its outcome.
class Run {
 public:
  Run(const PackageView& view, const Action& action, const Parameters& parameters, const RunContext& context,
      ProcessRunner& runner, Filesystem& fs, Clock& clock)
      : view_(view),
        action_(action),
        parameters_(parameters),
        context_(context),
        runner_(runner),
        fs_(fs),
        clock_(clock),
        start_(clock.monotonic()) {
    for (const auto& limit : {action.timeout, context.time_limit})
      if (limit && (!limit_ || *limit < *limit_)) limit_ = limit;
  }

  Result<ActionOutcome> go() {
    TRY_STATUS(make_all_folders());
    TRY(env_, action_environment(view_, action_, parameters_, context_.folders, context_.jobs));
    const TemplateLookup lookup = make_lookup(view_, parameters_, context_.folders, context_.jobs);
    Result<std::vector<ResolvedCommand>> commands = expand_commands(fs_, action_.run, view_, lookup);
    if (commands) {
      const Status inputs = check_inputs(view_, action_, parameters_, context_, fs_);
      if (!inputs) commands = tl::make_unexpected(inputs.error());
    }
    TRY(Log log, Log::create(fs_, context_.log));
    outcome_.action = action_.name;
    outcome_.log = context_.log;
    if (!commands) {
      log.append(fmt::format("[reef: {}]\n", commands.error().message()));
      outcome_.refused = commands.error();
    } else {
      for (const ResolvedCommand& command : *commands)
        if (!run(command, log)) break;
      if (outcome_.ok()) {
        const Status outputs = check_outputs(view_, action_, parameters_, context_, fs_);
        if (!outputs) outcome_.refused = outputs.error();
      }
    }
    outcome_.wall = clock_.monotonic() - start_;
    outcome_.last_lines = log.last_lines();
    TRY_STATUS(log.finish());
    return std::move(outcome_);
  }

 private:
  Status make_all_folders() {
    const Folders& folders = context_.folders;
    for (const Path& folder :
         {folders.work, folders.output, folders.home, folders.temporary, folders.metrics.parent_path()})
      if (!folder.empty()) TRY_STATUS(make_folders(fs_, folder));
    return {};
  }

  bool run(const ResolvedCommand& command, Log& log) {
    log.append(fmt::format("$ {}\n", shell_quoted(command.argv)));
    CommandOutcome& done = outcome_.commands.emplace_back();
    done.argv = command.argv;
    done.place = command.place;
    tell({Event::Kind::command_started, "", &done, Stream::out, {}, true});
    Result<ProcessResult> result = runner_.run(spec_of(command, log));
    if (result) {
      result->out.clear();
      result->err.clear();
      done.result = *std::move(result);
    } else {
      done.not_started = with_remedy(std::move(result).error(), command.argv.front());
    }
    if (!done.ok()) log.append(fmt::format("[reef: {}]\n", failure_of(done).message()));
    outcome_.peak_memory = std::max(outcome_.peak_memory, done.result.peak_memory);
    tell({Event::Kind::command_ended, "", &done, Stream::out, {}, done.ok()});
    return done.ok();
  }

  // A file of an installed package that may not be executed is made executable where it comes from.
  Error with_remedy(Error error, const std::string& program) const {
    std::vector<Path> prefixes = {view_.prefix};
    for (const auto& [role, fills] : view_.roles) prefixes.push_back(fills.prefix);
    const auto installed = std::find_if(prefixes.begin(), prefixes.end(), [&](const Path& prefix) {
      return !prefix.empty() && program.starts_with(prefix.string() + "/");
    });
    const auto stat = fs_.stat(program);
    constexpr std::uint32_t kExecutable = 0111;
    if (installed == prefixes.end() || !stat || (stat->mode & kExecutable) != 0) return error;
    const std::string name = program.substr(installed->string().size() + 1);
    return Error(error.code(), error.message())
        .hint(fmt::format(
            "what is installed is never changed: `chmod +x {}` in the package's folder, or in its `build`",
            shell_quoted(name)));
  }

  ProcessSpec spec_of(const ResolvedCommand& command, Log& log) {
    ProcessSpec spec;
    spec.argv = command.argv;
    spec.env = env_;
    spec.cwd = context_.folders.work;
    spec.cancel = context_.cancel;
    spec.keep = 0;
    spec.inherited = context_.inherited;
    if (limit_) {
      const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.monotonic() - start_);
      spec.timeout = std::max(std::chrono::milliseconds(1), *limit_ - used);
    }
    spec.on_output = [this, &log](Stream stream, std::string_view bytes) {
      log.append(bytes);
      tell({Event::Kind::output, "", nullptr, stream, bytes, true});
    };
    return spec;
  }

  void tell(const Event& event) const {
    if (context_.observer) context_.observer(event);
  }

  const PackageView& view_;
  const Action& action_;
  const Parameters& parameters_;
  const RunContext& context_;
  ProcessRunner& runner_;
  Filesystem& fs_;
  Clock& clock_;
  MonotonicTime start_;
  std::optional<std::chrono::milliseconds> limit_;
  Environment env_;
  ActionOutcome outcome_;
};

Status move_sources(Filesystem& fs, const Path& from, const Path& to) {
  TRY(const std::vector<std::string> names, fs.list(from));
  for (const std::string& name : names) TRY_STATUS(fs.rename(from / name, to / name));
  return {};
}

}  // namespace

bool ActionOutcome::ok() const {
  return !refused &&
         std::all_of(commands.begin(), commands.end(), [](const auto& each) { return each.ok(); });
}

int ActionOutcome::exit_status() const {
  for (const CommandOutcome& command : commands)
    if (!command.ok()) return status_of(command);
  return refused ? static_cast<int>(refused->code()) : 0;
}

Error ActionOutcome::failure() const {
  const auto failed =
      std::find_if(commands.begin(), commands.end(), [](const auto& each) { return !each.ok(); });
  Error error = failed != commands.end() ? failure_of(*failed)
                : refused                ? *refused
                                         : Error(ErrorCode::bug, "the action did not fail");
  if (failed != commands.end() && failed->place.line > 0 && !error.place())
    error = std::move(error).at(failed->place);
  return std::move(error).context(fmt::format("running the action `{}`", action));
}

Result<ActionOutcome> run_action(const PackageView& view, const Action& action, const Parameters& parameters,
                                 const RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                 Clock& clock) {
  return with_context(Run(view, action, parameters, context, runner, fs, clock).go(),
                      [&] { return fmt::format("running the action `{}`", action.name); });
}

Status check_inputs(const PackageView& view, const Action& action, const Parameters& parameters,
                    const RunContext& context, Filesystem& fs) {
  const TemplateLookup lookup = make_lookup(view, parameters, context.folders, context.jobs);
  TRY(const std::vector<std::string> patterns, expand_patterns(action.inputs, lookup));
  const auto found = matching_files(fs, context.folders.work, patterns);
  if (found) return {};
  return tl::make_unexpected(missing_input(
      action.name, action.place, found.error(),
      action.name == "build"
          ? "a build begins among the `sources` of its package: what they do not name is not there"
          : "an action alone begins in an empty folder: its `inputs` lie in packages, as "
            "`${prefix}/FILE`; in a workflow the steps before it may write them"));
}

Status check_outputs(const PackageView& view, const Action& action, const Parameters& parameters,
                     const RunContext& context, Filesystem& fs) {
  const TemplateLookup lookup = make_lookup(view, parameters, context.folders, context.jobs);
  TRY(const std::vector<std::string> patterns, expand_patterns(action.outputs, lookup));
  const auto found = matching_files(fs, context.folders.work, patterns);
  if (found) return {};
  return make_error(ErrorCode::not_found, "`{}` did not write what it declares: {}", action.name,
                    found.error().message());
}

Result<ActionOutcome> run_build(const PackageView& view, const Parameters& parameters,
                                const RunContext& context, ProcessRunner& runner, Filesystem& fs,
                                Clock& clock) {
  const Action* build = view.manifest->find_action("build");
  if (build != nullptr) return run_action(view, *build, parameters, context, runner, fs, clock);
  TRY_STATUS(move_sources(fs, context.folders.work, view.prefix));
  ActionOutcome outcome;
  outcome.action = "build";
  return outcome;
}

}  // namespace reef::action
