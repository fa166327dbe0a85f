#include "core/bench/harness.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace reef;
using namespace std::chrono_literals;

namespace {

struct Bench {
  std::unique_ptr<Filesystem> fs = make_disk();
  std::unique_ptr<Clock> clock = make_system_clock();
  std::unique_ptr<ProcessRunner> runner = make_process_runner();
  LoadSettings settings;

  Bench() {
    settings.warmup_queries = 5;
    settings.min_queries = 20;
    settings.min_duration = 0ms;
    settings.answer_limit = 10s;
  }
  ProcessSpec peer(std::vector<std::string> args) const {
    ProcessSpec spec;
    args.insert(args.begin(), REEF_BENCH_PEER);
    spec.argv = std::move(args);
    return spec;
  }
  LoadResult load(std::vector<std::string> args) {
    auto result = run_load(*runner, *fs, *clock, peer(std::move(args)), settings);
    REQUIRE(result);
    return *std::move(result);
  }
};

}  // namespace

TEST_CASE("a good program is loaded, warmed up, measured and ended") {
  Bench bench;
  int seen = 0;
  bench.settings.on_ready = [&](int pid) { seen = pid; };
  const LoadResult result = bench.load({"good"});
  CHECK(result.outcome == Outcome::valid);
  CHECK(result.reason.empty());
  CHECK(result.samples == 10);
  CHECK(result.queries() == 20);
  CHECK(*std::min_element(result.latencies_ns.begin(), result.latencies_ns.end()) > 0);
  CHECK(result.times.load > 0ns);
  CHECK(result.times.first_answer > 0ns);
  CHECK(result.times.warmup >= result.times.first_answer);
  CHECK(result.times.steady > 0ns);
  CHECK(result.peak_memory > 100'000U);
  CHECK(result.throughput() > 0.0);
  CHECK(result.exit.ok());
  CHECK(result.exit.err == "answered 10 different samples\n");
  CHECK(seen > 0);
}

TEST_CASE("samples that the measured queries left out are asked for afterwards") {
  Bench bench;
  bench.settings.warmup_queries = 1;
  bench.settings.min_queries = 3;
  SECTION("unless that is switched off") {
    bench.settings.cover_all = false;
    const LoadResult result = bench.load({"good"});
    CHECK(result.exit.err == "answered 4 different samples\n");
    CHECK(!result.times.cover);
  }
  SECTION("and are not part of what was measured") {
    const LoadResult result = bench.load({"good"});
    CHECK(result.queries() == 3);
    CHECK(result.exit.err == "answered 10 different samples\n");
    CHECK(result.times.cover > 0ns);
  }
}

TEST_CASE("the measured phase lasts until queries and time are both reached") {
  Bench bench;
  bench.settings.min_queries = 2;
  bench.settings.min_duration = 50ms;
  const LoadResult result = bench.load({"slow", "5"});
  CHECK(*result.times.steady >= 50ms);
  CHECK(result.queries() >= 2);
  CHECK(result.queries() <= 11);
}

TEST_CASE("queries may hold several samples, or all") {
  Bench bench;
  SECTION("multi-stream") {
    bench.settings.scenario = Scenario::multi_stream;
    bench.settings.samples_per_query = 8;
    const LoadResult result = bench.load({"good"});
    CHECK(result.outcome == Outcome::valid);
    CHECK(result.samples_per_query == 8);
    CHECK(result.queries() == 20);
  }
  SECTION("offline") {
    bench.settings = LoadSettings::of(Scenario::offline);
    const LoadResult result = bench.load({"samples", "30000"});  // a query of 170 kB, an answer of 290 kB
    CHECK(result.outcome == Outcome::valid);
    CHECK(result.reason == "");
    CHECK(result.samples_per_query == 30'000);
    CHECK(result.queries() == 1);
    CHECK(result.times.first_answer == std::chrono::nanoseconds(result.latencies_ns.at(0)));
    CHECK(result.exit.err == "answered 30000 different samples\n");
  }
}

TEST_CASE("CPU time of the measured phase is that of the program") {
  Bench bench;
  bench.settings.warmup_queries = 1;
  SECTION("that works") {
    const LoadResult result = bench.load({"burns", "3"});
    REQUIRE(result.cpu);
    CHECK(*result.cpu > 40ms);
    CHECK(*result.cpu < *result.times.steady + 20ms);
  }
  SECTION("that waits") {
    const LoadResult result = bench.load({"slow", "3"});
    REQUIRE(result.cpu);
    CHECK(*result.cpu < 40ms);
    CHECK(result.context_switches >= 20U);
  }
  SECTION("that a shell script started") {
    const ProcessSpec spec = [&] {
      ProcessSpec out;
      out.argv = {"/bin/sh", "-c", "\"$0\" burns 3; exit 0", REEF_BENCH_PEER};
      return out;
    }();
    const auto result = run_load(*bench.runner, *bench.fs, *bench.clock, spec, bench.settings);
    REQUIRE(result);
    CHECK(result->cpu > 40ms);
  }
}

TEST_CASE("a program that misbehaves makes the run invalid and says how") {
  Bench bench;
  struct Case {
    std::vector<std::string> args;
    std::string reason;
    std::size_t kept;  // measured queries before
  };
  const Case c = GENERATE(values<Case>({
      {{"twice", "10"}, "the program answered query 10 twice", 5},
      {{"twice", "25"}, "the program answered query 25 twice", 20},
      {{"disorder", "10"}, "the program answered query 11, which was not asked, before query 10", 4},
      {{"garbage", "10"}, "the program answered query 10 with `\\x01\\xff oops`, expected `a 10 ...`", 4},
      {{"too-few", "10"}, "the answer to query 10 has 0 words for 1 samples: `a 10`", 4},
      {{"error", "10"}, "the program could not answer query 10: the sample is damaged", 4},
      {{"dies", "1000"}, "the program ended while query 1000 waited for its answer: exit status 3", 994},
      {{"dies-halfway", "10"},
       "the program ended while query 10 waited for its answer: exit status 3; its last words were `a 10`",
       4},
      {{"crashes", "10"},
       "the program ended while query 10 waited for its answer: killed by SIGSEGV (Segmentation fault)",
       4},
      {{"dies-loading"}, "the program ended before it was ready: exit status 5", 0},
      {{"banner"},
       "the program's first line must be `reef-protocol 1 <number of samples>`, it is `Loading the model...`",
       0},
      {{"version-2"}, "the program speaks version 2 of the protocol, this reef speaks version 1", 0},
      {{"samples", "0"}, "the program has 0 samples, expected 1 to 2147483648", 0},
      {{"endless-line"}, "the program wrote a line without end before it was ready", 0},
      {{"exits-badly"}, "the program ended badly after its last answer: exit status 4", 20},
      {{"says-more"}, "the program wrote `bye` after its last answer", 20},
  }));
  CAPTURE(c.args);
  if (c.args[0] == "dies") bench.settings.min_queries = 2000;
  const LoadResult result = bench.load(c.args);
  CHECK(result.outcome == Outcome::invalid);
  std::string reason = result.reason;
  // Whether the second answer came with the first, or later, is a race; that it came is not.
  if (c.args[0] == "twice") reason.resize(std::min(reason.size(), reason.find(" twice") + 6));
  CHECK(reason == c.reason);
  CHECK(result.queries() == c.kept);
}

TEST_CASE("what a dying program said last is kept") {
  Bench bench;
  const LoadResult result = bench.load({"dies", "10"});
  CHECK(result.exit.kind == ExitKind::exited);
  CHECK(result.exit.status == 3);
  CHECK(result.exit.err == "out of luck\nno memory left\n");
}

TEST_CASE("an answer that never comes is given up") {
  Bench bench;
  bench.settings.answer_limit = 1s;
  const LoadResult result = bench.load({"loses", "10"});
  CHECK(result.outcome == Outcome::invalid);
  CHECK(result.reason == "query 10 (sample 7) was not answered within 1.00 s");
  CHECK(result.queries() == 4);
}

TEST_CASE("a program that closes a pipe and lives on is ended") {
  Bench bench;
  SECTION("its output") {
    const LoadResult result = bench.load({"closes-output", "10"});
    CHECK(result.reason == "the program closed its standard output while query 10 waited for its answer");
  }
  SECTION("its input") {
    const LoadResult result = bench.load({"closes-input"});
    CHECK(result.reason == "the program closed its standard input while query 1 waited for its answer");
  }
  SECTION("its input, when it has read a query") {
    const LoadResult result = bench.load({"closes-input", "10"});
    CHECK(result.reason == "the program closed its standard input while query 10 waited for its answer");
    CHECK(result.queries() == 4);
  }
}

TEST_CASE("a program that loads for too long is given up, one that needs long is not") {
  Bench bench;
  bench.settings.load_limit = 150ms;
  CHECK(bench.load({"silent"}).reason == "the program was not ready within 150 ms");
  bench.settings.load_limit = 30s;
  const LoadResult result = bench.load({"slow-load", "300"});
  CHECK(result.outcome == Outcome::valid);
  CHECK(*result.times.load >= 300ms);
}

TEST_CASE("a program that does not end is ended") {
  Bench bench;
  bench.settings.exit_limit = 100ms;
  const LoadResult result = bench.load({"stays"});
  CHECK(result.outcome == Outcome::invalid);
  CHECK(result.reason == "the program did not end within 100 ms after `end`");
  CHECK(result.queries() == 20);
}

TEST_CASE("a program that writes to standard error for ever does not block") {
  Bench bench;
  ProcessSpec spec = bench.peer({"chatter"});
  spec.keep = 1000;
  const auto result = run_load(*bench.runner, *bench.fs, *bench.clock, spec, bench.settings);
  REQUIRE(result);
  CHECK(result->outcome == Outcome::valid);
  CHECK(result->queries() == 20);
  CHECK(result->exit.err.size() <= 1000);
}

TEST_CASE("an interrupted run keeps what was measured") {
  Bench bench;
  Cancellation cancel;
  ProcessSpec spec = bench.peer({"slow", "5"});
  spec.cancel = &cancel;
  bench.settings.warmup_queries = 1;
  bench.settings.min_queries = 1'000'000;
  std::thread stopper;
  bench.settings.on_ready = [&](int) {
    stopper = std::thread([&] {
      std::this_thread::sleep_for(400ms);
      cancel.request();
    });
  };
  const auto result = run_load(*bench.runner, *bench.fs, *bench.clock, spec, bench.settings);
  stopper.join();
  REQUIRE(result);
  CHECK(result->outcome == Outcome::interrupted);
  CHECK(result->queries() >= 1);
  CHECK(result->times.steady > 0ns);
}

TEST_CASE("a run that was cancelled before it began is interrupted, too") {
  Bench bench;
  Cancellation cancel;
  cancel.request();
  ProcessSpec spec = bench.peer({"good"});
  spec.cancel = &cancel;
  const auto result = run_load(*bench.runner, *bench.fs, *bench.clock, spec, bench.settings);
  REQUIRE(result);
  CHECK(result->outcome == Outcome::interrupted);
}

TEST_CASE("a program that is not there is an error, not a result") {
  Bench bench;
  ProcessSpec spec;
  spec.argv = {"/nowhere/program"};
  const auto result = run_load(*bench.runner, *bench.fs, *bench.clock, spec, bench.settings);
  REQUIRE(!result);
  CHECK(result.error().code() == ErrorCode::not_found);
}

TEST_CASE("settings that make no sense are refused") {
  Bench bench;
  bench.settings.min_queries = 0;
  const auto result = run_load(*bench.runner, *bench.fs, *bench.clock, bench.peer({"good"}), bench.settings);
  REQUIRE(!result);
  CHECK(result.error().code() == ErrorCode::invalid_input);
}

TEST_CASE("scenarios have names and sizes") {
  CHECK(parse_scenario("multi-stream").value() == Scenario::multi_stream);
  CHECK(LoadSettings::of(Scenario::multi_stream).samples_per_query == 8);
  CHECK(LoadSettings::of(Scenario::single_stream).samples_per_query == 1);
  CHECK(LoadSettings::of(Scenario::offline).samples_per_query == 0);
  CHECK(LoadSettings::of(Scenario::offline).answer_limit == 10min);
  CHECK(render(parse_scenario("of-line").error()) ==
        "error: unknown scenario `of-line`, expected `single-stream`, `multi-stream`, `server` or `offline`\n"
        "hint: did you mean `offline`?\n");
}

TEST_CASE("a whole command is timed run by run") {
  Bench bench;
  ProcessSpec spec;
  spec.argv = {"/bin/sleep", "0.02"};
  CommandSettings settings;
  settings.warmup_runs = 2;
  settings.min_runs = 3;
  const auto result = run_command(*bench.runner, spec, settings);
  REQUIRE(result);
  CHECK(result->outcome == Outcome::valid);
  REQUIRE(result->runs.size() == 3);
  for (const CommandRun& run : result->runs) {
    CHECK(run.wall >= 20ms);
    CHECK(run.user + run.system < run.wall + 20ms);
  }
  CHECK(result->first >= 20ms);
}

TEST_CASE("a command that fails ends the measurement and keeps the runs before") {
  Bench bench;
  const auto folder =
      TemporaryFolder::create(*bench.fs, std::filesystem::temp_directory_path(), "reef-test-").value();
  ProcessSpec spec;
  spec.cwd = folder.path();
  spec.argv = {"/bin/sh", "-c",
               "echo x >> count; [ \"$(wc -l < count)\" -lt 4 ] || { echo broken >&2; exit 7; }"};
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  CommandSettings settings;
  const auto result = run_command(*bench.runner, spec, settings);
  REQUIRE(result);
  CHECK(result->outcome == Outcome::invalid);
  CHECK(result->reason == "run 4 failed: exit status 7");
  CHECK(result->runs.size() == 2);
  CHECK(result->last.err == "broken\n");
}
