// What detection costs, beside its floor: starting /bin/true, in the same run.
//
//   bench_detect [PACKAGES [REPEATS]]      PACKAGES: the folder of tool packages (packages/tools)
//
// "first" starts with no cache, "again" with the cache that the call before it left.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"
#include "core/host/detector.h"
#include "core/host/facts.h"
#include "core/os/clock.h"
#include "core/os/environment.h"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace reef {
namespace {

using host::Detector;
using host::DetectRequest;

struct Machine {
  std::unique_ptr<Filesystem> fs = make_disk();
  std::unique_ptr<ProcessRunner> processes = make_process_runner();
  std::unique_ptr<Clock> clock = make_system_clock();
  Environment env = read_environment(environ);
};

Result<std::vector<DetectRequest>> read_requests(Filesystem& fs, const Path& folder) {
  std::vector<DetectRequest> requests;
  TRY(const std::vector<std::string> names, fs.list(folder));
  for (const std::string& name : names) {
    const Path file = folder / name / "reef.json";
    TRY(std::string text, fs.read_file(file));
    const std::string digest = sha256(text).hex();
    TRY(const json::Document document, json::parse(file.string(), std::move(text)));
    json::Problems problems;
    const json::Node root(document, problems);
    json::Reader reader(root);
    std::shared_ptr<const DetectSpec> spec;
    reader.with("detect", true, [&](const json::Node& node) {
      spec = read_detect(node);
      return true;
    });
    if (!problems.empty()) return tl::make_unexpected(problems.first());
    requests.push_back({name, [spec] { return spec; }, digest});
  }
  return requests;
}

class Bench {
 public:
  Bench(Machine& machine, Path cache, int repeats)
      : machine_(machine), cache_(std::move(cache)), repeats_(repeats) {}

  template <class Work>
  void measure(const std::string& what, const std::string& note, const Work& work) {
    std::vector<std::chrono::nanoseconds> walls;
    for (int i = 0; i < repeats_; ++i) {
      const MonotonicTime start = machine_.clock->monotonic();
      work();
      walls.push_back(machine_.clock->monotonic() - start);
    }
    std::sort(walls.begin(), walls.end());
    fmt::print("{:<34} median {:>9}  best {:>9}  {}\n", what, format_duration(walls[walls.size() / 2]),
               format_duration(walls.front()), note);
  }

  void detect(const std::string& what, std::span<const DetectRequest> requests, bool first) {
    host::DetectionCost cost;
    std::size_t found = 0;
    std::vector<std::chrono::nanoseconds> walls;
    for (int i = 0; i < repeats_; ++i) {
      if (first) (void)machine_.fs->remove_file(cache_);
      Detector detector(*machine_.fs, *machine_.processes, machine_.env, {cache_, false, nullptr});
      const MonotonicTime start = machine_.clock->monotonic();
      const auto reports = detector.detect(requests);
      walls.push_back(machine_.clock->monotonic() - start);
      cost = detector.cost();
      found = 0;
      for (const host::ToolReport& report : reports.value()) found += report.found.size();
    }
    std::sort(walls.begin(), walls.end());
    fmt::print("{:<34} median {:>9}  best {:>9}  {} tools, {} found, {} processes, {} digests\n", what,
               format_duration(walls[walls.size() / 2]), format_duration(walls.front()), requests.size(),
               found, cost.processes, cost.digests);
  }

 private:
  Machine& machine_;
  Path cache_;
  int repeats_;
};

void show(Machine& machine, std::span<const DetectRequest> requests) {
  Detector detector(*machine.fs, *machine.processes, machine.env, {});
  const auto reports = detector.detect(requests);
  for (const host::ToolReport& report : reports.value())
    for (const host::Attempt& attempt : report.attempts)
      fmt::print("{:<15} {:<60} {}\n", report.name, attempt.path,
                 attempt.found ? attempt.found->version.text() : "refused: " + attempt.reason);
}

Status run(const Path& packages, int repeats) {
  Machine machine;
  TRY(const std::vector<DetectRequest> requests, read_requests(*machine.fs, packages));
  TRY(const TemporaryFolder folder, TemporaryFolder::create(*machine.fs, "/tmp", "bench_detect"));
  show(machine, requests);
  Bench bench(machine, folder.path() / "detect.json", repeats);
  ProcessSpec nothing;
  nothing.argv = {"/bin/true"};
  bench.measure("/bin/true", "1 process", [&] { (void)machine.processes->run(nothing); });
  bench.measure("read every tool package", "", [&] { (void)read_requests(*machine.fs, packages); });
  for (const std::string name : {"gcc", "openblas", "node", "python3"})
    for (const DetectRequest& request : requests)
      if (request.name == name) {
        bench.detect(name + ", first", std::span(&request, 1), true);
        bench.detect(name + ", again", std::span(&request, 1), false);
      }
  bench.detect("every tool, first", requests, true);
  bench.detect("every tool, again", requests, false);
  for (const DetectRequest& request : requests)
    if (request.name == "gcc") bench.detect("gcc, again, cache of every tool", std::span(&request, 1), false);
  bench.measure("platform", "", [&] { (void)host::read_platform(*machine.fs); });
  bench.measure("platform, brief", "", [&] { (void)host::read_platform_brief(*machine.fs); });
  return {};
}

}  // namespace
}  // namespace reef

int main(int argc, char** argv) {
  const reef::Status status =
      reef::run(argc > 1 ? argv[1] : "packages/tools", argc > 2 ? std::atoi(argv[2]) : 9);
  if (!status) fmt::print(stderr, "{}", reef::render(status.error()));
  return status ? 0 : 1;
}
