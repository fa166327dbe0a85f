#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/os/filesystem.h"

namespace reef::action {

// What a step was when it was done: it is done still when all of this is the same now.
struct Stamp {
  std::string run;                             // of the workflow in which it was done
  std::map<std::string, std::string> items;    // everything that goes in, by name: "input a.csv" -> digest
  std::map<std::string, std::string> outputs;  // path -> digest
  bool declares = false;                       // inputs or outputs; without any, each run is another result

  // What it means for the steps that need it.
  Digest result() const;
};

// Nothing when there is none, or when it cannot be read: then the step is not done.
std::optional<Stamp> read_stamp(Filesystem& fs, const Path& file);
// Atomic and durable.
Status write_stamp(Filesystem& fs, const Path& file, const Stamp& stamp);

// "input `a.csv` was changed", "parameter threads: 1 -> 2", "command 2 is new", in the order of the names.
std::vector<std::string> item_changes(const Stamp& before, const std::map<std::string, std::string>& now);

}  // namespace reef::action
