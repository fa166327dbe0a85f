#pragma once

#include "core/os/process.h"

namespace reef {

// The environment of this process, read once; entries without `=` are left out.
Environment read_environment(char** environ);

// Where programs are looked for when PATH is not set, as shells do.
inline constexpr const char* kSystemPath = "/usr/local/bin:/usr/bin:/bin";

// The value, or the fallback when the name is absent or empty.
std::string get_or(const Environment& env, const std::string& name, const std::string& fallback);

// Where a login to a registry may stand: `REEF_REGISTRY_<name>_<what>`, the name in capitals with `_` for all
// but letters and digits. what: "TOKEN", "USER" or "PASSWORD".
std::string login_variable(std::string_view registry, std::string_view what);

// PATH as it is set, even when empty; kSystemPath when it is not.
std::string search_path(const Environment& env);

// The user's home folder: $HOME, else the password database, else nothing.
std::optional<Path> home_folder(const Environment& env);

// Absolute path of the running program.
Result<Path> own_executable();

// The current working folder; io when it was removed.
Result<Path> current_folder();
// The path from the root, without `.` and `..` and without a `/` at its end; symlinks stay.
Result<Path> absolute_path(const Path& path);

// Opens whichever of the descriptors 0, 1 and 2 the caller closed, so that no file of ours gets its number
// and somebody's output. Reading then finds the end, writing fails.
void occupy_standard_streams();
bool is_terminal(int fd);
// Columns of the terminal at `fd`, or 80.
std::size_t terminal_width(int fd);
unsigned processor_count();

}  // namespace reef
