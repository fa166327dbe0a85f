#pragma once

#include <string>

#include "cli/host.h"
#include "core/archive/read.h"
#include "core/base/json.h"

namespace reef::cli {

// What an archive holds: its config, its digest, and the number of bytes that were read.
json::Value to_json(const archive::ArchiveRead& read);
std::string render_archive(const archive::ArchiveRead& read, const Terminal& terminal);
// "digits-classifier 1.0.0: 12 packages, 3 sources, 1 record, 4.5 MiB".
std::string render_archive_brief(const archive::ArchiveRead& read);

}  // namespace reef::cli
