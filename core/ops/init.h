#pragma once

#include "core/os/filesystem.h"

namespace reef::ops {

// Kinds of packages that can be begun: "dataset", "model", "program", "tool".
std::vector<std::string> template_names();

struct InitRequest {
  Path folder;  // absolute; made when it is not there
  std::string kind = "program";
  std::string name;  // empty: after the folder
};

struct Initialised {
  std::string name;
  std::vector<Path> files;  // written, relative to the folder
};

// Writes a small package that works at once. Nothing that is there is overwritten: usage, and nothing is
// written, when a file is in the way; nor is anything left behind when the disk is full. usage also for a
// kind that is not known and a folder whose name is no package name.
Result<Initialised> init(Filesystem& fs, const InitRequest& request);

}  // namespace reef::ops
