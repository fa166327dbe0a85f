#pragma once

#include "core/model/manifest.h"
#include "core/registry/registry.h"

namespace reef::ops {

// A manifest, read with suspicion.
struct Checked {
  std::string file;             // as the user would name it
  std::string name;             // of the package; empty when it could not be read
  std::vector<Error> problems;  // in the order of the text; the package cannot be used
  std::vector<Error> warnings;  // it can, but somebody will miss something
};

// Every problem of a manifest in one go: those of its text; sources and scripts that are not there, with the
// place that names them. Warnings: no licence, no summary, dependencies that the catalogue does not know.
//
// path: a manifest, or a folder with one; relative to `cwd`. registry may be null: then dependencies are not
// looked up. beside: another place whose packages are known, too; may be null. Fails only when there is no
// text to read.
Result<Checked> check(Filesystem& fs, const Path& cwd, const Path& path, Registry* registry,
                      Registry* beside = nullptr);

}  // namespace reef::ops
