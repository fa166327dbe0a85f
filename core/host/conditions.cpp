#include "core/host/conditions.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace reef::host {
namespace {

constexpr double kTick = 0.01;  // USER_HZ is 100 on every architecture that Linux still supports
constexpr std::string_view kCpus = "sys/devices/system/cpu/";

std::optional<double> decimal(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::vector<double> numbers_of(std::string_view line) {
  std::vector<double> out;
  for (const std::string& word : split(line, ' '))
    if (const auto value = decimal(word); value && !word.empty()) out.push_back(*value);
  return out;
}

// "some avg10=1.23 avg60=... total=456": avg10 in per cent, total in microseconds.
std::optional<double> pressure(const FactSource& source, std::string_view what, std::string_view key) {
  const auto text = source.text(fmt::format("proc/pressure/{}", what));
  if (!text) return std::nullopt;
  const std::string line = text->substr(0, text->find('\n'));
  const std::size_t at = line.find(fmt::format("{}=", key));
  if (!line.starts_with("some") || at == std::string::npos) return std::nullopt;
  return decimal(std::string_view(line).substr(at + key.size() + 1));
}

std::vector<std::string> cpu_folders(const FactSource& source) {
  std::vector<std::string> out;
  for (const std::string& name : source.list(kCpus))
    if (name.starts_with("cpu") && name.size() > 3 &&
        name.find_first_not_of("0123456789", 3) == std::string::npos)
      out.push_back(std::string(kCpus) + name + "/");
  return out;
}

void read_processors(const FactSource& source, Moment& out) {
  if (const auto online = cpu_list(source.word(std::string(kCpus) + "online").value_or("")))
    out.processors = std::max<unsigned>(1, static_cast<unsigned>(online->size()));
  double sum = 0;
  int known = 0;
  for (const std::string& cpu : cpu_folders(source)) {
    if (out.governor.empty()) out.governor = source.word(cpu + "cpufreq/scaling_governor").value_or("");
    if (const auto now = source.number(cpu + "cpufreq/scaling_cur_freq")) {
      sum += static_cast<double>(*now) * 1e3;
      ++known;
    }
    if (const auto most = source.number(cpu + "cpufreq/cpuinfo_max_freq"))
      out.frequency_limit = std::max(out.frequency_limit.value_or(0), static_cast<double>(*most) * 1e3);
    for (const char* kind : {"core", "package"})
      if (const auto count = source.number(fmt::format("{}thermal_throttle/{}_throttle_count", cpu, kind)))
        out.throttled = out.throttled.value_or(0) + *count;
  }
  if (known == 0)
    for (const std::string& line : lines_of(source.text("proc/cpuinfo").value_or("")))
      if (line.starts_with("cpu MHz"))
        if (const auto mhz = decimal(std::string_view(line).substr(line.find(':') + 1))) {
          sum += *mhz * 1e6;
          ++known;
        }
  if (known > 0) out.frequency = sum / known;
  if (const auto off = source.number(std::string(kCpus) + "intel_pstate/no_turbo")) out.turbo = *off == 0;
  if (const auto boost = source.number(std::string(kCpus) + "cpufreq/boost")) out.turbo = *boost != 0;
  if (const auto smt = source.number(std::string(kCpus) + "smt/active")) out.smt = *smt != 0;
}

// cpu user nice system idle iowait irq softirq steal ...: proc_stat(5). guest time is part of user.
void read_times(const FactSource& source, Moment& out) {
  const std::string text = source.text("proc/stat").value_or("");
  if (!text.starts_with("cpu ")) return;
  const std::vector<double> ticks = numbers_of(std::string_view(text).substr(4, text.find('\n') - 4));
  if (ticks.size() < 5) return;
  const auto at = [&](std::size_t i) { return i < ticks.size() ? ticks[i] * kTick : 0; };
  out.busy = at(0) + at(1) + at(2) + at(5) + at(6);
  out.idle = at(3);
  out.io_wait = at(4);
  if (ticks.size() > 7) out.steal = at(7);
}

void read_memory(const FactSource& source, Moment& out) {
  const std::string memory = source.text("proc/meminfo").value_or("");
  if (const auto available = field(memory, "MemAvailable"))
    if (const auto kilobytes = leading_number(*available)) out.memory_available = *kilobytes * 1024;
  const std::string counters = source.text("proc/vmstat").value_or("");
  const auto in = leading_number(field(counters, "pswpin", ' ').value_or(""));
  const auto swapped_out = leading_number(field(counters, "pswpout", ' ').value_or(""));
  if (in && swapped_out) out.swapped = *in + *swapped_out;
}

// "0::/user.slice/..." names our group in the unified hierarchy.
void read_quota(const FactSource& source, Moment& out) {
  for (const std::string& line : lines_of(source.text("proc/self/cgroup").value_or(""))) {
    if (!line.starts_with("0::")) continue;
    const std::string folder = "sys/fs/cgroup" + line.substr(3);
    const std::string text =
        source.text(folder + (folder.ends_with('/') ? "" : "/") + "cpu.stat").value_or("");
    out.quota_throttled = leading_number(field(text, "nr_throttled", ' ').value_or(""));
  }
}

void read_power(const FactSource& source, Moment& out) {
  const std::string folder = "sys/class/power_supply/";
  for (const std::string& name : source.list(folder)) {
    if (source.word(folder + name + "/type") != "Mains") continue;
    const auto online = source.number(folder + name + "/online");
    if (online) out.on_battery = out.on_battery.value_or(true) && *online == 0;
  }
}

// utime, stime and starttime are fields 14, 15 and 22 of /proc/<pid>/stat, counted behind the name in
// parentheses.
void read_tasks(const FactSource& source, Moment& out) {
  for (const std::string& name : source.list("proc")) {
    const auto pid = leading_number(name);
    if (!pid || name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string text = source.text("proc/" + name + "/stat").value_or("");
    const std::size_t open = text.find('(');
    const std::size_t close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open) continue;
    const std::vector<std::string> fields = split(std::string_view(text).substr(close + 1), ' ');
    constexpr std::size_t kUser = 12;
    constexpr std::size_t kStarted = 20;
    if (fields.size() <= kStarted) continue;
    const double cpu = decimal(fields[kUser]).value_or(0) + decimal(fields[kUser + 1]).value_or(0);
    out.tasks[static_cast<int>(*pid)] = {text.substr(open + 1, close - open - 1), cpu * kTick,
                                         decimal(fields[kStarted]).value_or(0) * kTick};
  }
}

void read_rapl(const FactSource& source, Moment& out) {
  const std::string folder = "sys/class/powercap/";
  for (const std::string& zone : source.list(folder)) {
    const std::string name = source.word(folder + zone + "/name").value_or("");
    // Packages, and the memory beside them; other zones are parts of these.
    if (!zone.starts_with("intel-rapl:") || !(name.starts_with("package") || name == "dram")) continue;
    EnergyReading reading;
    reading.counter = "rapl " + name + (name == "dram" ? " of " + zone : "");
    reading.microjoules = source.number(folder + zone + "/energy_uj");
    reading.range = source.number(folder + zone + "/max_energy_range_uj");
    if (!reading.microjoules)
      reading.unavailable = fmt::format("/{}{}/energy_uj may be read by root only", folder, zone);
    out.energy.push_back(std::move(reading));
  }
  if (out.energy.empty())
    out.energy.push_back({"rapl", std::nullopt, std::nullopt,
                          "/sys/class/powercap shows no energy counters of the processor"});
}

void read_nvml(Nvml* nvml, Moment& out) {
  if (nvml == nullptr) return;
  const std::vector<Nvml::Reading> readings = nvml->read();
  for (std::size_t i = 0; i < readings.size(); ++i) {
    EnergyReading reading;
    reading.counter = fmt::format("nvml {}", i);
    if (readings[i].millijoules) reading.microjoules = *readings[i].millijoules * 1000;
    reading.unavailable = readings[i].problem;
    out.energy.push_back(std::move(reading));
  }
}

}  // namespace

Moment look_at(const FactSource& source, Nvml* nvml) {
  Moment out;
  read_processors(source, out);
  out.load = decimal(source.text("proc/loadavg").value_or(""));
  read_times(source, out);
  read_memory(source, out);
  read_quota(source, out);
  read_power(source, out);
  const auto part = [&](std::string_view what) {
    const auto percent = pressure(source, what, "avg10");
    return percent ? std::optional(*percent / 100) : std::nullopt;
  };
  out.pressure_cpu = part("cpu");
  out.pressure_memory = part("memory");
  out.pressure_io = part("io");
  if (const auto total = pressure(source, "memory", "total")) out.memory_stall = *total * 1e-6;
  out.uptime = decimal(source.text("proc/uptime").value_or(""));
  read_tasks(source, out);
  read_rapl(source, out);
  read_nvml(nvml, out);
  return out;
}

std::vector<Tuning> tunings(const FactSource& source) {
  const Moment now = look_at(source, nullptr);
  std::vector<Tuning> out;
  const auto add = [&](std::string subject, bool well, std::string text, std::vector<std::string> commands) {
    if (well) commands.clear();
    out.push_back({std::move(subject), well, std::move(text), std::move(commands)});
  };
  if (!now.governor.empty())
    add("frequency governor", now.governor == "performance", now.governor,
        {"sudo sh -c 'for f in /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor; do echo performance > "
         "$f; "
         "done'"});
  if (now.turbo) {
    const bool intel = source.has(std::string(kCpus) + "intel_pstate/no_turbo");
    add("turbo", !*now.turbo, *now.turbo ? "on: the frequency depends on the temperature" : "off",
        {intel ? "sudo sh -c 'echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo'"
               : "sudo sh -c 'echo 0 > /sys/devices/system/cpu/cpufreq/boost'"});
  }
  if (now.smt)
    add("simultaneous multithreading", !*now.smt,
        *now.smt ? "on: neighbours share a core with what is measured" : "off",
        {"sudo sh -c 'echo off > /sys/devices/system/cpu/smt/control'"});
  if (const auto level = decimal(source.text("proc/sys/kernel/perf_event_paranoid").value_or("")))
    add("perf counters", *level <= 2, fmt::format("kernel.perf_event_paranoid = {:.0f}", *level),
        {"sudo sysctl kernel.perf_event_paranoid=1"});
  const std::string pages = source.word("sys/kernel/mm/transparent_hugepage/enabled").value_or("");
  if (!pages.empty())
    add("transparent huge pages", pages.find("[always]") == std::string::npos, pages,
        {"sudo sh -c 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled'"});
  bool hidden = false;
  for (const EnergyReading& reading : now.energy)
    hidden = hidden || reading.unavailable.find("root") != std::string::npos;
  if (now.energy.front().counter != "rapl")
    add("energy counters", !hidden, hidden ? "may be read by root only" : "readable",
        {"sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj"});
  const bool swapping = lines_of(source.text("proc/swaps").value_or("")).size() > 1;
  if (source.has("proc/swaps")) add("swap", !swapping, swapping ? "on" : "off", {"sudo swapoff --all"});
  if (now.on_battery) add("power", !*now.on_battery, *now.on_battery ? "battery: plug it in" : "mains", {});
  return out;
}

}  // namespace reef::host
