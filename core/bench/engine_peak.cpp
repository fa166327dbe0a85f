// The search for the peak: probes of many rates, then a whole measurement near what they say.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/units.h"
#include "core/bench/engine.h"

namespace reef {
namespace {

constexpr unsigned kConfirmations = 6;
constexpr double kStepDown = 0.95;
constexpr double kIdle = 200;              // times fewer queries than one worker can answer
constexpr std::uint64_t kForHopeless = 3;  // answers
constexpr std::uint64_t kJudging = 24;     // bytes a query: its two columns, and once more to sort it

// Of three digits, not above.
double rounded_down(double rate) {
  const double scale = std::pow(10, std::floor(std::log10(rate)) - 2);
  return std::floor(rate / scale) * scale;
}

// Three digits, as people write them: "17.2", "35200".
std::string rounded(double rate) {
  return rate >= 100 ? fmt::format("{:.0f}", rounded_down(rate)) : fmt::format("{:.3g}", rate);
}

// Why a search ended without a peak.
std::string nowhere(double start, std::span<const PeakProbe> probes, std::uint64_t fastest_ns) {
  const PeakProbe& last = probes.back();
  if (last.hopeless)
    return fmt::format("no rate can keep the bound: the fastest of {} answers at {} queries a second took {}",
                       last.queries, rounded(last.rate),
                       format_seconds(static_cast<double>(fastest_ns) * 1e-9));
  std::string latency;
  if (!last.valid && last.latency.value_or(0) > 0)
    latency = fmt::format("; the latency of the last was {}", format_seconds(*last.latency));
  return fmt::format("no peak was found between {} and {} queries a second: {} probes, {} of them valid{}",
                     rounded(std::min(start, last.rate)), rounded(std::max(start, last.rate)), probes.size(),
                     last.valid ? "all" : "none", latency);
}

std::string cannot_tell(double rate) {
  return fmt::format(
      "cannot tell the peak: at {} queries a second and above the load generator itself was late; this host "
      "is "
      "too busy, or the rate is beyond what it can issue",
      rounded(rate));
}

// The highest rate that a probe called valid; 0: none.
double sustained(std::span<const PeakProbe> probes) {
  double out = 0;
  for (const PeakProbe& probe : probes)
    if (probe.valid) out = std::max(out, probe.rate);
  return out;
}

}  // namespace

Result<PeakProbe> LoadEngine::probe(double rate, std::uint64_t number) {
  ledger_.restart();
  oldest_ = ledger_.next_id();
  // Another trace for each probe, so that one unlucky burst does not decide them all.
  TRY_STATUS(open_loop(rate, settings_.seed + 1 + number, true));
  look();
  const Ledger::Columns columns = ledger_.columns();
  const Judgement judged = judge(demands(), columns.latencies_ns, last_due_ - started_, 1);
  hold(kJudging * columns.latencies_ns.size());
  PeakProbe out{rate, judged.valid && !aborted_, false, columns.latencies_ns.size(), judged.value};
  fastest_ns_ =
      out.queries == 0 ? 0 : *std::min_element(columns.latencies_ns.begin(), columns.latencies_ns.end());
  const bool too_slow = settings_.bound && std::cmp_greater(fastest_ns_, settings_.bound->limit.count());
  out.hopeless = !out.valid && too_slow && out.queries >= kForHopeless;
  if (out.valid || over_.excused == 0) return out;
  // What is left without the queries that were late by our own fault; less than half is too little to tell.
  const std::uint64_t left = out.queries - std::min(out.queries, over_.excused);
  const bool broken = over_.by_system > most_over(left, settings_.bound->percentile).value_or(0);
  out.undecided = left < out.queries / 2 || (aborted_ && !broken);
  out.valid = !out.undecided && !broken;
  out.hopeless = out.hopeless && !out.undecided && !out.valid;
  return out;
}

Demands LoadEngine::demands() const {
  return {settings_.scenario, settings_.min_queries, settings_.min_duration, settings_.bound};
}

Result<double> LoadEngine::search_peak() {
  ledger_.front().phase = LoadPhase::searching;
  const MonotonicTime start = clock_.monotonic();
  PeakSettings peak = settings_.peak;
  peak.start = settings_.rate;
  // What it did of itself in the warm-up is not far from what one worker can do. Where queries come two
  // hundred times more slowly, hardly one waits for another: below it nothing changes, and probes take for
  // ever, also those of a search that is told to begin there.
  double alone = 0;
  if (result_.times.warmup && result_.times.warmup->count() > 0)
    alone = static_cast<double>(oldest_ - 1) * 1e9 / static_cast<double>(result_.times.warmup->count());
  if (peak.start <= 0) peak.start = alone > 0 ? alone : 1000;
  peak.start = std::max(peak.start, alone / kIdle);
  if (alone > 0) peak.least = std::max(peak.least, std::min(peak.start, alone) / kIdle);
  PeakSearch search(peak);
  const auto keep = [&] {
    result_.peak = search.estimate();
    result_.times.search = clock_.monotonic() - start;
  };
  while (const auto rate = search.next()) {
    const auto probed = probe(*rate, search.estimate().probes.size());
    keep();
    if (!probed) return tl::make_unexpected(probed.error());
    search.tell(*probed);
  }
  keep();
  if (const auto rate = search.gave_up_at()) {
    result_.peak->rate.reset();
    // Where the peak lies nobody can tell, but what was sustained below can be confirmed.
    if (const double known = sustained(result_.peak->probes); known > 0) return known;
    return make_error(ErrorCode::invalid_input, "{}", cannot_tell(*rate));
  }
  if (!result_.peak->rate)
    return make_error(ErrorCode::invalid_input, "{}", nowhere(peak.start, result_.peak->probes, fastest_ns_));
  return result_.peak->lower;
}

// What one can rely on is a rate at which a whole measurement is valid, with a trace of its own.
Status LoadEngine::confirm_peak(double rate) {
  for (unsigned i = 0; i < kConfirmations; ++i) {
    result_.rate = rounded_down(rate);
    TRY_STATUS(measure());
    const Ledger::Columns columns = ledger_.columns();
    const Judgement judged = judge(demands(), columns.latencies_ns, result_.last_due, 1);
    hold(kJudging * columns.latencies_ns.size());
    if (judged.valid) {
      result_.peak->confirmed = result_.rate;
      return {};
    }
    // The same rate once more when it was we who were late, but not for ever.
    const std::uint64_t allowed =
        most_over(columns.latencies_ns.size(), settings_.bound->percentile).value_or(0);
    if (over_.by_system > allowed || i % 2 == 1) rate *= kStepDown;
  }
  return {};
}

}  // namespace reef
