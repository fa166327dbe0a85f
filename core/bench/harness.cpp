#include "core/bench/harness.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/sample_order.h"
#include "core/os/line_pipe.h"
#include "core/os/process_usage.h"

namespace reef {
namespace {

constexpr std::uint64_t kMostSamples = 1U << 31U;
constexpr std::uint64_t kMostReserved = 1U << 24U;
constexpr std::size_t kLongestWord = 256;  // what one token of an answer may take, on average
constexpr auto kLastWords = std::chrono::seconds(2);

std::uint64_t nanoseconds_between(MonotonicTime from, MonotonicTime to) {
  return static_cast<std::uint64_t>((to - from).count());
}

// Takes the next word, up to a blank, from the front of a line.
std::string_view next_word(std::string_view& line) {
  const std::size_t from = std::min(line.find_first_not_of(" \t\r"), line.size());
  line.remove_prefix(from);
  const std::string_view word = line.substr(0, std::min(line.find_first_of(" \t\r"), line.size()));
  line.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> number_of(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (problem != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::string shown(std::string_view line) {
  constexpr std::size_t kShown = 60;
  return line.size() <= kShown ? printable(line) : printable(line.substr(0, kShown)) + "...";
}

// Phases return a Status: `interrupted` becomes the outcome of that name, any other error makes it invalid.
class LoadRun {
 public:
  LoadRun(ProcessRunner& runner, Filesystem& fs, Clock& clock, const ProcessSpec& spec,
          const LoadSettings& settings)
      : runner_(runner), fs_(fs), clock_(clock), spec_(spec), settings_(settings) {}

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
    TRY_STATUS(load(start));
    if (settings_.on_ready) settings_.on_ready(child_->pid());
    TRY_STATUS(warm_up());
    TRY_STATUS(measure());
    if (settings_.cover_all) TRY_STATUS(cover());
    result_.peak_memory = read_usage(fs_, child_->pid()).peak_memory;
    return {};
  }

  Status load(MonotonicTime start) {
    std::string_view line;
    const PipeEvent event = pipe_->receive(line, start, settings_.load_limit);
    if (event == PipeEvent::timed_out)
      return make_error(ErrorCode::io, "the program was not ready within {}",
                        format_duration(settings_.load_limit));
    if (event != PipeEvent::done) return broken(event, "before it was ready", line);
    result_.times.load = clock_.monotonic() - start;
    std::string_view rest = line;
    const bool known = next_word(rest) == "reef-protocol";
    const auto version = number_of(next_word(rest));
    const auto samples = number_of(next_word(rest));
    if (known && version && *version != 1)
      return make_error(ErrorCode::invalid_input,
                        "the program speaks version {} of the protocol, this reef speaks version 1",
                        *version);
    if (!known || !version || !samples || !trim(rest).empty())
      return make_error(ErrorCode::invalid_input,
                        "the program's first line must be `reef-protocol 1 <number of samples>`, it is `{}`",
                        shown(line));
    if (*samples == 0 || *samples > kMostSamples)
      return make_error(ErrorCode::invalid_input, "the program has {} samples, expected 1 to {}", *samples,
                        kMostSamples);
    prepare(*samples);
    return {};
  }

  void prepare(std::uint64_t samples) {
    result_.samples = samples;
    const bool whole = settings_.samples_per_query == 0;
    result_.samples_per_query = whole ? samples : settings_.samples_per_query;
    order_.emplace(samples, settings_.seed);
    query_.resize(result_.samples_per_query);
    text_.reserve(32 + 11 * query_.size());
    pipe_->set_longest_line((std::size_t{1} << 16U) + kLongestWord * query_.size());
  }

  Status warm_up() {
    const MonotonicTime start = clock_.monotonic();
    for (std::uint64_t i = 0; i < settings_.warmup_queries; ++i) {
      const Status status = ask_next();
      result_.times.warmup = clock_.monotonic() - start;
      TRY_STATUS(status);
      if (!result_.times.first_answer) result_.times.first_answer = latency();
      if (*result_.times.warmup >= settings_.max_warmup) break;
    }
    return {};
  }

  // Room for what the last answer lets us expect, so that memory is not asked for while we measure.
  void reserve() {
    std::uint64_t expected = settings_.min_queries;
    if (const std::uint64_t last = nanoseconds_between(asked_at_, answered_at_); last > 0)
      expected = std::max(expected, 2 * static_cast<std::uint64_t>(settings_.min_duration.count()) / last);
    result_.latencies_ns.reserve(std::min(expected + 1, kMostReserved));
  }

  Status measure() {
    reserve();
    const ProcessUsage before = read_usage(fs_, child_->pid());
    const MonotonicTime start = clock_.monotonic();
    const Status status = measure_from(start);
    if (!result_.latencies_ns.empty()) result_.times.steady = answered_at_ - start;
    const ProcessUsage after = read_usage(fs_, child_->pid());
    if (before.cpu && after.cpu && *after.cpu >= *before.cpu) result_.cpu = *after.cpu - *before.cpu;
    if (before.context_switches && after.context_switches &&
        *after.context_switches >= *before.context_switches)
      result_.context_switches = *after.context_switches - *before.context_switches;
    result_.peak_memory = after.peak_memory;
    return status;
  }

  Status measure_from(MonotonicTime start) {
    for (std::chrono::nanoseconds elapsed{};;) {
      if (result_.queries() >= settings_.min_queries && elapsed >= settings_.min_duration) return {};
      if (settings_.max_duration && elapsed >= *settings_.max_duration) return {};
      TRY_STATUS(ask_next());
      result_.latencies_ns.push_back(static_cast<std::uint64_t>(latency().count()));
      if (!result_.times.first_answer) result_.times.first_answer = latency();
      elapsed = answered_at_ - start;
    }
  }

  Status cover() {
    const std::vector<std::uint32_t> left = order_->not_asked();
    if (left.empty()) return {};
    const MonotonicTime start = clock_.monotonic();
    for (std::size_t at = 0; at < left.size(); at += result_.samples_per_query) {
      const std::size_t count = std::min<std::size_t>(result_.samples_per_query, left.size() - at);
      const auto from = left.begin() + static_cast<std::ptrdiff_t>(at);
      query_.assign(from, from + static_cast<std::ptrdiff_t>(count));
      TRY_STATUS(ask());
    }
    result_.times.cover = clock_.monotonic() - start;
    return {};
  }

  Status ask_next() {
    for (std::uint32_t& sample : query_) sample = order_->next();
    return ask();
  }

  std::chrono::nanoseconds latency() const { return answered_at_ - asked_at_; }

  // One query and its answer; the clock is read right before the write and right after the read.
  Status ask() {
    write_query();
    std::string_view line;
    asked_at_ = clock_.monotonic();
    PipeEvent event = pipe_->send(text_, asked_at_, settings_.answer_limit);
    if (event == PipeEvent::done) event = pipe_->receive(line, asked_at_, settings_.answer_limit);
    answered_at_ = clock_.monotonic();
    if (event == PipeEvent::done) return check(line);
    if (event == PipeEvent::timed_out)
      return make_error(ErrorCode::io, "query {} was not answered within {}", id_,
                        format_duration(settings_.answer_limit));
    return broken(event, fmt::format("while query {} waited for its answer", id_), line);
  }

  void write_query() {
    ++id_;
    text_.assign("q ");
    append(id_);
    for (const std::uint32_t sample : query_) {
      text_.push_back(' ');
      append(sample);
    }
    text_.push_back('\n');
  }

  void append(std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text_.append(digits.data(), end);
  }

  Status check(std::string_view line) const {
    std::string_view rest = line;
    const std::string_view kind = next_word(rest);
    const auto id = number_of(next_word(rest));
    if ((kind != "a" && kind != "e") || !id)
      return make_error(ErrorCode::invalid_input,
                        "the program answered query {} with `{}`, expected `a {} ...`", id_, shown(line),
                        id_);
    if (*id < id_)
      return make_error(ErrorCode::invalid_input,
                        "the program answered query {} twice: `{}` came while query {} waited", *id,
                        shown(line), id_);
    if (*id > id_)
      return make_error(ErrorCode::invalid_input,
                        "the program answered query {}, which was not asked, before query {}", *id, id_);
    if (kind == "e")
      return make_error(ErrorCode::invalid_input, "the program could not answer query {}: {}", id_,
                        shown(trim(rest)));
    std::size_t words = 0;
    while (!next_word(rest).empty()) ++words;
    if (words == query_.size()) return {};
    return make_error(ErrorCode::invalid_input, "the answer to query {} has {} words for {} samples: `{}`",
                      id_, words, query_.size(), shown(line));
  }

  // The exchange ended where a line was due.
  Status broken(PipeEvent event, std::string_view when, std::string_view line) {
    if (event == PipeEvent::cancelled) return make_error(ErrorCode::interrupted, "interrupted");
    if (event == PipeEvent::too_long)
      return make_error(ErrorCode::invalid_input, "the program wrote a line without end {}", when);
    const auto exit = child_->wait(kLastWords);
    if (!exit) return tl::make_unexpected(exit.error());
    result_.exit = *exit;
    const std::string rest = line.empty() ? "" : fmt::format("; its last words were `{}`", shown(line));
    if (exit->kind == ExitKind::timed_out)
      return make_error(ErrorCode::io, "the program closed its standard {} {}{}",
                        event == PipeEvent::refused ? "input" : "output", when, rest);
    return make_error(ErrorCode::io, "the program ended {}: {}{}", when, describe_exit(*exit), rest);
  }

  // Asks the program to end and waits for it.
  Status finish() {
    constexpr std::string_view kEnd = "end\n";
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
    if (number_of(next_word(rest)) == id_)
      return make_error(ErrorCode::invalid_input, "the program answered query {} twice", id_);
    return make_error(ErrorCode::invalid_input, "the program wrote `{}` after its last answer", shown(line));
  }

  void give_up(const Error& error) {
    result_.outcome = error.code() == ErrorCode::interrupted ? Outcome::interrupted : Outcome::invalid;
    result_.reason = error.message();
    child_->stop();
    if (const auto exit = child_->wait(kLastWords)) result_.exit = *exit;
  }

  ProcessRunner& runner_;
  Filesystem& fs_;
  Clock& clock_;
  const ProcessSpec& spec_;
  const LoadSettings& settings_;
  std::unique_ptr<Child> child_;
  std::optional<LinePipe> pipe_;
  std::optional<SampleOrder> order_;
  std::vector<std::uint32_t> query_;
  std::string text_;
  std::uint64_t id_ = 0;
  MonotonicTime asked_at_;
  MonotonicTime answered_at_;
  LoadResult result_;
};

Status check(const LoadSettings& settings) {
  if (settings.min_queries == 0 && settings.min_duration.count() <= 0)
    return make_error(ErrorCode::invalid_input, "a benchmark needs at least one query or some time");
  if (settings.min_duration.count() < 0 || settings.load_limit.count() <= 0 ||
      settings.answer_limit.count() <= 0 || settings.exit_limit.count() <= 0)
    return make_error(ErrorCode::invalid_input, "a benchmark's times and time limits must be above zero");
  if (settings.samples_per_query > kMostSamples)
    return make_error(ErrorCode::invalid_input, "{} samples in a query are too many",
                      settings.samples_per_query);
  return {};
}

}  // namespace

Result<LoadResult> run_load(ProcessRunner& runner, Filesystem& fs, Clock& clock, const ProcessSpec& spec,
                            const LoadSettings& settings) {
  TRY_STATUS(check(settings));
  return LoadRun(runner, fs, clock, spec, settings).run();
}

}  // namespace reef
