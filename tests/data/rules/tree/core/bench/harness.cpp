#include "core/bench/statistics.h"
#include "core/os/clock.h"
#include "core/store/store.h"
