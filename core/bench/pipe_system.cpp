#include "core/bench/pipe_system.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/text.h"
#include "core/base/units.h"

namespace reef {
namespace {

constexpr std::size_t kShown = 60;
constexpr std::size_t kLineRoom = std::size_t{1} << 16U;
constexpr std::size_t kLongestWord = 256;  // what one token of an answer may take, on average
constexpr std::size_t kFitsPipe = 4096;

}  // namespace

std::string_view next_word(std::string_view& line) {
  const std::size_t from = std::min(line.find_first_not_of(" \t\r"), line.size());
  line.remove_prefix(from);
  const std::string_view word = line.substr(0, std::min(line.find_first_of(" \t\r"), line.size()));
  line.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> whole_number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (problem != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return value;
}

std::string shown_line(std::string_view line) {
  return line.size() <= kShown ? printable(line) : printable(line.substr(0, kShown)) + "...";
}

PipeSystem::PipeSystem(LinePipe& pipe, Clock& clock, Ledger& ledger, Gone gone,
                       std::chrono::nanoseconds answer_limit)
    : pipe_(pipe), clock_(clock), ledger_(ledger), gone_(std::move(gone)), answer_limit_(answer_limit) {}

void PipeSystem::append(std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text_.append(digits.data(), end);
}

Status PipeSystem::issue(std::uint64_t id, std::span<const std::uint32_t> samples) {
  id_ = id;
  query_ = samples;
  text_.assign("q ");
  append(id);
  for (const std::uint32_t sample : samples) {
    text_.push_back(' ');
    append(sample);
  }
  text_.push_back('\n');
  pipe_.set_longest_line(kLineRoom + kLongestWord * samples.size());
  // What is longer than a pipe takes goes out in pieces, and somebody has to wait for it.
  const PipeEvent event =
      text_.size() <= kFitsPipe ? pipe_.queue(text_) : pipe_.send(text_, clock_.monotonic(), answer_limit_);
  if (event == PipeEvent::done) return {};
  if (event == PipeEvent::timed_out) return {};  // so is the answer; whoever waits for it says so
  return broken(event, {});
}

Status PipeSystem::wait(MonotonicTime now, MonotonicTime until, bool /*for_answer*/) {
  std::string_view line;
  const PipeEvent event = pipe_.receive(line, now, std::max(std::chrono::nanoseconds(0), until - now));
  answered_at_ = clock_.monotonic();
  if (event == PipeEvent::timed_out) return {};
  if (event != PipeEvent::done) return broken(event, line);
  do TRY_STATUS(take(line));
  while (pipe_.take_received(line));
  return {};
}

Status PipeSystem::take(std::string_view line) {
  std::string_view rest = line;
  const std::string_view kind = next_word(rest);
  const auto id = whole_number(next_word(rest));
  if ((kind != "a" && kind != "e") || !id)
    return make_error(ErrorCode::invalid_input,
                      "the program answered query {} with `{}`, expected `a {} ...`", id_, shown_line(line),
                      id_);
  const bool twice = *id > 0 && *id <= id_ && (!ledger_.is_known(*id) || ledger_.is_answered(*id));
  if (twice && *id == id_)
    return make_error(ErrorCode::invalid_input, "the program answered query {} twice", *id);
  if (twice)
    return make_error(ErrorCode::invalid_input,
                      "the program answered query {} twice: `{}` came while query {} waited", *id,
                      shown_line(line), id_);
  if (!ledger_.is_known(*id))
    return make_error(ErrorCode::invalid_input,
                      "the program answered query {}, which was not asked, before query {}", *id, id_);
  if (kind == "e")
    return make_error(ErrorCode::invalid_input, "the program could not answer query {}: {}", *id,
                      shown_line(trim(rest)));
  TRY_STATUS(take_words(*id, rest, line));
  ledger_.answer(*id, answered_at_);
  return {};
}

Status PipeSystem::take_words(std::uint64_t id, std::string_view words, std::string_view line) {
  const std::size_t wanted = query_.size();  // queries that wait together have one sample each
  std::size_t count = 0;
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words), ++count)
    if (answers_ != nullptr && count < wanted) (*answers_)[query_[count]] = word;
  if (count == wanted) return {};
  return make_error(ErrorCode::invalid_input, "the answer to query {} has {} words for {} samples: `{}`", id,
                    count, wanted, shown_line(line));
}

// The exchange ended where an answer was due.
Status PipeSystem::broken(PipeEvent event, std::string_view line) {
  return gone_(event, fmt::format("while query {} waited for its answer", id_), line);
}

}  // namespace reef
