#include "core/os/strays.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/os/process_usage.h"

namespace reef {

Strays::Strays(pid_t leader) {
  const auto disk = make_disk();
  std::vector<std::pair<int, Descriptor>> open;
  for (const int pid : read_descendants(*disk, leader)) {
    if (getpgid(pid) == leader) continue;
    Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (process.valid()) open.emplace_back(pid, std::move(process));
  }
  if (open.empty()) return;
  // A number may have become another process's before it was opened: what is still below the leader is ours.
  const std::vector<int> still = read_descendants(*disk, leader);
  for (auto& [pid, process] : open)
    if (std::find(still.begin(), still.end(), pid) != still.end()) processes_.push_back(std::move(process));
}

void Strays::signal(int number) const {
  for (const Descriptor& each : processes_) syscall(SYS_pidfd_send_signal, each.get(), number, nullptr, 0);
}

}  // namespace reef
