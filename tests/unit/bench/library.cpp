#include <catch2/catch.hpp>
#include <cmath>
#include <thread>

#include "core/bench/library_host.h"
#include "tests/support/sanitized.h"

using namespace reef;
using namespace std::chrono_literals;

namespace {

struct LibraryBench {
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<ProcessRunner> runner = make_process_runner();
  LoadSettings settings;
  Cancellation cancel;

  explicit LibraryBench(Scenario scenario = Scenario::single_stream) : settings(LoadSettings::of(scenario)) {
    settings.warmup_queries = 5;
    settings.min_queries = scenario == Scenario::offline ? 1 : 20;
    settings.min_duration = 0ms;
    settings.answer_limit = 10s;
  }
  LoadResult load(std::vector<std::string> args) {
    ProcessSpec spec;
    args.insert(args.begin(), REEF_BENCH_LIBRARY);
    spec.argv = std::move(args);
    spec.cancel = &cancel;
    auto result = run_library(*runner, *clock, spec, settings, REEF_BENCH_LIBRARY_HOST);
    REQUIRE(result);
    return *std::move(result);
  }
};

}  // namespace

TEST_CASE("a library is loaded into a process of its own and measured there") {
  LibraryBench bench;
  int seen = 0;
  bench.settings.on_ready = [&](int pid) { seen = pid; };
  const std::string mode = GENERATE("good", "threaded", "prints");
  CAPTURE(mode);
  const LoadResult result = bench.load({mode});
  CHECK(result.reason == "");
  CHECK(result.outcome == Outcome::valid);
  CHECK(result.samples == 10);
  CHECK(result.queries() == 20);
  CHECK(result.times.load > 0ns);
  CHECK(result.times.warmup >= result.times.first_answer);
  CHECK(result.times.steady > 0ns);
  CHECK(result.peak_memory > 0U);
  CHECK(result.metrics == std::vector<std::pair<std::string, double>>{{"accuracy", 0.5}});
  CHECK(result.exit.ok());
  CHECK(seen > 0);
}

TEST_CASE("a library answers in every scenario, whole queries or sample by sample") {
  const Scenario scenario = GENERATE(Scenario::multi_stream, Scenario::server, Scenario::offline);
  const std::string mode = GENERATE("good", "parts", "threaded");
  CAPTURE(name_of(scenario), mode);
  LibraryBench bench(scenario);
  bench.settings.rate = 2000;
  const LoadResult result = bench.load({mode});
  CHECK(result.reason == "");
  CHECK(result.queries() == (scenario == Scenario::offline ? 1 : 20));
  CHECK(result.lateness_ns.size() == (scenario == Scenario::server ? 20 : 0));
}

TEST_CASE("the memory of a library is its own, however many queries the load generator keeps") {
  if (test::kSanitized) return;  // what a sanitizer keeps of the ledger grows with it
  const Scenario scenario = GENERATE(Scenario::single_stream, Scenario::server, Scenario::offline);
  CAPTURE(name_of(scenario));
  LibraryBench bench(scenario);
  bench.settings.rate = 10'000'000;
  const auto peak_of = [&](std::uint64_t queries, std::vector<std::string> args) {
    bench.settings.min_queries = queries;
    const LoadResult result = bench.load(std::move(args));
    REQUIRE(result.reason == "");
    return static_cast<double>(result.peak_memory.value());
  };
  constexpr double kMiB = 1 << 20;
  const double few = peak_of(20, {"good"}) / kMiB;
  CHECK(few < 8);
  CHECK(peak_of(scenario == Scenario::offline ? 6'000'000 : 800'000, {"good"}) / kMiB ==
        Approx(few).margin(4));
  CHECK(peak_of(20, {"allocates", scenario == Scenario::offline ? "1" : "10"}) / kMiB ==
        Approx(few + 64).margin(4));
}

TEST_CASE("what a library and a load generator that waits in its process cost cannot be told apart") {
  const Scenario scenario = GENERATE(Scenario::single_stream, Scenario::server);
  LibraryBench bench(scenario);
  bench.settings.rate = 2000;
  const LoadResult result = bench.load({"good"});
  CHECK(result.cpu.has_value() == (scenario == Scenario::single_stream));
  CHECK(result.context_switches.has_value() == (scenario == Scenario::single_stream));
}

TEST_CASE("an accuracy run keeps what a library said to each sample") {
  LibraryBench bench(GENERATE(Scenario::single_stream, Scenario::offline));
  bench.settings.mode = LoadMode::accuracy;
  const LoadResult result = bench.load({"good"});
  CHECK(result.reason == "");
  CHECK(result.answers == std::vector<std::string>{"0", "1", "4", "9", "16", "25", "36", "49", "64", "81"});
}

TEST_CASE("a library that misbehaves makes the run invalid, says how, and takes nobody with it") {
  struct Case {
    std::vector<std::string> args;
    std::string reason;
    std::size_t kept;
  };
  const Case c = GENERATE(values<Case>({
      {{"crashes", "10"},
       "the library crashed while query 10 (sample 7) waited for its answer: killed by SIGABRT (Aborted)",
       4},
      {{"crashes", "1000"},
       "the library crashed while query 1000 (sample 4) waited for its answer: killed by SIGABRT (Aborted)",
       994},
      {{"crashes-loading"}, "the library crashed while it was loaded: killed by SIGABRT (Aborted)", 0},
      {{"exits", "10"},
       "the library ended its process while query 10 (sample 7) waited for its answer: exit status 7",
       4},
      {{"fails", "10"}, "the library could not answer query 10: out of memory", 4},
      {{"twice", "10"}, "the library answered query 10 twice", 5},
      {{"unknown", "10"}, "the library answered query 15, which was not asked", 4},
      {{"beyond", "10"}, "the library answered samples 5 to 6 of query 10, which has 1", 4},
      {{"loses", "10"}, "query 10 (sample 7) was not answered within 200 ms", 4},
      {{"refuses"}, "the library cannot be used: no such weights", 0},
      {{"newer"}, "the library speaks version 2 of the interface, this reef speaks version 1", 0},
      {{"empty"}, "the library has 0 samples, expected 1 to 2147483648", 0},
      {{"ends-badly"}, "the library ended badly after its last answer: the cache was never warm", 20},
      {{"nameless-metric"}, "the library reported a metric without a name (NULL)", 20},
  }));
  CAPTURE(c.args);
  LibraryBench bench;
  if (c.args[0] == "loses") bench.settings.answer_limit = 200ms;
  if (c.args.back() == "1000") bench.settings.min_queries = 2000;
  const LoadResult result = bench.load(c.args);
  CHECK(result.outcome == Outcome::invalid);
  CHECK(result.reason == c.reason);
  CHECK(result.queries() == c.kept);
}

TEST_CASE("a library that never returns is given up, and a slow one that loads is not") {
  LibraryBench bench;
  SECTION("from a query") {
    bench.settings.answer_limit = 100ms;
    const LoadResult result = bench.load({"hangs", "10"});
    CHECK(result.reason == "query 10 (sample 7) was not answered within 100 ms");
    CHECK(result.queries() == 4);
  }
  SECTION("from loading") {
    bench.settings.load_limit = 300ms;
    CHECK(bench.load({"slow-load", "30000"}).reason == "the library was not ready within 300 ms");
  }
  SECTION("that needs its time") { CHECK(*bench.load({"slow-load", "300"}).times.load >= 300ms); }
}

TEST_CASE("a number of a library that JSON has no word for is told as it was") {
  LibraryBench bench;
  const LoadResult result = bench.load({"no-number"});
  CHECK(result.reason == "");
  REQUIRE(result.metrics.size() == 4);
  CHECK(std::isnan(result.metrics[0].second));
  CHECK(result.metrics[1].second == HUGE_VAL);
  CHECK(result.metrics[2].second == -HUGE_VAL);
  CHECK(result.metrics[3].second == 0.5);
}

TEST_CASE("an interrupted run of a library keeps what was measured") {
  LibraryBench bench;
  bench.settings.warmup_queries = 1;
  bench.settings.min_queries = 1'000'000;
  std::thread stopper;
  bench.settings.on_ready = [&](int) {
    stopper = std::thread([&] {
      std::this_thread::sleep_for(300ms);
      bench.cancel.request();
    });
  };
  const LoadResult result = bench.load({"slow", "5"});
  stopper.join();
  CHECK(result.outcome == Outcome::interrupted);
  CHECK(result.queries() >= 1);
  CHECK(result.times.steady > 0ns);
}

TEST_CASE("a file that is no library, or another one, is refused") {
  LibraryBench bench;
  ProcessSpec spec;
  spec.argv = {"/nowhere/system.so"};
  const LoadResult missing =
      run_library(*bench.runner, *bench.clock, spec, bench.settings, REEF_BENCH_LIBRARY_HOST).value();
  CHECK(missing.outcome == Outcome::invalid);
  CHECK(missing.reason.find("cannot load the library `/nowhere/system.so`") == 0);
  spec.argv = {"libc.so.6"};
  CHECK(run_library(*bench.runner, *bench.clock, spec, bench.settings, REEF_BENCH_LIBRARY_HOST)->reason ==
        "the library `libc.so.6` does not export `reef_system_open` (include/reef/system.h)");
}
