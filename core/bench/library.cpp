// The parent of a process that loads a library (library_host.cpp is the child).
#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/engine.h"
#include "core/bench/library_host.h"
#include "core/os/line_pipe.h"

namespace reef {
namespace {

constexpr auto kLook = std::chrono::milliseconds(500);
constexpr auto kSpare = std::chrono::seconds(3);  // for the child to notice a lost answer by itself
constexpr auto kLastOutput = std::chrono::seconds(2);
constexpr std::size_t kLongestLine = std::size_t{1} << 30U;

class LibraryRun {
 public:
  LibraryRun(ProcessRunner& runner, Clock& clock, const ProcessSpec& spec, const LoadSettings& settings,
             Ledger ledger)
      : runner_(runner), clock_(clock), spec_(spec), settings_(settings), ledger_(std::move(ledger)) {}

  Result<LoadResult> run(const Path& host_program) {
    ProcessSpec child = spec_;
    child.argv = {host_program.string(), std::string(kHostLibrary)};
    child.inherited.push_back(ledger_.fd());
    started_ = clock_.monotonic();
    TRY(child_, runner_.start(child));
    pipe_.emplace(child_->input_fd(), child_->output_fd(), kLongestLine, spec_.cancel);
    Status status = phases();
    if (!status) give_up(status.error());
    return std::move(result_);
  }

 private:
  Status phases() {
    const std::string orders =
        json::Value{{"argv", spec_.argv}, {"region", ledger_.fd()}, {"settings", to_json(settings_)}}.dump() +
        "\n";
    (void)pipe_->send(orders, started_, settings_.load_limit);
    TRY(const json::Value ready, receive(false));
    if (ready.contains("problem"))
      return make_error(ErrorCode::io, "{}", ready.at("problem").get<std::string>());
    result_.times.load = clock_.monotonic() - started_;
    result_.samples = ready.value("ready", std::uint64_t{0});
    if (settings_.on_ready) settings_.on_ready(child_->pid());
    TRY(const json::Value done, receive(true));
    if (done.contains("problem"))
      return make_error(ErrorCode::io, "{}", done.at("problem").get<std::string>());
    const auto load_time = result_.times.load;
    TRY(result_, load_result_from(done.at("result")));
    result_.times.load = load_time;
    take_columns();
    TRY(result_.exit, child_->wait(settings_.exit_limit));
    return {};
  }

  // The next message of the child; while it measures, it must get on.
  Result<json::Value> receive(bool measuring) {
    const MonotonicTime start = clock_.monotonic();
    std::uint64_t beats = 0;
    MonotonicTime moved = start;
    for (;;) {
      std::string_view line;
      const MonotonicTime now = clock_.monotonic();
      const PipeEvent event = pipe_->receive(line, now, kLook);
      if (event == PipeEvent::done) {
        TRY(json::Document document, json::parse("the load generator", std::string(line)));
        return std::move(document.root);
      }
      if (event == PipeEvent::cancelled) return make_error(ErrorCode::interrupted, "interrupted");
      if (event != PipeEvent::timed_out) return tl::make_unexpected(gone());
      const Ledger::Front& front = ledger_.front();
      if (beats != front.beats) moved = now;
      beats = front.beats;
      if (!measuring && now - start > settings_.load_limit)
        return make_error(ErrorCode::io, "the library was not ready within {}",
                          format_duration(settings_.load_limit));
      if (measuring && now - moved > limit_of(front.phase) + kSpare) return tl::make_unexpected(stuck());
    }
  }

  std::chrono::milliseconds limit_of(LoadPhase phase) const {
    return phase == LoadPhase::ending ? settings_.exit_limit
                                      : std::max(settings_.answer_limit, longest_gap());
  }
  // A slow open loop issues nothing for long.
  std::chrono::milliseconds longest_gap() const {
    if (settings_.scenario != Scenario::server || settings_.rate <= 0) return {};
    return std::chrono::milliseconds(static_cast<std::int64_t>(30'000 / settings_.rate));
  }

  std::string waiting() const {
    const Ledger::Front& front = ledger_.front();
    return front.phase == LoadPhase::loading ? "while it was loaded"
           : front.phase == LoadPhase::ending
               ? "after its last answer"
               : fmt::format("while query {} (sample {}) waited for its answer", ledger_.next_id() - 1,
                             front.sample);
  }

  Error stuck() const {
    if (ledger_.front().phase == LoadPhase::ending)
      return make_error(ErrorCode::io, "the library did not end within {}",
                        format_duration(settings_.exit_limit))
          .take();
    return make_error(ErrorCode::io, "query {} (sample {}) was not answered within {}", ledger_.next_id() - 1,
                      ledger_.front().sample, format_duration(settings_.answer_limit))
        .take();
  }

  Error gone() {
    const auto exit = child_->wait(kLastOutput);
    if (!exit) return exit.error();
    result_.exit = *exit;
    const bool crashed = exit->kind == ExitKind::signalled;
    return make_error(ErrorCode::io, "the library {} {}: {}", crashed ? "crashed" : "ended its process",
                      waiting(), describe_exit(*exit))
        .take();
  }

  // What is in the ledger of a child that could not tell the rest.
  void take_front() {
    const Ledger::Front& front = ledger_.front();
    const auto time = [](std::int64_t ns) {
      return ns == 0 ? std::nullopt : std::optional(std::chrono::nanoseconds(ns));
    };
    if (front.phase == LoadPhase::loading) return;
    result_.samples = front.samples;
    result_.samples_per_query = front.samples_per_query;
    result_.rate = settings_.rate;
    result_.times.first_answer = time(front.first_answer_ns);
    result_.times.warmup = time(front.warmup_ns);
    if (front.phase == LoadPhase::warming_up || front.phase == LoadPhase::searching) return;
    take_columns();
    if (front.last_answer_ns > front.started_ns && !result_.latencies_ns.empty())
      result_.times.steady = time(front.last_answer_ns - front.started_ns);
  }

  void take_columns() {
    Ledger::Columns columns = ledger_.columns();
    result_.latencies_ns = std::move(columns.latencies_ns);
    if (settings_.scenario == Scenario::server && settings_.mode == LoadMode::performance)
      result_.lateness_ns = std::move(columns.lateness_ns);
  }

  void give_up(const Error& error) {
    const bool interrupted = error.code() == ErrorCode::interrupted;
    if (!interrupted) take_front();  // before a signal wakes up whatever hangs there
    // SIGTERM lets the child end its measurement in order; then it says what it has.
    child_->stop();
    if (const auto exit = child_->wait(kLastOutput)) result_.exit = *exit;
    LinePipe rest(child_->input_fd(), child_->output_fd(), kLongestLine, nullptr);
    std::string_view line;
    bool told = false;
    if (interrupted && rest.receive(line, clock_.monotonic(), kLook) == PipeEvent::done)
      told = take_told(line);
    if (interrupted && !told) take_front();
    result_.outcome = interrupted ? Outcome::interrupted : Outcome::invalid;
    result_.reason = error.message();
  }

  bool take_told(std::string_view line) {
    const auto document = json::parse("the load generator", std::string(line));
    if (!document || !document->root.contains("result")) return false;
    auto told = load_result_from(document->root.at("result"));
    if (!told) return false;
    told->times.load = result_.times.load;
    told->exit = result_.exit;
    result_ = *std::move(told);
    take_columns();
    return true;
  }

  ProcessRunner& runner_;
  Clock& clock_;
  const ProcessSpec& spec_;
  const LoadSettings& settings_;
  Ledger ledger_;
  MonotonicTime started_;
  std::unique_ptr<Child> child_;
  std::optional<LinePipe> pipe_;
  LoadResult result_;
};

}  // namespace

Result<LoadResult> run_library(ProcessRunner& runner, Clock& clock, const ProcessSpec& spec,
                               const LoadSettings& settings, const Path& host_program) {
  TRY_STATUS(check(settings));
  if (spec.argv.empty()) return make_error(ErrorCode::invalid_input, "the benchmark names no library");
  TRY(Ledger ledger, Ledger::create());
  return LibraryRun(runner, clock, spec, settings, std::move(ledger)).run(host_program);
}

}  // namespace reef
