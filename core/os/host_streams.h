#pragma once

#include "core/base/error.h"

namespace reef {

// Keeps standard output for ourselves, under another descriptor that is returned, and sends what anybody else
// writes there to standard error: before code of others is loaded. Errors: io.
Result<int> take_standard_output();

// Writes all bytes; io when nobody reads.
Status write_all(int fd, std::string_view bytes);

// Ends this process at once, without handlers that code of others registered.
[[noreturn]] void end_process(int status);

}  // namespace reef
