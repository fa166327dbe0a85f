#pragma once

#include <memory>

#include "core/registry/registry.h"
#include "core/remote/oci_packages.h"

namespace reef::remote {

// Packages of an OCI registry. Its names are asked for when it is opened, unless they are a minute old; a
// package when it is asked for; contents when they are used.
struct OpenedOci {
  std::unique_ptr<Registry> registry;
  std::vector<std::string> notes;  // what it had to do without, for people
};
Result<OpenedOci> open_oci_registry(Access access, OciSite site, const Path& cache);

}  // namespace reef::remote
