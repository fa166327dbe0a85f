#pragma once

#include "core/model/record.h"

namespace reef {

// One setting under which a benchmark was measured, as far as the record knows it, by the name that it has on
// the command line: `rate`, `samples_per_query`, `mode`, `bound`, `queries`, `duration`, `warmup`, `order`,
// `seed`, `pacing`. Of a workflow with several benchmarked steps those of each, as `step.rate`, and
// `step.scenario`.
struct LoadSetting {
  std::string name;
  json::Value value;     // a number or a text; the rate of a search for the peak is "peak"
  bool load = false;     // part of what is measured: a latency under another one is another thing
  bool settled = false;  // it came out so, and nobody asked for it
};
std::vector<LoadSetting> load_settings_of(const Record& record);

// Those that are part of what is measured. A performance run has no `mode`, an accuracy run has.
std::map<std::string, json::Value> load_of(const Record& record);

// What came out of the load without being asked for, and still is what a latency was measured under: `rate`,
// of a search for the peak the one that it found; `samples_per_query` of the one query of the offline
// scenario.
std::map<std::string, json::Value> settled_of(const Record& record);

// What repeats of one measurement have in common besides the choice of options and parameters: every setting,
// the builds and tools of the closure, the processor; as a digest. What lies in a project's own folder is not
// in it: the id of a sweep knows the part that matters.
std::string setup_of(const Record& record);

// Whether both loads are known and differ.
bool is_other_load(const std::map<std::string, json::Value>& a, const std::map<std::string, json::Value>& b);

}  // namespace reef
