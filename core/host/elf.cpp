#include "core/host/elf.h"

#include <array>
#include <utility>

namespace reef::host {
namespace {

constexpr std::size_t kHeadBytes = 512;
constexpr std::size_t kMachineOffset = 18;
constexpr unsigned char kLittleEndian = 1;

struct Machine {
  unsigned number;
  std::string_view name;
};
constexpr std::array<Machine, 8> kMachines = {{{3, "i386"},
                                               {8, "mips"},
                                               {20, "ppc"},
                                               {21, "ppc64le"},
                                               {22, "s390x"},
                                               {40, "arm"},
                                               {62, "x86_64"},
                                               {183, "aarch64"}}};
constexpr unsigned kRiscV = 243;

unsigned byte_at(const std::string& head, std::size_t at) { return static_cast<unsigned char>(head[at]); }

std::string arch_of_elf(const std::string& head) {
  const bool little = byte_at(head, 5) == kLittleEndian;
  const unsigned low = byte_at(head, kMachineOffset + (little ? 0 : 1));
  const unsigned high = byte_at(head, kMachineOffset + (little ? 1 : 0));
  const unsigned number = low | (high << 8U);
  const bool wide = byte_at(head, 4) == 2;
  if (number == kRiscV) return wide ? "riscv64" : "riscv32";
  for (const Machine& machine : kMachines)
    if (machine.number == number) return std::string(machine.name);
  return fmt::format("ELF machine {}", number);
}

}  // namespace

std::string_view own_arch() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__riscv) && __riscv_xlen == 64
  return "riscv64";
#elif defined(__powerpc64__)
  return "ppc64le";
#elif defined(__s390x__)
  return "s390x";
#elif defined(__i386__)
  return "i386";
#elif defined(__arm__)
  return "arm";
#else
#error "name this architecture in the words of uname"
#endif
}

std::optional<std::string> refusal_of_library(const Path& path) {
  const auto head = read_head(path, kHeadBytes);
  if (!head) return "cannot be read";
  if (head->empty()) return "empty file";
  if (head->starts_with("!<arch>\n") || head->starts_with("!<thin>\n")) return std::nullopt;
  if (head->starts_with("/* GNU ld script") || head->starts_with("INPUT") || head->starts_with("GROUP"))
    return std::nullopt;
  if (!head->starts_with("\x7f"
                         "ELF") ||
      head->size() < kMachineOffset + 2)
    return "not a library";
  const std::string arch = arch_of_elf(*head);
  if (arch != own_arch()) return fmt::format("for {}, this machine is {}", arch, own_arch());
  return std::nullopt;
}

}  // namespace reef::host
