#include "core/bench/harness.h"

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/engine.h"
#include "core/bench/pipe_system.h"

namespace reef {
namespace {

constexpr std::uint64_t kMostHarnessSamples = 1U << 31U;
constexpr auto kLastWords = std::chrono::seconds(2);

// Phases return a Status: `interrupted` becomes the outcome of that name, any other error makes it invalid.
class LoadRun {
 public:
  LoadRun(ProcessRunner& runner, Filesystem& fs, Clock& clock, const ProcessSpec& spec,
          const LoadSettings& settings, Ledger ledger)
      : runner_(runner),
        fs_(fs),
        clock_(clock),
        spec_(spec),
        settings_(settings),
        ledger_(std::move(ledger)) {}

  Result<LoadResult> run() {
    const MonotonicTime start = clock_.monotonic();
    TRY(child_, runner_.start(spec_));
    pipe_.emplace(child_->input_fd(), child_->output_fd(), std::size_t{1} << 16U, spec_.cancel);
    Status status = phases(start);
    if (status) status = finish();
    if (!status) give_up(status.error());
    return std::move(result_);
  }

 private:
  Status phases(MonotonicTime start) {
    TRY(const std::uint64_t samples, load(start));
    if (settings_.on_ready) settings_.on_ready(child_->pid());
    system_.emplace(
        *pipe_, clock_, ledger_,
        [this](PipeEvent event, const std::string& when, std::string_view line) {
          return broken(event, when, line);
        },
        settings_.answer_limit);
    LoadEngine engine(
        *system_, clock_, ledger_, settings_, spec_.cancel, [this] { return read_usage(fs_, child_->pid()); },
        result_);
    return engine.run(samples);
  }

  Result<std::uint64_t> load(MonotonicTime start) {
    std::string_view line;
    const PipeEvent event = pipe_->receive(line, start, settings_.load_limit);
    if (event == PipeEvent::timed_out)
      return make_error(ErrorCode::io, "the program was not ready within {}",
                        format_duration(settings_.load_limit));
    if (event != PipeEvent::done)
      return tl::make_unexpected(broken(event, "before it was ready", line).error());
    result_.times.load = clock_.monotonic() - start;
    std::string_view rest = line;
    const bool known = next_word(rest) == "reef-protocol";
    const auto version = whole_number(next_word(rest));
    const auto samples = whole_number(next_word(rest));
    if (known && version && *version != 1)
      return make_error(ErrorCode::invalid_input,
                        "the program speaks version {} of the protocol, this reef speaks version 1",
                        *version);
    if (!known || !version || !samples || !trim(rest).empty())
      return make_error(ErrorCode::invalid_input,
                        "the program's first line must be `reef-protocol 1 <number of samples>`, it is `{}`",
                        shown_line(line));
    return *samples;
  }

  // The exchange ended where a line was due.
  Status broken(PipeEvent event, const std::string& when, std::string_view line) {
    if (event == PipeEvent::cancelled) return make_error(ErrorCode::interrupted, "interrupted");
    if (event == PipeEvent::too_long)
      return make_error(ErrorCode::invalid_input, "the program wrote a line without end {}", when);
    const auto exit = child_->wait(kLastWords);
    if (!exit) return tl::make_unexpected(exit.error());
    result_.exit = *exit;
    const std::string rest = line.empty() ? "" : fmt::format("; its last words were `{}`", shown_line(line));
    if (exit->kind == ExitKind::timed_out)
      return make_error(ErrorCode::io, "the program closed its standard {} {}{}",
                        event == PipeEvent::refused ? "input" : "output", when, rest);
    return make_error(ErrorCode::io, "the program ended {}: {}{}", when, describe_exit(*exit), rest);
  }

  // Asks the program to end and waits for it.
  Status finish() {
    constexpr std::string_view kEnd = "end\n";
    ledger_.front().phase = LoadPhase::ending;
    const MonotonicTime now = clock_.monotonic();
    (void)pipe_->send(kEnd, now, settings_.exit_limit);
    child_->close_input();
    pipe_->forget_writing();
    TRY(result_.exit, child_->wait(settings_.exit_limit));
    if (result_.exit.kind == ExitKind::cancelled) return make_error(ErrorCode::interrupted, "interrupted");
    if (result_.exit.kind == ExitKind::timed_out)
      return make_error(ErrorCode::io, "the program did not end within {} after `end`",
                        format_duration(settings_.exit_limit));
    if (!result_.exit.ok())
      return make_error(ErrorCode::io, "the program ended badly after its last answer: {}",
                        describe_exit(result_.exit));
    std::string_view line;
    if (pipe_->receive(line, now, std::chrono::milliseconds(0)) == PipeEvent::done || !line.empty())
      return check_last(line);
    return {};
  }

  Status check_last(std::string_view line) const {
    std::string_view rest = line;
    next_word(rest);
    const auto id = whole_number(next_word(rest));
    if (id && *id > 0 && *id <= system_->last_id())
      return make_error(ErrorCode::invalid_input, "the program answered query {} twice", *id);
    return make_error(ErrorCode::invalid_input, "the program wrote `{}` after its last answer",
                      shown_line(line));
  }

  void give_up(const Error& error) {
    const bool interrupted = error.code() == ErrorCode::interrupted;
    if (result_.outcome == Outcome::valid || interrupted) {
      result_.outcome = interrupted ? Outcome::interrupted : Outcome::invalid;
      result_.reason = error.message();
    }
    child_->stop();
    if (const auto exit = child_->wait(kLastWords)) result_.exit = *exit;
  }

  ProcessRunner& runner_;
  Filesystem& fs_;
  Clock& clock_;
  const ProcessSpec& spec_;
  const LoadSettings& settings_;
  Ledger ledger_;
  std::unique_ptr<Child> child_;
  std::optional<LinePipe> pipe_;
  std::optional<PipeSystem> system_;
  LoadResult result_;
};

// How many samples a query has.
Status check_query(const LoadSettings& settings) {
  const std::uint64_t each = settings.samples_per_query;
  const auto wrong = [&](std::string_view expected) {
    return make_error(ErrorCode::usage, "a query of the {} scenario has {}, not {}",
                      name_of(settings.scenario), expected, each);
  };
  if (each > kMostHarnessSamples)
    return make_error(ErrorCode::invalid_input, "{} samples in a query are too many", each);
  if (settings.scenario == Scenario::multi_stream) return each > 0 ? Status() : wrong("at least one sample");
  if (settings.scenario != Scenario::offline)
    return each == 1 ? Status() : wrong("one sample").hint("`--scenario multi-stream` has several");
  if (each != 0)
    return wrong("every sample").hint("`--queries N` asks for at least so many, each as often as the others");
  if (settings.min_queries > kMostOfflineSamples)
    return make_error(ErrorCode::usage, "an offline query has at most {} samples, {} were asked for",
                      kMostOfflineSamples, settings.min_queries);
  return {};
}

}  // namespace

Status check(const LoadSettings& settings) {
  if (settings.min_queries == 0 && settings.min_duration.count() <= 0)
    return make_error(ErrorCode::invalid_input, "a benchmark needs at least one query or some time");
  if (settings.min_duration.count() < 0 || settings.load_limit.count() <= 0 ||
      settings.answer_limit.count() <= 0 || settings.exit_limit.count() <= 0)
    return make_error(ErrorCode::invalid_input, "a benchmark's times and time limits must be above zero");
  const bool server = settings.scenario == Scenario::server && settings.mode == LoadMode::performance;
  TRY_STATUS(check_query(settings));
  if (server && !settings.find_peak && !(settings.rate >= 1e-3 && settings.rate <= 1e8))
    return make_error(ErrorCode::invalid_input,
                      "the server scenario needs a rate from 0.001 to 1e8 queries a second")
        .hint("give one with `--rate 2000`, or let `reef run` search it: `--find-peak --bound p99=5ms`");
  if (settings.find_peak && (!server || !settings.bound))
    return make_error(ErrorCode::invalid_input,
                      "a peak is the highest rate of the server scenario that keeps a latency bound")
        .hint("give both: `--scenario server --bound p99=5ms --find-peak`");
  if (settings.bound && !server)
    return make_error(ErrorCode::invalid_input, "a latency bound belongs to the server scenario, not to {}",
                      settings.mode == LoadMode::accuracy ? "accuracy runs" : name_of(settings.scenario));
  return {};
}

Result<LoadResult> run_load(ProcessRunner& runner, Filesystem& fs, Clock& clock, const ProcessSpec& spec,
                            const LoadSettings& settings) {
  TRY_STATUS(check(settings));
  TRY(Ledger ledger, Ledger::create());
  return LoadRun(runner, fs, clock, spec, settings, std::move(ledger)).run();
}

}  // namespace reef
