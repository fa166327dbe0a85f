#pragma once

#include <sys/types.h>

// For the files of this folder only.
namespace reef::watchdog {

// From now on, and until `release`, the process `pid` does not outlive us: when we end in any way, SIGKILL
// included, its process group is killed (`group`), or it alone is told that its terminal is gone (SIGHUP).
//
// A second process does it, which is made at the first call: it holds the other end of a pipe of ours and
// nothing else, and ends with us. Where no process can be made there is no such guard. Thread-safe.
void guard(pid_t pid, bool group);
void release(pid_t pid);

}  // namespace reef::watchdog
