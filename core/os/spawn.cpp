#include "core/os/spawn.h"

#include <fcntl.h>
#include <spawn.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "core/base/text.h"

namespace reef {
namespace {

constexpr auto kMostPatience = std::chrono::seconds(2);

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));  // NOLINT: execve's signature
  out.push_back(nullptr);
  return out;
}

class SpawnActions {
 public:
  SpawnActions() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~SpawnActions() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void set_streams(const Streams& streams) {
    redirect(streams.in, 0, O_RDONLY);
    redirect(streams.out, 1, O_WRONLY);
    redirect(streams.err, 2, O_WRONLY);
  }
  // To itself: POSIX then clears close-on-exec in the child only.
  void keep_open(const std::vector<int>& descriptors) {
    for (const int fd : descriptors) posix_spawn_file_actions_adddup2(&actions_, fd, fd);
  }
  void set_folder(const Path& folder) {
    if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  // Default signal actions but for nohup's, nothing blocked, and a process group of its own when asked for.
  void set_signals(bool own_group) {
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    sigemptyset(&none);
    if (is_ignored(SIGHUP)) sigdelset(&all, SIGHUP);  // `nohup` is meant for what we start, too
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (own_group) {
      posix_spawnattr_setpgroup(&attributes_, 0);
      flags |= POSIX_SPAWN_SETPGROUP;
    }
    posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  void redirect(int from, int to, int mode) {
    if (from == kOurs) return;
    if (from == kNull)
      posix_spawn_file_actions_addopen(&actions_, to, "/dev/null", mode, 0);
    else
      posix_spawn_file_actions_adddup2(&actions_, from, to);
  }
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Result<std::string> program_of(const ProcessSpec& spec) {
  if (spec.argv.empty() || spec.argv.front().empty())
    return make_error(ErrorCode::invalid_input, "the command has no program");
  const std::string& name = spec.argv.front();
  const auto disk = make_disk();
  const auto search_path = spec.env.find("PATH");
  const auto found = find_program(*disk, name, search_path == spec.env.end() ? "" : search_path->second);
  if (found) return found->string();
  if (search_path == spec.env.end() || search_path->second.empty())
    return make_error(ErrorCode::not_found, "cannot find the program `{}`: PATH is empty", name);
  return make_error(ErrorCode::not_found, "cannot find the program `{}` on PATH={}", name,
                    search_path->second);
}

// The system's "no such file" for a file that is there means the interpreter that it names.
bool is_script(const std::string& program) {
  std::array<char, 2> head{};
  std::ifstream(program).read(head.data(), head.size());
  return head == std::array<char, 2>{'#', '!'};
}

Failure cannot_start(const std::string& program, const ProcessSpec& spec, int number) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  if (missing && !spec.cwd.empty() && !is_folder(*make_disk(), spec.cwd))
    return make_error(ErrorCode::not_found, "cannot start `{}`: the folder `{}` is not there", program,
                      spec.cwd.string());
  if (missing && exists(*make_disk(), spec.cwd / program)) {
    Failure error =
        make_error(ErrorCode::not_found, "cannot start `{}`: its interpreter is not there", program);
    if (!is_script(spec.cwd / program)) return error;
    return std::move(error).hint(fmt::format("look at its first line: `head -1 {}`", shell_quoted(program)));
  }
  Failure error = make_error(missing ? ErrorCode::not_found : ErrorCode::io, "cannot start `{}`: {}", program,
                             std::strerror(number));
  if (number == EACCES)
    return std::move(error).hint(fmt::format("make it executable: `chmod +x {}`", shell_quoted(program)));
  if (number == ENOEXEC)
    return std::move(error).hint(
        "it is not a program of this machine; a script needs `#!` and its interpreter as first line");
  return error;
}

// The system ends texts at a NUL byte; one that has it inside would arrive cut off.
Status check_texts(const ProcessSpec& spec) {
  const auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  for (const std::string& argument : spec.argv)
    if (has_nul(argument))
      return make_error(ErrorCode::invalid_input, "an argument of the command has a NUL byte: `{}`",
                        printable(argument));
  for (const auto& [name, text] : spec.env) {
    if (name.empty() || name.find('=') != std::string::npos || has_nul(name))
      return make_error(ErrorCode::invalid_input, "`{}` is not the name of an environment variable",
                        printable(name));
    if (has_nul(text))
      return make_error(ErrorCode::invalid_input, "the environment variable `{}` has a NUL byte",
                        printable(name));
  }
  return {};
}

}  // namespace

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return make_error(ErrorCode::io, "cannot create a pipe: {}", std::strerror(errno));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<pid_t> spawn(const ProcessSpec& spec, const Streams& streams) {
  TRY_STATUS(check_texts(spec));
  TRY(const std::string program, program_of(spec));
  SpawnActions setup;
  setup.set_streams(streams);
  setup.keep_open(spec.inherited);
  setup.set_folder(spec.cwd);
  setup.set_signals(!spec.interactive);
  std::vector<std::string> variables;
  for (const auto& [name, value] : spec.env) variables.push_back(name + "=" + value);
  pid_t pid = -1;
  const auto start = [&] {
    return posix_spawn(&pid, program.c_str(), setup.actions(), setup.attributes(), pointers(spec.argv).data(),
                       pointers(variables).data());
  };
  int number = start();
  // A child that another thread starts at this moment may still hold a program open that we have just
  // written.
  for (auto pause = std::chrono::milliseconds(1); number == ETXTBSY && pause < kMostPatience; pause *= 2) {
    std::this_thread::sleep_for(pause);
    number = start();
  }
  if (number != 0) return cannot_start(program, spec, number);
  return pid;
}

}  // namespace reef
