#pragma once

#include <string>

#include "cli/host.h"
#include "core/base/error.h"

namespace reef::cli {

// `reef verify FILE.reef`: every byte of an archive; `-` is standard input.
Result<int> verify_archive_file(Host& host, const std::string& file);

}  // namespace reef::cli
