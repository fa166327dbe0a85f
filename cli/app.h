#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/host.h"

namespace reef::cli {

// Adds a verb's words and flags, and returns what runs it.
using Register = Run (*)(Verb command);

struct NamedVerb {
  const char* name;
  const char* meaning;
  Register add;
  enum Kind { plain, resolving, hidden } kind = plain;  // searches for closures; not in `reef --help`
};

// Every verb, in the order in which `reef --help` lists them.
std::span<const NamedVerb> all_verbs();

// Parses a command line (without the program's name) and runs it; prints errors and returns the exit status.
int run_app(Host& host, std::vector<std::string> arguments);

}  // namespace reef::cli
