#include "core/bench/harness.h"
#include "core/bench/pareto.h"
#include "core/bench/statistics.h"
#include "core/os/clock.h"
