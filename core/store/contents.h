#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/os/filesystem.h"

namespace reef::store {

// What a folder holds, as far as it matters: names, bytes, executable bits and link targets. Not times,
// owners or the other permission bits.
struct Contents {
  // path relative to the folder -> "file <sha256>", "program <sha256>", "link <target>" or "folder"
  std::map<std::string, std::string> entries;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;

  // The same entries give the same digest, whatever the order they were found in.
  Digest digest() const;
};

// invalid_input for what is neither file, folder nor link.
Result<Contents> read_contents(Filesystem& fs, const Path& folder, const LeftOut& left_out = {});

// One line an entry, `<what> NUL <path>` with the path last; reads back what write gave. integrity otherwise.
std::string write_contents(const Contents& contents);
Result<Contents> parse_contents(const std::string& text);

// "`bin/x` was changed", "`lib` is gone", "`notes` was added", in the order of the paths.
std::vector<std::string> differences(const Contents& before, const Contents& now);

// Replaces `from` by `to`, of the same length, in every file and link below `folder`: so an embedded path
// (RPATH, shebang, pkg-config file, debug information) survives a move. Files that do not hold it keep their
// bytes and times. Read in pieces; memory does not depend on the size of files. Compressed files are not
// looked into. Returns how many files and links were changed.
Result<std::size_t> relocate(Filesystem& fs, const Path& folder, const std::string& from,
                             const std::string& to);

// The files and links below `folder` that hold `text`, sorted. As little as `relocate` does it look into what
// is compressed.
Result<std::vector<std::string>> holders_of(Filesystem& fs, const Path& folder, const std::string& text,
                                            const LeftOut& left_out = {});

}  // namespace reef::store
