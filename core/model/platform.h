#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace reef {

struct CpuCache {
  int level = 0;
  std::string kind;  // data, instruction, unified
  std::uint64_t bytes = 0;
  unsigned shared_by = 0;  // hardware threads
};

struct Accelerator {
  std::string kind;  // cuda, rocm, opencl, ...
  std::string model;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::string> driver;
};

// What this machine is. What cannot be known is absent (null in JSON), never invented.
struct Platform {
  std::string os;                           // linux, macos
  std::string arch;                         // x86_64, aarch64, riscv64
  std::optional<std::string> distribution;  // "debian 12"
  std::optional<std::string> kernel;        // "6.1.0"
  std::optional<std::string> libc;          // glibc, musl, ...
  std::optional<std::string> libc_version;
  std::optional<std::string> cpu_model;
  std::optional<std::string> cpu_vendor;
  std::vector<std::string> cpu_features;  // sorted
  std::optional<unsigned> cores;          // physical
  std::optional<unsigned> threads;        // hardware threads that we may use
  std::optional<unsigned> numa_nodes;
  std::vector<CpuCache> caches;
  std::optional<std::uint64_t> memory_bytes;
  std::vector<Accelerator> accelerators;
  std::optional<std::string> virtualization;  // kvm, docker, none, ...

  // "linux-x86_64": the name of a lock's section and a part of every build key.
  std::string id() const { return os + "-" + arch; }
};

json::Value to_json(const Platform& platform);

}  // namespace reef
