// How long lists of many records take: bench_records [COUNT]. The records lie in a temporary folder.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "core/record/record_store.h"

using namespace reef;

namespace {

Record example(int i) {
  Record record;
  record.package = i % 3 == 0 ? "digits-classifier" : "another-package";
  record.version = "1.0.0";
  record.action = "benchmark";
  record.options = {{"engine", i % 2 == 0 ? "openblas" : "native"}, {"model", "cnn-m"}, {"compiler", "gcc"}};
  record.parameters = {{"threads", 1 + i % 4}};
  record.times.started = "2026-01-31T12:00:00Z";
  for (const char* name :
       {"accuracy", "latency.p50", "latency.p90", "latency.p99", "throughput", "peak_memory"}) {
    RecordedMetric& metric = record.metrics[name];
    metric.value = 0.5 + 0.001 * (i * 7919 % 1000);
    metric.unit = "s";
    metric.better = Metric::Better::lower;
    metric.n = 1000;
  }
  record.host = {{"os", "linux"}, {"arch", "x86_64"}, {"cpu_model", "a processor"}};
  record.toolchain.assign(4, {"gcc", "12.2.0", "/usr/bin/g++", "/usr/bin/g++-12", std::string(64, 'a')});
  record.commands.assign(3, {{"/bin/classify", "--serve"}, {"PATH", "HOME"}, "/tmp", 1.0, "exit status 0"});
  return record;
}

// Wall and CPU time: on a busy machine only the second says something about us.
template <class Work>
void timed(const char* what, Work work) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  const auto result = work();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%-36s %8.3f s wall %8.3f s CPU  %zu\n", what, seconds,
              static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC, static_cast<std::size_t>(result));
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const auto fs = make_disk();
  const auto clock = make_system_clock();
  const auto home =
      TemporaryFolder::create(*fs, std::filesystem::temp_directory_path(), "reef-bench-").value();
  for (int i = 0; i < count; ++i) {
    Record record = example(i);
    record.id = fmt::format("20260131-{:06}-{:04x}", i / 65536, i % 65536);
    const Path folder = home.path() / "records" / record.id;
    if (!make_folders(*fs, folder) ||
        !fs->write_file(folder / "record.json", json::write_sorted(to_json(record)), false))
      return 1;
  }
  RecordFilter all;
  RecordFilter some;
  some.package = "digits-classifier";
  some.options = {{"engine", "openblas"}};
  some.limit = 20;
  RecordFilter best = some;
  best.sort_by = "latency.p99";
  {
    RecordStore store(*fs, *clock, home.path());
    timed("first list: the index is made", [&] { return store.list(some)->matching; });
  }
  std::this_thread::sleep_for(std::chrono::seconds(3));
  RecordStore store(*fs, *clock, home.path());
  timed("list again, folders compared", [&] { return store.list(some)->matching; });
  timed("filter, newest 20", [&] { return store.list(some)->rows.size(); });
  timed("filter, best 20 by a metric", [&] { return store.list(best)->rows.size(); });
  timed("all rows", [&] { return store.list(all)->rows.size(); });
  timed("find the last", [&] { return store.find("last").has_value(); });
  timed("add one", [&] { return store.publish(store.begin().value(), example(1)).has_value(); });
  timed("list after adding", [&] { return store.list(some)->rows.size(); });
  timed("reindex", [&] { return store.reindex()->records; });
}
