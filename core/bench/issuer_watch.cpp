#include "core/bench/issuer_watch.h"

#include <algorithm>

namespace reef {
namespace {

constexpr int kRecovery = 4;

}  // namespace

void IssuerWatch::issuing(std::uint64_t id, std::uint64_t waiting, MonotonicTime due, MonotonicTime now) {
  ideal_ = std::max(ideal_, due);
  const std::chrono::nanoseconds late = now - ideal_;
  alone_.late += late_;
  late_ = late;
  due_ = due;
  if (2 * late > bound_) {
    recovered_ = std::max(recovered_, now + kRecovery * late);
    if (excused_.empty() || excused_.back().last + 1 < waiting) excused_.push_back({waiting, id});
  }
  if (now <= recovered_ && !excused_.empty()) excused_.back().last = id;
}

void IssuerWatch::alone(std::uint64_t id, MonotonicTime due, std::chrono::nanoseconds lateness) {
  alone_ = {id, due, lateness};
  late_ = {};
}

bool IssuerWatch::excuses(std::uint64_t id, std::chrono::nanoseconds latency) {
  while (!excused_.empty() && excused_.front().last < id && excused_.size() > 1) excused_.pop_front();
  if (excused_.empty() || id < excused_.front().first || excused_.front().last < id) return false;
  if (id != alone_.id) return true;
  // Its answer may have been seen late when it came after the next query was due.
  const bool seen_late = alone_.due + latency > due_;
  return latency - alone_.late - (seen_late ? late_ : std::chrono::nanoseconds()) <= bound_;
}

}  // namespace reef
