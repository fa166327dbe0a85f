#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace reef::host {

// Energy counters of NVIDIA's GPUs, by their management library, loaded when first asked for.
class Nvml {
 public:
  // not_found without the library; io when it refuses.
  static Result<std::unique_ptr<Nvml>> open();
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  struct Reading {
    std::optional<std::uint64_t> millijoules;  // since the driver was loaded
    std::string problem;
  };
  std::vector<Reading> read();

 private:
  struct Functions;
  explicit Nvml(std::unique_ptr<Functions> functions);
  std::unique_ptr<Functions> functions_;
};

}  // namespace reef::host
