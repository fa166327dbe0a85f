#include "core/model/platform.h"

namespace reef {
namespace {

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

json::Value to_json(const CpuCache& cache) {
  return {
      {"level", cache.level}, {"kind", cache.kind}, {"bytes", cache.bytes}, {"shared_by", cache.shared_by}};
}

json::Value to_json(const Accelerator& accelerator) {
  return {{"kind", accelerator.kind},
          {"model", accelerator.model.empty() ? json::Value(nullptr) : json::Value(accelerator.model)},
          {"memory_bytes", or_null(accelerator.memory_bytes)},
          {"driver", or_null(accelerator.driver)}};
}

template <class T>
json::Value list_of(const std::vector<T>& items) {
  json::Value list = json::Value::array();
  for (const T& item : items) list.push_back(to_json(item));
  return list;
}

}  // namespace

json::Value to_json(const Platform& platform) {
  json::Value out = json::Value::object();
  out["os"] = platform.os;
  out["arch"] = platform.arch;
  out["distribution"] = or_null(platform.distribution);
  out["kernel"] = or_null(platform.kernel);
  out["libc"] = or_null(platform.libc);
  out["libc_version"] = or_null(platform.libc_version);
  out["cpu_model"] = or_null(platform.cpu_model);
  out["cpu_vendor"] = or_null(platform.cpu_vendor);
  out["cpu_features"] = platform.cpu_features;
  out["cores"] = or_null(platform.cores);
  out["threads"] = or_null(platform.threads);
  out["numa_nodes"] = or_null(platform.numa_nodes);
  out["caches"] = list_of(platform.caches);
  out["memory_bytes"] = or_null(platform.memory_bytes);
  out["accelerators"] = list_of(platform.accelerators);
  out["virtualization"] = or_null(platform.virtualization);
  return out;
}

}  // namespace reef
