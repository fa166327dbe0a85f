#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/bench/peak.h"
#include "core/bench/rules.h"
#include "core/os/clock.h"
#include "core/os/filesystem.h"
#include "core/os/process.h"

// Measures a program that answers queries over its standard input and output (docs/line-protocol.md), a
// shared library that answers them (include/reef/system.h), or a whole command.
namespace reef {

// The most samples of an offline query: every one is a number in memory and a word to a program.
constexpr std::uint64_t kMostOfflineSamples = std::uint64_t{1} << 27U;

struct LoadSettings {
  Scenario scenario = Scenario::single_stream;
  LoadMode mode = LoadMode::performance;
  // Of multi-stream from 1 up; offline 0: the one query has every sample, and again as often as `min_queries`
  // and time ask for; else 1.
  std::uint64_t samples_per_query = 1;
  std::uint64_t warmup_queries = 100;  // answered but not measured; the first of them is `first_answer`
  std::chrono::nanoseconds max_warmup =
      std::chrono::seconds(5);  // warm-up ends then, after one query at least
  // The measured phase lasts until both are reached. Offline, these are samples of its one query.
  std::uint64_t min_queries = 1000;
  std::chrono::nanoseconds min_duration = std::chrono::seconds(1);
  double rate = 0;                    // server: queries a second; find_peak: where to start, 0: by itself
  std::optional<LatencyBound> bound;  // server: what makes a rate valid
  bool find_peak = false;             // server: search the highest rate that is valid, then measure it
  PeakSettings peak;
  Pacing pacing = Pacing::automatic;
  std::chrono::milliseconds load_limit = std::chrono::seconds(60);    // start to ready line
  std::chrono::milliseconds answer_limit = std::chrono::seconds(60);  // one query
  std::chrono::milliseconds exit_limit = std::chrono::seconds(30);    // `end` to the program's end
  Order order = Order::rounds;
  std::uint64_t seed = 1;  // of the order of samples, and of arrivals
  bool cover_all = true;   // after the measured phase, ask for the samples that were not asked for
  // Called once, when the program said that it is ready, before the first query.
  std::function<void(int pid)> on_ready;

  // Sizes that fit a scenario: 1, 8 or all samples a query; offline is one query without warm-up, with ten
  // minutes for its answer.
  static LoadSettings of(Scenario scenario);
};

// valid: everything asked for was measured. invalid: the program failed or broke the protocol. interrupted:
// spec.cancel asked us to stop; timed_out: because the time was over. What was measured before is kept in all
// of them.
enum class Outcome { valid, invalid, interrupted, timed_out };
std::string_view name_of(Outcome outcome);

struct LoadTimes {
  std::optional<std::chrono::nanoseconds> load;          // start to ready line
  std::optional<std::chrono::nanoseconds> first_answer;  // the first query alone
  std::optional<std::chrono::nanoseconds> warmup;        // first query included
  std::optional<std::chrono::nanoseconds> search;        // of the peak
  std::optional<std::chrono::nanoseconds> steady;        // the measured phase: its start to its last answer
  std::optional<std::chrono::nanoseconds> cover;         // samples not asked for before
};

struct LoadResult {
  Outcome outcome = Outcome::valid;
  std::string reason;         // why it is not valid; one sentence. exit.err tells what the program said last
  std::uint64_t samples = 0;  // that the program said it has
  std::uint64_t samples_per_query = 0;
  double rate = 0;        // server: that was asked for, or found
  bool spinning = false;  // server: how the issuer waited
  // When the last query was due (server) or issued, since the measured phase began.
  std::optional<std::chrono::nanoseconds> last_due;
  std::vector<std::uint64_t> latencies_ns;  // every measured query, in the order of issue
  std::vector<std::uint64_t> lateness_ns;   // server: how late each was issued; part of its latency
  std::uint64_t over_by_issuer = 0;         // server: over the bound because we were late, not the system
  std::uint64_t warmup_queries = 0;         // that were asked before; fewer than asked for when time was over
  std::optional<PeakEstimate> peak;
  std::vector<std::string> answers;  // accuracy: what the system said to each sample, by sample
  LoadTimes times;
  // Of the measured phase, of the program and its children: absent where the system does not tell. A library
  // shares its process with the load generator: in a closed loop some 0.1 us a query of that is in them, of
  // an open loop, which waits by itself, they are absent. Its memory is without the load generator's.
  std::optional<std::chrono::nanoseconds> cpu;
  std::optional<std::uint64_t> context_switches;
  std::optional<std::uint64_t> peak_memory;  // bytes; largest resident set of one process until `end`
  std::vector<std::pair<std::string, double>> metrics;  // that a library reported
  ProcessResult exit;                                   // how the program ended; err: the end of its stderr

  std::uint64_t queries() const { return latencies_ns.size(); }
  // Samples a second over the measured phase; absent when nothing was measured.
  std::optional<double> throughput() const;
};

// Starts the program, loads it with queries and ends it. Fails only when the program could not be started or
// the settings make no sense (invalid_input); all else is in the result.
//
// A query costs one write, one poll and one read of ours, and no memory is allocated while it is timed. The
// program's standard error is drained all the time, its last lines are in `exit.err`. spec.cancel interrupts;
// spec.timeout and spec.input are not used.
Result<LoadResult> run_load(ProcessRunner& runner, Filesystem& fs, Clock& clock, const ProcessSpec& spec,
                            const LoadSettings& settings);

// invalid_input when they make no sense.
Status check(const LoadSettings& settings);

struct CommandSettings {
  std::uint64_t warmup_runs = 1;
  std::uint64_t min_runs = 10;
  std::chrono::nanoseconds min_duration{};  // of all measured runs together
  std::uint64_t max_runs = 1'000'000;
};

struct CommandRun {
  std::chrono::nanoseconds wall{};  // start to end
  std::chrono::nanoseconds user{};
  std::chrono::nanoseconds system{};
  std::uint64_t peak_memory = 0;  // bytes; 0: unknown
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
};

struct CommandResult {
  Outcome outcome = Outcome::valid;
  std::string reason;
  std::optional<std::chrono::nanoseconds> first;   // wall time of the very first run, warm-up included
  std::optional<std::chrono::nanoseconds> warmup;  // of the runs that were not measured
  std::vector<CommandRun> runs;                    // measured ones that succeeded
  ProcessResult last;                              // the last run, with the end of its output
};

// Runs a command again and again and times each run as a whole. A run that fails ends the measurement:
// invalid. spec.timeout limits each run. Fails only when the command could not be started at first.
Result<CommandResult> run_command(ProcessRunner& runner, const ProcessSpec& spec,
                                  const CommandSettings& settings);

}  // namespace reef
