#include "core/ops/conditions.h"

#include "core/os/cancel.h"
#include "core/os/process_usage.h"

namespace reef::ops {

ConditionsWatch::ConditionsWatch(Filesystem& fs, Clock& clock) : source_(fs, "/"), clock_(clock) {
  if (!source_.list("proc/driver/nvidia/gpus").empty()) {
    if (auto nvml = host::Nvml::open())
      nvml_ = *std::move(nvml);
    else
      nvml_problem_ = nvml.error().message();
  }
  before_ = host::look_at(source_, nvml_.get());
  before_.stops = times_stopped();
  own_cpu_ = own_cpu_time();
  started_ = clock_.monotonic();
}

host::Conditions ConditionsWatch::end() {
  const auto elapsed = clock_.monotonic() - started_;
  const std::chrono::duration<double> used = own_cpu_time() - own_cpu_;
  host::Moment after = host::look_at(source_, nvml_.get());
  after.stops = times_stopped();
  if (!nvml_problem_.empty()) after.energy.push_back({"nvml", std::nullopt, std::nullopt, nvml_problem_});
  return host::conditions_between(before_, after, elapsed, used.count(), own_pid());
}

std::vector<Finding> diagnose_noise(Filesystem& fs, const Path& root) {
  const host::FactSource source(fs, root);
  std::vector<Finding> out;
  for (host::Tuning& tuning : host::tunings(source))
    out.push_back({tuning.well ? Finding::Level::ok : Finding::Level::warning, std::move(tuning.subject),
                   std::move(tuning.text), std::move(tuning.commands)});
  const host::Moment now = host::look_at(source, nullptr);
  if (now.load) {
    const bool busy = *now.load > 0.5 * now.processors;
    out.push_back(
        {busy ? Finding::Level::warning : Finding::Level::ok, "load",
         fmt::format("{:.2f} on {} processors", *now.load, now.processors),
         busy ? std::vector<std::string>{"wait until other programs are done"} : std::vector<std::string>{}});
  }
  for (const host::EnergyReading& reading : now.energy)
    if (!reading.microjoules)
      out.push_back({Finding::Level::ok,
                     "energy",
                     fmt::format("{}: unavailable: {}", reading.counter, reading.unavailable),
                     {}});
  return out;
}

}  // namespace reef::ops
