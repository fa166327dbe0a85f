// resolve_cases [--time] [--explain] FILE...: runs the scenarios of each file through the resolver and prints
// every failure with what was expected and what came out, then `N passed, N failed`. `--time` adds the
// milliseconds of each case, `--explain` the text of each conflict. Exit status 1 when a case failed.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/tools/neutral.h"

namespace reef {
namespace {

struct Options {
  bool time = false;
  bool explain = false;
  std::vector<std::string> files;
};

json::Value versions_of(const resolve::Solution& solution, const test::NeutralUniverse& universe) {
  json::Value out = json::Value::object();
  for (const resolve::Selected& package : solution.packages) {
    const auto& hidden = universe.externals();
    if (std::find(hidden.begin(), hidden.end(), package.name) == hidden.end())
      out[package.name] = package.version.text();
  }
  return out;
}

bool same_members(const json::Value& a, const json::Value& b) {
  return nlohmann::json::parse(a.dump()) == nlohmann::json::parse(b.dump());
}

// What is wrong with a solution; empty when nothing is.
std::string check_solution(const json::Value& expect, const resolve::Solution& solution,
                           const test::NeutralUniverse& universe) {
  const json::Value got = versions_of(solution, universe);
  if (expect.contains("unsat")) return fmt::format("expected no solution\n    got      {}", got.dump());
  if (expect.contains("solution") && !same_members(expect["solution"], got))
    return fmt::format("expected {}\n    got      {}", expect["solution"].dump(), got.dump());
  if (!expect.contains("variations")) return {};
  for (const auto& [name, groups] : expect["variations"].items()) {
    const resolve::Selected* package = solution.find(name);
    for (const auto& [group, option] : groups.items()) {
      const auto at = package ? package->options.find(group) : decltype(package->options.end()){};
      if (!package || at == package->options.end() || at->second != option.get<std::string>())
        return fmt::format("expected {} with {} = {}\n    got      {}", name, group,
                           option.get<std::string>(),
                           package && at != package->options.end() ? at->second : "nothing");
    }
  }
  return {};
}

std::string check_conflict(const json::Value& expect, const resolve::Conflict& conflict) {
  if (!expect.contains("unsat")) return fmt::format("expected a solution\n    got      {}", conflict.text);
  for (const char* key : {"must_mention", "must_not_mention"}) {
    if (!expect.contains(key)) continue;
    for (const json::Value& word : expect[key]) {
      const bool found = conflict.text.find(word.get<std::string>()) != std::string::npos;
      if (found != (std::string_view(key) == "must_mention"))
        return fmt::format("expected a text with{} `{}`\n    got      {}", found ? "out" : "",
                           word.get<std::string>(), conflict.text);
    }
  }
  return {};
}

Result<std::string> run_case(const json::Value& value, const Options& options) {
  TRY(test::NeutralUniverse universe, test::NeutralUniverse::read(value));
  TRY(const resolve::Request request, test::read_request(value, universe));
  const auto start = std::chrono::steady_clock::now();
  TRY(const resolve::Outcome outcome, resolve::resolve(universe, request));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (options.time) fmt::print("{:10.3f} ms  {}\n", took.count(), value["name"].get<std::string>());
  const json::Value& expect = value["expect"];
  if (const auto* solution = std::get_if<resolve::Solution>(&outcome))
    return check_solution(expect, *solution, universe);
  if (const auto* conflict = std::get_if<resolve::Conflict>(&outcome)) {
    if (options.explain) fmt::print("{}\n{}\n", value["name"].get<std::string>(), conflict->text);
    return check_conflict(expect, *conflict);
  }
  return std::get<resolve::GaveUp>(outcome).text;
}

int run(const Options& options) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const std::string& file : options.files) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    const auto document = json::parse(file, text.str());
    if (!document) {
      std::cerr << render(document.error());
      return 3;
    }
    for (const json::Value& value : document->root["cases"]) {
      const auto problem = run_case(value, options);
      const std::string what = problem ? *problem : render(problem.error());
      ++(what.empty() ? passed : failed);
      if (!what.empty()) fmt::print("FAILED {}\n    {}\n", value["name"].get<std::string>(), what);
    }
  }
  fmt::print("{} passed, {} failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace reef

int main(int argc, char** argv) {
  reef::Options options;
  for (const std::string_view argument : std::vector<std::string_view>(argv + 1, argv + argc)) {
    if (argument == "--time")
      options.time = true;
    else if (argument == "--explain")
      options.explain = true;
    else
      options.files.emplace_back(argument);
  }
  return reef::run(options);
}
