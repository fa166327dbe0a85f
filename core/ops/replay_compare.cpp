#include "core/ops/replay_compare.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "core/base/text.h"
#include "core/bench/tolerance.h"
#include "core/ops/benchmark.h"
#include "core/ops/compare.h"
#include "core/record/load_settings.h"

namespace reef::ops {
namespace {

using Texts = std::map<std::string, std::string>;

constexpr double kBetweenRuns = 0.10;  // whole runs differ from each other by more than their intervals say

std::string spelled(const Texts& options) {
  std::vector<std::string> out;
  for (const auto& [group, option] : options) out.push_back(group + "=" + option);
  return join(out, " ");
}

void add(std::vector<ReplayDifference>& out, std::string_view kind, const Texts& packed, const Texts& now) {
  std::set<std::string> names;
  for (const auto* side : {&packed, &now})
    for (const auto& [name, value] : *side) names.insert(name);
  for (const std::string& name : names) {
    const auto left = packed.find(name);
    const auto right = now.find(name);
    const std::string before = left == packed.end() ? "none" : left->second;
    const std::string after = right == now.end() ? "none" : right->second;
    if (before != after) out.push_back({std::string(kind), name, before, after});
  }
}

Texts host_facts(const Record& record, std::span<const std::string_view> keys) {
  Texts out;
  if (!record.host.is_object()) return out;
  for (const std::string_view key : keys) {
    const auto found = record.host.find(std::string(key));
    if (found == record.host.end() || found->is_null()) continue;
    if (found->is_array() && found->empty()) continue;
    out[std::string(key)] = json::text_of(*found);
  }
  return out;
}

constexpr std::array<std::string_view, 8> kHardware = {"cpu_model",    "cpu_vendor",    "cores",
                                                       "threads",      "numa_nodes",    "memory_bytes",
                                                       "accelerators", "virtualization"};
constexpr std::array<std::string_view, 6> kSystem = {"os",     "arch", "distribution",
                                                     "kernel", "libc", "libc_version"};

// Of a package in a record; empty: unknown.
std::string digest_of(const Record& record, const std::string& name) {
  for (const RecordedPackage& package : record.closure)
    if (package.name == name) return package.digest;
  return "";
}

// Packages of the closure, and the tools that they run with. Those that have other contents here and beside
// say so; old records do not know.
Texts package_texts(const Record& record, const Record& beside, const std::set<std::string>& running_tools) {
  Texts out;
  for (const RecordedPackage& package : record.closure) {
    const bool is_tool = package.build_key.empty();
    if (is_tool && !running_tools.contains(package.name)) continue;
    const std::string options = spelled(package.options);
    out[package.name] =
        package.version + (options.empty() || package.name == record.package ? "" : " " + options);
    const std::string other = digest_of(beside, package.name);
    if (!package.digest.empty() && !other.empty() && other != package.digest)
      out[package.name] += fmt::format(" ({})", package.digest.substr(0, 12));
  }
  return out;
}

Texts input_texts(const Record& record) {
  Texts out;
  for (const RecordedFile& input : record.inputs) out[input.path] = input.sha256.substr(0, 12);
  return out;
}

Texts setting_texts(const Record& record) {
  Texts out;
  for (const auto& [group, option] : record.options) out["option " + group] = option;
  for (const auto& [name, value] : record.parameters) out["parameter " + name] = json::text_of(value);
  if (!record.scenario.empty()) out["scenario"] = record.scenario;
  out["reef"] = record.reef_version;
  return out;
}

// Those of the load that are known of both: what an older reef did not record is no difference.
Texts load_texts(const Record& record, const Record& beside) {
  std::set<std::string> known;
  for (const LoadSetting& setting : load_settings_of(beside)) known.insert(setting.name);
  Texts out;
  for (const LoadSetting& setting : load_settings_of(record))
    if (!setting.settled && known.contains(setting.name)) out[setting.name] = json::text_of(setting.value);
  return out;
}

// Metrics of steps are called `step.metric`.
bool is_harness_metric(const std::string& name) {
  return is_measured_by_harness(name) || is_measured_by_harness(name.substr(name.find('.') + 1));
}

// What the machine decides, and not the program alone.
bool depends_on_hardware(const std::string& name, const RecordedMetric& metric) {
  if (is_harness_metric(name)) return true;
  const std::string& unit = metric.unit;
  const bool energy = unit == "J" || unit == "W" || unit == "J/query";
  return unit == "s" || unit == "ms" || unit == "us" || unit == "ns" || unit.ends_with("/s") || energy ||
         (metric.lower && metric.upper && *metric.lower < *metric.upper);
}

// How late the load generator issued its queries: what the measurement was made under, not what it found.
bool is_condition(const std::string& name) { return name == "lateness" || name.ends_with(".lateness"); }

// The slowest hundredth of the queries: another moment of the same machine has another one.
bool is_tail(const std::string& name) { return name.find(".p99") != std::string::npos; }

struct Circumstance {
  std::string other_code;  // "another dependency: blas 1.0 -> 1.1", "other source code: ..."; empty: none
  std::string other_hardware;
};

void judge_times(ReplayedValue& value, const Circumstance& circumstance) {
  const RecordedMetric& a = value.packed;
  const RecordedMetric& b = value.now;
  const double ratio = *b.value / *a.value;
  const auto decide = [&](ReplayVerdict verdict, std::string reason) {
    value.verdict = verdict;
    value.reason = std::move(reason);
  };
  if (!circumstance.other_hardware.empty())
    return decide(ReplayVerdict::not_comparable,
                  fmt::format("other hardware ({}): {:.3g} times", circumstance.other_hardware, ratio));
  const bool known = a.lower && a.upper && b.lower && b.upper && *a.lower > 0 && *b.lower > 0;
  const double low = known ? *b.lower / *a.upper : ratio;
  const double high = known ? *b.upper / *a.lower : ratio;
  const std::string text = known ? fmt::format("{:.3g} times, between {:.3g} and {:.3g}", ratio, low, high)
                                 : fmt::format("{:.3g} times", ratio);
  if (low > 1 / (1 + kBetweenRuns) && high < 1 + kBetweenRuns)
    return decide(ReplayVerdict::reproduced, text + ": within 10 %");
  if (is_tail(value.name))
    return decide(ReplayVerdict::not_comparable, text + ": a tail differs from run to run");
  if (!known)
    return decide(ReplayVerdict::not_comparable, text + ", but one number a run and no declared tolerance");
  if (low > 1 + kBetweenRuns || high < 1 / (1 + kBetweenRuns)) {
    const bool better = b.better == (ratio > 1 ? Metric::Better::higher : Metric::Better::lower);
    const std::string direction = b.better == Metric::Better::unknown ? "different"
                                  : better                            ? "better"
                                                                      : "worse";
    return decide(ReplayVerdict::not_reproduced, fmt::format("{}: {}", direction, text));
  }
  decide(ReplayVerdict::not_comparable, text + ": the intervals are too wide to tell");
}

void judge(ReplayedValue& value, const Circumstance& circumstance) {
  const RecordedMetric& a = value.packed;
  const RecordedMetric& b = value.now;
  if (!a.value || !b.value) {
    value.reason = !a.value && b.value ? "the packed run does not know it"
                   : a.value           ? "it was not measured here"
                                       : "it is not known of both runs";
    return;
  }
  if (!circumstance.other_code.empty()) {
    value.reason = circumstance.other_code;
    return;
  }
  const double distance = std::abs(*a.value - *b.value);
  const auto tolerance = a.tolerance ? a.tolerance : b.tolerance;
  const bool same = distance == 0 || (tolerance && is_within(*a.value, *b.value, *tolerance));
  if (same) {
    value.verdict = ReplayVerdict::reproduced;
    value.reason =
        distance == 0 ? "the same value" : fmt::format("within the declared tolerance of {:g}", *tolerance);
    return;
  }
  if (depends_on_hardware(value.name, a) && (!tolerance || !circumstance.other_hardware.empty()) &&
      *a.value > 0)
    return judge_times(value, circumstance);
  value.verdict = ReplayVerdict::not_reproduced;
  value.reason = tolerance
                     ? fmt::format("differs by {:.3g}, the declared tolerance is {:g}", distance, *tolerance)
                     : fmt::format("differs by {:.3g}, and no tolerance is declared", distance);
}

bool is_ours(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name == "benchmark.json" || name == "samples.bin";
}

ReplayedValue replayed_output(const std::string& path, const RecordedFile* packed, const RecordedFile* now,
                              const Circumstance& circumstance) {
  ReplayedValue value;
  value.name = path;
  value.is_output = true;
  if (packed != nullptr) value.packed_digest = packed->sha256;
  if (now != nullptr) value.now_digest = now->sha256;
  if (packed != nullptr && packed->sha256.empty()) {
    value.reason = "its digest was not recorded";
  } else if (!circumstance.other_code.empty()) {
    value.reason = circumstance.other_code;
  } else if (packed == nullptr) {
    value.verdict = ReplayVerdict::not_reproduced;
    value.reason = "the packed run did not write it";
  } else if (now != nullptr && now->sha256 == packed->sha256) {
    value.verdict = ReplayVerdict::reproduced;
    value.reason = "the same bytes";
  } else {
    value.verdict = ReplayVerdict::not_reproduced;
    value.reason = now == nullptr ? "it was not written" : "other bytes";
  }
  return value;
}

void add_outputs(const Record& packed, const Record& now, const Circumstance& circumstance,
                 std::vector<ReplayedValue>& out) {
  std::map<std::string, std::pair<const RecordedFile*, const RecordedFile*>> files;
  for (const RecordedFile& file : packed.outputs) files[file.path].first = &file;
  for (const RecordedFile& file : now.outputs) files[file.path].second = &file;
  for (const auto& [path, both] : files)
    if (!is_ours(path)) out.push_back(replayed_output(path, both.first, both.second, circumstance));
}

void add_metrics(const Record& packed, const Record& now, const Circumstance& circumstance,
                 std::vector<ReplayedValue>& out) {
  std::map<std::string, ReplayedValue> values;
  for (const auto& [name, metric] : packed.metrics) values[name].packed = metric;
  for (const auto& [name, metric] : now.metrics) {
    // Another version of the harness may measure more: that says nothing of the program.
    const bool is_known = values.contains(name);
    if (is_known || !is_harness_metric(name)) values[name].now = metric;
  }
  for (auto& [name, value] : values) {
    if (is_condition(name)) continue;
    value.name = name;
    MetricComparison compared;
    compared.name = name;
    if (value.packed.value && value.now.value && is_incomparable(compared, packed, now))
      value.reason = compared.note.substr(compared.note.find(": ") + 2);
    else
      judge(value, circumstance);
    out.push_back(std::move(value));
  }
}

// "openblas 0.3.21 -> 0.3.26": the first of them, with how many more there are.
std::string first_of(const std::vector<ReplayDifference>& all, std::string_view kind) {
  std::string out;
  std::size_t more = 0;
  for (const ReplayDifference& each : all) {
    if (each.kind != kind) continue;
    if (out.empty())
      out = fmt::format("{} {} -> {}", each.name, each.packed, each.now);
    else
      ++more;
  }
  return more == 0 ? out : fmt::format("{} and {} more", out, more);
}

// What was run is not made of the same: its own source code, or else packages of its closure.
std::string other_code(const std::vector<ReplayDifference>& all, const std::string& package) {
  for (const ReplayDifference& each : all)
    if (each.kind == "package" && each.name == package)
      return fmt::format("other source code: {} -> {}", each.packed, each.now);
  const std::string first = first_of(all, "package");
  return first.empty() ? "" : "another dependency: " + first;
}

// Memory that the system takes for itself differs from boot to boot: a fiftieth is the same machine.
void drop_same_memory(std::vector<ReplayDifference>& all) {
  std::erase_if(all, [](const ReplayDifference& each) {
    if (each.name != "memory_bytes" || each.packed == "none" || each.now == "none") return false;
    const double ratio = std::strtod(each.packed.c_str(), nullptr) / std::strtod(each.now.c_str(), nullptr);
    return ratio > 0.98 && ratio < 1.02;
  });
}

}  // namespace

std::string_view name_of(ReplayVerdict verdict) {
  switch (verdict) {
    case ReplayVerdict::reproduced:
      return "reproduced";
    case ReplayVerdict::not_reproduced:
      return "not reproduced";
    case ReplayVerdict::not_comparable:
      break;
  }
  return "not comparable";
}

std::string why_not_ok(const Record& record) {
  std::string_view what = "failed";
  if (record.status == RunStatus::ok) return "";
  if (record.status == RunStatus::invalid) what = "is invalid";
  if (record.status == RunStatus::interrupted) what = "was interrupted";
  return record.reason.empty() ? std::string(what) : fmt::format("{}: {}", what, record.reason);
}

std::set<std::string> tools_for_running(const Lockfile& lock, const std::string& platform) {
  std::set<std::string> out;
  const auto section = lock.platforms.find(platform);
  if (section == lock.platforms.end()) return out;
  for (const LockedPackage& package : section->second.packages)
    for (const auto& [role, dependency] : package.dependencies)
      if (dependency.purpose != Purpose::build && section->second.find_tool(dependency.package) != nullptr)
        out.insert(dependency.package);
  return out;
}

ReplayComparison compare_replay(const Record& packed, const Record& now,
                                const std::set<std::string>& running_tools) {
  ReplayComparison out;
  std::vector<ReplayDifference>& all = out.differences;
  const auto status_of = [](const Record& record) {
    return Texts{{"of the run", std::string(name_of(record.status))}};
  };
  add(all, "status", status_of(packed), status_of(now));
  add(all, "hardware", host_facts(packed, kHardware), host_facts(now, kHardware));
  drop_same_memory(all);
  add(all, "OS", host_facts(packed, kSystem), host_facts(now, kSystem));
  add(all, "toolchain", toolchain_texts(packed, now), toolchain_texts(now, packed));
  add(all, "package", package_texts(packed, now, running_tools), package_texts(now, packed, running_tools));
  add(all, "input", input_texts(packed), input_texts(now));
  add(all, "setting", setting_texts(packed), setting_texts(now));
  add(all, "setting", load_texts(packed, now), load_texts(now, packed));
  const Circumstance circumstance{other_code(all, packed.package), first_of(all, "hardware")};
  add_metrics(packed, now, circumstance, out.values);
  add_outputs(packed, now, circumstance, out.values);
  if (packed.status == RunStatus::ok) return out;
  for (ReplayedValue& value : out.values) {
    value.verdict = ReplayVerdict::not_comparable;
    value.reason = "the packed run was no success";
  }
  return out;
}

}  // namespace reef::ops
