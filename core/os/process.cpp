#include "core/os/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "core/base/units.h"
#include "core/os/keyboard_signals.h"
#include "core/os/spawn.h"
#include "core/os/strays.h"
#include "core/os/watchdog.h"

namespace reef {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr auto kGraceAfterTerm = std::chrono::seconds(2);
constexpr auto kGraceAfterExit = std::chrono::seconds(1);
constexpr auto kForEver = std::chrono::hours(24 * 3650);  // so that no sum overflows
constexpr std::size_t kPipePiece = std::size_t{1} << 16U;

// The last `keep` bytes of a stream, without moving bytes at every append.
class Tail {
 public:
  explicit Tail(std::size_t keep) : keep_(keep) {}
  void append(std::string_view bytes) {
    text_.append(bytes);
    if (text_.size() > 2 * keep_ + kPipePiece) text_.erase(0, text_.size() - keep_);
  }
  std::string get() const { return text_.size() > keep_ ? text_.substr(text_.size() - keep_) : text_; }

 private:
  std::size_t keep_;
  std::string text_;
};

std::chrono::nanoseconds duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

struct Started {
  pid_t pid = -1;
  SteadyClock::time_point at;  // before the system was asked: the child may be ahead of us when it answers
  std::uint64_t own_peak = 0;  // bytes, our largest resident set then
};

std::uint64_t own_peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

Result<Started> start_child(const ProcessSpec& spec, const Streams& streams) {
  Started started{-1, SteadyClock::now(), own_peak_memory()};
  TRY(started.pid, spawn(spec, streams));
  return started;
}

// One started process: knows when it ended without reaping it, so that its group id stays ours until we kill
// it.
class Running {
 public:
  Running(const Started& started, bool own_group)
      : pid_(started.pid),
        own_group_(own_group),
        start_(started.at),
        own_peak_(started.own_peak),
        ended_fd_(static_cast<int>(syscall(SYS_pidfd_open, started.pid, 0))) {}

  pid_t pid() const { return pid_; }
  int ended_fd() const { return ended_fd_.get(); }
  bool ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           info.si_pid == pid_;
  }
  void signal(int number) const {
    kill(own_group_ ? -pid_ : pid_, number);
    strays_.signal(number);
  }
  // The first signal of those that are to end it: from now on they are for whoever left the group, too.
  void begin_stop(int number) {
    strays_ = Strays(pid_);
    signal(number);
  }
  // After begin_stop: whether something still runs that the child had started by then.
  bool any_left() const { return strays_.any_left(); }
  SteadyClock::time_point start() const { return start_; }

  // Ends what is left of the group, then reaps the leader.
  ProcessResult reap(ExitKind kind) {
    signal(SIGKILL);
    return release(kind);
  }

  // Reaps the leader, and leaves what it started.
  ProcessResult release(ExitKind kind) {
    watchdog::release(pid_);
    int status = 0;
    rusage usage{};
    while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    ProcessResult result;
    result.wall = SteadyClock::now() - start_;
    result.user = duration_of(usage.ru_utime);
    result.system = duration_of(usage.ru_stime);
    // Until it starts its program a child shares our memory, and the system counts that as its own.
    const std::uint64_t peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    if (peak > own_peak_) result.peak_memory = peak;
    result.voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw);
    result.involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw);
    result.kind = kind != ExitKind::exited ? kind
                  : WIFSIGNALED(status)    ? ExitKind::signalled
                                           : ExitKind::exited;
    result.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return result;
  }

 private:
  pid_t pid_;
  bool own_group_;
  SteadyClock::time_point start_;
  std::uint64_t own_peak_;
  Descriptor ended_fd_;
  Strays strays_;
};

// Decides when a process must be asked to stop, and when it must be killed.
class Stopper {
 public:
  Stopper(Running& running, std::optional<std::chrono::milliseconds> timeout, const Cancellation* cancel,
          int stop_signal)
      : running_(running), cancel_(cancel), stop_signal_(stop_signal) {
    if (timeout && *timeout < kForEver) deadline_ = running.start() + *timeout;
  }

  void check() {
    const auto now = SteadyClock::now();
    if (kind_ == ExitKind::exited) {
      if (cancel_ != nullptr && cancel_->requested())
        stop(ExitKind::cancelled, now);
      else if (deadline_ && now >= *deadline_)
        stop(ExitKind::timed_out, now);
    } else if (!killed_ && now >= kill_at_) {
      running_.signal(SIGKILL);
      killed_ = true;
    }
  }
  ExitKind kind() const { return kind_; }
  // A shell script ends at once, and the program in it may be saving its work.
  bool waits_for_rest() const { return kind_ != ExitKind::exited && !killed_ && running_.any_left(); }
  int cancel_fd() const { return cancel_ != nullptr && kind_ == ExitKind::exited ? cancel_->fd() : -1; }

  // Milliseconds that poll may sleep.
  int patience(bool can_see_end) const {
    constexpr int kBlind = 5;
    constexpr int kLongest = 1000;
    std::optional<SteadyClock::time_point> next = deadline_;
    if (kind_ != ExitKind::exited) next = kill_at_;
    if (killed_) next.reset();  // nothing more can be done
    int wait = kLongest;
    if (next) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - SteadyClock::now()).count();
      wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, kLongest));
    }
    return can_see_end ? wait : std::min(wait, kBlind);
  }

 private:
  void stop(ExitKind kind, SteadyClock::time_point now) {
    kind_ = kind;
    kill_at_ = now + kGraceAfterTerm;
    running_.begin_stop(stop_signal_);
  }

  Running& running_;
  const Cancellation* cancel_;
  int stop_signal_;
  std::optional<SteadyClock::time_point> deadline_;
  SteadyClock::time_point kill_at_;
  ExitKind kind_ = ExitKind::exited;
  bool killed_ = false;
};

// Moves bytes between us and a running child until it has ended and its pipes are empty.
class Conversation {
 public:
  Conversation(const ProcessSpec& spec, Descriptor in, Descriptor out, Descriptor err)
      : spec_(spec),
        in_(std::move(in)),
        out_(std::move(out)),
        err_(std::move(err)),
        out_tail_(spec.keep),
        err_tail_(spec.keep) {
    if (in_.get() >= 0) fcntl(in_.get(), F_SETFL, O_NONBLOCK);
    if (spec_.input.empty()) in_.reset();
  }

  void hold(const Running& running, Stopper& stopper) {
    std::optional<SteadyClock::time_point> last_call;
    for (;;) {
      stopper.check();
      const bool leader_ended = running.ended();
      const bool ended = leader_ended && !stopper.waits_for_rest();
      if (ended && !last_call) {
        running.signal(
            SIGKILL);  // whoever the leader left behind; the leader is a zombie and holds the group's number
        last_call = SteadyClock::now() + kGraceAfterExit;
      }
      if (ended && (done() || SteadyClock::now() >= *last_call)) return;
      exchange(running, stopper, leader_ended);
    }
  }

  std::string out() const { return out_tail_.get(); }
  std::string err() const { return err_tail_.get(); }

 private:
  bool done() const { return out_.get() < 0 && err_.get() < 0; }

  void exchange(const Running& running, const Stopper& stopper, bool ended) {
    std::array<pollfd, 5> watched = {
        pollfd{in_.get(), POLLOUT, 0}, pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0},
        pollfd{ended ? -1 : running.ended_fd(), POLLIN, 0}, pollfd{stopper.cancel_fd(), POLLIN, 0}};
    const int patience = ended ? 10 : stopper.patience(running.ended_fd() >= 0);
    if (poll(watched.data(), watched.size(), patience) <= 0) return;
    if (watched[0].revents != 0) send();
    if (watched[1].revents != 0) receive(out_, Stream::out, out_tail_);
    if (watched[2].revents != 0) receive(err_, Stream::err, err_tail_);
  }

  void send() {
    const std::string_view left = std::string_view(spec_.input).substr(sent_);
    const ssize_t written = write(in_.get(), left.data(), left.size());
    if (written > 0) sent_ += static_cast<std::size_t>(written);
    const bool refused = written < 0 && errno != EAGAIN && errno != EINTR;
    if (refused || sent_ == spec_.input.size()) in_.reset();
  }

  void receive(Descriptor& from, Stream stream, Tail& tail) {
    buffer_.resize(kPipePiece);
    const ssize_t got = read(from.get(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) return from.reset();
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    tail.append(bytes);
    if (spec_.on_output) spec_.on_output(stream, bytes);
  }

  const ProcessSpec& spec_;
  Descriptor in_;
  Descriptor out_;
  Descriptor err_;
  Tail out_tail_;
  Tail err_tail_;
  std::size_t sent_ = 0;
  std::vector<char> buffer_;
};

void wait_for_end(const Running& running, Stopper& stopper) {
  for (;;) {
    const bool ended = running.ended();
    if (ended && !stopper.waits_for_rest()) return;
    stopper.check();
    std::array<pollfd, 2> watched = {pollfd{ended ? -1 : running.ended_fd(), POLLIN, 0},
                                     pollfd{stopper.cancel_fd(), POLLIN, 0}};
    poll(watched.data(), watched.size(), ended ? 10 : stopper.patience(running.ended_fd() >= 0));
  }
}

class PipedChild : public Child {
 public:
  PipedChild(const ProcessSpec& spec, const Started& started, Descriptor in, Descriptor out, Descriptor err)
      : running_(started, true),
        cancel_(spec.cancel),
        in_(std::move(in)),
        out_(std::move(out)),
        err_(std::move(err)),
        tail_(spec.keep) {
    drain_ = std::thread([this, sink = spec.on_output] { drain(sink); });
  }
  ~PipedChild() override {
    if (!reaped_) {
      running_.begin_stop(SIGKILL);
      running_.reap(ExitKind::exited);
      gone_ = true;
    }
    if (drain_.joinable()) drain_.join();
  }
  PipedChild(const PipedChild&) = delete;
  PipedChild& operator=(const PipedChild&) = delete;

  int input_fd() const override { return in_.get(); }
  int output_fd() const override { return out_.get(); }
  int pid() const override { return running_.pid(); }
  void close_input() override { in_.reset(); }

  std::string error_output() override {
    const std::lock_guard guard(mutex_);
    return tail_.get();
  }

  void stop() override {
    if (!reaped_) (void)wait(std::chrono::milliseconds(0));
  }

  Result<ProcessResult> wait(std::chrono::milliseconds timeout) override {
    if (reaped_) return *reaped_;
    const auto since_start =
        std::chrono::ceil<std::chrono::milliseconds>(SteadyClock::now() - running_.start());
    Stopper stopper(running_, since_start + std::min<std::chrono::milliseconds>(timeout, kForEver), cancel_,
                    SIGTERM);
    wait_for_end(running_, stopper);
    reaped_ = running_.reap(stopper.kind());
    gone_ = true;
    drain_.join();
    reaped_->err = tail_.get();
    return *reaped_;
  }

 private:
  // Ends at end of file; a descendant that keeps the pipe open is given up on once the child has been reaped
  // and the pipe is quiet, or after a second.
  void drain(const std::function<void(Stream, std::string_view)>& sink) {
    std::vector<char> buffer(kPipePiece);
    std::optional<SteadyClock::time_point> last_call;
    for (;;) {
      pollfd watched{err_.get(), POLLIN, 0};
      const int ready = poll(&watched, 1, 100);
      if (gone_ && !last_call) last_call = SteadyClock::now() + kGraceAfterExit;
      if (last_call && (ready == 0 || SteadyClock::now() >= *last_call)) return;
      if (ready <= 0) continue;
      const ssize_t got = read(err_.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return;
      const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
      const std::lock_guard guard(mutex_);
      tail_.append(bytes);
      if (sink) sink(Stream::err, bytes);
    }
  }

  Running running_;
  const Cancellation* cancel_;
  Descriptor in_;
  Descriptor out_;
  Descriptor err_;
  std::mutex mutex_;
  Tail tail_;
  std::optional<ProcessResult> reaped_;
  std::atomic<bool> gone_{false};
  std::thread drain_;
};

class SystemRunner : public ProcessRunner {
 public:
  SystemRunner() {
    // Writing to a child that has gone must be an error value, not our end.
    struct sigaction action {};
    if (sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL)
      std::signal(SIGPIPE, SIG_IGN);
    // Ours are closed in children; so are those that whoever started us left open. (Linux 5.11; else they
    // stay.)
    (void)close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  }

  Result<ProcessResult> run(const ProcessSpec& spec) override {
    return spec.interactive ? run_interactive(spec) : run_captured(spec);
  }

  Result<std::unique_ptr<Child>> start(const ProcessSpec& spec) override {
    TRY(Pipe in, make_pipe());
    TRY(Pipe out, make_pipe());
    TRY(Pipe err, make_pipe());
    TRY(const Started started,
        start_child(spec, {in.read_end.get(), out.write_end.get(), err.write_end.get()}));
    for (Descriptor* ours : {&in.read_end, &out.write_end, &err.write_end}) ours->reset();
    return std::unique_ptr<Child>(std::make_unique<PipedChild>(
        spec, started, std::move(in.write_end), std::move(out.read_end), std::move(err.read_end)));
  }

 private:
  static Result<ProcessResult> run_captured(const ProcessSpec& spec) {
    Pipe in;
    if (!spec.input.empty()) {
      TRY(Pipe feed, make_pipe());
      in = std::move(feed);
    }
    TRY(Pipe out, make_pipe());
    TRY(Pipe err, make_pipe());
    TRY(const Started started,
        start_child(spec, {in.read_end.get(), out.write_end.get(), err.write_end.get()}));
    Running running(started, true);
    for (Descriptor* childs : {&in.read_end, &out.write_end, &err.write_end}) childs->reset();
    Stopper stopper(running, spec.timeout, spec.cancel, spec.stop_signal);
    Conversation conversation(spec, std::move(in.write_end), std::move(out.read_end),
                              std::move(err.read_end));
    conversation.hold(running, stopper);
    ProcessResult result = running.reap(stopper.kind());
    result.out = conversation.out();
    result.err = conversation.err();
    return result;
  }

  // What is sent to us alone (`kill`, a terminal that is closed) ends the child and what it started.
  static Result<ProcessResult> run_interactive(const ProcessSpec& spec) {
    const bool own_group = leads_group(spec);
    std::optional<KeyboardSignals> ignored;
    if (!own_group) ignored.emplace();
    TRY(const Started started, start_child(spec, {kOurs, kOurs, kOurs}));
    Running running(started, own_group);
    Stopper stopper(running, spec.timeout, spec.cancel, spec.stop_signal);
    wait_for_end(running, stopper);
    return stopper.kind() == ExitKind::exited ? running.release(ExitKind::exited)
                                              : running.reap(stopper.kind());
  }
};

}  // namespace

std::unique_ptr<ProcessRunner> make_process_runner() { return std::make_unique<SystemRunner>(); }

}  // namespace reef
