// bench_resolve [OPTION]... [FILE]...: milliseconds of CPU in the solver, beside libsolv on the same
// universes in the same run. Loading is not counted, explaining is.
//
//   --packages PATH    a Packages file of a distribution, plain or .lz4; default: those in /var/lib/apt/lists
//   --only TEXT        only universes and targets whose name contains this
//   --runs N           the best of N (default 20); less when one takes over a second
//   --limit SECONDS    for one solve of ours (default 60)
//   --peer-limit SECONDS  for one of libsolv's (default 10)
//
// FILE: a universe of the neutral form (tests/data/resolver/README.md), for this solver only.

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "tests/bench/resolve/problem.h"
#include "tests/tools/neutral.h"

namespace reef::bench {
namespace {

struct Options {
  double limit = 60;
  unsigned peer_limit = 10;
  int runs = 20;
  std::string only;
  std::vector<std::string> packages;
  std::vector<std::string> files;
};

struct Measured {
  double milliseconds = 0;
  bool solved = false;
  std::string what;
};

std::string summary(const resolve::Outcome& outcome) {
  const auto counts = [](const resolve::Statistics& s) {
    return fmt::format("{} decisions, {} conflicts, {} packages read", s.decisions, s.conflicts,
                       s.packages_read);
  };
  if (const auto* solution = std::get_if<resolve::Solution>(&outcome))
    return fmt::format("{} packages; {}", solution->packages.size(), counts(solution->statistics));
  if (const auto* conflict = std::get_if<resolve::Conflict>(&outcome))
    return fmt::format("no solution; {}", counts(conflict->statistics));
  return std::get<resolve::GaveUp>(outcome).text;
}

Measured measure(resolve::Universe& universe, resolve::Request request, const Options& options) {
  Measured out;
  for (int run = 0; run < options.runs; ++run) {
    const double start = cpu_milliseconds();
    request.limits.conflicts = 100'000'000;
    request.limits.out_of_time = [&] { return cpu_milliseconds() - start > options.limit * 1000; };
    const auto outcome = resolve::resolve(universe, request);
    const double took = cpu_milliseconds() - start;
    out.milliseconds = run == 0 ? took : std::min(out.milliseconds, took);
    out.what = outcome ? summary(*outcome) : outcome.error().message();
    out.solved = outcome && std::holds_alternative<resolve::Solution>(*outcome);
    if (took > 1000) break;
  }
  return out;
}

bool wanted(const Options& options, const std::string& name) {
  return name.find(options.only) != std::string::npos;
}

std::string peer_text(const std::optional<std::vector<PeerResult>>& peer, std::size_t index,
                      const Options& options) {
  if (!peer) return "-";
  const PeerResult& result = (*peer)[index];
  return result.milliseconds ? fmt::format("{:.2f}", *result.milliseconds)
                             : fmt::format("> {}", options.peer_limit * 1000);
}

// Ours, the peer's, what is asked, and whether both say the same.
int print(const std::string& name, const Measured& ours, const std::optional<std::vector<PeerResult>>& peer,
          std::size_t index, double asked, const Options& options) {
  const bool differ = peer && (*peer)[index].milliseconds && (*peer)[index].solved != ours.solved;
  fmt::print("{:26}{:>11.3f}{:>11}{:>10} {} {}{}\n", name, ours.milliseconds, peer_text(peer, index, options),
             asked > 0 ? fmt::format("{:.4g}", asked) : "",
             asked <= 0 || ours.milliseconds <= asked ? " " : "!", ours.what,
             differ ? "; LIBSOLV SAYS OTHERWISE" : "");
  std::fflush(stdout);
  return differ ? 1 : 0;
}

void print_head(const char* title) {
  fmt::print("\n{:26}{:>11}{:>11}{:>10}\n", title, "ours, ms", "libsolv", "asked");
}

// The time of the study of a comparable design, or of the fastest other solver if that is longer; twice that
// is asked for.
double slower_of_study_and_best_peer(const std::string& name) {
  static const std::map<std::string, double> known = {
      {"equiv_sat_200x100", 98}, {"equiv_unsat_200x100", 103}, {"deep_traps_200x100", 4},
      {"lockstep_40x400", 262},  {"ladder_60x100", 0.4},       {"pigeonhole_8", 12},
      {"pigeonhole_9", 106},     {"pigeonhole_10", 1200},      {"rand3sat_50", 3},
      {"rand3sat_75", 34},       {"rand3sat_100", 703},        {"rand3sat_150", 3540},
      {"sudoku17", 27},          {"web_300x300", 8},           {"web_1000x100", 15},
  };
  const auto at = known.find(name);
  return at == known.end() ? 0 : at->second;
}

int run_problem(const Problem& problem, double asked, const Options& options) {
  ProblemUniverse universe(problem);
  const Measured ours = measure(universe, universe.request(problem.roots), options);
  return print(problem.title, ours, libsolv(problem, {problem.roots}, options.runs, options.peer_limit), 0,
               asked, options);
}

int run_hard(const Options& options) {
  int differences = 0;
  print_head("hard universes");
  for (const Problem& problem : hard_problems())
    if (wanted(options, problem.title))
      differences += run_problem(problem, 2 * slower_of_study_and_best_peer(problem.title), options);
  return differences;
}

int run_usual(const Options& options) {
  if (!wanted(options, "usual")) return 0;
  print_head("catalogue of 1,000");
  const Problem solvable = usual_project(true);
  ProblemUniverse universe(solvable);
  const double solve = measure(universe, universe.request(solvable.roots), options).milliseconds;
  return run_problem(solvable, 2, options) + run_problem(usual_project(false), 2 * solve, options);
}

std::string read_packages(const std::string& path) {
  std::string out;
  const bool packed = path.size() > 4 && path.compare(path.size() - 4, 4, ".lz4") == 0;
  if (!packed) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  FILE* pipe = ::popen(fmt::format("/usr/lib/apt/apt-helper cat-file '{}'", path).c_str(), "r");
  if (!pipe) return out;
  char buffer[1 << 16];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, got);
  ::pclose(pipe);
  return out;
}

int run_debian(const Options& options) {
  static constexpr const char* kTargets[] = {"gnome-core",
                                             "texlive-full",
                                             "python3-torch",
                                             "build-essential",
                                             "kde-full",
                                             "task-xfce-desktop",
                                             "libreoffice",
                                             "octave",
                                             "r-recommended",
                                             "python3-scipy",
                                             "python3-sklearn",
                                             "ros-desktop-full",
                                             "postgresql",
                                             "docker.io",
                                             "openjdk-17-jdk",
                                             "rustc",
                                             "clang",
                                             "ffmpeg",
                                             "gimp",
                                             "emacs"};
  std::vector<std::string> texts;
  for (const std::string& path : options.packages) texts.push_back(read_packages(path));
  Problem problem = debian(texts);
  if (problem.releases.empty()) {
    fmt::print("\nno Packages file here (apt-get update fetches them): Debian's index is left out\n");
    return 0;
  }
  std::vector<std::string> names;
  std::vector<std::vector<AnyOf>> requests;
  for (const char* target : kTargets) {
    if (!wanted(options, target) || !problem.ids.count(target)) continue;
    names.emplace_back(target);
    requests.push_back({{Atom{problem.id(target), 0, Atom::kEnd}}});
  }
  if (names.empty()) return 0;
  const auto peer = libsolv(problem, requests, options.runs, options.peer_limit);
  ProblemUniverse universe(problem);
  fmt::print("\n{} names, {} versions\n", problem.names.size(), problem.releases.size());
  print_head("a distribution's index");
  int differences = 0;
  double sum = 0;
  double peer_sum = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Measured ours = measure(universe, universe.request(requests[i]), options);
    differences += print(names[i], ours, peer, i, 3, options);
    sum += ours.milliseconds;
    if (peer) peer_sum += (*peer)[i].milliseconds.value_or(0);
  }
  if (!peer) {
    fmt::print("{:26}{:>11.3f}\n", "sum", sum);
    return differences;
  }
  // Every process that solves with libsolv prepares the table first; ours reads what the solving asks for.
  const double prepared = peer_sum + static_cast<double>(names.size()) * peer->front().preparing;
  fmt::print("{:26}{:>11.3f}{:>11.2f}\n", "sum, solver alone", sum, peer_sum);
  fmt::print("{:26}{:>11.3f}{:>11.2f}{:>10.4g} {} its table of who provides what takes {:.2f} each time\n",
             "sum, from what was loaded", sum, prepared, prepared / 10, sum <= prepared / 10 ? " " : "!",
             peer->front().preparing);
  return differences;
}

int run_file(const std::string& file, const Options& options) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const json::Value value = json::Value::parse(text.str(), nullptr, false);
  if (value.is_discarded()) {
    fmt::print(stderr, "{} is not JSON\n", file);
    return 3;
  }
  auto universe = test::NeutralUniverse::read(value);
  const auto request = universe ? test::read_request(value, *universe)
                                : Result<resolve::Request>(tl::make_unexpected(universe.error()));
  if (!request) {
    std::cerr << render(request.error());
    return 3;
  }
  const Measured ours = measure(*universe, *request, options);
  fmt::print("{:36}{:>11.3f} ms  {}\n", file.substr(file.rfind('/') + 1), ours.milliseconds, ours.what);
  return 0;
}

int run(Options options) {
  if (!options.files.empty()) {
    for (const std::string& file : options.files)
      if (const int status = run_file(file, options)) return status;
    return 0;
  }
  if (options.packages.empty() && std::filesystem::exists("/var/lib/apt/lists"))
    for (const auto& entry : std::filesystem::directory_iterator("/var/lib/apt/lists"))
      if (entry.path().filename().string().find("_Packages") != std::string::npos)
        options.packages.push_back(entry.path().string());
  std::sort(options.packages.begin(), options.packages.end());
  return run_usual(options) + run_debian(options) + run_hard(options) ? 1 : 0;
}

}  // namespace
}  // namespace reef::bench

int main(int argc, char** argv) {
  // Memory that one solve freed serves the next, for both solvers.
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that is accepted
  reef::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool more = i + 1 < argc;
    if (argument == "--limit" && more)
      options.limit = std::atof(argv[++i]);
    else if (argument == "--peer-limit" && more)
      options.peer_limit = static_cast<unsigned>(std::atoi(argv[++i]));
    else if (argument == "--runs" && more)
      options.runs = std::atoi(argv[++i]);
    else if (argument == "--only" && more)
      options.only = argv[++i];
    else if (argument == "--packages" && more)
      options.packages.emplace_back(argv[++i]);
    else
      options.files.emplace_back(argument);
  }
  return reef::bench::run(options);
}
