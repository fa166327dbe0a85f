#pragma once

#include <sys/types.h>

// For the files of this folder only.
namespace reef::watchdog {

// What we start does not outlive us: when we end in any way, SIGKILL included, the process group of each
// child is killed with all that is below its leader; a child in our own group, and all that is below it, are
// told that their terminal is gone (SIGHUP).
//
// A second process does it, which is made by the first `ready`: it holds the other end of a pipe of ours and
// nothing else, and ends with us. Where no process can be made there is no such guard. Thread-safe.

// What a child needs for `guard_self`; -1 when there is no guard.
int ready();
// By the child itself, between fork and exec, so that there is no instant at which it runs and is not
// guarded: the pipe stays open until exec, whatever happens to us. `group`: it leads one. One system call.
void guard_self(int watchdog, bool group);
// Before its number can be another process's.
void release(pid_t pid);
// At our end, when that runs no atexit handlers: they do the same.
void end();

}  // namespace reef::watchdog
