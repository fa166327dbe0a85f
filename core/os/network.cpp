#include "core/os/network.h"

#ifdef __linux__
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#endif

namespace reef {

#ifdef __linux__
namespace {

int failed_write(const char* file, std::string_view text) {
  const int descriptor = open(file, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const ssize_t written = write(descriptor, text.data(), text.size());
  const int problem = written < 0 ? errno : 0;
  close(descriptor);
  return problem;
}

int failed_loopback() {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const int problem = ioctl(descriptor, SIOCSIFFLAGS, &request) < 0 ? errno : 0;
  close(descriptor);
  return problem;
}

// errno of what failed, 0 when all is done.
int enter_namespace() {
  const std::string user = fmt::format("{0} {0} 1", geteuid());
  const std::string group = fmt::format("{0} {0} 1", getegid());
  if (unshare(CLONE_NEWNET) == 0) return failed_loopback();
  // In a user namespace root would lose what it may do with the files of others.
  if (errno != EPERM || geteuid() == 0) return errno;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return errno;
  if (const int problem = failed_write("/proc/self/setgroups", "deny")) return problem;
  if (const int problem = failed_write("/proc/self/uid_map", user)) return problem;
  if (const int problem = failed_write("/proc/self/gid_map", group)) return problem;
  return failed_loopback();
}

constexpr int kKilled = -1;  // in the trial, as some sandboxes do

std::string why_none(int problem) {
  if (problem == kKilled) return "the system killed who asked for one";
  if (problem == EPERM || problem == EACCES) return "it is not allowed here";
  if (problem == ENOSPC)
    return "no more are allowed (max_net_namespaces and max_user_namespaces in /proc/sys/user)";
  return std::strerror(problem);
}

}  // namespace

// A child tries first: there is no way back from half of it.
Status leave_network() {
  const pid_t trial = fork();
  if (trial == 0) _exit(enter_namespace());
  int status = -1;
  int problem = trial < 0 ? errno : 0;
  if (trial > 0) {
    while (waitpid(trial, &status, 0) < 0 && errno == EINTR) continue;
    problem = WIFEXITED(status) ? WEXITSTATUS(status) : kKilled;
  }
  if (problem == 0) problem = enter_namespace();
  if (problem == 0) return {};
  return make_error(ErrorCode::io, "no network namespace of our own: {}", why_none(problem));
}
#else
Status leave_network() { return make_error(ErrorCode::io, "this system has no network namespaces"); }
#endif

}  // namespace reef
