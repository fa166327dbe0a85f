#pragma once

#include <deque>
#include <limits>
#include <set>

#include "core/bench/engine.h"

// A clock that stands still until somebody waits, and systems that live on it: what the load generator
// computes is then exact.
namespace reef::test {

class VirtualClock : public Clock {
 public:
  SystemTime now() override { return {}; }
  MonotonicTime monotonic() override { return time_; }
  void sleep_for(std::chrono::nanoseconds duration) override { time_ += duration; }
  void set(MonotonicTime time) { time_ = time; }

 private:
  MonotonicTime time_{std::chrono::hours(1000)};
};

// Answers queries by a FIFO worker that needs `service` for each sample; one that is busy makes them wait.
class FifoSystem : public System {
 public:
  FifoSystem(VirtualClock& clock, Ledger& ledger, std::chrono::nanoseconds service)
      : clock_(clock), ledger_(ledger), service_(service) {}

  Status issue(std::uint64_t id, std::span<const std::uint32_t> samples) override {
    free_at_ = std::max(free_at_, clock_.monotonic()) + service_of(id) * static_cast<long>(samples.size());
    arrivals.push_back(clock_.monotonic());
    for (const std::uint32_t sample : samples) asked.push_back(sample);
    if (works_while_issued()) {
      clock_.set(free_at_);
      ledger_.answer(id, free_at_);
    } else if (id != loses) {
      waiting_.push_back({id, free_at_});
    }
    return {};
  }
  Status wait(MonotonicTime /*now*/, MonotonicTime until, bool /*for_answer*/) override {
    if (!waiting_.empty() && waiting_.front().done <= std::max(until, clock_.monotonic())) {
      const Waiting first = waiting_.front();
      waiting_.pop_front();
      clock_.set(std::max(clock_.monotonic(), first.done));
      ledger_.answer(first.id, first.done + jump);
      return {};
    }
    if (wakes_late && until <= clock_.monotonic()) clock_.set(clock_.monotonic() + oversleeps());
    if (until > clock_.monotonic())
      clock_.set(until + (oversleeps ? oversleeps() : std::chrono::nanoseconds()));
    else if (oversleeps)
      clock_.set(clock_.monotonic() + std::chrono::nanoseconds(10));  // a look takes time, too
    return {};
  }
  void keep_answers(std::vector<std::string>& answers) override {
    for (std::size_t i = 0; i < answers.size(); ++i) answers[i] = std::to_string(i * i);
  }
  bool works_while_issued() const override { return in_place; }
  std::string_view noun() const override { return "program"; }

  bool in_place = false;                                 // answers before `issue` returns
  std::function<std::chrono::nanoseconds()> oversleeps;  // how late the host wakes whoever waits
  bool wakes_late = false;                               // even from a wait that had nothing to wait for
  std::uint64_t loses = 0;                               // a query that is never answered
  std::chrono::nanoseconds jump{};
  std::function<std::chrono::nanoseconds(std::uint64_t)> varying;
  std::vector<MonotonicTime> arrivals;
  std::vector<std::uint32_t> asked;

 private:
  struct Waiting {
    std::uint64_t id;
    MonotonicTime done;
  };
  std::chrono::nanoseconds service_of(std::uint64_t id) const { return varying ? varying(id) : service_; }

  VirtualClock& clock_;
  Ledger& ledger_;
  std::chrono::nanoseconds service_;
  MonotonicTime free_at_;
  std::deque<Waiting> waiting_;
};

// An engine on a virtual clock with everything it needs.
struct VirtualRun {
  explicit VirtualRun(Scenario scenario, std::chrono::nanoseconds service = std::chrono::microseconds(500))
      : settings(LoadSettings::of(scenario)),
        ledger(Ledger::create(std::uint64_t{1} << 20U).value()),
        system(clock, ledger, service) {
    settings.cover_all = false;
    settings.pacing = Pacing::sleep;
    settings.rate = 1000;
  }
  Status run(std::uint64_t samples = 10) {
    LoadEngine engine(
        system, clock, ledger, settings, cancel, [] { return ProcessUsage{}; }, result);
    return engine.run(samples);
  }

  VirtualClock clock;
  LoadSettings settings;
  Ledger ledger;
  FifoSystem system;
  const Cancellation* cancel = nullptr;
  LoadResult result;
};

}  // namespace reef::test
