#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/os/filesystem.h"

namespace reef::action {

// The files with executable code that a running process and its descendants have mapped, real paths, sorted,
// each once, without the programs themselves: which libraries really run, whatever was linked (alternatives
// and LD_LIBRARY_PATH decide that). Empty where the system has no /proc; not_found when the process is gone.
Result<std::vector<std::string>> mapped_files(Filesystem& fs, int pid);

// Of one text in the form of /proc/PID/maps (proc(5)): escapes undone, "(deleted)" dropped.
std::vector<std::string> executable_mappings(std::string_view maps);

}  // namespace reef::action
