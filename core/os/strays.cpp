#include "core/os/strays.h"

#include <poll.h>
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
    Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (process.valid()) open.emplace_back(pid, std::move(process));
  }
  if (open.empty()) return;
  // A number may have become another process's before it was opened: what is still below the leader is ours.
  const std::vector<int> still = read_descendants(*disk, leader);
  for (auto& [pid, process] : open)
    if (std::find(still.begin(), still.end(), pid) != still.end())
      (getpgid(pid) == leader ? inside_ : outside_).push_back(std::move(process));
}

void Strays::signal(int number) const {
  for (const Descriptor& each : outside_) syscall(SYS_pidfd_send_signal, each.get(), number, nullptr, 0);
}

bool Strays::any_left() const {
  const auto runs = [](const Descriptor& each) {
    pollfd ended{each.get(), POLLIN, 0};
    return poll(&ended, 1, 0) == 0;
  };
  return std::any_of(inside_.begin(), inside_.end(), runs) ||
         std::any_of(outside_.begin(), outside_.end(), runs);
}

}  // namespace reef
