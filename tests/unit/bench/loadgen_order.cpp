#include "core/bench/loadgen_order.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "tests/unit/bench/virtual_time.h"

using namespace reef;
using namespace std::chrono_literals;
using test::VirtualRun;

namespace {

using Samples = std::vector<std::uint32_t>;

// The first sample of each of so many queries.
Samples first_of(LoadGenOrder order, std::size_t queries, std::size_t samples_per_query = 1) {
  Samples out;
  Samples query(samples_per_query);
  for (std::size_t i = 0; i < queries; ++i) {
    order.next(query);
    out.push_back(query.front());
  }
  return out;
}

std::vector<std::int64_t> arrivals(double rate, std::uint64_t seed, std::size_t count) {
  LoadGenArrivals all(rate, seed);
  std::vector<std::int64_t> out;
  while (out.size() < count) out.push_back(all.next().count());
  return out;
}

}  // namespace

// The numbers were computed by the classes of libstdc++ 12, used in the order in which LoadGen uses them.
TEST_CASE("samples come in LoadGen's order") {
  CHECK(first_of({Scenario::single_stream, 10, 1, 20, 0}, 8) == Samples{0, 3, 1, 5, 9, 7, 6, 8});
  CHECK(first_of({Scenario::server, 10, 1, 20, 0}, 8) == Samples{0, 3, 1, 5, 9, 7, 6, 8});
  CHECK(first_of({Scenario::single_stream, 500, 1, 1000, 2747215439041700203U}, 8) ==
        Samples{263, 373, 130, 35, 416, 24, 279, 193});
  // More samples than two positions fit into one number for.
  CHECK(first_of({Scenario::single_stream, 70'000, 1, 3, 7}, 8) ==
        Samples{31040, 45174, 43306, 32392, 18110, 42166, 59608, 59811});
  CHECK(first_of({Scenario::single_stream, 1, 1, 3, 7}, 3) == Samples{0, 0, 0});
}

TEST_CASE("LoadGen's queries of several samples take neighbours in the shuffled order") {
  LoadGenOrder order(Scenario::multi_stream, 10, 8, 20, 1);
  CHECK(first_of(order, 8, 8) == Samples{8, 4, 1, 7, 5, 6, 4, 2});
  Samples query(8);
  order.next(query);
  Samples all(10);
  LoadGenOrder(Scenario::offline, 10, 10, 1, 1).next(all);
  CHECK(Samples(all.begin(), all.begin() + 8) == Samples{9, 0, 2, 5, 7, 4, 6, 3});
  auto at = static_cast<std::size_t>(std::find(all.begin(), all.end(), query.front()) - all.begin());
  for (const std::uint32_t sample : query) CHECK(sample == all[at++ % 10]);
}

TEST_CASE("LoadGen's offline query is the shuffled order again and again") {
  Samples query(25);
  LoadGenOrder(Scenario::offline, 10, 25, 1, 0).next(query);
  CHECK(Samples(query.begin(), query.begin() + 8) == Samples{0, 2, 1, 5, 9, 8, 4, 7});
  for (std::size_t i = 10; i < 25; ++i) CHECK(query[i] == query[i - 10]);
}

TEST_CASE("queries arrive when LoadGen's do") {
  CHECK(arrivals(1000, 0, 6) == std::vector<std::int64_t>{0, 898560, 2758164, 4709709, 6588673, 7565679});
  CHECK(arrivals(1000, 2747215439041700203U, 6) ==
        std::vector<std::int64_t>{0, 3069854, 3406502, 4590675, 5642870, 7622202});
}

#if defined(_GLIBCXX_RELEASE) && _GLIBCXX_RELEASE >= 11
TEST_CASE("LoadGen's order is that of the standard library it is built with, for every size") {
  for (const std::size_t samples : {1U, 2U, 3U, 4U, 7U, 64U, 1000U, 65'535U, 65'536U, 65'537U}) {
    CAPTURE(samples);
    std::mt19937 random(42);
    Samples expected(samples);
    std::iota(expected.begin(), expected.end(), 0U);
    std::shuffle(expected.begin(), expected.end(), random);
    Samples seen(samples);
    LoadGenOrder(Scenario::offline, samples, samples, 1, 42).next(seen);
    CHECK(seen == expected);
  }
  std::mt19937 random(3);
  std::exponential_distribution<> gaps(12'345);
  std::chrono::nanoseconds at{};
  LoadGenArrivals ours(12'345, 3);
  for (int i = 0; i < 100'000; ++i) {
    REQUIRE(ours.next() == at);
    at += std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(gaps(random)));
  }
}
#endif

TEST_CASE("the measured phase of a run is in LoadGen's order from its first query on, whatever warmed up") {
  VirtualRun bench(Scenario::single_stream);
  bench.settings.order = Order::loadgen;
  bench.settings.seed = 0;
  bench.settings.warmup_queries = 3;
  bench.settings.min_queries = 20;
  bench.settings.min_duration = 0ms;
  REQUIRE(bench.run());
  const Samples& asked = bench.system.asked;
  REQUIRE(asked.size() == 23);
  CHECK(Samples(asked.begin() + 3, asked.begin() + 11) == Samples{0, 3, 1, 5, 9, 7, 6, 8});
}

TEST_CASE("a server's queries are due when LoadGen's are") {
  VirtualRun bench(Scenario::server);
  bench.settings.order = Order::loadgen;
  bench.settings.seed = 0;
  bench.settings.warmup_queries = 0;
  bench.settings.min_queries = 6;
  bench.settings.min_duration = 0ms;
  REQUIRE(bench.run());
  std::vector<std::int64_t> due;
  for (const MonotonicTime time : bench.system.arrivals)
    due.push_back((time - bench.system.arrivals.front()).count());
  CHECK(due == std::vector<std::int64_t>{0, 898560, 2758164, 4709709, 6588673, 7565679});
}

TEST_CASE("samples that LoadGen's draws left out are asked for afterwards, each once") {
  VirtualRun bench(Scenario::single_stream);
  bench.settings.order = Order::loadgen;
  bench.settings.warmup_queries = 0;
  bench.settings.min_queries = 8;
  bench.settings.min_duration = 0ms;
  bench.settings.cover_all = true;
  REQUIRE(bench.run(20));
  Samples measured(bench.system.asked.begin(), bench.system.asked.begin() + 8);
  Samples after(bench.system.asked.begin() + 8, bench.system.asked.end());
  std::sort(measured.begin(), measured.end());
  measured.erase(std::unique(measured.begin(), measured.end()), measured.end());
  CHECK(measured.size() + after.size() == 20);
  for (const std::uint32_t sample : after)
    CHECK(!std::binary_search(measured.begin(), measured.end(), sample));
}

TEST_CASE("a lost answer is told with the sample that LoadGen's order had for it") {
  VirtualRun bench(Scenario::server, 500us);
  bench.settings.order = Order::loadgen;
  bench.settings.seed = 0;
  bench.settings.warmup_queries = 2;
  bench.settings.min_queries = 20;
  bench.settings.min_duration = 0ms;
  bench.settings.answer_limit = 100ms;
  bench.system.loses = 4;  // the second measured one: sample 3
  const Status status = bench.run();
  REQUIRE(!status);
  CHECK(status.error().message() == "query 4 (sample 3) was not answered within 100 ms");
}
