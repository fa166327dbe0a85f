#include "core/os/cancel.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>

#include "core/os/watchdog.h"

namespace reef {
namespace {

std::atomic<Cancellation*> handler_target{nullptr};

// Of the first SIGINT. Who sends one to a process and to its group (`timeout -s INT`) asks once.
std::atomic<std::int64_t> asked_at_ns{0};
constexpr std::int64_t kOneRequest = 300'000'000;

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

std::atomic<std::uint64_t> stops{0};

void on_continue(int /*signal*/) { stops.fetch_add(1); }

// Async-signal-safe.
[[noreturn]] void die_at_once(int signal) {
  (void)std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);  // it is blocked in its own handler
  (void)raise(signal);
  // Still here: the first process of a container, which no signal ends. Its status says what a shell would.
  constexpr int kSignalled = 128;
  _exit(kSignalled + signal);
}

void on_signal(int signal) {
  Cancellation* target = handler_target.load();
  if (target == nullptr) return;
  if (signal == SIGINT && target->requested()) {
    const std::int64_t before = asked_at_ns.load();
    if (before == 0 || now_ns() - before > kOneRequest) die_at_once(signal);
    return;
  }
  if (signal == SIGINT) asked_at_ns.store(now_ns());
  target->request(signal);
}

}  // namespace

std::uint64_t times_stopped() { return stops.load(); }

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

Cancellation::Cancellation() {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  read_end_ = ends[0];
  write_end_ = ends[1];
}

Cancellation::~Cancellation() {
  Cancellation* self = this;
  handler_target.compare_exchange_strong(self, nullptr);
  if (read_end_ >= 0) close(read_end_);
  if (write_end_ >= 0) close(write_end_);
}

void Cancellation::request(int signal) noexcept {
  int none = 0;
  signal_.compare_exchange_strong(none, signal);
  if (requested_.exchange(true)) return;
  if (write_end_ < 0) return;
  const char byte = 1;
  // The pipe only wakes sleepers; the flag is what counts, so a full pipe does no harm.
  [[maybe_unused]] const ssize_t written = write(write_end_, &byte, 1);
}

Status Cancellation::check() const {
  if (requested()) return make_error(ErrorCode::interrupted, "interrupted");
  return {};
}

void die_of(int signal) {
  watchdog::end();
  die_at_once(signal);
}

void install_signal_handlers(Cancellation& cancellation) {
  handler_target.store(&cancellation);
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(signal)) sigaction(signal, &action, nullptr);
  action.sa_handler = on_continue;
  sigaction(SIGCONT, &action, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGPIPE, &ignore, nullptr);
}

}  // namespace reef
