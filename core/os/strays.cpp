#include "core/os/strays.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "core/os/process_usage.h"

namespace reef {

Strays::Strays(pid_t leader) {
  const auto disk = make_disk();
  for (const int pid : read_descendants(*disk, leader)) {
    if (getpgid(pid) == leader) continue;
    Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (process.valid()) processes_.push_back(std::move(process));
  }
}

void Strays::signal(int number) const {
  for (const Descriptor& each : processes_) syscall(SYS_pidfd_send_signal, each.get(), number, nullptr, 0);
}

}  // namespace reef
