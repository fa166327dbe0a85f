#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "core/os/clock.h"
#include "core/os/shared_region.h"

namespace reef {

// Where a load generator is; the ledger keeps it for whoever finds the load generator dead.
enum class LoadPhase : std::uint32_t { loading, warming_up, searching, measuring, covering, ending };

// Every query that was issued and when it was answered: 16 bytes each, in memory that outlives a crash.
//
// One thread opens queries; any thread answers them. Queries have consecutive numbers, from 1 on; `restart`
// forgets those before, which must all be answered or given up.
class Ledger {
 public:
  // What is true of the run as a whole, at the front of the region. Written by the thread that issues.
  struct Front {
    LoadPhase phase = LoadPhase::loading;
    std::uint32_t pid = 0;
    std::uint64_t samples = 0;
    std::uint64_t samples_per_query = 0;
    std::uint64_t first_id = 1;  // of the slots
    std::uint64_t opened = 0;    // slots in use
    std::uint64_t sample = 0;    // the first one of the query that was opened last
    std::int64_t last_answer_ns = 0;
    std::int64_t load_ns = 0;  // 0: not known (yet); so are the next three
    std::int64_t first_answer_ns = 0;
    std::int64_t warmup_ns = 0;
    std::int64_t started_ns = 0;  // when measuring began
    std::uint64_t measured = 0;   // slots of the measured phase, once that is over
    std::uint64_t beats = 0;      // grows as long as the load generator gets on
  };
  enum class Answer { taken, twice, unknown };

  // Room for that many queries, or as many as the system gives, at least 2^16.
  static Result<Ledger> create(std::uint64_t queries = std::uint64_t{1} << 31U);
  static Result<Ledger> open(int fd);

  Front& front() const { return *front_; }
  int fd() const { return region_.fd(); }

  void restart() {
    most_opened_ = std::max(most_opened_, front_->opened);
    front_->first_id += front_->opened;
    front_->opened = front_->measured = 0;
  }
  // What is opened from now on does not belong to what was measured.
  void end_measuring() { front_->measured = front_->opened; }
  bool is_full() const { return front_->opened == room_; }
  // Memory that was touched in this process, when it is the one that opens queries.
  std::uint64_t bytes() const { return kFrontBytes + std::max(most_opened_, front_->opened) * sizeof(Slot); }
  // The number of the query that `open` gives next.
  std::uint64_t next_id() const { return front_->first_id + front_->opened; }
  // Opens the next query. Touches its memory first, so that the clock can be read right before the query is
  // handed over; then `issue` sets the moment that its latency counts from, and how late it was issued.
  std::uint64_t open() {
    Slot& slot = slots_[front_->opened];
    slot.time = 0;
    slot.state = kWaiting;
    ++front_->beats;
    const std::uint64_t before = front_->opened;
    std::atomic_ref(front_->opened).store(before + 1, std::memory_order_release);
    return front_->first_id + before;
  }
  void issue(std::uint64_t id, MonotonicTime due, std::chrono::nanoseconds late) {
    Slot& slot = at(id);
    std::atomic_ref(slot.time).store(due.time_since_epoch().count(), std::memory_order_relaxed);
    std::atomic_ref(slot.state)
        .store(kWaiting | static_cast<std::uint64_t>(late.count()), std::memory_order_release);
  }
  Answer answer(std::uint64_t id, MonotonicTime when);
  bool is_known(std::uint64_t id) const {
    return id - front_->first_id < std::atomic_ref(front_->opened).load(std::memory_order_relaxed);
  }
  bool is_answered(std::uint64_t id) const {
    return (std::atomic_ref(at(id).state).load(std::memory_order_acquire) & kWaiting) == 0;
  }
  MonotonicTime last_answer() const {
    return MonotonicTime(
        std::chrono::nanoseconds(std::atomic_ref(front_->last_answer_ns).load(std::memory_order_acquire)));
  }
  // When a query that waits was due.
  MonotonicTime due(std::uint64_t id) const { return MonotonicTime(std::chrono::nanoseconds(at(id).time)); }
  // Of an answered query; below 0 when the clock went back.
  std::int64_t latency(std::uint64_t id) const { return at(id).time; }
  std::uint64_t lateness(std::uint64_t id) const { return at(id).state & ~kWaiting; }

  // Of the measured queries since `restart` that were answered, in the order of issue.
  struct Columns {
    std::vector<std::uint64_t> latencies_ns;
    std::vector<std::uint64_t> lateness_ns;
  };
  Columns columns() const;
  // Whether one of these was answered before it was due.
  bool clock_went_back() const;

 private:
  struct Slot {
    std::int64_t time;  // waiting: when it was due; answered: latency
    std::uint64_t state;
  };
  static_assert(sizeof(Slot) == 16);
  static constexpr std::uint64_t kWaiting = std::uint64_t{1} << 63U;
  static constexpr std::size_t kFrontBytes = 4096;

  explicit Ledger(SharedRegion region, bool fresh);
  std::uint64_t measured() const { return front_->measured > 0 ? front_->measured : front_->opened; }
  Slot& at(std::uint64_t id) const { return slots_[id - front_->first_id]; }

  SharedRegion region_;
  Front* front_;
  Slot* slots_;
  std::uint64_t room_;
  std::uint64_t most_opened_ = 0;  // before the last `restart`
};

}  // namespace reef
