#pragma once

#include <string>

#include "core/os/filesystem.h"

namespace reef {

// Asks on the terminal that controls this process, without showing what is typed. usage when there is none.
Result<std::string> ask_secret(const std::string& question);

// Creates a file that nobody but its owner may read, from its first instant on (0600), durable; io when a
// file of that name is there.
Status write_private(const Path& path, std::string_view bytes);

}  // namespace reef
