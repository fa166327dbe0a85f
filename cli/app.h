#pragma once

#include <span>
#include <string_view>

#include "cli/command_line.h"
#include "cli/host.h"

namespace reef::cli {

// Adds one verb to the program and returns what runs it.
using Register = Run (*)(Verb program);

struct NamedVerb {
  std::string_view name;
  Register add;
};

// Every verb, in the order in which `reef --help` lists them.
std::span<const NamedVerb> all_verbs();

// Parses a command line (without the program's name) and runs it; prints errors and returns the exit status.
int run_app(Host& host, std::vector<std::string> arguments);

}  // namespace reef::cli
