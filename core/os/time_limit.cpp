#include "core/os/time_limit.h"

#include <poll.h>

#include <algorithm>
#include <array>

namespace reef {

TimeLimit::TimeLimit(const Cancellation* outer, std::optional<std::chrono::milliseconds> limit)
    : outer_(outer), limit_(limit) {
  if (limit_) watcher_ = std::thread([this] { watch(); });
}

TimeLimit::~TimeLimit() {
  done_.request();
  if (watcher_.joinable()) watcher_.join();
}

void TimeLimit::watch() {
  constexpr std::chrono::milliseconds kLook{200};  // for whom the system gave no descriptor
  const auto end = std::chrono::steady_clock::now() + *limit_;
  std::array<pollfd, 2> watched{pollfd{done_.fd(), POLLIN, 0},
                                {outer_ == nullptr ? -1 : outer_->fd(), POLLIN, 0}};
  while (!done_.requested()) {
    if (outer_ != nullptr && outer_->requested()) return inner_.request();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      over_.store(true, std::memory_order_release);
      return inner_.request();
    }
    const bool all_wake = done_.fd() >= 0 && (outer_ == nullptr || outer_->fd() >= 0);
    const auto patience = std::min<std::chrono::milliseconds>(left, all_wake ? std::chrono::hours(1) : kLook);
    poll(watched.data(), watched.size(), static_cast<int>(patience.count()));
  }
}

}  // namespace reef
