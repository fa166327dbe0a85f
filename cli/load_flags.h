#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "core/ops/benchmark.h"

namespace reef::cli {

// How a benchmark is loaded, as `run`, `sweep` and `compare --interleaved` take it.
struct LoadFlags {
  std::optional<std::string> scenario;
  std::optional<std::string> queries;
  std::optional<std::string> duration;
  std::optional<std::string> warmup;
  std::optional<std::string> rate;
  std::optional<std::string> bound;

  bool any() const { return scenario || queries || duration || warmup || rate || bound; }
};

// Makes the flags known; `of` says in their help what they belong to: "Benchmarks: ".
void add_load_flags(Verb command, LoadFlags& flags, std::string_view of);
// Errors: usage. Rates and bounds are the server's: who gives one need not name the scenario.
Result<ops::BenchmarkOverrides> overrides_of(const LoadFlags& flags);

}  // namespace reef::cli
