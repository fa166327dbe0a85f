#pragma once

#include <functional>
#include <string>

#include "core/os/filesystem.h"

// Files that people name with `-o`: what stands there already may be of value to them.
namespace reef::ops {

// Where a file goes that is called `name` unless it was said otherwise. given: a file; a folder, or a name
// that ends with `/`: `name` in it; empty: `name` in the current folder. A link is followed. not_found when
// the folder is not there.
Result<Path> output_place(Filesystem& fs, const Path& given, const std::string& name);

// usage when an archive must not be put there: on what is no regular file, or on a file that is no archive
// and not empty.
Status check_archive_place(Filesystem& fs, const Path& path);

// What a text is, and whether another one is the same kind of thing; no function: anything may be replaced.
struct TextKind {
  std::string_view name;  // "signature"
  std::function<bool(const std::string& text)> is_one;
};

// Puts a text there: a regular file appears whole, or is replaced when it is of that kind or empty (else
// usage); into a FIFO or a device it is written.
Status write_output(Filesystem& fs, const Path& path, const std::string& text, const TextKind& kind);

}  // namespace reef::ops
