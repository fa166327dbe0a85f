#include "core/base/text.h"
#include "core/os/process.h"

namespace reef {

std::optional<Path> find_program(Filesystem& fs, const std::string& name, const std::string& search_path) {
  if (name.find('/') != std::string::npos) return Path(name);
  for (const std::string& folder : split(search_path, ':')) {
    if (folder.empty()) continue;
    const Path candidate = Path(folder) / name;
    if (is_executable(fs, candidate)) return candidate;
  }
  return std::nullopt;
}

}  // namespace reef
