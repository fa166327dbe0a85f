#pragma once

#include "core/archive/read.h"
#include "core/ops/session.h"

namespace reef::ops {

// What is asked of one `.reef` file. `file`: its path, or `-` for standard input. Nothing of a home is needed
// or made.

// For those who read it more than once: invalid_input when it is standard input or a pipe.
Status check_is_file(Filesystem& fs, const std::string& file);

// What it holds, by its head alone. not_found, io; integrity when it is no archive.
Result<archive::ArchiveRead> inspect_file(const std::string& file);

// Reads every byte. integrity names the part that is wrong.
Result<archive::ArchiveRead> verify_file(const Machine& machine, const std::string& file);

struct UnpackedFile {
  archive::ArchiveRead read;
  Path folder;
};
// folder: where to; empty: NAME-VERSION in the current folder. usage when it is there already; nothing is
// written unless every byte is as it must be.
Result<UnpackedFile> unpack_file(const Machine& machine, const std::string& file, const Path& folder);

}  // namespace reef::ops
