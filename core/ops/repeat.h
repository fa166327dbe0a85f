#pragma once

#include <string>

#include "core/ops/benchmark.h"

// What makes a recorded run happen again.
namespace reef::ops {

// What a benchmark was asked for, as its record tells: scenario, load, sizes, seed, order. Of a workflow with
// several benchmarked steps what all of them were that have such a setting. Of a record without load: the
// scenario, if it has one.
BenchmarkOverrides overrides_of(const Record& record);

// What a person types for it: the same action, package version, options, parameters, and of a benchmark all
// of the above but the usual seed and order. A flag that the action has a parameter of that name for is left
// out.
std::string repeat_command(const Record& record);

}  // namespace reef::ops
