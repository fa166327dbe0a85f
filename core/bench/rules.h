#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/model/bound.h"

// What the load scenarios are, and when a measurement under one is VALID: the arithmetic of MLPerf LoadGen
// 6.0, computed here anew; nothing of it is an official MLPerf result. Pure.
namespace reef {

//                samples per query   next query                                latency
// single_stream  1                   when the last was answered                answer - issue
// multi_stream   8                   when the last was answered                last sample's answer - issue
// server         1                   at its drawn moment, whatever is waiting  answer - that moment
// offline        all, in one query   once                                      last sample's answer - issue
enum class Scenario { single_stream, multi_stream, server, offline };
std::string_view name_of(Scenario scenario);  // "single-stream", ...
Result<Scenario> parse_scenario(std::string_view text);

// performance: time, and whether the answers came. accuracy: every sample once, its answer kept, no verdict
// on time.
enum class LoadMode { performance, accuracy };
std::string_view name_of(LoadMode mode);

// How the issuer of the server scenario waits for the next moment: asleep, with a timer slack of 1 ns and its
// alarm a little early (wake_lead.h), or spinning, which is more exact but takes a processor from the system
// under test. automatic spins from 4 processors on.
enum class Pacing { automatic, sleep, spin };
std::string_view name_of(Pacing pacing);
Result<Pacing> parse_pacing(std::string_view text);
bool spins(Pacing pacing, unsigned processors);

// Of samples and of arrivals. rounds: rounds over all samples, each shuffled anew (sample_order.h),
// arrivals.h; the same numbers everywhere. loadgen: what MLPerf LoadGen draws, in the measured phase
// (loadgen_order.h).
enum class Order { rounds, loadgen };
std::string_view name_of(Order order);
Result<Order> parse_order(std::string_view text);

// What a run was asked to reach.
struct Demands {
  Scenario scenario = Scenario::single_stream;
  std::uint64_t min_queries = 0;  // offline: samples
  std::chrono::nanoseconds min_duration{};
  std::optional<LatencyBound> bound;  // server only
};

// Whether a measurement is VALID: at least min_queries (offline: so many samples); at least min_duration
// until the last query was due (server) or issued (single- and multi-stream), or until it was answered
// (offline); for the server scenario the bound's percentile within the bound; and early stopping: with t
// queries over the bound, n >= h(t) + t (server), or n >= h(1) + 1 for p90 (single-stream) and p99
// (multi-stream).
struct Judgement {
  bool valid = true;
  std::vector<std::string> reasons;  // of what is missing, all of them
  std::string broken;  // server: the one of them that the bound's percentile is above the bound; or nothing
  std::optional<double> percentile;     // that the scenario is about: 0.9, 0.99, the bound's; offline: none
  std::optional<double> value;          // seconds: element floor(n p) of the sorted latencies
  std::optional<double> estimate;       // seconds: early stopping's, single- and multi-stream
  std::optional<std::uint64_t> over;    // server: queries over the bound
  std::optional<double> samples_per_s;  // offline: n / latency of its one query; of several, of all together
};

// last_due: as LoadResult; absent when nothing was issued.
Judgement judge(const Demands& demands, std::span<const std::uint64_t> latencies_ns,
                std::optional<std::chrono::nanoseconds> last_due, std::uint64_t samples_per_query);

// The most queries over the bound with which n queries are VALID; absent when even none are enough.
std::optional<std::uint64_t> most_over(std::uint64_t n, double percentile);

}  // namespace reef
