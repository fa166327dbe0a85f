#pragma once

#include <sys/types.h>

// For the files of this folder only.
namespace reef::watchdog {

// What we start does not outlive us: when we end in any way, SIGKILL included, the process group of each
// child is killed with all that is below its leader; a child in our own group, and all that is below it, are
// told that their terminal is gone (SIGHUP).
//
// A second process does it, which is made by the first `ready`: it holds the other end of a socket of ours
// and nothing else, and ends with us. Should it be killed, the next `ready` makes another, which is told of
// all that still runs. Where no process can be made there is no such guard. Thread-safe.

// What a child needs for `guard_self`; -1 when there is no guard.
int ready();
// By the child itself, between fork and exec, so that there is no instant at which it runs and is not
// guarded: the socket stays open until exec, whatever happens to us. `group`: it leads one. One system call.
// False: the watchdog was killed since `ready`, so that nobody would end this child.
bool guard_self(int watchdog, bool group);
// By us, of a child that began to run: whom the next watchdog is told of.
void remember(pid_t pid, bool group);
// Before its number can be another process's.
void release(pid_t pid);
// At our end, when that runs no atexit handlers: they do the same.
void end();

}  // namespace reef::watchdog
