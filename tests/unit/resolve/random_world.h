#pragma once

#include <cstdint>
#include <random>

#include "tests/unit/resolve/world.h"

namespace reef::test {

// A small universe and a request, from a seed. With `unique` every requirement names one package, and
// conditions may also ask that a package is absent, or govern options; without it there are alternatives and
// capabilities, and conditions only ask what is there. (Together the two would make it a matter of taste
// which closures count as reached.) Every statement has its own line, counted from 1.
struct RandomProblem {
  World world;
  resolve::Request request;
};
RandomProblem random_problem(std::uint32_t seed, bool unique);

}  // namespace reef::test
