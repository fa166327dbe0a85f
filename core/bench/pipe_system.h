#pragma once

#include <functional>

#include "core/bench/engine.h"
#include "core/os/line_pipe.h"

namespace reef {

// A program behind the line protocol. `gone` says how the program ended, or that it closed a pipe, when the
// exchange broke off.
class PipeSystem : public System {
 public:
  using Gone = std::function<Status(PipeEvent event, const std::string& when, std::string_view last_words)>;
  PipeSystem(LinePipe& pipe, Clock& clock, Ledger& ledger, Gone gone, std::chrono::nanoseconds answer_limit);

  Status issue(std::uint64_t id, std::span<const std::uint32_t> samples) override;
  Status wait(MonotonicTime now, MonotonicTime until, bool for_answer) override;
  void keep_answers(std::vector<std::string>& answers) override { answers_ = &answers; }
  std::string_view noun() const override { return "program"; }
  // The query that was issued last.
  std::uint64_t last_id() const { return id_; }

 private:
  Status take(std::string_view line);
  Status take_words(std::uint64_t id, std::string_view words, std::string_view line);
  Status broken(PipeEvent event, std::string_view line);
  void append(std::uint64_t number);

  LinePipe& pipe_;
  Clock& clock_;
  Ledger& ledger_;
  Gone gone_;
  std::chrono::nanoseconds answer_limit_;
  std::vector<std::string>* answers_ = nullptr;
  std::span<const std::uint32_t> query_;  // issued last; the only one that waits when it has several samples
  std::uint64_t id_ = 0;
  MonotonicTime answered_at_;
  std::string text_;
};

// "`...`" without control characters, cut off.
std::string shown_line(std::string_view line);
// Takes the next word, up to a blank, from the front of a line.
std::string_view next_word(std::string_view& line);
std::optional<std::uint64_t> whole_number(std::string_view word);

}  // namespace reef
