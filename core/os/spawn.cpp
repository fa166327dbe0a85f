#include "core/os/spawn.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "core/base/text.h"
#include "core/os/watchdog.h"

namespace reef {
namespace {

constexpr auto kMostPatience = std::chrono::seconds(2);
constexpr int kUnguarded = EPIPE;  // for a child whose watchdog is gone; no errno of exec's

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));  // NOLINT: execve's signature
  out.push_back(nullptr);
  return out;
}

// What a child is made of. Between vfork and exec it shares our memory and our stack, so that all of it is
// prepared before, and what the child does is system calls only.
struct Launch {
  const char* program;
  char* const* argv;
  char* const* env;
  const char* folder;  // null: ours
  Streams streams;
  const std::vector<int>& inherited;
  bool own_group;
  bool keeps_hangup_ignored;  // `nohup` is meant for what we start, too
  int watchdog;
  int failure;  // where the errno of what went wrong is written
};

// `from` as the standard stream `to`.
bool redirect(int from, int to, int mode) {
  if (from == kOurs) return true;
  if (from == to) return fcntl(to, F_SETFD, 0) == 0;  // ours was closed, and a pipe took its place
  if (from != kNull) return dup2(from, to) == to;
  const int null = open("/dev/null", mode);
  return null == to || (null >= 0 && dup2(null, to) == to && close(null) == 0);
}

bool set_up(const Launch& launch) {
  // No handler of ours may run in our memory once signals are let in again.
  for (int signal = 1; signal < NSIG; ++signal)
    if (signal != SIGHUP || !launch.keeps_hangup_ignored) (void)std::signal(signal, SIG_DFL);
  if (launch.own_group && setpgid(0, 0) != 0) return false;
  if (!redirect(launch.streams.in, 0, O_RDONLY) || !redirect(launch.streams.out, 1, O_WRONLY) ||
      !redirect(launch.streams.err, 2, O_WRONLY))
    return false;
  for (const int fd : launch.inherited)
    if (fcntl(fd, F_SETFD, 0) != 0) return false;
  if (launch.folder != nullptr && chdir(launch.folder) != 0) return false;
  if (!watchdog::guard_self(launch.watchdog, launch.own_group)) {
    errno = kUnguarded;
    return false;
  }
  sigset_t none;
  sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

[[noreturn]] void become(const Launch& launch) {
  if (set_up(launch)) execve(launch.program, launch.argv, launch.env);
  const int number = errno;
  (void)!write(launch.failure, &number, sizeof number);
  _exit(127);
}

// Not posix_spawn: only the child itself can tell the watchdog of it before it runs anything of the user's.
[[gnu::noinline]] pid_t fork_into(const Launch& launch) {
  const pid_t pid = vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork): see Launch
  if (pid == 0) become(launch);
  return pid;
}

// 0, or the errno of what went wrong; the child is then gone.
int start(const Launch& prepared, pid_t& pid) {
  Result<Pipe> failure = make_pipe();
  if (!failure) return errno;
  Launch launch = prepared;
  launch.failure = failure->write_end.get();
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid = fork_into(launch);
  const int fork_failed = pid < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return fork_failed;
  watchdog::remember(pid, launch.own_group);
  failure->write_end.reset();
  int number = 0;
  ssize_t got = 0;
  while ((got = read(failure->read_end.get(), &number, sizeof number)) < 0 && errno == EINTR) {
  }
  if (got != static_cast<ssize_t>(sizeof number)) return 0;  // closed by exec
  watchdog::release(pid);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return number;
}

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

// The system may start it at another time.
bool is_passing(int number) {
  return number == EAGAIN || number == ENOMEM || number == EMFILE || number == ENFILE || number == ETXTBSY;
}

Failure cannot_start(const std::string& program, const ProcessSpec& spec, int number) {
  if (number == kUnguarded)
    return make_error(ErrorCode::busy,
                      "cannot start `{}`: the process of reef that would end it with us was killed, and "
                      "no other can be started",
                      program)
        .hint("the system may be out of memory or of processes: try again later");
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
  if (number == EACCES && is_folder(*make_disk(), spec.cwd / program))
    return make_error(ErrorCode::io, "cannot start `{}`: it is a folder", program)
        .hint("name a program in it");
  const ErrorCode code = missing              ? ErrorCode::not_found
                         : is_passing(number) ? ErrorCode::busy
                                              : ErrorCode::io;
  Failure error = make_error(code, "cannot start `{}`: {}", program, std::strerror(number));
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
    return make_error(is_passing(errno) ? ErrorCode::busy : ErrorCode::io, "cannot create a pipe: {}",
                      std::strerror(errno));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

bool leads_group(const ProcessSpec& spec) {
  return !spec.interactive || !Descriptor(open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)).valid();
}

Result<pid_t> spawn(const ProcessSpec& spec, const Streams& streams) {
  TRY_STATUS(check_texts(spec));
  TRY(const std::string program, program_of(spec));
  std::vector<std::string> variables;
  for (const auto& [name, value] : spec.env) variables.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers(spec.argv);
  const std::vector<char*> env = pointers(variables);
  Launch launch{.program = program.c_str(),
                .argv = argv.data(),
                .env = env.data(),
                .folder = spec.cwd.empty() ? nullptr : spec.cwd.c_str(),
                .streams = streams,
                .inherited = spec.inherited,
                .own_group = leads_group(spec),
                .keeps_hangup_ignored = is_ignored(SIGHUP),
                .watchdog = watchdog::ready(),
                .failure = -1};
  pid_t pid = -1;
  int number = start(launch, pid);
  // A child that another thread starts at this moment may still hold a program open that we have just
  // written; a watchdog that is killed at this moment is replaced.
  for (auto pause = std::chrono::milliseconds(1);
       (number == ETXTBSY || number == kUnguarded) && pause < kMostPatience; pause *= 2) {
    std::this_thread::sleep_for(pause);
    launch.watchdog = watchdog::ready();
    number = start(launch, pid);
  }
  if (number != 0) return cannot_start(program, spec, number);
  return pid;
}

}  // namespace reef
