#pragma once

#include "core/os/environment.h"
#include "core/os/filesystem.h"

namespace reef::ops {

// How an interactive shell is started so that the user's own start-up files come first and `env` after them:
// what they put before PATH would hide what a package brings. `mark` is put before the prompt.
//
// bash, zsh and fish, by the name of the program; others are started as they are, with `env` in their
// environment. Values arrive byte for byte, and nothing in them is run; variables whose names no shell can
// set, or that are the shell's own, are left to the environment. The files that this takes are written to
// `folder`, which must live as long as the shell.
struct ShellStart {
  std::vector<std::string> argv;
  Environment env;
};
Result<ShellStart> start_shell(Filesystem& fs, const std::string& shell, Environment env,
                               const std::string& mark, const Path& folder);

}  // namespace reef::ops
