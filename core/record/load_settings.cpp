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

}  // namespace

std::vector<LoadSetting> load_settings_of(const Record& record) {
  std::vector<LoadSetting> out;
  if (!record.load) return out;
  const RecordedLoad& load = *record.load;
  const auto add = [&](const char* name, json::Value value, bool is_load = false) {
    out.push_back({name, std::move(value), is_load});
  };
  if (!load.probes.empty())
    add("rate", "peak", true);
  else if (load.rate)
    add("rate", rate_value(*load.rate), true);
  // The one query of the offline scenario is as large as it takes: its size is no load of its own.
  if (load.samples_per_query > 0 && (record.scenario == "multi-stream" || record.scenario == "offline"))
    add(kSamplesPerQuery, load.samples_per_query, record.scenario == "multi-stream");
  if (!load.mode.empty()) add(kMode, load.mode, load.mode == "accuracy");
  if (record.scenario == "server") add("bound", load.bound.empty() ? "none" : load.bound);
  if (load.min_queries > 0) {
    add("queries", load.min_queries);
    add("duration", format_seconds(load.min_duration));
  }
  if (load.warmup_asked) add("warmup", *load.warmup_asked);
  if (!load.order.empty()) add("order", load.order);
  if (load.system != "command") add("seed", load.seed);
  if (!load.pacing.empty()) add("pacing", load.pacing);
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
  if (!record.load) return out;
  if (!record.load->probes.empty() && record.load->rate) out["rate"] = rate_value(*record.load->rate);
  if (record.scenario == "offline" && record.load->samples_per_query > 0)
    out[kSamplesPerQuery] = record.load->samples_per_query;
  return out;
}

std::string setup_of(const Record& record) {
  json::Value out = json::Value::array();
  // The one query of the offline scenario is as large as the machine was fast.
  for (LoadSetting& setting : load_settings_of(record))
    if (record.scenario != "offline" || setting.name != kSamplesPerQuery)
      out.push_back({setting.name, std::move(setting.value)});
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
