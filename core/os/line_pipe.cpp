#include "core/os/line_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace reef {
namespace {

constexpr std::size_t kFirstBuffer = std::size_t{1} << 16U;

}  // namespace

LinePipe::LinePipe(int write_fd, int read_fd, std::size_t longest_line, const Cancellation* cancel)
    : write_fd_(write_fd), read_fd_(read_fd), longest_(longest_line), cancel_(cancel), buffer_(kFirstBuffer) {
  fcntl(write_fd_, F_SETFL, O_NONBLOCK);
}

// The first wait trusts that `start` is now, which saves a look at the clock for every line.
PipeEvent LinePipe::wait(bool writing, MonotonicTime start, std::chrono::nanoseconds limit, bool first) {
  constexpr std::chrono::nanoseconds kLongest = std::chrono::seconds(1000);
  constexpr short kWrite = POLLOUT;
  constexpr short kNothing = 0;  // errors are told anyway
  for (;; first = false) {
    const bool sending = writing || !unsent_.empty();
    std::array<pollfd, 3> watched = {pollfd{write_fd_, sending ? kWrite : kNothing, 0},
                                     pollfd{writing ? -1 : read_fd_, POLLIN, 0},
                                     pollfd{cancel_ != nullptr ? cancel_->fd() : -1, POLLIN, 0}};
    const std::chrono::nanoseconds left = first ? limit : start + limit - std::chrono::steady_clock::now();
    const auto patience = std::clamp(left, std::chrono::nanoseconds(0), kLongest);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
    const timespec timeout{seconds.count(), (patience - seconds).count()};
    const int ready = ppoll(watched.data(), watched.size(), &timeout, nullptr);
    if (cancel_ != nullptr && cancel_->requested()) return PipeEvent::cancelled;
    if (ready == 0 && left <= kLongest) return PipeEvent::timed_out;
    if (ready <= 0) continue;
    const bool readable = watched[1].revents != 0;
    const bool refused = (watched[0].revents & POLLERR) != 0;
    if (refused && !readable) return PipeEvent::refused;
    if (!writing && !readable && !flush()) return PipeEvent::refused;
    if (writing || readable) return PipeEvent::done;
  }
}

// False when nobody reads any more.
bool LinePipe::flush() {
  while (sent_ < unsent_.size()) {
    const ssize_t written = write(write_fd_, unsent_.data() + sent_, unsent_.size() - sent_);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return true;
    if (written < 0) return false;
    sent_ += static_cast<std::size_t>(written);
  }
  unsent_.clear();
  sent_ = 0;
  return true;
}

PipeEvent LinePipe::queue(std::string_view bytes) {
  if (unsent_.empty()) {
    const ssize_t written = write(write_fd_, bytes.data(), bytes.size());
    if (written < 0 && errno != EAGAIN && errno != EINTR) return PipeEvent::refused;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    if (bytes.empty()) return PipeEvent::done;
  }
  unsent_ += bytes;
  return flush() ? PipeEvent::done : PipeEvent::refused;
}

PipeEvent LinePipe::send(std::string_view bytes, MonotonicTime start, std::chrono::nanoseconds limit) {
  while (!bytes.empty()) {
    const ssize_t written = write(write_fd_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      const PipeEvent event = wait(true, start, limit, false);
      if (event != PipeEvent::done) return event;
    } else if (errno != EINTR) {
      return PipeEvent::refused;
    }
  }
  return PipeEvent::done;
}

bool LinePipe::take_line(std::string_view& line) {
  const char* const found =
      static_cast<const char*>(std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_));
  scanned_ = end_;
  if (found == nullptr) return false;
  const auto newline = static_cast<std::size_t>(found - buffer_.data());
  line = {buffer_.data() + begin_, newline - begin_};
  begin_ = scanned_ = newline + 1;
  return true;
}

PipeEvent LinePipe::receive(std::string_view& line, MonotonicTime start, std::chrono::nanoseconds limit) {
  for (bool first = true;;) {
    if (take_line(line)) return PipeEvent::done;
    if (begin_ == end_) begin_ = scanned_ = end_ = 0;
    if (end_ - begin_ > longest_) return PipeEvent::too_long;
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    const PipeEvent event = wait(false, start, limit, first);
    first = false;
    if (event == PipeEvent::refused) line = {buffer_.data() + begin_, end_ - begin_};
    if (event != PipeEvent::done) return event;
    const ssize_t got = read(read_fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      line = {buffer_.data() + begin_, end_ - begin_};
      begin_ = scanned_ = end_;
      return PipeEvent::closed;
    }
    end_ += static_cast<std::size_t>(got);
  }
}

}  // namespace reef
