#include "core/bench/engine.h"

#include <algorithm>
#include <cmath>

#include "core/base/units.h"
#include "core/bench/arrivals.h"
#include "core/bench/wake_lead.h"
#include "core/os/precise_wait.h"

namespace reef {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t kMostSamples = std::uint64_t{1} << 31U;
constexpr nanoseconds kLeastSlack{1};
constexpr std::uint64_t kBetweenLooks = std::uint64_t{1} << 18U;  // queries: 4 MiB of the ledger

Status interrupted() { return make_error(ErrorCode::interrupted, "interrupted"); }

}  // namespace

LoadEngine::LoadEngine(System& system, Clock& clock, Ledger& ledger, const LoadSettings& settings,
                       const Cancellation* cancel, std::function<ProcessUsage()> usage, LoadResult& result)
    : system_(system),
      clock_(clock),
      ledger_(ledger),
      settings_(settings),
      cancel_(cancel),
      usage_(std::move(usage)),
      result_(result) {}

Status LoadEngine::run(std::uint64_t samples) {
  if (samples == 0 || samples > kMostSamples)
    return make_error(ErrorCode::invalid_input, "the {} has {} samples, expected 1 to {}", system_.noun(),
                      samples, kMostSamples);
  prepare(samples);
  if (settings_.mode == LoadMode::accuracy) return measure_accuracy();
  TRY_STATUS(warm_up());
  if (!settings_.find_peak) {
    TRY_STATUS(measure());
  } else {
    const auto from = search_peak();
    ledger_.restart();  // probes are no measurement
    if (!from) return tl::make_unexpected(from.error());
    TRY_STATUS(confirm_peak(*from));
  }
  if (settings_.cover_all) TRY_STATUS(cover());
  look();
  result_.peak_memory = usage_().peak_memory;
  return {};
}

void LoadEngine::prepare(std::uint64_t samples) {
  result_.samples = ledger_.front().samples = samples;
  const bool whole = settings_.samples_per_query == 0;
  result_.samples_per_query = whole ? samples : settings_.samples_per_query;
  ledger_.front().samples_per_query = result_.samples_per_query;
  result_.rate = settings_.rate;
  result_.spinning = settings_.scenario == Scenario::server && spins(settings_.pacing, allowed_processors());
  order_.emplace(samples, settings_.seed);
  query_.resize(result_.samples_per_query);
  look();
}

// What this load generator has in memory now, and `more` that it had for a moment.
void LoadEngine::hold(std::uint64_t more) {
  const std::uint64_t numbers = query_.capacity() + result_.samples * (loadgen_ ? 2 : 1);
  held_ = std::max(held_, ledger_.bytes() + numbers * sizeof(std::uint32_t) + result_.samples / 8 + more);
}

void LoadEngine::look() {
  hold(0);
  system_.look(held_);
  next_look_ = ledger_.next_id() + kBetweenLooks;
}

// Queries, one at a time: fills in `query_`, asks and waits for the answer.

std::uint64_t LoadEngine::begin_query(std::size_t count) {
  if (count > query_.capacity()) std::vector<std::uint32_t>().swap(query_);  // never both in memory
  query_.resize(count);
  if (!loadgen_) {
    for (std::uint32_t& sample : query_) sample = order_->next();
  } else {
    loadgen_->next(query_);
    for (const std::uint32_t sample : query_) order_->mark(sample);
  }
  return ledger_.open();
}

Status LoadEngine::ask(std::size_t count) {
  const std::uint64_t id = begin_query(count);
  ledger_.front().sample = query_.front();
  issued_ = clock_.monotonic();
  ledger_.issue(id, issued_, nanoseconds(0));
  TRY_STATUS(system_.issue(id, query_));
  return await(id);
}

Status LoadEngine::await(std::uint64_t id) {
  const MonotonicTime deadline = issued_ + settings_.answer_limit;
  for (MonotonicTime now = issued_; !ledger_.is_answered(id);) {
    TRY_STATUS(system_.wait(now, deadline, true));
    if (ledger_.is_answered(id)) break;
    now = clock_.monotonic();
    if (now >= deadline) return lost(id);
  }
  oldest_ = id + 1;
  if (cancel_ != nullptr && cancel_->requested()) return interrupted();
  return {};
}

Failure LoadEngine::lost(std::uint64_t id) const {
  std::string samples;
  constexpr std::size_t kShown = 4;
  if (id + 1 == ledger_.next_id()) {
    for (std::size_t i = 0; i < std::min(kShown, query_.size()); ++i)
      samples += fmt::format("{}{}", i == 0 ? "" : ", ", query_[i]);
    if (query_.size() > kShown) samples += ", ...";
  } else {
    samples = std::to_string(sample_of(id));
  }
  return make_error(ErrorCode::io, "query {} ({} {}) was not answered within {}", id,
                    query_.size() == 1 ? "sample" : "samples", samples,
                    format_duration(settings_.answer_limit));
}

// Of a query of one sample that was not the last. The order is seeded, so that it need not be kept.
std::uint32_t LoadEngine::sample_of(std::uint64_t id) const {
  std::uint32_t sample = 0;
  if (loadgen_) {
    LoadGenOrder again = loadgen_order();
    for (std::uint64_t i = ledger_.front().first_id; i <= id; ++i) again.next({&sample, 1});
  } else {
    SampleOrder again(result_.samples, settings_.seed);
    for (std::uint64_t i = 0; i < id; ++i) sample = again.next();
  }
  return sample;
}

LoadGenOrder LoadEngine::loadgen_order() const {
  return LoadGenOrder(settings_.scenario, result_.samples, result_.samples_per_query, settings_.min_queries,
                      settings_.seed);
}

Status LoadEngine::warm_up() {
  ledger_.front().phase = LoadPhase::warming_up;
  const bool offline = settings_.scenario == Scenario::offline;
  const bool timed_offline = offline && settings_.min_duration.count() > 0;
  const std::uint64_t wanted = std::max<std::uint64_t>(settings_.warmup_queries, timed_offline ? 1 : 0);
  nanoseconds latency = settings_.min_duration;
  const MonotonicTime start = clock_.monotonic();
  for (std::uint64_t i = 0; i < wanted; ++i) {
    ledger_.restart();
    const Status status = ask(result_.samples_per_query);
    result_.times.warmup = clock_.monotonic() - start;
    ledger_.front().warmup_ns = result_.times.warmup->count();
    TRY_STATUS(status);
    ++result_.warmup_queries;
    latency = ledger_.last_answer() - issued_;
    if (!result_.times.first_answer) result_.times.first_answer = latency;
    ledger_.front().first_answer_ns = result_.times.first_answer->count();
    if (*result_.times.warmup >= settings_.max_warmup) break;
  }
  if (offline) grow_query(latency);
  return {};
}

// One query that has as many samples as were asked for and lasts long enough: a query as it is now took
// `latency`, so all samples again and again, a tenth more than it would need at that pace. Whether it grew.
bool LoadEngine::grow_query(nanoseconds latency) {
  const std::uint64_t before = result_.samples_per_query;
  std::uint64_t wanted = std::max(before, settings_.min_queries);
  if (latency < settings_.min_duration) {
    const double longer = 1.1 * static_cast<double>(settings_.min_duration.count()) /
                          static_cast<double>(std::max<std::int64_t>(1, latency.count()));
    const std::uint64_t most = std::max<std::uint64_t>(1, kMostOfflineSamples / result_.samples);
    const double rounds =
        std::ceil(static_cast<double>(before) * longer / static_cast<double>(result_.samples));
    const auto whole_rounds = rounds < static_cast<double>(most) ? static_cast<std::uint64_t>(rounds) : most;
    wanted = std::max(wanted, whole_rounds * result_.samples);
  }
  result_.samples_per_query = ledger_.front().samples_per_query = wanted;
  return wanted > before;
}

// A system may be much better in batches than the query that its size was reckoned from: an offline query
// that turns out too short was one more of the warm-up.
Status LoadEngine::measure() {
  constexpr int kMostTries = 10;
  for (int tries = 1;; ++tries) {
    ledger_.front().phase = LoadPhase::measuring;
    const Status status = measure_phase();
    const nanoseconds latency = ledger_.last_answer() - issued_;
    const bool too_short =
        settings_.scenario == Scenario::offline && status && latency < settings_.min_duration;
    if (!too_short || tries == kMostTries || !grow_query(latency)) {
      collect();
      return status;
    }
    result_.times.warmup = result_.times.warmup.value_or(nanoseconds(0)) + latency;
  }
}

Status LoadEngine::measure_phase() {
  ledger_.restart();
  oldest_ = ledger_.next_id();
  last_due_ = {};
  in_measured_ = true;
  if (settings_.order == Order::loadgen) loadgen_ = loadgen_order();
  look();
  const ProcessUsage before = usage_();
  started_ = clock_.monotonic();
  ledger_.front().started_ns = started_.time_since_epoch().count();
  const Status status =
      settings_.scenario == Scenario::server ? open_loop(result_.rate, settings_.seed, false) : closed_loop();
  result_.over_by_issuer = over_.by_issuer;
  const ProcessUsage after = usage_();
  look();
  if (before.cpu && after.cpu && *after.cpu >= *before.cpu) result_.cpu = *after.cpu - *before.cpu;
  if (before.context_switches && after.context_switches &&
      *after.context_switches >= *before.context_switches)
    result_.context_switches = *after.context_switches - *before.context_switches;
  if (after.peak_memory) result_.peak_memory = after.peak_memory;
  return status;
}

Status LoadEngine::closed_loop() {
  for (std::uint64_t n = 0;; ++n) {
    const nanoseconds elapsed = n == 0 ? nanoseconds(0) : issued_ - started_;
    const bool enough = settings_.scenario == Scenario::offline  // its one query is as large as it has to be
                        || (n >= settings_.min_queries && elapsed >= settings_.min_duration);
    if (enough && n > 0) return {};
    if (ledger_.is_full()) return {};
    if (ledger_.next_id() >= next_look_) look();
    TRY_STATUS(ask(result_.samples_per_query));
    if (!result_.times.first_answer) result_.times.first_answer = ledger_.last_answer() - issued_;
  }
}

Status LoadEngine::open_loop(double rate, std::uint64_t seed, bool probing) {
  const TimerSlack exact(kLeastSlack);
  WakeLead lead(rate);
  Arrivals arrivals(rate, seed);
  LoadGenArrivals loadgen_arrivals(rate, seed);
  const double seconds = std::chrono::duration<double>(settings_.min_duration).count();
  const auto planned = std::max(settings_.min_queries, static_cast<std::uint64_t>(rate * seconds));
  // A probe ends early when it cannot become valid any more, or cannot tell.
  const bool ends_early = probing && settings_.bound;
  const std::uint64_t allowed = ends_early ? most_over(planned, settings_.bound->percentile).value_or(0) : 0;
  watch_.emplace(settings_.bound ? settings_.bound->limit : settings_.answer_limit);
  over_ = {};
  aborted_ = false;
  MonotonicTime now = started_ = clock_.monotonic();
  last_due_ = started_;
  for (std::uint64_t n = 0; !ledger_.is_full(); ++n) {
    const bool enough = n >= settings_.min_queries && last_due_ - started_ >= settings_.min_duration;
    if (enough && n > 0) break;
    if (ledger_.next_id() >= next_look_) look();
    const MonotonicTime due = started_ + (loadgen_ ? loadgen_arrivals.next() : arrivals.next());
    const MonotonicTime alarm = lead.alarm(due);
    do {
      const bool sleeps = !result_.spinning && now < alarm;
      TRY_STATUS(system_.wait(now, sleeps ? alarm : now, false));
      now = clock_.monotonic();
      if (sleeps && now >= alarm) lead.woke(alarm, now);
    } while (now < due);
    if (cancel_ != nullptr && cancel_->requested()) return interrupted();
    watch_->issuing(ledger_.next_id(), oldest_, due, now);
    judge_answered();
    TRY_STATUS(check_oldest(now));
    if (ends_early && (over_.by_system > 2 + 2 * allowed || over_.excused > planned / 2)) {
      aborted_ = true;
      break;
    }
    const std::uint64_t id = begin_query(1);
    ledger_.front().sample = query_.front();
    now = issued_ = clock_.monotonic();
    const nanoseconds late = std::max(nanoseconds(0), now - due);
    // A search would go down and down below a bound that no rate can keep; lateness ends it.
    if (!probing && oldest_ == id) watch_->alone(id, due, late);
    ledger_.issue(id, due, late);
    last_due_ = due;
    TRY_STATUS(system_.issue(id, query_));
    if (!system_.works_while_issued()) continue;
    now = clock_.monotonic();
    watch_->kept(now - issued_);
  }
  return drain();
}

// Counts the queries over the bound among those that are answered, in the order of issue.
void LoadEngine::judge_answered() {
  for (; oldest_ < ledger_.next_id() && ledger_.is_answered(oldest_); ++oldest_) {
    const bool excused = watch_->excuses(oldest_, nanoseconds(ledger_.latency(oldest_)));
    over_.excused += excused ? 1U : 0U;
    if (settings_.bound && ledger_.latency(oldest_) > settings_.bound->limit.count())
      ++(excused ? over_.by_issuer : over_.by_system);
  }
}

Status LoadEngine::check_oldest(MonotonicTime now) {
  if (oldest_ >= ledger_.next_id() || ledger_.is_answered(oldest_)) return {};
  if (now - ledger_.due(oldest_) <= settings_.answer_limit) return {};
  return lost(oldest_);
}

// Waits for every answer that is still due.
Status LoadEngine::drain() {
  for (MonotonicTime now = clock_.monotonic();; now = clock_.monotonic()) {
    judge_answered();
    if (oldest_ == ledger_.next_id()) break;
    if (cancel_ != nullptr && cancel_->requested()) return interrupted();
    TRY_STATUS(check_oldest(now));
    TRY_STATUS(system_.wait(now, ledger_.due(oldest_) + settings_.answer_limit + nanoseconds(1), true));
  }
  if (!result_.times.first_answer && ledger_.next_id() > ledger_.front().first_id)
    result_.times.first_answer = nanoseconds(ledger_.latency(ledger_.front().first_id));
  return {};
}

// Every sample once, in order, one query after the other.
Status LoadEngine::measure_accuracy() {
  ledger_.front().phase = LoadPhase::measuring;
  result_.answers.resize(result_.samples);
  system_.keep_answers(result_.answers);
  ledger_.restart();
  in_measured_ = true;
  started_ = clock_.monotonic();
  const auto ask_all = [&]() -> Status {
    for (std::uint64_t at = 0; at < result_.samples; at += result_.samples_per_query) {
      query_.resize(std::min(result_.samples_per_query, result_.samples - at));
      for (std::size_t i = 0; i < query_.size(); ++i) query_[i] = static_cast<std::uint32_t>(at + i);
      const std::uint64_t id = ledger_.open();
      ledger_.front().sample = at;
      issued_ = clock_.monotonic();
      ledger_.issue(id, issued_, nanoseconds(0));
      TRY_STATUS(system_.issue(id, query_));
      TRY_STATUS(await(id));
      if (!result_.times.first_answer) result_.times.first_answer = ledger_.last_answer() - issued_;
    }
    return {};
  };
  const Status status = ask_all();
  collect();
  std::uint64_t answers = 0;
  for (const std::string& answer : result_.answers)
    answers += sizeof answer + (answer.capacity() > std::string().capacity() ? answer.capacity() : 0);
  hold(answers);
  look();
  result_.peak_memory = usage_().peak_memory;
  return status;
}

Status LoadEngine::cover() {
  look();
  const std::vector<std::uint32_t> left = order_->not_asked();
  if (left.empty()) return {};
  ledger_.front().phase = LoadPhase::covering;
  ledger_.end_measuring();  // the slots stay, for whoever finds us dead
  in_measured_ = false;
  const MonotonicTime start = clock_.monotonic();
  const std::size_t each = std::min<std::size_t>(result_.samples_per_query, left.size());
  for (std::size_t at = 0; at < left.size() && !ledger_.is_full(); at += each) {
    const auto from = left.begin() + static_cast<std::ptrdiff_t>(at);
    query_.assign(from, from + static_cast<std::ptrdiff_t>(std::min(each, left.size() - at)));
    const std::uint64_t id = ledger_.open();
    ledger_.front().sample = query_.front();
    issued_ = clock_.monotonic();
    ledger_.issue(id, issued_, nanoseconds(0));
    TRY_STATUS(system_.issue(id, query_));
    TRY_STATUS(await(id));
  }
  result_.times.cover = clock_.monotonic() - start;
  hold(left.size() * sizeof left.front());  // beside a ledger that has grown
  return {};
}

void LoadEngine::collect() {
  if (!in_measured_) return;
  if (!left_in_ledger_) {
    Ledger::Columns columns = ledger_.columns();
    result_.latencies_ns = std::move(columns.latencies_ns);
    if (settings_.scenario == Scenario::server) result_.lateness_ns = std::move(columns.lateness_ns);
    if (result_.latencies_ns.empty()) return;
  }
  if (ledger_.clock_went_back() && result_.outcome == Outcome::valid) {
    result_.outcome = Outcome::invalid;
    result_.reason = "the clock went back while it measured: the latencies mean nothing";
  }
  if (ledger_.last_answer() <= started_) return;
  result_.times.steady = ledger_.last_answer() - started_;
  result_.last_due = (settings_.scenario == Scenario::server ? last_due_ : issued_) - started_;
}

}  // namespace reef
