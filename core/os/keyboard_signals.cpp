#include "core/os/keyboard_signals.h"

#include <atomic>

namespace reef {
namespace {

std::atomic<void (*)(int)> usual_interrupt{nullptr};

// Sent by somebody to us, and not by the terminal to all in front of it.
void on_interrupt(int number, siginfo_t* info, void* /*context*/) {
  const auto usual = usual_interrupt.load();
  if (info->si_code <= 0 && usual != nullptr) usual(number);
}

}  // namespace

KeyboardSignals::KeyboardSignals() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGQUIT, &ignore, &quit_);
  sigaction(SIGINT, &ignore, &interrupt_);
  if (interrupt_.sa_handler == SIG_IGN || interrupt_.sa_handler == SIG_DFL) return;
  usual_interrupt = interrupt_.sa_handler;
  struct sigaction ours {};
  ours.sa_sigaction = on_interrupt;
  ours.sa_flags = SA_SIGINFO;
  sigaction(SIGINT, &ours, nullptr);
}

KeyboardSignals::~KeyboardSignals() {
  sigaction(SIGINT, &interrupt_, nullptr);
  sigaction(SIGQUIT, &quit_, nullptr);
}

}  // namespace reef
