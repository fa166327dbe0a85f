#pragma once

#include <cstdint>
#include <random>

#include "tests/unit/resolve/world.h"

namespace reef::test {

// What a universe has that would make the preferred closure a matter of taste if it came together.
enum class Has {
  alternatives,        // and capabilities; conditions only ask what is there; nothing is needed to build
  conditions,          // also that a package is absent, or that govern options; needs that name one package
  built_alternatives,  // alternatives and capabilities that are needed to build
  everything           // all of these
};

// A small universe and a request, from a seed. Every statement has its own line, counted from 1.
struct RandomProblem {
  World world;
  resolve::Request request;
};
RandomProblem random_problem(std::uint32_t seed, Has has);

}  // namespace reef::test
