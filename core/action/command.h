#pragma once

#include <string>
#include <vector>

#include "core/action/view.h"

namespace reef::action {

struct ResolvedCommand {
  std::vector<std::string> argv;
  Place place;  // in the manifest
};

// Commands whose conditions hold, templates replaced. An argument that is exactly one list becomes as many
// arguments. A script becomes the program that runs it: `.sh` files `bash -euo pipefail FILE ARGS...`, files
// with the executable bit themselves, others by their `#!` line. No shell ever reads a value.
//
// invalid_input: a script without the bit and without `#!`, an empty command, a NUL byte. not_found: a script
// that is not there, with its neighbour. All at the command's place.
Result<std::vector<ResolvedCommand>> expand_commands(Filesystem& fs, const std::vector<Command>& commands,
                                                     const PackageView& view, const TemplateLookup& lookup);

// What runs the script `script`, which is at `file`; the file itself is the last element. Errors as
// expand_commands.
Result<std::vector<std::string>> script_runner(Filesystem& fs, const Path& file, const std::string& script,
                                               const Place& place);

// With the command that its benchmark measures, as one that is simply run.
Action with_measured(Action action);

// For build keys: the commands of an action, and its environment, the same wherever things lie: `${prefix}`,
// `${source}`, `${work}` for the package's own folders, whatever the view says, and `${store}` for `store`,
// the folder of all prefixes. Scripts are named, not looked at: their bytes are part of the package's digest.
struct Symbolic {
  std::vector<std::vector<std::string>> commands;
  Environment environment;
};
Result<Symbolic> symbolic_commands(const PackageView& view, const Action& action,
                                   const Parameters& parameters, const Path& store);

}  // namespace reef::action
