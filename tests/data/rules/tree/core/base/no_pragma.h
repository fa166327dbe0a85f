#ifndef NO_PRAGMA
#define NO_PRAGMA
#include "core/os/filesystem.h"
#include "error.h"
#endif
