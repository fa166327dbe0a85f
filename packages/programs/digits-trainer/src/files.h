// Whole files in and out, and the one way this program gives up.
#pragma once

#include <string>
#include <string_view>

namespace digits {

// Prints `train: MESSAGE` to stderr and ends the program with `status`: 2 for a wrong command line, else 1.
[[noreturn]] void fail(const std::string& message, int status = 1);

// The bytes of `path`; fails when it cannot be read.
std::string read_file(const std::string& path);

// Creates or truncates `path`; fails unless every byte was written.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace digits
