// What the program itself costs: `cli_overhead REEF [RUNS]` prints, for each row of the design's table,
// median and minimum wall time, CPU time and memory of whole `reef` processes, beside `/bin/true` started in
// the same run.
//
// Memory is the largest resident set of one process of the run, as wait4 tells it: where tools are asked,
// that is one of theirs (clang's, 70 MB), and the program's own is looked up in /proc while it runs.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>

#include "core/base/units.h"
#include "core/os/environment.h"
#include "core/os/process.h"

namespace {

using namespace reef;

struct Row {
  std::string what;
  std::vector<std::string> argv;
  std::function<void()> before;  // each run; not timed
  std::string aim;
};

struct Figures {
  std::vector<double> wall;
  std::vector<double> cpu;
  std::uint64_t memory = 0;
};

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class Bench {
 public:
  Bench(std::string reef, unsigned runs, const Environment& env, Path home)
      : reef_(std::move(reef)), runs_(runs), home_(std::move(home)) {
    env_["PATH"] = get_or(env, "PATH", "/usr/bin:/bin");
    env_["HOME"] = home_.string();
    env_["REEF_HOME"] = (home_ / "reef").string();
  }

  int print() {
    fmt::print("{:<44} {:>10} {:>10} {:>10} {:>10}  {}\n", "", "wall p50", "min", "cpu p50", "memory",
               "to reach");
    const double floor = show({"/bin/true", {"/bin/true"}, {}, "-"});
    const auto forget = [this] { (void)remove_tree(*disk_, home_ / "reef"); };
    show({"reef --version", {reef_, "--version"}, {}, "< 5 ms, < 12 MB"});
    show({"reef --help", {reef_, "--help"}, {}, "< 5 ms, < 12 MB"});
    show({"find a tool (gcc), first time", {reef_, "detect", "gcc"}, forget, "< 30 ms"});
    show({"the same again", {reef_, "detect", "gcc"}, {}, "< 5 ms"});
    const Row first{"detect every tool, first time", {reef_, "detect"}, forget, "< 400 ms"};
    show(first);
    fmt::print("memory of reef itself in that: {}, < 30 MB\n", format_bytes(own_memory(first)));
    show({"the same again", {reef_, "detect"}, {}, "< 10 ms"});
    if (!make_project()) return failed_ = 1;
    const double run = show({"warm run of an action that does nothing",
                             {reef_, "run", "nothing", "--quiet"},
                             {},
                             "< 15 ms over the child"});
    fmt::print("over the child itself: {}\n", format_seconds(run - floor));
    show({"resolve it (reef lock)", {reef_, "lock"}, {}, "-"});
    return failed_;
  }

 private:
  bool make_project() {
    cwd_ = home_ / "project";
    return make_folders(*disk_, cwd_).has_value() && disk_
                                                         ->write_file(cwd_ / "reef.json", R"({
  "reef": 1, "name": "idle", "version": "1.0.0", "kind": "program",
  "dependencies": {"compiler": {"capability": "c++-compiler", "version": ">=9", "for": "build"}},
  "actions": {"nothing": {"run": [["/bin/true"]]}}
})")
                                                         .has_value();
  }

  ProcessSpec spec_of(const Row& row) const {
    ProcessSpec spec;
    spec.argv = row.argv;
    spec.env = env_;
    spec.cwd = cwd_;
    return spec;
  }

  // VmHWM of proc(5), the last one that is seen, every millisecond.
  std::uint64_t own_memory(const Row& row) {
    if (row.before) row.before();
    const auto child = runner_->start(spec_of(row));
    std::uint64_t kib = 0;
    for (bool runs = child.has_value(); runs; usleep(1000)) {
      runs = false;
      std::ifstream status(fmt::format("/proc/{}/status", (*child)->pid()));
      for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("VmHWM:")) continue;
        kib = std::stoull(line.substr(6));
        runs = true;  // it has none any more when it has ended
      }
    }
    return kib * 1024;
  }

  double show(const Row& row) {
    Figures figures;
    constexpr unsigned kWarm = 2;
    for (unsigned i = 0; i < runs_ + kWarm; ++i) {
      if (row.before) row.before();
      const auto result = runner_->run(spec_of(row));
      if (!result || !result->ok()) {
        fmt::print("{}: {}\n", row.what,
                   result ? describe_exit(*result) + "\n" + result->err : render(result.error()));
        failed_ = 1;
        return 0;
      }
      if (i < kWarm) continue;
      figures.wall.push_back(seconds(result->wall));
      figures.cpu.push_back(seconds(result->user + result->system));
      figures.memory = std::max(figures.memory, result->peak_memory);
    }
    const double wall = median(figures.wall);
    fmt::print("{:<44} {:>10} {:>10} {:>10} {:>10}  {}\n", row.what, format_seconds(wall),
               format_seconds(*std::min_element(figures.wall.begin(), figures.wall.end())),
               format_seconds(median(figures.cpu)), format_bytes(figures.memory), row.aim);
    return wall;
  }

  std::unique_ptr<Filesystem> disk_ = make_disk();
  std::unique_ptr<ProcessRunner> runner_ = make_process_runner();
  std::string reef_;
  unsigned runs_;
  Path home_;
  Path cwd_;
  Environment env_;
  int failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print("usage: cli_overhead REEF [RUNS]\n");
    return 2;
  }
  const auto disk = make_disk();
  const Environment env = read_environment(environ);
  const auto folder = TemporaryFolder::create(*disk, get_or(env, "TMPDIR", "/tmp"), "reef-overhead-");
  if (!folder) return 1;
  const auto program = disk->real_path(argv[1]);
  if (!program) return 1;
  return Bench(program->string(), argc > 2 ? static_cast<unsigned>(std::stoul(argv[2])) : 20U, env,
               folder->path())
      .print();
}
