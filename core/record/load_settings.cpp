#include "core/record/load_settings.h"

#include <cmath>

#include "core/base/digest.h"
#include "core/base/units.h"

namespace reef {
namespace {

constexpr const char* kMode = "mode";
constexpr const char* kSamplesPerQuery = "samples_per_query";

// 500, not 500.0.
json::Value rate_value(double rate) {
  constexpr double kExact = 1e15;
  if (rate == std::round(rate) && std::abs(rate) < kExact) return std::llround(rate);
  return rate;
}

void add_settings(std::vector<LoadSetting>& out, const std::string& prefix, const std::string& scenario,
                  const RecordedLoad& load) {
  const auto add = [&](const char* name, json::Value value, bool is_load = false, bool is_settled = false) {
    out.push_back({prefix + name, std::move(value), is_load, is_settled});
  };
  if (!load.probes.empty())
    add("rate", "peak", true);
  else if (load.rate)
    add("rate", rate_value(*load.rate), true);
  // The one query of the offline scenario is as large as it takes: its size is no load of its own.
  if (load.samples_per_query > 0 && (scenario == "multi-stream" || scenario == "offline"))
    add(kSamplesPerQuery, load.samples_per_query, scenario == "multi-stream", scenario == "offline");
  if (!load.mode.empty()) add(kMode, load.mode, load.mode == "accuracy");
  if (scenario == "server") add("bound", load.bound.empty() ? "none" : load.bound);
  if (load.min_queries > 0) {
    add("queries", load.min_queries);
    add("duration", format_seconds(load.min_duration));
  }
  if (load.warmup_asked) add("warmup", *load.warmup_asked);
  if (!load.order.empty()) add("order", load.order);
  if (load.system != "command") add("seed", load.seed);
  if (!load.pacing.empty()) add("pacing", load.pacing);
}

void add_settled(std::map<std::string, json::Value>& out, const std::string& prefix,
                 const std::string& scenario, const RecordedLoad& load) {
  if (!load.probes.empty() && load.rate) out[prefix + "rate"] = rate_value(*load.rate);
  if (scenario == "offline" && load.samples_per_query > 0)
    out[prefix + kSamplesPerQuery] = load.samples_per_query;
}

}  // namespace

std::vector<LoadSetting> load_settings_of(const Record& record) {
  std::vector<LoadSetting> out;
  if (record.steps.size() < 2) {
    if (record.load) add_settings(out, "", record.scenario, *record.load);
    return out;
  }
  for (const auto& [name, step] : record.steps) {
    out.push_back({name + ".scenario", step.scenario, true});
    if (step.load) add_settings(out, name + ".", step.scenario, *step.load);
  }
  return out;
}

std::map<std::string, json::Value> load_of(const Record& record) {
  std::map<std::string, json::Value> out;
  for (LoadSetting& setting : load_settings_of(record))
    if (setting.load) out[setting.name] = std::move(setting.value);
  return out;
}

std::map<std::string, json::Value> settled_of(const Record& record) {
  std::map<std::string, json::Value> out;
  if (record.steps.size() < 2 && record.load) add_settled(out, "", record.scenario, *record.load);
  if (record.steps.size() < 2) return out;
  for (const auto& [name, step] : record.steps)
    if (step.load) add_settled(out, name + ".", step.scenario, *step.load);
  return out;
}

std::string setup_of(const Record& record) {
  json::Value out = json::Value::array();
  // The one query of the offline scenario is as large as the machine was fast.
  for (LoadSetting& setting : load_settings_of(record))
    if (!setting.settled) out.push_back({setting.name, std::move(setting.value)});
  for (const RecordedPackage& package : record.closure) {
    const bool own = record.from_folder && package.name == record.package;
    out.push_back({package.name, package.version, package.options, own ? "" : package.build_key});
  }
  for (const RecordedTool& tool : record.toolchain) out.push_back({tool.name, tool.digest});
  if (record.host.is_object() && record.host.contains("cpu_model")) out.push_back(record.host["cpu_model"]);
  return sha256(out.dump(-1, ' ', false, json::Value::error_handler_t::replace)).brief();
}

bool is_other_load(const std::map<std::string, json::Value>& a, const std::map<std::string, json::Value>& b) {
  if (a.contains(kMode) != b.contains(kMode)) return true;
  for (const auto& [name, value] : a)
    if (const auto found = b.find(name); found != b.end() && found->second != value) return true;
  return false;
}

}  // namespace reef
