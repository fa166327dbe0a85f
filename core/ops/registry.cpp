#include "core/ops/registry.h"

namespace reef::ops {

Result<RegistryBuilt> publish_folder(const Machine& machine, const std::string& folder) {
  TRY(const Path path, absolute_path(folder));
  // The same folder under another name is the same registry.
  const Result<Path> real = machine.fs.real_path(path);
  const Result<Home> home = find_home(machine.env);
  const BuildOptions options{home ? registry_cache(*home) : Path(), false, &machine.cancel};
  return build_registry(machine.fs, real.value_or(path), options);
}

}  // namespace reef::ops
