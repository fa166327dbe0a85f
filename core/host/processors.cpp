#include <algorithm>
#include <map>
#include <set>

#include "core/base/text.h"
#include "core/host/fact_sources.h"

namespace reef::host {
namespace {

// ARM leaves the naming to the reader: MIDR_EL1 implementer codes (Arm Architecture Reference Manual, D19.2).
const std::map<std::string, std::string> kImplementers = {
    {"0x41", "ARM"},       {"0x42", "Broadcom"}, {"0x43", "Cavium"}, {"0x46", "Fujitsu"},
    {"0x48", "HiSilicon"}, {"0x4e", "NVIDIA"},   {"0x50", "APM"},    {"0x51", "Qualcomm"},
    {"0x61", "Apple"},     {"0xc0", "Ampere"}};

std::optional<std::string> cpu_vendor(const std::string& info) {
  if (auto vendor = field(info, "vendor_id")) return vendor;
  const auto code = field(info, "CPU implementer");
  if (!code) return std::nullopt;
  const auto known = kImplementers.find(*code);
  return known == kImplementers.end() ? std::nullopt : std::optional(known->second);
}

std::vector<std::string> cpu_features(const std::string& info) {
  std::optional<std::string> flags = field(info, "flags");
  if (!flags) flags = field(info, "Features");
  if (!flags) flags = field(info, "isa");
  std::vector<std::string> features;
  for (std::string& flag : split(flags.value_or(""), ' '))
    if (!flag.empty()) features.push_back(std::move(flag));
  std::sort(features.begin(), features.end());
  return features;
}

std::string cpu_folder(unsigned cpu) { return fmt::format("sys/devices/system/cpu/cpu{}/", cpu); }

std::optional<unsigned> physical_cores(const FactSource& source, const std::vector<unsigned>& cpus) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> cores;
  for (const unsigned cpu : cpus) {
    const auto package = source.number(cpu_folder(cpu) + "topology/physical_package_id");
    const auto core = source.number(cpu_folder(cpu) + "topology/core_id");
    if (!package || !core) return std::nullopt;
    cores.emplace(*package, *core);
  }
  return cores.empty() ? std::nullopt : std::optional(static_cast<unsigned>(cores.size()));
}

// "32K", "1024K", "480M"
std::uint64_t cache_bytes(std::string_view text) {
  const std::uint64_t number = leading_number(text).value_or(0);
  if (text.ends_with('K')) return number << 10U;
  if (text.ends_with('M')) return number << 20U;
  if (text.ends_with('G')) return number << 30U;
  return number;
}

// Each cache once: it is listed under every CPU that shares it.
std::vector<CpuCache> caches(const FactSource& source, const std::vector<unsigned>& cpus) {
  std::vector<CpuCache> found;
  std::set<std::string> seen;
  for (const unsigned cpu : cpus)
    for (const std::string& index : source.list(cpu_folder(cpu) + "cache")) {
      const std::string folder = cpu_folder(cpu) + "cache/" + index + "/";
      const auto level = source.number(folder + "level");
      const auto size = source.word(folder + "size");
      const auto kind = source.word(folder + "type");
      const auto shared = source.word(folder + "shared_cpu_list");
      if (!level || !size || !kind) continue;
      const std::string sharers = shared.value_or(std::to_string(cpu));
      if (!seen.insert(fmt::format("{} {} {}", *level, *kind, sharers)).second) continue;
      const auto list = cpu_list(sharers);
      found.push_back({static_cast<int>(*level), lower_case(*kind), cache_bytes(*size),
                       list ? static_cast<unsigned>(list->size()) : 1});
    }
  return found;
}

}  // namespace

void read_processors(const FactSource& source, Platform& platform) {
  const std::string info = source.text("proc/cpuinfo").value_or("");
  platform.cpu_vendor = cpu_vendor(info);
  platform.cpu_model = field(info, "model name");
  if (!platform.cpu_model) platform.cpu_model = field(info, "Model");
  platform.cpu_features = cpu_features(info);

  std::optional<std::vector<unsigned>> online;
  if (const auto text = source.word("sys/devices/system/cpu/online")) online = cpu_list(*text);
  if (online) {
    platform.cores = physical_cores(source, *online);
    platform.caches = caches(source, *online);
    platform.threads = static_cast<unsigned>(online->size());
  }
  if (const auto status = source.text("proc/self/status"))
    if (const auto allowed = field(*status, "Cpus_allowed_list"))
      if (const auto list = cpu_list(*allowed)) platform.threads = static_cast<unsigned>(list->size());
  if (const auto nodes = source.word("sys/devices/system/node/online"))
    if (const auto list = cpu_list(*nodes)) platform.numa_nodes = static_cast<unsigned>(list->size());
}

}  // namespace reef::host
