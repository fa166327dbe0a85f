#include "core/os/process_usage.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>
#include <vector>

#include "core/base/text.h"

namespace reef {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc()) return std::nullopt;
  return value;
}

// "VmHWM:     1234 kB" -> 1234
std::optional<std::uint64_t> field_of(std::string_view status, std::string_view name) {
  const std::size_t at = status.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = status.substr(at + name.size());
  return number_in(rest.substr(0, rest.find('\n')));
}

std::vector<std::string> tasks_of(Filesystem& fs, int pid) {
  return fs.list(fmt::format("/proc/{}/task", pid)).value_or(std::vector<std::string>());
}

std::vector<int> children_of(Filesystem& fs, int pid) {
  std::vector<int> children;
  for (const std::string& task : tasks_of(fs, pid)) {
    const auto text = fs.read_file(fmt::format("/proc/{}/task/{}/children", pid, task));
    if (!text) continue;
    for (const std::string& word : split(*text, ' '))
      if (const auto child = number_in(word)) children.push_back(static_cast<int>(*child));
  }
  return children;
}

// CPU time of one process, with nanoseconds; the system counts threads that ended, too.
std::optional<std::chrono::nanoseconds> cpu_clock(int pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return std::nullopt;
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// cutime and cstime of /proc/<pid>/stat: fields 16 and 17, counted behind the name in parentheses.
std::chrono::nanoseconds waited_for(Filesystem& fs, const Path& process) {
  const auto text = fs.read_file(process / "stat");
  if (!text) return {};
  const std::vector<std::string> fields = split(text->substr(text->rfind(')') + 1), ' ');
  constexpr std::size_t kChildUser = 14;
  if (fields.size() <= kChildUser + 1) return {};
  const std::uint64_t ticks =
      number_in(fields[kChildUser]).value_or(0) + number_in(fields[kChildUser + 1]).value_or(0);
  const auto per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return std::chrono::nanoseconds(ticks * (1'000'000'000 / per_second));
}

template <class T>
void add(std::optional<T>& sum, const std::optional<T>& part) {
  if (part) sum = sum.value_or(T{}) + *part;
}

void add_process(Filesystem& fs, int pid, ProcessUsage& usage) {
  const Path process = fmt::format("/proc/{}", pid);
  if (const auto cpu = cpu_clock(pid)) add(usage.cpu, std::optional(*cpu + waited_for(fs, process)));
  usage.peak_memory = std::max(usage.peak_memory, peak_memory_of(fs, pid));
  for (const std::string& task : tasks_of(fs, pid)) {
    if (const auto status = fs.read_file(process / "task" / task / "status")) {
      add(usage.context_switches, field_of(*status, "\nvoluntary_ctxt_switches:"));
      add(usage.context_switches, field_of(*status, "nonvoluntary_ctxt_switches:"));
    }
  }
}

}  // namespace

std::optional<std::uint64_t> peak_memory_of(Filesystem& fs, int pid) {
  const auto status = fs.read_file(fmt::format("/proc/{}/status", pid));
  const auto kilobytes = status ? field_of(*status, "VmHWM:") : std::nullopt;
  return kilobytes ? std::optional(*kilobytes * 1024) : std::nullopt;
}

std::vector<int> read_descendants(Filesystem& fs, int pid) {
  constexpr std::size_t kMost = 100'000;  // a fork bomb has no end
  std::vector<int> found;
  int parent = pid;
  for (std::size_t next = 0;; parent = found[next++]) {
    const std::vector<int> children = children_of(fs, parent);
    found.insert(found.end(), children.begin(), children.end());
    if (next == found.size() || found.size() > kMost) return found;
  }
}

ProcessUsage read_usage(Filesystem& fs, int pid) {
  ProcessUsage usage;
  add_process(fs, pid, usage);
  for (const int each : read_descendants(fs, pid)) add_process(fs, each, usage);
  return usage;
}

std::vector<ProcessName> read_openers(Filesystem& fs, const Path& file) {
  std::vector<ProcessName> out;
  const Path real = fs.real_path(file).value_or(file);
  for (const std::string& name : fs.list("/proc").value_or(std::vector<std::string>())) {
    const auto pid = number_in(name);
    if (!pid || static_cast<int>(*pid) == getpid()) continue;
    const Path process = Path("/proc") / name;
    const auto open = fs.list(process / "fd").value_or(std::vector<std::string>());
    const bool has_it = std::any_of(open.begin(), open.end(), [&](const std::string& fd) {
      return fs.read_symlink(process / "fd" / fd).value_or("") == real.string();
    });
    if (!has_it) continue;
    const std::string program = fs.read_file(process / "comm").value_or("?");
    out.push_back({static_cast<int>(*pid), std::string(trim(program))});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.pid < b.pid; });
  return out;
}

std::chrono::nanoseconds own_cpu_time() {
  std::chrono::nanoseconds sum{};
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      sum += std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  }
  return sum;
}

int own_pid() { return getpid(); }

}  // namespace reef
