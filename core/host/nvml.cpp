#include "core/host/nvml.h"

#include "core/os/shared_library.h"

namespace reef::host {

// The part of nvml.h that is used (NVIDIA Management Library, API reference): results are 0 for success,
// devices opaque pointers.
struct Nvml::Functions {
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*handle)(unsigned, void**) = nullptr;
  int (*energy)(void*, unsigned long long*) = nullptr;
  const char* (*text)(int) = nullptr;
};

Nvml::Nvml(std::unique_ptr<Functions> functions) : functions_(std::move(functions)) {}

Nvml::~Nvml() { functions_->shutdown(); }

Result<std::unique_ptr<Nvml>> Nvml::open() {
  TRY(const SharedLibrary library, SharedLibrary::load({"NVML", {"libnvidia-ml.so.1"}, "libnvidia-ml1"}));
  auto functions = std::make_unique<Functions>();
  TRY_STATUS(library.find("nvmlInit_v2", functions->init));
  TRY_STATUS(library.find("nvmlShutdown", functions->shutdown));
  TRY_STATUS(library.find("nvmlDeviceGetCount_v2", functions->count));
  TRY_STATUS(library.find("nvmlDeviceGetHandleByIndex_v2", functions->handle));
  TRY_STATUS(library.find("nvmlDeviceGetTotalEnergyConsumption", functions->energy));
  TRY_STATUS(library.find("nvmlErrorString", functions->text));
  if (const int status = functions->init(); status != 0)
    return make_error(ErrorCode::io, "NVML cannot be used: {}", functions->text(status));
  return std::unique_ptr<Nvml>(new Nvml(std::move(functions)));
}

std::vector<Nvml::Reading> Nvml::read() {
  unsigned count = 0;
  if (functions_->count(&count) != 0) return {};
  std::vector<Reading> out(count);
  for (unsigned i = 0; i < count; ++i) {
    void* device = nullptr;
    unsigned long long millijoules = 0;
    int status = functions_->handle(i, &device);
    if (status == 0) status = functions_->energy(device, &millijoules);
    if (status == 0)
      out[i].millijoules = millijoules;
    else
      out[i].problem = functions_->text(status);
  }
  return out;
}

}  // namespace reef::host
