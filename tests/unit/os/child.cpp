// test_child ACTION [ARGUMENT]...: a program that does what the tests of processes ask for.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

extern char** environ;

namespace {

void put(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

[[noreturn]] void sleep_for_ever() {
  for (;;) pause();
}

// Each with its length in front, so that no byte is ambiguous.
void put_list(char** texts) {
  for (; *texts != nullptr; ++texts) {
    const std::string text(*texts);
    put(std::to_string(text.size()) + ":" + text + ";");
  }
}

int copy_input() {
  std::vector<char> buffer(65536);
  for (;;) {
    const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got <= 0) return got == 0 ? 0 : 1;
    std::fwrite(buffer.data(), 1, static_cast<std::size_t>(got), stdout);
  }
}

int flood(std::size_t bytes, std::FILE* stream) {
  const std::string line = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n";
  for (std::size_t written = 0; written < bytes; written += line.size())
    if (std::fwrite(line.data(), 1, line.size(), stream) != line.size()) return 1;
  std::fputs("the end\n", stream);
  return 0;
}

// A child that has a child, all of them deaf to SIGTERM; their numbers go to a file.
int family(const char* file) {
  std::signal(SIGTERM, SIG_IGN);
  const pid_t top = getpid();
  const bool leader = fork() != 0;
  if (!leader && fork() == 0) {
    std::FILE* numbers = std::fopen(file, "w");
    std::fprintf(numbers, "%d %d %d\n", top, getppid(), getpid());
    std::fclose(numbers);
    put("ready\n");
    std::fflush(stdout);
  }
  sleep_for_ever();
}

// Ends at once; its own child lives on with our standard output.
int orphan(const char* file, bool own_session) {
  const pid_t child = fork();
  if (child == 0) {
    if (own_session) setsid();
    sleep_for_ever();
  }
  std::FILE* numbers = std::fopen(file, "w");
  std::fprintf(numbers, "%d\n", child);
  std::fclose(numbers);
  put("gone\n");
  return 0;
}

// The first thing it does is to kill whoever started it; its own number goes to a file before.
[[noreturn]] void kill_parent(const char* file) {
  const int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dprintf(fd, "%d\n", getpid());
  kill(getppid(), SIGKILL);
  sleep_for_ever();
}

// Open descriptors, blocked signals and ignored signals: a child inherits none of ours.
int inherited() {
  if (DIR* folder = opendir("/proc/self/fd")) {
    std::vector<int> numbers;
    while (const dirent* entry = readdir(folder)) {
      const int number = std::atoi(entry->d_name);
      if (entry->d_name[0] != '.' && number != dirfd(folder)) numbers.push_back(number);
    }
    closedir(folder);
    std::sort(numbers.begin(), numbers.end());
    for (const int number : numbers) put(std::to_string(number) + " ");
  }
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, nullptr, &blocked);
  for (int number = 1; number < 32; ++number) {
    struct sigaction action {};
    sigaction(number, nullptr, &action);
    if (sigismember(&blocked, number) == 1) put("blocked:" + std::to_string(number) + " ");
    if (action.sa_handler != SIG_DFL) put("handled:" + std::to_string(number) + " ");
  }
  return 0;
}

int hold_lock(const char* file) {
  const int fd = open(file, O_RDWR | O_CREAT, 0644);
  if (fd < 0 || flock(fd, LOCK_EX) != 0) return 1;
  put("held\n");
  std::fflush(stdout);
  return copy_input();
}

// Answers every line with the same line.
int echo_lines() {
  std::vector<char> line(1 << 16);
  while (std::fgets(line.data(), static_cast<int>(line.size()), stdin) != nullptr) {
    put(line.data());
    std::fflush(stdout);
  }
  std::fputs("end of input\n", stderr);
  return 0;
}

int spin(double seconds) {
  const std::clock_t end = std::clock() + static_cast<std::clock_t>(seconds * CLOCKS_PER_SEC);
  while (std::clock() < end) {
  }
  return 0;
}

int allocate(std::size_t bytes) {
  std::string memory(bytes, 'x');
  return memory[bytes / 2] == 'x' ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string action = argc > 1 ? argv[1] : "";
  const char* argument = argc > 2 ? argv[2] : "";
  if (action == "arguments") return put_list(argv + 2), 0;
  if (action == "environment") return put_list(environ), 0;
  if (action == "copy") return copy_input();
  if (action == "exit") return std::atoi(argument);
  if (action == "raise") return std::raise(std::atoi(argument));
  if (action == "flood") return flood(std::strtoull(argument, nullptr, 10), stdout);
  if (action == "flood-errors") return flood(std::strtoull(argument, nullptr, 10), stderr);
  if (action == "family") return family(argument);
  if (action == "orphan") return orphan(argument, false);
  if (action == "daemon") return orphan(argument, true);
  if (action == "kill-parent") kill_parent(argument);
  if (action == "inherited") return inherited();
  if (action == "lock") return hold_lock(argument);
  if (action == "echo") return echo_lines();
  if (action == "spin") return spin(std::atof(argument));
  if (action == "allocate") return allocate(std::strtoull(argument, nullptr, 10));
  if (action == "sleep") sleep_for_ever();
  if (action == "deaf") {
    std::signal(SIGTERM, SIG_IGN);
    sleep_for_ever();
  }
  if (action == "close") {
    std::fclose(stdout);
    std::fclose(stderr);
    usleep(50'000);
    return 3;
  }
  if (action == "folder") {
    put(std::string(getcwd(nullptr, 0)));
    return 0;
  }
  if (action == "both") {
    std::fputs("to out\n", stdout);
    std::fputs("to err\n", stderr);
    return 0;
  }
  std::fprintf(stderr, "test_child: what is `%s`?\n", action.c_str());
  return 99;
}
