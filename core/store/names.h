#pragma once

#include <string>

#include "core/os/filesystem.h"

// How the store calls its files; for the files of this folder only.
namespace reef::store {

constexpr std::size_t kKeyDigits = 32;   // of a key, in folder names
constexpr std::size_t kLockDigits = 30;  // what all attempts at one key have in common
constexpr std::uint64_t kLargestStamp = 1024;
constexpr std::string_view kGraveEnd = ".removed";

inline std::string lock_name(const std::string& folder_name) { return folder_name.substr(0, kLockDigits); }
inline bool is_grave(const std::string& staged) { return staged.ends_with(kGraveEnd); }
inline Path stamp_path(const Path& home, const std::string& folder_name) {
  return home / "cache/prefixes" / folder_name;
}
inline Path failure_path(Path log) { return log.replace_extension(".failed"); }

}  // namespace reef::store
