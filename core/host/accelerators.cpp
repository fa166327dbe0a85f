#include <algorithm>

#include "core/host/fact_sources.h"
#include "core/model/pattern.h"

namespace reef::host {
namespace {

// The kernel driver's own files; libraries and nvidia-smi may be absent or of another version.
void nvidia(const FactSource& source, std::vector<Accelerator>& out) {
  const std::vector<std::string> cards = source.list("proc/driver/nvidia/gpus");
  if (cards.empty()) return;
  std::optional<std::string> driver;
  if (const auto version = Pattern::parse("^NVRM version: .*  +([0-9]+[.][0-9.]+) "))
    driver = version->first(source.text("proc/driver/nvidia/version").value_or(""));
  for (const std::string& card : cards) {
    const std::string text = source.text("proc/driver/nvidia/gpus/" + card + "/information").value_or("");
    out.push_back({"cuda", field(text, "Model").value_or(""), std::nullopt, driver});
  }
}

// `name value` lines of the kernel fusion driver's topology.
std::uint64_t property(const std::string& text, std::string_view key) {
  return leading_number(field(text, key, ' ').value_or("")).value_or(0);
}

std::optional<std::uint64_t> amd_memory(const FactSource& source, const std::string& node) {
  std::uint64_t bytes = 0;
  for (const std::string& bank : source.list(node + "/mem_banks"))
    bytes += property(source.text(node + "/mem_banks/" + bank + "/properties").value_or(""), "size_in_bytes");
  return bytes > 0 ? std::optional(bytes) : std::nullopt;
}

// gfx_target_version 90010 is gfx90a: major * 10000 + minor * 100 + step in hexadecimal.
std::string gfx_name(std::uint64_t version) {
  return fmt::format("gfx{}{}{:x}", version / 10'000, version / 100 % 100, version % 100);
}

void amd(const FactSource& source, std::vector<Accelerator>& out) {
  if (!source.has("dev/kfd")) return;
  const std::string nodes = "sys/class/kfd/kfd/topology/nodes";
  const auto driver = source.word("sys/module/amdgpu/version");
  for (const std::string& name : source.list(nodes)) {
    const std::string node = nodes + "/" + name;
    const std::string text = source.text(node + "/properties").value_or("");
    if (property(text, "simd_count") == 0) continue;  // a CPU
    out.push_back({"rocm", gfx_name(property(text, "gfx_target_version")), amd_memory(source, node), driver});
  }
}

// Cards that can compute have a render node beside them.
void intel(const FactSource& source, std::vector<Accelerator>& out) {
  for (const std::string& name : source.list("sys/class/drm")) {
    if (!name.starts_with("renderD")) continue;
    const std::string device = "sys/class/drm/" + name + "/device/";
    if (source.word(device + "vendor") != "0x8086") continue;
    out.push_back({"intel", source.word(device + "device").value_or(""), std::nullopt, std::nullopt});
  }
}

}  // namespace

std::vector<Accelerator> read_accelerators(const FactSource& source) {
  std::vector<Accelerator> found;
  nvidia(source, found);
  amd(source, found);
  intel(source, found);
  return found;
}

}  // namespace reef::host
