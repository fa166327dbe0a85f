#include "core/ops/repeat.h"

#include <catch2/catch.hpp>

using namespace reef;

namespace {

Record benchmark(std::string scenario) {
  Record record;
  record.package = "digits-classifier";
  record.version = "1.0.0";
  record.action = "benchmark";
  record.options = {{"engine", "native"}, {"model", "cnn-m"}};
  record.parameters = {{"threads", 2}};
  record.scenario = std::move(scenario);
  record.load.emplace();
  record.load->mode = "performance";
  record.load->min_queries = 1000;
  record.load->min_duration = 1;
  record.load->seed = 1;
  record.load->order = "rounds";
  return record;
}

const std::string kStart =
    "reef run benchmark digits-classifier@=1.0.0 --with engine=native,model=cnn-m --threads=2";

}  // namespace

TEST_CASE("sizes are typed again also where they are the usual ones: the package may say others") {
  CHECK(ops::repeat_command(benchmark("single-stream")) ==
        kStart + " --scenario=single-stream --queries=1000 --duration=1s");
  Record record = benchmark("command");
  record.load->min_queries = 10;
  record.load->min_duration = 0;
  CHECK(ops::repeat_command(record) == kStart + " --queries=10 --duration=0s");
  record.load.reset();
  CHECK(ops::repeat_command(record) == kStart);
}

TEST_CASE("a server is loaded again at the rate and under the bound that were asked for") {
  Record record = benchmark("server");
  record.load->rate = 2000;
  record.load->bound = "p99.9=5.00 ms";
  record.load->min_queries = 13272;
  record.load->min_duration = 0.5;
  CHECK(ops::repeat_command(record) ==
        kStart + " --scenario=server --rate=2000 --bound=p99.9=5.00ms --queries=13272 --duration=0.5s");
  const ops::BenchmarkOverrides asked = ops::overrides_of(record);
  CHECK(asked.rate == 2000.0);
  CHECK(asked.bound->limit == std::chrono::milliseconds(5));
  CHECK(asked.duration == std::chrono::milliseconds(500));
  SECTION("a peak is searched again, not the rate that was found") {
    record.load->probes.emplace_back();
    CHECK(ops::overrides_of(record).find_peak);
    CHECK(!ops::overrides_of(record).rate);
  }
}

TEST_CASE("the order of samples, and queries of several samples, are as they were") {
  Record record = benchmark("multi-stream");
  record.load->samples_per_query = 8;
  record.load->order = "loadgen";
  record.load->seed = 42;
  CHECK(ops::repeat_command(record) == kStart +
                                           " --scenario=multi-stream --samples-per-query=8 --queries=1000 "
                                           "--duration=1s --order=loadgen --seed=42");
  // How often an offline query asks for each sample follows from its duration.
  record = benchmark("offline");
  record.load->samples_per_query = 1'159'500;
  CHECK(!ops::overrides_of(record).samples_per_query);
}

TEST_CASE("an accuracy run asks for answers again, and for nothing that it ignores") {
  Record record = benchmark("single-stream");
  record.load->mode = "accuracy";
  record.load->min_queries = 7;
  CHECK(ops::repeat_command(record) == kStart + " --scenario=single-stream --accuracy");
}

TEST_CASE("the warm-up is asked for again") {
  Record record = benchmark("single-stream");
  record.load->warmup_asked = 0;
  CHECK(ops::overrides_of(record).warmup == 0U);
}

TEST_CASE("a package that no registry has is run again in its folder") {
  Record record = benchmark("command");
  record.load.reset();
  record.options.clear();
  record.from_folder = true;
  CHECK(ops::repeat_command(record) ==
        "reef run benchmark . --threads=2  # in the folder of digits-classifier 1.0.0");
}

TEST_CASE("a flag that the action has a parameter for is the parameter's") {
  Record record = benchmark("single-stream");
  record.parameters["seed"] = 5;
  record.load->seed = 9;
  CHECK(ops::repeat_command(record) ==
        "reef run benchmark digits-classifier@=1.0.0 --with engine=native,model=cnn-m --seed=5 --threads=2 "
        "--scenario=single-stream --queries=1000 --duration=1s");
}

TEST_CASE("of several steps the command has what all were asked for") {
  Record record = benchmark("server");
  record.load->rate = 500;
  record.load->min_queries = 13272;
  record.load->min_duration = 3;
  record.steps["serve"] = {"server", record.load};
  Record other = benchmark("offline");
  other.load->min_queries = 24576;
  other.load->min_duration = 3;
  record.steps["bulk"] = {"offline", other.load};
  CHECK(ops::repeat_command(record) == kStart + " --duration=3s");
  SECTION("a step that has no such setting has no say in it") {
    record.load->bound = "p99=5.00 ms";
    record.load->seed = 7;
    record.steps["serve"].load = record.load;
    record.steps["bulk"] = {"command", benchmark("command").load};
    CHECK(ops::repeat_command(record) ==
          kStart + " --scenario=server --rate=500 --bound=p99=5.00ms --seed=7");
    record.steps["serve"].load->mode = "accuracy";
    CHECK(ops::repeat_command(record) == kStart + " --scenario=server --accuracy");
  }
}
