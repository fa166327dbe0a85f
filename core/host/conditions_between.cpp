// From two looks at a machine to a grade.
#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/host/conditions.h"
#include "core/model/json_nullable.h"

namespace reef::host {
namespace {

using json::nullable;
using json::Value;

constexpr std::size_t kShownTasks = 3;

template <class T>
std::optional<T> difference(const std::optional<T>& before, const std::optional<T>& after) {
  if (!before || !after || *after < *before) return std::nullopt;
  return *after - *before;
}

std::string percent(double part) { return fmt::format("{:.2g} %", part * 100); }

Value to_json(const Moment& moment) {
  return {{"load", nullable(moment.load)},
          {"processors", moment.processors},
          {"governor", nullable(moment.governor)},
          {"turbo", nullable(moment.turbo)},
          {"frequency", nullable(moment.frequency)},
          {"frequency_limit", nullable(moment.frequency_limit)},
          {"smt", nullable(moment.smt)},
          {"on_battery", nullable(moment.on_battery)},
          {"memory_available", nullable(moment.memory_available)},
          {"pressure_cpu", nullable(moment.pressure_cpu)},
          {"pressure_memory", nullable(moment.pressure_memory)},
          {"pressure_io", nullable(moment.pressure_io)}};
}

// Energy between two readings of one counter, which starts again at its range.
Value energy_between(const std::vector<EnergyReading>& before, const std::vector<EnergyReading>& after) {
  Value out = Value::array();
  for (const EnergyReading& end : after) {
    const auto start = std::find_if(before.begin(), before.end(),
                                    [&](const EnergyReading& each) { return each.counter == end.counter; });
    std::optional<double> joules;
    std::string problem = end.unavailable;
    if (start != before.end() && start->microjoules && end.microjoules) {
      const bool wrapped = *end.microjoules < *start->microjoules;
      if (!wrapped || end.range)
        joules = (static_cast<double>(*end.microjoules) - static_cast<double>(*start->microjoules) +
                  (wrapped ? static_cast<double>(*end.range) : 0)) *
                 1e-6;
      else
        problem = "the counter started again and does not say where";
    } else if (problem.empty()) {
      problem = "it could not be read before";
    }
    out.push_back(
        {{"counter", end.counter}, {"joules", nullable(joules)}, {"unavailable", nullable(problem)}});
  }
  return out;
}

struct Between {
  double seconds = 0;
  std::optional<double> busy, others, steal, io_wait, memory_stall, suspended;
  std::optional<std::uint64_t> throttled, quota_throttled, swapped;
  std::uint64_t stops = 0;
  std::vector<Moment::Task> top;  // cpu: processors

  Value json() const {
    Value users = Value::array();
    for (const Moment::Task& task : top)
      users.push_back({{"name", printable(task.name)}, {"processors", task.cpu}});
    Value out = {{"seconds", seconds},
                 {"busy", nullable(busy)},
                 {"others", nullable(others)},
                 {"steal", nullable(steal)},
                 {"io_wait", nullable(io_wait)},
                 {"throttled", nullable(throttled)},
                 {"quota_throttled", nullable(quota_throttled)},
                 {"swapped", nullable(swapped)},
                 {"memory_stall", nullable(memory_stall)},
                 {"suspended", nullable(suspended)},
                 {"top", std::move(users)}};
    if (stops > 0) out["stops"] = stops;
    return out;
  }
};

std::vector<Moment::Task> top_tasks(const Moment& before, const Moment& after, double seconds, int own_pid) {
  std::map<std::string, double> by_name;
  for (const auto& [pid, task] : after.tasks) {
    if (pid == own_pid) continue;
    const auto earlier = before.tasks.find(pid);
    if (earlier != before.tasks.end() && earlier->second.started == task.started)
      by_name[task.name] += (task.cpu - earlier->second.cpu) / seconds;
    else if (task.started >= before.uptime.value_or(0))  // not seen before, or its number was used again
      by_name[task.name] += task.cpu / seconds;
  }
  std::vector<Moment::Task> out;
  constexpr double kWorthNaming = 0.02;
  for (const auto& [name, processors] : by_name)
    if (processors >= kWorthNaming) out.push_back({name, std::min<double>(after.processors, processors), 0});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.cpu > b.cpu; });
  if (out.size() > kShownTasks) out.resize(kShownTasks);
  return out;
}

Between between(const Moment& before, const Moment& after, double seconds, double own_cpu, int own_pid) {
  Between out;
  out.seconds = seconds;
  const double whole = seconds * after.processors;
  const auto part = [&](const std::optional<double>& time) {
    return time ? std::optional(std::min(1.0, *time / whole)) : std::nullopt;
  };
  if (const auto busy = difference(before.busy, after.busy)) {
    // The system counts in hundredths: a short look may see more than there can be.
    const double most = after.processors;
    out.busy = std::min(most, *busy / seconds);
    out.others = std::clamp((*busy - own_cpu) / seconds, 0.0, most);
  }
  out.steal = part(difference(before.steal, after.steal));
  out.io_wait = part(difference(before.io_wait, after.io_wait));
  out.throttled = difference(before.throttled, after.throttled);
  out.quota_throttled = difference(before.quota_throttled, after.quota_throttled);
  out.swapped = difference(before.swapped, after.swapped);
  if (const auto stall = difference(before.memory_stall, after.memory_stall))
    out.memory_stall = std::min(1.0, *stall / seconds);
  if (const auto up = difference(before.uptime, after.uptime)) out.suspended = std::max(0.0, *up - seconds);
  out.stops = after.stops - before.stops;
  out.top = top_tasks(before, after, seconds, own_pid);
  return out;
}

class Grader {
 public:
  // fair from `fair` on, noisy from `noisy` on.
  void level(double value, double fair, double noisy, const std::string& text, const std::string& remedy) {
    if (value >= noisy)
      add(Severity::noisy, text, remedy);
    else if (value >= fair)
      add(Severity::fair, text, remedy);
  }
  void add(Severity severity, std::string text, std::string remedy) {
    found_.push_back({severity, std::move(text), std::move(remedy)});
  }
  std::vector<Disturbance> take() {
    std::stable_sort(found_.begin(), found_.end(), [](const Disturbance& a, const Disturbance& b) {
      return a.severity == Severity::noisy && b.severity == Severity::fair;
    });
    return std::move(found_);
  }

 private:
  std::vector<Disturbance> found_;
};

std::string names_of(const std::vector<Moment::Task>& top) {
  std::string out;
  for (const Moment::Task& task : top)
    out += fmt::format("{}{} ({:.2g})", out.empty() ? "" : ", ", printable(task.name), task.cpu);
  return out;
}

// Scheduling ticks are coarse: less than this cannot be told from what we did ourselves.
constexpr double kCoarse = 0.05;

void grade_others(const Moment& before, const Between& during, Grader& grader) {
  const auto processors = static_cast<double>(before.processors);
  const std::string stop =
      during.top.empty() ? "stop other programs" : "stop other programs: " + names_of(during.top);
  if (during.others && *during.others >= kCoarse)
    grader.level(
        *during.others / processors, 0.05, 0.2,
        fmt::format("other programs kept {:.2g} of {} processors busy", *during.others, before.processors),
        stop);
  else if (before.load)
    grader.level(*before.load / processors, 0.5, 1.0,
                 fmt::format("the load was {:.3g} on {} processors before", *before.load, before.processors),
                 "wait until other programs are done");
  if (during.steal)
    grader.level(
        *during.steal, 0.01, 0.05,
        fmt::format("the hypervisor gave {} of the processors' time to other guests", percent(*during.steal)),
        "measure on a machine of your own, or on reserved processors");
}

void grade_memory(const Between& during, Grader& grader) {
  if (during.swapped.value_or(0) > 0)
    grader.add(Severity::fair, fmt::format("{} pages went to or from swap", *during.swapped),
               "free memory, or switch swap off");
  if (during.memory_stall)
    grader.level(*during.memory_stall, 0.01, 0.05,
                 fmt::format("programs waited for memory {} of the time", percent(*during.memory_stall)),
                 "free memory");
}

void grade_frequency(const Moment& before, const Between& during, Grader& grader) {
  if (during.throttled.value_or(0) > 0)
    grader.add(Severity::noisy,
               fmt::format("processors were slowed down for heat {} times", *during.throttled),
               "let the machine cool down, or limit its frequency");
  if (during.quota_throttled.value_or(0) > 0)
    grader.add(
        Severity::noisy,
        fmt::format("the control group's processor quota was used up {} times", *during.quota_throttled),
        "raise the container's processor limit, or use fewer threads");
  if (before.on_battery.value_or(false))
    grader.add(Severity::noisy, "the machine runs on battery", "plug it in");
  if (during.suspended.value_or(0) > 1)
    grader.add(Severity::noisy,
               fmt::format("the machine was suspended for {}", format_seconds(*during.suspended)),
               "measure again while it stays awake");
  if (during.stops > 0)
    grader.add(Severity::noisy, "reef was stopped (Ctrl-Z) while it measured, and what it measures was not",
               "measure again, and let it run");
  if (!before.governor.empty() && before.governor != "performance")
    grader.add(Severity::fair, fmt::format("the frequency governor is `{}`", printable(before.governor)),
               "`reef doctor --benchmark` prints the command for `performance`");
  if (before.turbo.value_or(false))
    grader.add(Severity::fair, "turbo is on: the frequency depends on the temperature",
               "`reef doctor --benchmark` prints the command that switches it off");
}

}  // namespace

Conditions conditions_between(const Moment& before, const Moment& after, std::chrono::nanoseconds elapsed,
                              double own_cpu, int own_pid) {
  const double seconds = std::max(1e-3, std::chrono::duration<double>(elapsed).count());
  const Between during = between(before, after, seconds, own_cpu, own_pid);
  Grader grader;
  grade_others(before, during, grader);
  grade_frequency(before, during, grader);
  grade_memory(during, grader);
  Conditions out;
  out.disturbances = grader.take();
  out.grade = out.disturbances.empty()                               ? "quiet"
              : out.disturbances.front().severity == Severity::noisy ? "noisy"
                                                                     : "fair";
  Value findings = Value::array();
  for (const Disturbance& each : out.disturbances)
    findings.push_back({{"severity", each.severity == Severity::noisy ? "noisy" : "fair"},
                        {"text", each.text},
                        {"remedy", nullable(each.remedy)}});
  out.value = {{"grade", out.grade},        {"findings", std::move(findings)},
               {"before", to_json(before)}, {"after", to_json(after)},
               {"during", during.json()},   {"energy", energy_between(before.energy, after.energy)}};
  return out;
}

}  // namespace reef::host
