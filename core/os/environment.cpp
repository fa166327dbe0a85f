#include "core/os/environment.h"

#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>

namespace reef {

Environment read_environment(char** environ) {
  Environment env;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=', 1);
    if (equals != std::string_view::npos) env.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return env;
}

std::string get_or(const Environment& env, const std::string& name, const std::string& fallback) {
  const auto found = env.find(name);
  return found == env.end() || found->second.empty() ? fallback : found->second;
}

std::string login_variable(std::string_view registry, std::string_view what) {
  std::string out = "REEF_REGISTRY_";
  for (const char c : registry) {
    const auto byte = static_cast<unsigned char>(c);
    out += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return out.append("_").append(what);
}

std::string search_path(const Environment& env) {
  const auto found = env.find("PATH");
  return found == env.end() ? kSystemPath : found->second;
}

std::optional<Path> home_folder(const Environment& env) {
  if (const std::string home = get_or(env, "HOME", ""); !home.empty()) return Path(home);
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  if (found->pw_dir == nullptr || *found->pw_dir == '\0') return std::nullopt;
  return Path(found->pw_dir);
}

Result<Path> own_executable() {
  std::error_code code;
  Path path = std::filesystem::read_symlink("/proc/self/exe", code);
  if (code) return make_error(ErrorCode::io, "cannot find the running program: {}", code.message());
  return path;
}

Result<Path> current_folder() {
  std::error_code code;
  Path path = std::filesystem::current_path(code);
  if (code == std::errc::no_such_file_or_directory)
    return make_error(ErrorCode::io, "the current folder was removed")
        .hint("change to one that exists: `cd`");
  if (code) return make_error(ErrorCode::io, "cannot read the current folder: {}", code.message());
  return path;
}

Result<Path> absolute_path(const Path& path) {
  TRY(const Path cwd, current_folder());
  const Path whole = (cwd / path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

void occupy_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd)
    // The lowest free number is taken, and those below are open by now.
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) (void)open("/dev/null", O_RDONLY);
}

bool is_terminal(int fd) { return isatty(fd) == 1; }

std::size_t terminal_width(int fd) {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

unsigned processor_count() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1U, static_cast<unsigned>(CPU_COUNT(&set)));
}

}  // namespace reef
