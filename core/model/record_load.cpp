#include "core/model/record_load.h"

#include "core/model/json_nullable.h"

namespace reef {
namespace {

using json::nullable;
using json::read_nullable;

json::Value to_json(const RecordedProbe& probe) {
  return {{"rate", nullable(probe.rate)},
          {"valid", probe.valid},
          {"undecided", probe.undecided},
          {"queries", probe.queries},
          {"latency", nullable(probe.latency)}};
}

RecordedProbe read_probe(const json::Node& node) {
  RecordedProbe out;
  json::Reader reader(node);
  read_nullable(reader, "rate", out.rate);
  reader.optional("valid", out.valid);
  reader.optional("undecided", out.undecided);
  read_nullable(reader, "queries", out.queries);
  read_nullable(reader, "latency", out.latency);
  return out;
}

json::Value steadiness_of(const RecordedLoad& load) {
  if (load.steadiness.empty()) return {};
  return {{"verdict", load.steadiness},
          {"p", nullable(load.drift_p)},
          {"change_at", nullable(load.drift_at)},
          {"before", nullable(load.drift_before)},
          {"after", nullable(load.drift_after)}};
}

json::Value peak_of(const RecordedLoad& load) {
  if (load.probes.empty()) return {};
  json::Value probes = json::Value::array();
  for (const RecordedProbe& probe : load.probes) probes.push_back(to_json(probe));
  return {{"rate", nullable(load.peak_rate)},
          {"lower", nullable(load.peak_lower)},
          {"upper", nullable(load.peak_upper)},
          {"confirmed", nullable(load.peak_confirmed)},
          {"probes", std::move(probes)}};
}

void read_steadiness(const json::Node& node, RecordedLoad& out) {
  json::Reader reader(node);
  read_nullable(reader, "verdict", out.steadiness);
  read_nullable(reader, "p", out.drift_p);
  read_nullable(reader, "change_at", out.drift_at);
  read_nullable(reader, "before", out.drift_before);
  read_nullable(reader, "after", out.drift_after);
}

void read_peak(const json::Node& node, RecordedLoad& out) {
  json::Reader reader(node);
  read_nullable(reader, "rate", out.peak_rate);
  read_nullable(reader, "lower", out.peak_lower);
  read_nullable(reader, "upper", out.peak_upper);
  read_nullable(reader, "confirmed", out.peak_confirmed);
  reader.each_item("probes", [&](const json::Node& item) { out.probes.push_back(read_probe(item)); });
}

}  // namespace

json::Value to_json(const RecordedLoad& load) {
  json::Value out;
  out["system"] = nullable(load.system);
  out["mode"] = nullable(load.mode);
  out["rate"] = nullable(load.rate);
  out["bound"] = nullable(load.bound);
  out["min_queries"] = load.min_queries;
  out["min_duration"] = nullable(load.min_duration);
  out["queries"] = load.queries;
  out["samples"] = load.samples;
  out["samples_per_query"] = load.samples_per_query;
  out["warmup_queries"] = nullable(load.warmup_queries);
  out["warmup_asked"] = nullable(load.warmup_asked);
  out["seed"] = load.seed;
  out["order"] = nullable(load.order);
  out["pacing"] = nullable(load.pacing);
  out["valid"] = nullable(load.valid);
  out["reasons"] = load.reasons;
  out["over_bound"] = nullable(load.over_bound);
  out["lateness"] = load.lateness ? to_json(*load.lateness) : json::Value();
  out["steadiness"] = steadiness_of(load);
  out["first_is_outlier"] = nullable(load.first_is_outlier);
  out["peak"] = peak_of(load);
  return out;
}

RecordedLoad read_load(const json::Node& node) {
  RecordedLoad out;
  json::Reader reader(node);
  read_nullable(reader, "system", out.system);
  read_nullable(reader, "mode", out.mode);
  read_nullable(reader, "rate", out.rate);
  read_nullable(reader, "bound", out.bound);
  read_nullable(reader, "min_queries", out.min_queries);
  read_nullable(reader, "min_duration", out.min_duration);
  read_nullable(reader, "queries", out.queries);
  read_nullable(reader, "samples", out.samples);
  read_nullable(reader, "samples_per_query", out.samples_per_query);
  read_nullable(reader, "warmup_queries", out.warmup_queries);
  read_nullable(reader, "warmup_asked", out.warmup_asked);
  read_nullable(reader, "seed", out.seed);
  read_nullable(reader, "order", out.order);
  read_nullable(reader, "pacing", out.pacing);
  read_nullable(reader, "valid", out.valid);
  reader.optional("reasons", out.reasons);
  read_nullable(reader, "over_bound", out.over_bound);
  json::with_known(reader, "lateness", [&](const json::Node& item) { out.lateness = read_summary(item); });
  json::with_known(reader, "steadiness", [&](const json::Node& item) { read_steadiness(item, out); });
  read_nullable(reader, "first_is_outlier", out.first_is_outlier);
  json::with_known(reader, "peak", [&](const json::Node& item) { read_peak(item, out); });
  return out;
}

}  // namespace reef
