#include "core/host/shell_script.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::host {

bool is_shell_script(const Path& path) {
  constexpr std::size_t kFirstLineBytes = 256;  // the most that Linux reads of it
  const auto head = read_head(path, kFirstLineBytes);
  if (!head || !head->starts_with("#!")) return false;
  std::string line(lines_of(*head).front().substr(2));
  std::replace(line.begin(), line.end(), '\t', ' ');
  for (const std::string& word : split(line, ' ')) {
    const std::string program = Path(std::string(trim(word))).filename().string();
    if (program.empty() || program == "env" || program.starts_with('-')) continue;
    return program.ends_with("sh");
  }
  return false;
}

}  // namespace reef::host
