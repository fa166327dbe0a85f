#include "core/bench/ledger.h"

#include <algorithm>
#include <new>

namespace reef {
namespace {

constexpr std::size_t kLeastSlots = std::size_t{1} << 16U;

}  // namespace

Ledger::Ledger(SharedRegion region, bool fresh)
    : region_(std::move(region)), room_((region_.size() - kFrontBytes) / sizeof(Slot)) {
  front_ = fresh ? new (region_.data()) Front : reinterpret_cast<Front*>(region_.data());
  slots_ = reinterpret_cast<Slot*>(region_.data() + kFrontBytes);
}

Result<Ledger> Ledger::create(std::uint64_t queries) {
  TRY(SharedRegion region,
      SharedRegion::create(kFrontBytes + queries * sizeof(Slot), kFrontBytes + kLeastSlots * sizeof(Slot)));
  return Ledger(std::move(region), true);
}

Result<Ledger> Ledger::open(int fd) {
  TRY(SharedRegion region, SharedRegion::open(fd));
  return Ledger(std::move(region), false);
}

Ledger::Answer Ledger::answer(std::uint64_t id, MonotonicTime when) {
  if (!is_known(id)) return id != 0 && id < front_->first_id ? Answer::twice : Answer::unknown;
  Slot& slot = at(id);
  std::atomic_ref state(slot.state);
  std::atomic_ref time(slot.time);
  if ((state.load(std::memory_order_acquire) & kWaiting) == 0) return Answer::twice;
  const std::int64_t now = when.time_since_epoch().count();
  time.store(now - time.load(std::memory_order_relaxed), std::memory_order_relaxed);
  const std::uint64_t before = state.fetch_and(~kWaiting, std::memory_order_acq_rel);
  std::atomic_ref(front_->last_answer_ns).store(now, std::memory_order_release);
  // Two threads may have answered at once.
  return (before & kWaiting) == 0 ? Answer::twice : Answer::taken;
}

Ledger::Columns Ledger::columns() const {
  Columns out;
  const std::uint64_t count = measured();
  out.latencies_ns.reserve(count);
  out.lateness_ns.reserve(count);
  for (std::uint64_t id = front_->first_id; id < front_->first_id + count; ++id) {
    if (!is_answered(id)) continue;
    out.latencies_ns.push_back(static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency(id))));
    out.lateness_ns.push_back(lateness(id));
  }
  return out;
}

bool Ledger::clock_went_back() const {
  for (std::uint64_t id = front_->first_id; id < front_->first_id + measured(); ++id)
    if (is_answered(id) && latency(id) < 0) return true;
  return false;
}

}  // namespace reef
