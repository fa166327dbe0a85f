#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/host/fact_sources.h"

// The sources of systemd-detect-virt (systemd, src/basic/virt.c), in its order.
namespace reef::host {
namespace {

using Words = std::pair<std::string_view, std::string_view>;  // what a file says, our word

constexpr std::array<Words, 5> kControlGroups = {{{"kubepods", "kubernetes"},
                                                  {"docker", "docker"},
                                                  {"libpod", "podman"},
                                                  {"lxc", "lxc"},
                                                  {"machine.slice", "systemd-nspawn"}}};

constexpr std::array<Words, 13> kVendors = {{{"KVM", "kvm"},
                                             {"OpenStack", "kvm"},
                                             {"Amazon EC2", "amazon"},
                                             {"Google Compute Engine", "google"},
                                             {"QEMU", "qemu"},
                                             {"VMware", "vmware"},
                                             {"VMW", "vmware"},
                                             {"innotek GmbH", "virtualbox"},
                                             {"VirtualBox", "virtualbox"},
                                             {"Xen", "xen"},
                                             {"Bochs", "bochs"},
                                             {"Parallels", "parallels"},
                                             {"Virtual Machine", "hyper-v"}}};

template <std::size_t N>
std::optional<std::string> word_in(const std::array<Words, N>& table, std::string_view text) {
  for (const auto& [said, word] : table)
    if (text.find(said) != std::string_view::npos) return std::string(word);
  return std::nullopt;
}

std::optional<std::string> container(const FactSource& source) {
  const std::string kernel = source.word("proc/sys/kernel/osrelease").value_or("");
  if (kernel.find("icrosoft") != std::string::npos || kernel.ends_with("WSL")) return "wsl";
  if (auto word = source.word("run/systemd/container")) return word;
  if (source.has("run/.containerenv")) return "podman";
  if (source.has(".singularity.d")) return "apptainer";
  if (source.has(".dockerenv")) return "docker";
  return word_in(kControlGroups, source.text("proc/1/cgroup").value_or(""));
}

std::optional<std::string> machine(const FactSource& source) {
  for (const std::string_view file : {"product_name", "sys_vendor", "board_vendor", "bios_vendor"})
    if (const auto text = source.word(fmt::format("sys/class/dmi/id/{}", file)))
      if (auto word = word_in(kVendors, *text)) return word;
  if (auto type = source.word("sys/hypervisor/type")) return type;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_virtualization(const FactSource& source) {
  if (auto word = container(source)) return word;
  if (auto word = machine(source)) return word;
  const auto info = source.text("proc/cpuinfo");
  const auto flags = info ? field(*info, "flags") : std::nullopt;
  if (!flags) return std::nullopt;  // only x86 has a bit that says so
  for (const std::string& flag : split(*flags, ' '))
    if (flag == "hypervisor") return "vm";
  return "none";
}

}  // namespace reef::host
