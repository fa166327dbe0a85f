#pragma once

#include <functional>
#include <span>

#include "core/bench/harness.h"
#include "core/bench/issuer_watch.h"
#include "core/bench/ledger.h"
#include "core/bench/loadgen_order.h"
#include "core/bench/sample_order.h"
#include "core/os/cancel.h"
#include "core/os/process_usage.h"

namespace reef {

// The system under test, as the load generator sees it: queries go in, answers come in by themselves and are
// written into the ledger by whoever receives them.
class System {
 public:
  virtual ~System() = default;
  // Hands a query over; it may be answered before this returns. An error ends the run.
  virtual Status issue(std::uint64_t id, std::span<const std::uint32_t> samples) = 0;
  // Waits until an answer came, or until `until`; `now` is the time, or shortly before. Not before `now`:
  // looks once, without waiting. Open loops (`for_answer` false) do not need to be woken by answers.
  // An error ends the run: the system broke the rules, is gone, or the user interrupts.
  virtual Status wait(MonotonicTime now, MonotonicTime until, bool for_answer) = 0;
  // Keeps what is answered from now on, by sample (accuracy mode).
  virtual void keep_answers(std::vector<std::string>& answers) = 0;
  // Whether the system works inside `issue`: the time there is its own then, not the load generator's.
  virtual bool works_while_issued() const { return false; }
  // Told now and then, outside of what is timed: the most bytes that the load generator held so far. For a
  // system that shares its process.
  virtual void look(std::uint64_t /*held*/) {}
  // A query's system in words, for messages: "query 17 (sample 42) was not answered within 60 s".
  virtual std::string_view noun() const = 0;  // "program", "library"
};

// Issues queries by the rules of a scenario and keeps the books. One thread; every moment is asked of the
// clock handed in, so that tests run on a virtual one.
class LoadEngine {
 public:
  LoadEngine(System& system, Clock& clock, Ledger& ledger, const LoadSettings& settings,
             const Cancellation* cancel, std::function<ProcessUsage()> usage, LoadResult& result);

  // Warm-up, search for the peak when asked for, the measured phase, and the samples left over; of a system
  // that is loaded and has so many samples. What was measured is in the result whatever this returns.
  Status run(std::uint64_t samples);
  // The result gets no columns: whoever has the ledger, too, reads them there.
  void leave_in_ledger() { left_in_ledger_ = true; }

 private:
  void prepare(std::uint64_t samples);
  Status warm_up();
  bool grow_query(std::chrono::nanoseconds latency);
  Result<double> search_peak();  // the rate to confirm
  Status confirm_peak(double rate);
  Result<PeakProbe> probe(double rate, std::uint64_t number);
  Status measure();
  Status measure_phase();
  Status measure_accuracy();
  Status cover();
  Status closed_loop();
  Status open_loop(double rate, std::uint64_t seed, bool probing);
  Status drain();
  void judge_answered();

  void hold(std::uint64_t more);
  void look();

  std::uint64_t begin_query(std::size_t count);
  Status ask(std::size_t count);
  Status await(std::uint64_t id);
  Status check_oldest(MonotonicTime now);
  Failure lost(std::uint64_t id) const;
  LoadGenOrder loadgen_order() const;
  std::uint32_t sample_of(std::uint64_t id) const;
  void collect();
  Demands demands() const;

  System& system_;
  Clock& clock_;
  Ledger& ledger_;
  const LoadSettings& settings_;
  const Cancellation* cancel_;
  std::function<ProcessUsage()> usage_;
  LoadResult& result_;
  std::optional<SampleOrder> order_;
  std::optional<LoadGenOrder> loadgen_;  // of the measured phase, when it was asked for
  std::vector<std::uint32_t> query_;
  MonotonicTime started_;
  MonotonicTime issued_;              // when the last query was issued
  MonotonicTime last_due_;            // of an open loop
  std::uint64_t oldest_ = 1;          // no query before it waits
  std::optional<IssuerWatch> watch_;  // of an open loop
  // Queries of the open loop: those that say nothing of the system, and those over the bound by fault.
  struct {
    std::uint64_t excused = 0;
    std::uint64_t by_system = 0;
    std::uint64_t by_issuer = 0;
  } over_;
  std::uint64_t fastest_ns_ = 0;  // answer of the last probe
  std::uint64_t held_ = 0;        // bytes, at most
  std::uint64_t next_look_ = 0;   // query
  bool left_in_ledger_ = false;
  bool aborted_ = false;      // a probe that cannot become valid any more
  bool in_measured_ = false;  // the slots of the ledger are those of the measured phase
};

}  // namespace reef
