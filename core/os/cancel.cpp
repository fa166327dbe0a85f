#include "core/os/cancel.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace reef {
namespace {

std::atomic<Cancellation*> handler_target{nullptr};

void on_signal(int signal) {
  Cancellation* target = handler_target.load();
  if (target == nullptr) return;
  if (signal == SIGINT && target->requested()) _exit(static_cast<int>(ErrorCode::interrupted));
  target->request();
}

}  // namespace

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

void Cancellation::request() noexcept {
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

void install_signal_handlers(Cancellation& cancellation) {
  handler_target.store(&cancellation);
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(signal)) sigaction(signal, &action, nullptr);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigemptyset(&ignore.sa_mask);
  sigaction(SIGPIPE, &ignore, nullptr);
}

}  // namespace reef
