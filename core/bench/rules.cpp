#include "core/bench/rules.h"

#include <algorithm>
#include <numeric>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/bench/statistics.h"

namespace reef {
namespace {

using std::chrono::nanoseconds;

constexpr double kSeconds = 1e-9;
constexpr double kDoubt = 0.01;  // early stopping: 1 - confidence

std::optional<double> percentile_of(const Demands& demands) {
  switch (demands.scenario) {
    case Scenario::single_stream:
      return 0.9;
    case Scenario::multi_stream:
      return 0.99;
    case Scenario::server:
      return demands.bound ? demands.bound->percentile : 0.99;
    default:
      return std::nullopt;
  }
}

template <class Choice, std::size_t N>
Result<Choice> parse_choice(std::string_view text, std::string_view what, const Choice (&choices)[N]) {
  std::vector<std::string> names;
  for (const Choice choice : choices) {
    if (text == name_of(choice)) return choice;
    names.emplace_back(name_of(choice));
  }
  Failure error = make_error(ErrorCode::invalid_input, "unknown {} `{}`, expected {}", what, printable(text),
                             quoted_list(names));
  if (const auto hint = did_you_mean(text, names)) return std::move(error).hint(*hint);
  return error;
}

std::string percent_name(double p) { return LatencyBound{p, {}}.percentile_name(); }

void judge_bound(const LatencyBound& bound, const std::vector<double>& sorted, Judgement& out) {
  const double limit = static_cast<double>(bound.limit.count()) * kSeconds;
  const std::uint64_t n = sorted.size();
  const auto within = std::upper_bound(sorted.begin(), sorted.end(), limit) - sorted.begin();
  out.over = n - static_cast<std::uint64_t>(within);
  if (out.value && *out.value > limit) {
    out.broken = fmt::format("{} is {}, the bound is {}", bound.percentile_name(), format_seconds(*out.value),
                             format_duration(bound.limit));
    out.reasons.push_back(out.broken);
  } else if (const std::uint64_t needed = early_stopping_h(*out.over, bound.percentile) + *out.over;
             out.value && n < needed) {
    out.reasons.push_back(fmt::format(
        "{} is {}, within the bound of {}; with {} of {} queries over it, to be 99 % sure takes {}, {} more",
        bound.percentile_name(), format_seconds(*out.value), format_duration(bound.limit), *out.over, n,
        needed, needed - n));
  }
}

void judge_estimate(double p, const std::vector<double>& sorted, Judgement& out) {
  out.estimate = early_stopping_estimate(sorted, p);
  if (!out.estimate)
    out.reasons.push_back(fmt::format("{} of the {} queries that an estimate of {} needs", sorted.size(),
                                      early_stopping_needs(p), percent_name(p)));
}

}  // namespace

std::string_view name_of(Scenario scenario) {
  switch (scenario) {
    case Scenario::single_stream:
      return "single-stream";
    case Scenario::multi_stream:
      return "multi-stream";
    case Scenario::server:
      return "server";
    default:
      return "offline";
  }
}

Result<Scenario> parse_scenario(std::string_view text) {
  return parse_choice(text, "scenario",
                      {Scenario::single_stream, Scenario::multi_stream, Scenario::server, Scenario::offline});
}

std::string_view name_of(LoadMode mode) { return mode == LoadMode::accuracy ? "accuracy" : "performance"; }

std::string_view name_of(Pacing pacing) {
  switch (pacing) {
    case Pacing::sleep:
      return "sleep";
    case Pacing::spin:
      return "spin";
    default:
      return "auto";
  }
}

Result<Pacing> parse_pacing(std::string_view text) {
  return parse_choice(text, "pacing", {Pacing::automatic, Pacing::sleep, Pacing::spin});
}

std::string_view name_of(Order order) { return order == Order::loadgen ? "loadgen" : "rounds"; }

Result<Order> parse_order(std::string_view text) {
  return parse_choice(text, "order", {Order::rounds, Order::loadgen});
}

bool spins(Pacing pacing, unsigned processors) {
  constexpr unsigned kEnough = 4;
  return pacing == Pacing::spin || (pacing == Pacing::automatic && processors >= kEnough);
}

Judgement judge(const Demands& demands, std::span<const std::uint64_t> latencies_ns,
                std::optional<nanoseconds> last_due, std::uint64_t samples_per_query) {
  std::vector<double> sorted(latencies_ns.size());
  std::transform(latencies_ns.begin(), latencies_ns.end(), sorted.begin(),
                 [](std::uint64_t ns) { return static_cast<double>(ns) * kSeconds; });
  std::sort(sorted.begin(), sorted.end());
  Judgement out;
  out.percentile = percentile_of(demands);
  const auto n = sorted.size();
  const bool offline = demands.scenario == Scenario::offline;
  const std::uint64_t counted = offline ? n * samples_per_query : n;
  if (counted < demands.min_queries || n == 0)
    out.reasons.push_back(fmt::format("{} of the {} {} that were asked for", counted, demands.min_queries,
                                      offline ? "samples" : "queries"));
  nanoseconds lasted = last_due.value_or(nanoseconds(0));
  // Queries that follow each other do not answer their samples in the time of the longest.
  if (offline)
    lasted = nanoseconds(std::accumulate(latencies_ns.begin(), latencies_ns.end(), std::int64_t{0}));
  if (lasted < demands.min_duration)
    out.reasons.push_back(fmt::format("it lasted {}, {} were asked for", format_duration(lasted),
                                      format_duration(demands.min_duration)));
  if (out.percentile && n > 0)
    out.value = sorted[std::min(n - 1, static_cast<std::size_t>(static_cast<double>(n) * *out.percentile))];
  if (offline && lasted.count() > 0)
    out.samples_per_s = static_cast<double>(counted) / (static_cast<double>(lasted.count()) * kSeconds);
  if (demands.scenario == Scenario::server && demands.bound) judge_bound(*demands.bound, sorted, out);
  if (demands.scenario == Scenario::server && !demands.bound)
    out.reasons.emplace_back("no bound of its latency was given, such as p99=10ms");
  if (demands.scenario == Scenario::single_stream || demands.scenario == Scenario::multi_stream)
    judge_estimate(*out.percentile, sorted, out);
  out.valid = out.reasons.empty();
  return out;
}

std::optional<std::uint64_t> most_over(std::uint64_t n, double percentile) {
  const auto allowed = [&](std::uint64_t t) { return binomial_cdf(t, n, 1 - percentile) < kDoubt; };
  if (n == 0 || !allowed(0)) return std::nullopt;
  std::uint64_t low = 0;  // allowed
  std::uint64_t high = n;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (allowed(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace reef
