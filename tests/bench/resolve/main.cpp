// bench_resolve [--limit SECONDS] [--target NAME]... FILE...: solves each universe of the neutral form and
// prints the time in the solver (the best of three, loading not counted), the outcome and how much work it
// took. With targets, each is solved on its own. `packages` and `root` are read as
// tests/data/resolver/README.md describes.

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/tools/neutral.h"

namespace reef {
namespace {

// CPU time of this process: other programs on the host do not count.
struct Clock {
  using duration = std::chrono::nanoseconds;
  static duration now() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }
};

struct Options {
  double limit = 60;
  int runs = 3;
  std::vector<std::string> targets;
  std::vector<std::string> files;
};

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

std::string summary(const resolve::Outcome& outcome) {
  const auto counts = [](const resolve::Statistics& s) {
    return fmt::format("{} decisions, {} conflicts, {} clauses, {} packages read", s.decisions, s.conflicts,
                       s.clauses, s.packages_read);
  };
  if (const auto* solution = std::get_if<resolve::Solution>(&outcome))
    return fmt::format("{} packages; {}", solution->packages.size(), counts(solution->statistics));
  if (const auto* conflict = std::get_if<resolve::Conflict>(&outcome))
    return fmt::format("no solution, {} reasons; {}", conflict->reasons.size(), counts(conflict->statistics));
  return std::get<resolve::GaveUp>(outcome).text;
}

void measure(const std::string& name, test::NeutralUniverse& universe, resolve::Request request,
             double limit, int runs) {
  double best = -1;
  std::string what;
  for (int run = 0; run < runs && best < 3000; ++run) {
    const auto start = Clock::now();
    request.limits.conflicts = 100'000'000;
    request.limits.out_of_time = [&] { return milliseconds(Clock::now() - start) > limit * 1000; };
    const auto outcome = resolve::resolve(universe, request);
    const double took = milliseconds(Clock::now() - start);
    best = best < 0 ? took : std::min(best, took);
    what = outcome ? summary(*outcome) : outcome.error().message();
  }
  fmt::print("{:32} {:12.3f} ms  {}\n", name, best, what);
  std::cout.flush();
}

int run(const Options& options) {
  for (const std::string& file : options.files) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    const json::Value value = json::Value::parse(text.str(), nullptr, false);
    if (value.is_discarded()) {
      fmt::print(stderr, "{} is not JSON\n", file);
      return 3;
    }
    auto universe = test::NeutralUniverse::read(value);
    if (!universe) {
      std::cerr << render(universe.error());
      return 3;
    }
    const std::string name = file.substr(file.rfind('/') + 1);
    if (options.targets.empty()) {
      const auto request = test::read_request(value, *universe);
      if (request) measure(name, *universe, *request, options.limit, options.runs);
    }
    for (const std::string& target : options.targets) {
      const auto root = test::read_requirement({{"name", target}});
      if (!root) continue;
      resolve::Request request;
      request.roots = {*root};
      request.prereleases = resolve::Prereleases::allow;
      measure(target, *universe, request, options.limit, options.runs);
    }
  }
  return 0;
}

}  // namespace
}  // namespace reef

int main(int argc, char** argv) {
  reef::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--limit" && i + 1 < argc)
      options.limit = std::atof(argv[++i]);
    else if (argument == "--runs" && i + 1 < argc)
      options.runs = std::atoi(argv[++i]);
    else if (argument == "--target" && i + 1 < argc)
      options.targets.emplace_back(argv[++i]);
    else
      options.files.emplace_back(argument);
  }
  return reef::run(options);
}
