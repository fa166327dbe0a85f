#include "core/action/mapped.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/base/text.h"

namespace reef::action {
namespace {

constexpr std::size_t kMostProcesses = 1000;

// The kernel writes a newline in a name as `\012`.
std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool newline = text.starts_with("\\012");
    out += newline ? '\n' : text.front();
    text.remove_prefix(newline ? 4 : 1);
  }
  return out;
}

// "7f00-7f01 r-xp 00000000 08:01 123    /usr/lib/libx.so" -> permissions and name.
std::pair<std::string_view, std::string_view> fields_of(std::string_view line) {
  constexpr int kBeforeName = 5;
  std::string_view permissions;
  for (int i = 0; i < kBeforeName; ++i) {
    const std::size_t end = line.find(' ');
    if (end == std::string_view::npos) return {};
    if (i == 1) permissions = line.substr(0, end);
    line.remove_prefix(end + 1);
  }
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
  return {permissions, line};
}

// A process and all below it; those that end meanwhile are left out.
std::vector<int> family_of(Filesystem& fs, int pid) {
  std::vector<int> pids = {pid};
  for (std::size_t i = 0; i < pids.size() && pids.size() < kMostProcesses; ++i) {
    const Path tasks = fmt::format("/proc/{}/task", pids[i]);
    for (const std::string& task : fs.list(tasks).value_or(std::vector<std::string>()))
      for (const std::string& child : split(fs.read_file(tasks / task / "children").value_or(""), ' '))
        if (!child.empty()) pids.push_back(std::atoi(child.c_str()));
  }
  return pids;
}

}  // namespace

std::vector<std::string> executable_mappings(std::string_view maps) {
  constexpr std::string_view kDeleted = " (deleted)";
  std::set<std::string> files;
  for (const std::string& line : split(maps, '\n')) {
    auto [permissions, name] = fields_of(line);
    if (permissions.find('x') == std::string_view::npos || !name.starts_with('/')) continue;
    if (name.ends_with(kDeleted)) name.remove_suffix(kDeleted.size());
    files.insert(unescaped(name));
  }
  return {files.begin(), files.end()};
}

Result<std::vector<std::string>> mapped_files(Filesystem& fs, int pid) {
  if (!is_folder(fs, "/proc/self")) return std::vector<std::string>();
  const Path process = fmt::format("/proc/{}", pid);
  if (!is_folder(fs, process)) return make_error(ErrorCode::not_found, "the process {} has ended", pid);
  std::set<std::string> files;
  for (const int member : family_of(fs, pid)) {
    const Path folder = fmt::format("/proc/{}", member);
    const Result<std::string> maps = fs.read_file(folder / "maps");
    if (!maps) continue;
    const std::string program = fs.read_symlink(folder / "exe").value_or("");
    for (std::string& file : executable_mappings(*maps))
      if (file != program) files.insert(std::move(file));
  }
  return std::vector<std::string>(files.begin(), files.end());
}

}  // namespace reef::action
