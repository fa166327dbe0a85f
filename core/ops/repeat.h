#pragma once

#include <string>

#include "core/ops/benchmark.h"

// What makes a recorded run happen again.
namespace reef::ops {

// What a benchmark was asked for, as its record tells: scenario, load, least queries and time, seed, order.
// The warm-up is the package's. Of a record without load: the scenario, if it has one.
BenchmarkOverrides overrides_of(const Record& record);

// What a person types for it: the same action, package version, options, parameters, and of a benchmark what
// differs from the scenario's own sizes. A flag that the action has a parameter of that name for is left out.
std::string repeat_command(const Record& record);

}  // namespace reef::ops
