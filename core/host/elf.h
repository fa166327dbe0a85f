#pragma once

#include <optional>
#include <string>

#include "core/os/filesystem.h"

namespace reef::host {

// The architecture that this program was built for, in the words of uname(1): x86_64, aarch64, riscv64, ...
std::string_view own_arch();

// Why a file cannot be linked on this machine; nothing when it can. Accepted: ELF shared objects of our class
// and machine (System V gABI, chapter 4), GNU linker scripts, and ar(5) archives, whose members are not
// looked at.
std::optional<std::string> refusal_of_library(const Path& path);

}  // namespace reef::host
