#pragma once

#include <cstdint>
#include <vector>

#include "core/os/filesystem.h"

namespace reef {

// Where `text` (not empty) stands in a file, in bytes from its beginning; places do not overlap. Read in
// pieces.
Result<std::vector<std::uint64_t>> places_in_file(const Path& path, std::string_view text);

// Replaces `from` by `to`, which must have the same length, wherever it stands in a file; returns how often.
// A file without it is not touched; one that has it keeps its size and mode. Read in pieces.
Result<std::size_t> replace_in_file(const Path& path, std::string_view from, std::string_view to);

}  // namespace reef
