// The line protocol, version 1, on stdin and stdout (README.md has it in full).
#pragma once

#include <cstddef>
#include <vector>

#include "classifier.h"

namespace digits {

// How many of the samples that were asked about got the right digit, each counted once, by its last answer.
class Tally {
 public:
  explicit Tally(std::size_t samples) : answers_(samples, kUnseen) {}

  void note(std::size_t sample, bool correct) { answers_[sample] = correct ? kRight : kWrong; }
  std::size_t seen() const { return answers_.size() - count(kUnseen); }
  std::size_t correct() const { return count(kRight); }

 private:
  enum Answer : unsigned char { kUnseen, kWrong, kRight };
  std::size_t count(Answer answer) const {
    return static_cast<std::size_t>(std::count(answers_.begin(), answers_.end(), answer));
  }

  std::vector<Answer> answers_;
};

// Says hello, answers queries until `end` or end of file, and returns what was answered.
// Reads and writes with read(2) and write(2); allocates nothing per query once its buffers have grown to the
// longest line. Fails on a line that the protocol does not know, and when stdout is closed.
Tally serve(Classifier& classifier, const Samples& samples);

}  // namespace digits
