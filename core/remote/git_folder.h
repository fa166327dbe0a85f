#pragma once

#include "core/remote/access.h"

namespace reef::remote {

struct GitFolder {
  Path path;
  std::vector<std::string> notes;  // for people, when it was brought: what is not in it
};

// The files of a commit as a folder of this machine, `<cache>/registries/git/<commit>`: it appears whole or
// not at all, and is brought when it is not there. Submodules and files of Git LFS are left out. Errors: as
// fetch_all for a git source, and as unpack_archive.
Result<GitFolder> git_folder(const Access& access, const std::string& repository, const std::string& commit,
                             const std::string& label);

// Removes those of other commits. Only while nobody uses them.
Status keep_git_folders(Filesystem& fs, const Path& cache, const std::vector<std::string>& commits);

}  // namespace reef::remote
