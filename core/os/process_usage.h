#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/os/filesystem.h"

namespace reef {

// What a running process and its living descendants have used so far; absent where the system does not tell.
struct ProcessUsage {
  // All threads; of descendants that ended, what their parents waited for.
  std::optional<std::chrono::nanoseconds> cpu;
  std::optional<std::uint64_t> peak_memory;       // bytes; the largest resident set of one of them
  std::optional<std::uint64_t> context_switches;  // voluntary and not, of threads that live
};

// Reads /proc. A process that has ended has no usage.
ProcessUsage read_usage(Filesystem& fs, int pid);

// The largest resident set of a process, in bytes, since it started its program. One file is read.
std::optional<std::uint64_t> peak_memory_of(Filesystem& fs, int pid);

// The numbers of the living descendants of a process, parents before children; itself is none.
std::vector<int> read_descendants(Filesystem& fs, int pid);

struct ProcessName {
  int pid = 0;
  std::string program;
};
// The other processes that have a file open, as far as we may look, the lowest number first: who keeps a lock
// that we wait for, also when its first owner is gone and a child of it lives.
std::vector<ProcessName> read_openers(Filesystem& fs, const Path& file);

// CPU time of this process and of all children that were waited for.
std::chrono::nanoseconds own_cpu_time();
int own_pid();

}  // namespace reef
