#include "tests/bench/harness_load.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/bench/library_host.h"
#include "core/bench/statistics.h"
#include "core/os/precise_wait.h"

using namespace reef;
using namespace std::chrono_literals;

namespace {

LoadResult load(const char* self, const LoadSettings& settings, const char* argument = "whole") {
  const auto runner = make_process_runner();
  const auto clock = make_system_clock();
  ProcessSpec spec;
  spec.argv = {REEF_NULL_LIBRARY, argument};
  LoadResult result = run_library(*runner, *clock, spec, settings, self).value();
  if (result.outcome == Outcome::valid) return result;
  std::fprintf(stderr, "%s\n", result.reason.c_str());
  std::exit(1);
}

LoadSettings quick(Scenario scenario, std::uint64_t queries) {
  LoadSettings settings = LoadSettings::of(scenario);
  settings.min_queries = queries;
  settings.min_duration = 0ms;
  settings.cover_all = false;
  return settings;
}

double smallest_of(int times, const auto& measure) {
  double best = measure();
  for (int i = 1; i < times; ++i) best = std::min(best, measure());
  return best;
}

double nanoseconds(const LoadResult& result) { return static_cast<double>(result.times.steady->count()); }

void closed_loops(const char* self) {
  const double single = smallest_of(5, [&] {
    const LoadResult result = load(self, quick(Scenario::single_stream, 1'000'000));
    return nanoseconds(result) / static_cast<double>(result.queries());
  });
  std::printf("a library that does nothing, smallest of 5 runs\n");
  std::printf("  single-stream     %8.1f ns a query    (LoadGen, measured elsewhere: 903 ns)\n", single);
  for (const char* how : {"whole", "each"}) {
    const double each = smallest_of(5, [&] {
      const LoadResult result = load(self, quick(Scenario::offline, 1), how);
      return static_cast<double>(result.latencies_ns.at(0)) / static_cast<double>(result.samples_per_query);
    });
    std::printf("  offline, %-8s %8.3f ns a sample   (LoadGen, measured elsewhere: 12.5 ns)\n",
                std::string_view(how) == "each" ? "1 by 1" : "at once", each);
  }
}

void memory(const char* self) {
  const auto peak = [&](std::uint64_t queries) {
    return 1024 * load(self, quick(Scenario::single_stream, queries)).metrics.at(0).second;  // "resident"
  };
  const double small = peak(1'000'000);
  const double large = peak(5'000'000);
  const double larger = peak(9'000'000);
  std::printf(
      "  memory            %8.1f B a query from 1 to 5 million, %.1f B from 5 to 9 (LoadGen: 302-317 B)\n",
      (large - small) / 4e6, (larger - large) / 4e6);
}

double percentile(std::vector<std::uint64_t> values, double p) {
  std::sort(values.begin(), values.end());
  return static_cast<double>(values[static_cast<std::size_t>(static_cast<double>(values.size()) * p)]);
}

void lateness(const char* self) {
  for (const Pacing pacing : {Pacing::sleep, Pacing::spin}) {
    LoadSettings settings = quick(Scenario::server, 4000);
    settings.rate = 2000;
    settings.pacing = pacing;
    const LoadResult result = load(self, settings);
    std::printf(
        "  server, %-9s p50 %.2f us, p90 %.2f us, p99 %.2f us late at 2,000/s (LoadGen: p50 66-106 us)\n",
        pacing == Pacing::sleep ? "sleeping" : "spinning", percentile(result.lateness_ns, 0.5) / 1e3,
        percentile(result.lateness_ns, 0.9) / 1e3, percentile(result.lateness_ns, 0.99) / 1e3);
  }
  std::vector<std::uint64_t> bare;
  const TimerSlack exact(1ns);
  for (int i = 0; i < 4000; ++i) {
    const MonotonicTime until = std::chrono::steady_clock::now() + 500us;
    sleep_until(until);
    bare.push_back(static_cast<std::uint64_t>((std::chrono::steady_clock::now() - until).count()));
  }
  std::printf("  a bare sleep      p50 %.2f us, p90 %.2f us, p99 %.2f us late\n", percentile(bare, 0.5) / 1e3,
              percentile(bare, 0.9) / 1e3, percentile(bare, 0.99) / 1e3);
}

void open_loop(const char* self) {
  for (const Pacing pacing : {Pacing::sleep, Pacing::spin}) {
    LoadSettings settings = quick(Scenario::server, 3'000'000);
    settings.pacing = pacing;
    for (const double rate : {1e6, 5e6}) {
      settings.rate = rate;
      const LoadResult result = load(self, settings);
      std::printf("  open loop, %-8s %5.2f million/s of %.0f million/s asked (LoadGen: 0.3-0.8)\n",
                  pacing == Pacing::sleep ? "sleep" : "spin",
                  static_cast<double>(result.queries()) / nanoseconds(result) * 1e3, rate / 1e6);
    }
  }
}

}  // namespace

void load_of_a_library(const char* self) {
  closed_loops(self);
  memory(self);
  lateness(self);
  open_loop(self);
}
