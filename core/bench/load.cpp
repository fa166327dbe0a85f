// Sizes and sums of a load; engine.cpp does it.
#include <algorithm>

#include "core/bench/harness.h"

namespace reef {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::valid:
      return "valid";
    case Outcome::invalid:
      return "invalid";
    case Outcome::timed_out:
      return "timed out";
    default:
      return "interrupted";
  }
}

LoadSettings LoadSettings::of(Scenario scenario) {
  LoadSettings settings;
  settings.scenario = scenario;
  if (scenario == Scenario::multi_stream) settings.samples_per_query = 8;
  if (scenario == Scenario::offline) {
    settings.samples_per_query = 0;
    settings.warmup_queries = 0;
    settings.min_queries = 1;
    settings.min_duration = {};
    settings.answer_limit = std::chrono::minutes(10);
  }
  return settings;
}

std::optional<double> LoadResult::throughput() const {
  if (latencies_ns.empty() || !times.steady || times.steady->count() <= 0) return std::nullopt;
  return static_cast<double>(queries() * samples_per_query) * 1e9 /
         static_cast<double>(times.steady->count());
}

}  // namespace reef
