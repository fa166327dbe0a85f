#pragma once

#include <memory>

#include "core/host/conditions.h"
#include "core/ops/doctor.h"
#include "core/os/clock.h"

namespace reef::ops {

// Looks at the host when it begins and when it ends, for everything in between.
class ConditionsWatch {
 public:
  ConditionsWatch(Filesystem& fs, Clock& clock);
  host::Conditions end();

 private:
  host::FactSource source_;
  Clock& clock_;
  std::unique_ptr<host::Nvml> nvml_;
  std::string nvml_problem_;
  MonotonicTime started_;
  std::chrono::nanoseconds own_cpu_{};
  host::Moment before_;
};

// How quiet this host can be for benchmarks, and the privileged commands that would help; nothing is run.
// `root` is where /proc and /sys are read.
std::vector<Finding> diagnose_noise(Filesystem& fs, const Path& root);

}  // namespace reef::ops
