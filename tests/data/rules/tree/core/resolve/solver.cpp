#include "core/model/name.h"
#include "core/os/clock.h"
