#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/host/fact_sources.h"
#include "core/host/nvml.h"

// What a machine was doing while something was measured on it: every number comes from files below a root, so
// that recorded and made-up trees test it.
namespace reef::host {

struct EnergyReading {
  std::string counter;                       // "rapl package-0", "nvml 0"
  std::optional<std::uint64_t> microjoules;  // since some moment; wraps at `range`
  std::optional<std::uint64_t> range;        // microjoules
  std::string unavailable;                   // why it cannot be read
};

// One look: what is true now, and counters that make sense as differences. Absent: the system does not tell.
struct Moment {
  unsigned processors = 1;
  std::optional<double> load;  // of the last minute
  std::string governor;
  std::optional<bool> turbo;
  std::optional<double> frequency;        // Hz, mean of all processors
  std::optional<double> frequency_limit;  // Hz
  std::optional<bool> smt;
  std::optional<bool> on_battery;
  std::optional<std::uint64_t> memory_available;                     // bytes
  std::optional<double> pressure_cpu, pressure_memory, pressure_io;  // 0 to 1, of the last ten seconds

  // Seconds of all processors together, from /proc/stat (which counts in hundredths).
  std::optional<double> busy, idle, io_wait, steal;
  std::optional<std::uint64_t> throttled;        // of all processors: core and package
  std::optional<std::uint64_t> quota_throttled;  // of our control group
  std::optional<std::uint64_t> swapped;          // pages in and out
  std::optional<double> memory_stall;            // seconds
  std::optional<double> uptime;                  // seconds, suspended ones included
  std::uint64_t stops = 0;                       // of this process, not of the host: times_stopped
  struct Task {
    std::string name;
    double cpu = 0;      // seconds
    double started = 0;  // seconds since the machine started
  };
  std::map<int, Task> tasks;  // by process
  std::vector<EnergyReading> energy;
};

// nvml: nullptr where no GPU of theirs is asked.
Moment look_at(const FactSource& source, Nvml* nvml);

enum class Severity { fair, noisy };
struct Disturbance {
  Severity severity = Severity::fair;
  std::string text;
  std::string remedy;  // one line; empty: nothing known
};

// What lay between two looks. own_cpu: seconds of CPU time that we and our children used meanwhile; own_pid
// is not counted among the others. elapsed: on a clock that stands still while the machine is suspended.
struct Conditions {
  std::string grade;                      // "quiet", "fair" or "noisy": the worst of what disturbs
  std::vector<Disturbance> disturbances;  // worst first
  json::Value value;                      // as schemas/record.schema.json has it
};
// Disturbing is: others on more than 5 % of the processors' time (noisy: 20 %), steal above 1 % (5 %), a load
// before of more than half the processors (all of them), throttling, an exhausted quota, swapping, waiting
// for memory above 1 %, a battery, suspension, stops of our own; fair are a governor other than
// `performance`, and turbo.
Conditions conditions_between(const Moment& before, const Moment& after, std::chrono::nanoseconds elapsed,
                              double own_cpu, int own_pid);

// What an administrator could do for quieter measurements: commands that need privileges, never run by us.
struct Tuning {
  std::string subject;  // "frequency governor"
  bool well = true;
  std::string text;  // "powersave on 8 processors"
  std::vector<std::string> commands;
};
std::vector<Tuning> tunings(const FactSource& source);

}  // namespace reef::host
