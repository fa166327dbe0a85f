#pragma once

#include <cstdint>

#include "core/os/filesystem.h"

namespace reef {

// Bytes that an ordinary user may still write on the disk that holds `path`; io when the system does not say.
Result<std::uint64_t> free_bytes(const Path& path);

}  // namespace reef
