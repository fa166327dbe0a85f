#include "core/bench/issuer_watch.h"

#include <algorithm>

namespace reef {
namespace {

constexpr int kRecovery = 4;

}  // namespace

void IssuerWatch::issuing(std::uint64_t id, std::uint64_t waiting, MonotonicTime due, MonotonicTime now) {
  ideal_ = std::max(ideal_, due);
  const std::chrono::nanoseconds late = now - ideal_;
  if (2 * late > bound_) {
    recovered_ = std::max(recovered_, now + kRecovery * late);
    if (excused_.empty() || excused_.back().last + 1 < waiting) excused_.push_back({waiting, id});
  }
  if (now <= recovered_ && !excused_.empty()) excused_.back().last = id;
}

bool IssuerWatch::excuses(std::uint64_t id) {
  while (!excused_.empty() && excused_.front().last < id && excused_.size() > 1) excused_.pop_front();
  return !excused_.empty() && excused_.front().first <= id && id <= excused_.front().last;
}

}  // namespace reef
