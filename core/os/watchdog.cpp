#include "core/os/watchdog.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

namespace reef::watchdog {
namespace {

struct Message {
  pid_t pid = 0;
  int what = 0;
};
constexpr int kRelease = 0;
constexpr int kGroup = 1;
constexpr int kAlone = 2;

// --- Who left a process group: everything below its leader, found by system calls alone, as in `watch`. ---

struct Process {
  pid_t pid = 0;
  pid_t parent = 0;
  int signal = 0;  // that is to end it; 0: it is not below anything of ours
};

pid_t number_at(const char* digits) {
  pid_t number = 0;
  for (; *digits >= '0' && *digits <= '9'; ++digits) number = 10 * number + (*digits - '0');
  return number;
}

// proc(5): `PID (NAME) STATE PARENT ...`; a name may hold anything. 0: it is gone.
pid_t parent_of(int proc, const char* name) {
  std::array<char, 512> text{};
  std::strncpy(text.data(), name, 32);
  std::strcat(text.data(), "/stat");
  const int file = openat(proc, text.data(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t size = read(file, text.data(), text.size() - 1);
  close(file);
  if (size <= 0) return 0;
  text[static_cast<std::size_t>(size)] = '\0';
  const char* const end = std::strrchr(text.data(), ')');
  return end != nullptr && std::strlen(end) > 4 ? number_at(end + 4) : 0;
}

// One that is stopped hears of anything but SIGKILL only when it goes on.
void tell(pid_t pid, int signal) {
  kill(pid, signal);
  if (signal != SIGKILL) kill(pid, SIGCONT);
}

class Processes {
 public:
  void read() {
    const int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0) return;
    alignas(8) std::array<char, 32768> entries{};
    constexpr std::size_t kLength = 16;  // of getdents64(2): where an entry has its length, and its name
    constexpr std::size_t kName = 19;
    for (long size = 0; (size = syscall(SYS_getdents64, proc, entries.data(), entries.size())) > 0;)
      for (long at = 0; at < size;) {
        const char* const entry = entries.data() + at;
        std::uint16_t length = 0;
        std::memcpy(&length, entry + kLength, sizeof length);
        at += length;
        const pid_t pid = number_at(entry + kName);
        if (pid > 0 && count_ < all_.size()) all_[count_++] = {pid, parent_of(proc, entry + kName), 0};
      }
    close(proc);
  }
  void mark_below(pid_t leader, int signal) {
    for (bool any = true; any;) {
      any = false;
      for (std::size_t i = 0; i < count_; ++i) {
        if (all_[i].signal != 0 || !(all_[i].parent == leader || is_marked(all_[i].parent))) continue;
        all_[i].signal = signal;
        any = true;
      }
    }
  }
  void end_marked() const {
    for (std::size_t i = 0; i < count_; ++i)
      if (all_[i].signal != 0) tell(all_[i].pid, all_[i].signal);
  }

 private:
  bool is_marked(pid_t pid) const {
    return std::any_of(all_.begin(), all_.begin() + count_,
                       [&](const Process& each) { return each.pid == pid && each.signal != 0; });
  }

  std::array<Process, 16384> all_{};
  std::size_t count_ = 0;
};

// In the second process, which was forked from one with threads: system calls and the stack, nothing else.
[[noreturn]] void watch(int socket) {
  setsid();  // what is sent to our group or terminal is not meant for it
  prctl(PR_SET_NAME, "reef-watchdog");
  constexpr int kOnly = 3;
  if (socket != kOnly) dup2(socket, kOnly);
  for (int fd = 0; fd < kOnly; ++fd) close(fd);  // a caller may wait for the end of our streams
  syscall(SYS_close_range, kOnly + 1, ~0U, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::array<Message, 4096> guarded{};
  std::size_t count = 0;
  for (;;) {
    Message message;
    const ssize_t got = read(kOnly, &message, sizeof message);
    if (got < 0 && errno == EINTR) continue;
    if (got != static_cast<ssize_t>(sizeof message)) break;
    auto* const end = guarded.begin() + count;
    auto* const found =
        std::find_if(guarded.begin(), end, [&](const Message& each) { return each.pid == message.pid; });
    if (message.what != kRelease && found == end && count < guarded.size())
      guarded[count++] = message;
    else if (message.what == kRelease && found != end)
      *found = guarded[--count];
  }
  static Processes processes;
  if (count > 0) processes.read();
  const auto signal_for = [](const Message& each) { return each.what == kGroup ? SIGKILL : SIGHUP; };
  for (std::size_t i = 0; i < count; ++i) processes.mark_below(guarded[i].pid, signal_for(guarded[i]));
  processes.end_marked();
  for (std::size_t i = 0; i < count; ++i)
    tell(guarded[i].what == kGroup ? -guarded[i].pid : guarded[i].pid, signal_for(guarded[i]));
  _exit(0);
}

// Without a reader there is no SIGPIPE, neither for us nor for a child that has its default again.
bool report(int socket, const Message& message) {
  return send(socket, &message, sizeof message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof message);
}

class Guardian {
 public:
  // At our end it is waited for: in a container nobody else may do so. It has only to read the end of a
  // socket.
  void end() {
    const std::lock_guard lock(mutex_);
    if (socket_ < 0 || owner_ != getpid()) return;
    close(std::exchange(socket_, -1));
    constexpr int kTries = 1000;
    for (int i = 0; i < kTries && waitpid(watchdog_, nullptr, WNOHANG) == 0; ++i) usleep(200);
  }

  int ready() {
    const std::lock_guard lock(mutex_);
    if (owner_ != getpid()) {  // we were forked: what our parent started is its own
      socket_ = -1;
      guarded_.clear();
    }
    if (socket_ < 0 || is_gone()) start();
    return socket_;
  }

  void remember(pid_t pid, bool group) {
    const std::lock_guard lock(mutex_);
    guarded_[pid] = group ? kGroup : kAlone;
  }

  void release(pid_t pid) {
    const std::lock_guard lock(mutex_);
    guarded_.erase(pid);
    if (socket_ >= 0) (void)report(socket_, {pid, kRelease});
  }

 private:
  // It was killed: by hand, or because memory ran out.
  bool is_gone() const {
    pollfd end{socket_, 0, 0};
    return poll(&end, 1, 0) == 1 && (end.revents & (POLLHUP | POLLERR)) != 0;
  }

  void start() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of ours runs in the second process
    const pid_t pid = fork();
    if (pid == 0) watch(ends[0]);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    close(ends[0]);
    if (pid < 0) {
      close(ends[1]);
      return;
    }
    if (socket_ < 0) {
      socket_ = ends[1];
      std::atexit(watchdog::end);
    } else {
      // The same number: another thread may be about to start a child that has it.
      dup3(ends[1], socket_, O_CLOEXEC);
      close(ends[1]);
      while (waitpid(watchdog_, nullptr, 0) < 0 && errno == EINTR) {
      }
    }
    owner_ = getpid();
    watchdog_ = pid;
    for (const auto& [child, what] : guarded_) (void)report(socket_, {child, what});
  }

  std::mutex mutex_;
  int socket_ = -1;
  pid_t owner_ = 0;
  pid_t watchdog_ = 0;
  std::map<pid_t, int> guarded_;  // for the next one, should this one be killed
};

Guardian& guardian() {
  static Guardian& one = *new Guardian;  // children of static objects may end after it
  return one;
}

}  // namespace

int ready() { return guardian().ready(); }

bool guard_self(int watchdog, bool group) {
  return watchdog < 0 || report(watchdog, {getpid(), group ? kGroup : kAlone});
}

void remember(pid_t pid, bool group) { guardian().remember(pid, group); }

void release(pid_t pid) { guardian().release(pid); }

void end() { guardian().end(); }

}  // namespace reef::watchdog
