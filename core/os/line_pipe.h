#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/os/cancel.h"
#include "core/os/clock.h"

namespace reef {

// How an exchange over a pipe ended.
enum class PipeEvent {
  done,
  closed,     // the other side closed the end that it writes to, or is gone
  refused,    // the other side closed the end that it reads from, or is gone
  timed_out,  // nothing more came (or could be sent) before the deadline
  cancelled,
  too_long,  // a line is longer than the limit
};

// Lines to and from a child over a pair of pipes that somebody else owns. One write, or one poll and one
// read, for a line that fits the pipe; no memory is allocated for lines up to 64 KiB.
class LinePipe {
 public:
  // Makes the writing end non-blocking, so that a child that does not read cannot hold us.
  LinePipe(int write_fd, int read_fd, std::size_t longest_line, const Cancellation* cancel);

  // Writes all bytes.
  PipeEvent send(std::string_view bytes, MonotonicTime start, std::chrono::nanoseconds limit);
  // Writes what fits into the pipe now; the rest goes out while `receive` waits. For whoever may not stop.
  PipeEvent queue(std::string_view bytes);
  // Waits for a line until `limit` after `start`. `line` comes without its newline and is valid until the
  // next call. When the pipe was closed, `line` is what came after the last newline. Notices at once when
  // nobody reads what we send any more and nothing is left to read. A `limit` of 0 looks once.
  PipeEvent receive(std::string_view& line, MonotonicTime start, std::chrono::nanoseconds limit);
  // A line that came with an earlier one, without asking the system.
  bool take_received(std::string_view& line) { return take_line(line); }
  // The writing end was closed by its owner.
  void forget_writing() { write_fd_ = -1; }
  void set_longest_line(std::size_t bytes) { longest_ = bytes; }

 private:
  PipeEvent wait(bool writing, MonotonicTime start, std::chrono::nanoseconds limit, bool first);
  bool take_line(std::string_view& line);
  bool flush();

  int write_fd_;
  int read_fd_;
  std::size_t longest_;
  const Cancellation* cancel_;
  std::string unsent_;  // queued, from `sent_` on
  std::size_t sent_ = 0;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of the bytes that were not handed out
  std::size_t scanned_ = 0;  // no newline before this
  std::size_t end_ = 0;
};

}  // namespace reef
