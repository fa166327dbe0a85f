// What a query costs us. Over pipes: a bare ping-pong over two pipes beside our harness, in alternation and
// against the same child, so that both meet the same weather. Also the statistics and frontiers of a million.
#include "core/bench/harness.h"

#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/bench/library_host.h"
#include "core/bench/pareto.h"
#include "core/bench/random.h"
#include "core/bench/statistics.h"
#include "tests/bench/harness_load.h"

using namespace reef;

namespace {

constexpr std::uint64_t kQueries = 20'000;

// The child of both: answers each line `q ID SAMPLE` with `a ID 1`, with as little work as there can be.
int echo() {
  const char* ready = "reef-protocol 1 1\n";
  if (write(1, ready, std::strlen(ready)) < 0) return 1;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = read(0, buffer.data(), buffer.size());
    if (got <= 0 || buffer[0] == 'e') return 0;
    char* const end =
        static_cast<char*>(std::memchr(buffer.data() + 2, ' ', static_cast<std::size_t>(got) - 2));
    if (end == nullptr) return 1;
    buffer[0] = 'a';
    end[1] = '1';
    end[2] = '\n';
    if (write(1, buffer.data(), static_cast<std::size_t>(end + 3 - buffer.data())) < 0) return 1;
  }
}

double median_ns(std::vector<double> values) { return summarise(values)->median; }

// Blocking write and read, clock around each, nothing else.
double bare_ping_pong(ProcessRunner& runner, const ProcessSpec& spec) {
  auto child = runner.start(spec).value();
  std::array<char, 4096> buffer{};
  if (read(child->output_fd(), buffer.data(), buffer.size()) <= 0) std::exit(1);
  std::vector<double> latencies(kQueries);
  for (std::uint64_t i = 0; i < kQueries; ++i) {
    const std::string query = fmt::format("q {} 0\n", i + 1);
    const auto start = std::chrono::steady_clock::now();
    if (write(child->input_fd(), query.data(), query.size()) < 0) std::exit(1);
    if (read(child->output_fd(), buffer.data(), buffer.size()) <= 0) std::exit(1);
    latencies[i] = static_cast<double>((std::chrono::steady_clock::now() - start).count());
  }
  child->close_input();
  (void)child->wait(std::chrono::seconds(5));
  return median_ns(latencies);
}

struct Ours {
  double round_trip = 0;
  double per_query = 0;  // wall time of the measured phase by queries
};

Ours our_harness(ProcessRunner& runner, const ProcessSpec& spec) {
  const auto fs = make_disk();
  const auto clock = make_system_clock();
  LoadSettings settings;
  settings.min_queries = kQueries;
  settings.min_duration = {};
  const LoadResult result = run_load(runner, *fs, *clock, spec, settings).value();
  if (result.outcome != Outcome::valid) {
    std::fprintf(stderr, "%s\n", result.reason.c_str());
    std::exit(1);
  }
  return {median_ns({result.latencies_ns.begin(), result.latencies_ns.end()}),
          static_cast<double>(result.times.steady->count()) / static_cast<double>(result.queries())};
}

void pipes(const char* self) {
  const auto runner = make_process_runner();
  Cancellation cancel;
  ProcessSpec spec;
  spec.argv = {self, "echo"};
  spec.cancel = &cancel;
  std::vector<double> bare;
  std::vector<double> ours;
  std::vector<double> each;
  for (int i = 0; i < 9; ++i) {
    bare.push_back(bare_ping_pong(*runner, spec));
    const Ours measured = our_harness(*runner, spec);
    ours.push_back(measured.round_trip);
    each.push_back(measured.per_query);
  }
  std::printf("round trip over pipes, median of 9 x %llu queries\n",
              static_cast<unsigned long long>(kQueries));
  std::printf("  bare ping-pong    %8.0f ns\n", median_ns(bare));
  std::printf("  reef's harness    %8.0f ns   %.2f times\n", median_ns(ours),
              median_ns(ours) / median_ns(bare));
  std::printf("  a null query, all %8.0f ns   of it %.0f ns outside the round trip\n", median_ns(each),
              median_ns(each) - median_ns(ours));
}

// Where the scheduler puts the two ends decides more than what either does: on one processor a round trip is
// two switches, on two it is two wake-ups.
class OneProcessor {
 public:
  explicit OneProcessor(bool pin) {
    sched_getaffinity(0, sizeof(before_), &before_);
    if (!pin) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof(one), &one);
  }
  ~OneProcessor() { sched_setaffinity(0, sizeof(before_), &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_{};
};

template <class Work>
double seconds_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void commands(const char* self) {
  const auto runner = make_process_runner();
  constexpr std::uint64_t kRuns = 200;
  std::vector<double> bare;
  std::vector<double> ours;
  ProcessSpec spec;
  spec.argv = {self, "nothing"};
  CommandSettings settings;
  settings.warmup_runs = 0;
  settings.min_runs = 1;
  for (std::uint64_t i = 0; i < kRuns; ++i) {  // in alternation, so that both meet the same weather
    bare.push_back(1e9 * seconds_of([&] {
                     pid_t pid = -1;
                     std::string program = self;
                     std::string argument = "nothing";
                     std::array<char*, 3> arguments = {program.data(), argument.data(), nullptr};
                     if (posix_spawn(&pid, self, nullptr, nullptr, arguments.data(), environ) != 0)
                       std::exit(1);
                     int status = 0;
                     waitpid(pid, &status, 0);
                   }));
    const CommandResult result = run_command(*runner, spec, settings).value();
    ours.push_back(static_cast<double>(result.runs.at(0).wall.count()));
  }
  std::sort(bare.begin(), bare.end());
  std::sort(ours.begin(), ours.end());
  std::printf("a command that does nothing, %llu runs of each\n", static_cast<unsigned long long>(kRuns));
  for (const auto& [name, at] :
       {std::pair("smallest", std::size_t{0}), {"first decile", kRuns / 10}, {"median", kRuns / 2}})
    std::printf("  %-13s bare spawn + wait %.3f ms, reef's harness %.3f ms: %+.3f ms\n", name, bare[at] / 1e6,
                ours[at] / 1e6, (ours[at] - bare[at]) / 1e6);
}

void arithmetic() {
  Random random(1);
  std::vector<double> values(1'000'000);
  for (double& x : values) x = 1 + random.uniform();
  std::printf("summary of 10^6 values        %6.3f s\n", seconds_of([&] { (void)summarise(values); }));
  std::printf("comparison of 10^6 pairs      %6.3f s\n",
              seconds_of([&] { (void)compare_paired(values, values); }));
  for (const std::size_t objectives : {2U, 3U}) {
    std::vector<std::vector<Measured>> points(1'000'000);
    for (auto& point : points)
      for (std::size_t k = 0; k < objectives; ++k) point.push_back(Measured::exactly(random.uniform()));
    const std::vector<Objective> minimise(objectives, {"x", Metric::Better::lower, std::nullopt});
    std::printf("frontier of 10^6 points in %zuD  %6.3f s\n", objectives,
                seconds_of([&] { (void)pareto(points, minimise); }));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "echo") == 0) return echo();
  if (argc > 1 && std::strcmp(argv[1], "nothing") == 0) return 0;
  if (argc == 2 && argv[1] == kHostLibrary) {
    static Cancellation cancel;
    install_signal_handlers(cancel);
    return host_library(*make_disk(), *make_system_clock(), cancel);
  }
  load_of_a_library(argv[0]);
  for (const bool together : {true, false}) {
    std::printf("both ends on %s\n", together ? "one processor" : "any processor");
    const OneProcessor pinned(together);
    pipes(argv[0]);
  }
  commands(argv[0]);
  arithmetic();
}
