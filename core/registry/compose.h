#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/registry/registry.h"

// Several registries as one.
namespace reef {

// The versions of a package are those of all of them, in this order of preference. One version with two
// contents is an integrity error naming both places when it is asked for, so that no registry can replace
// what another one publishes.
std::unique_ptr<Registry> merge_registries(std::vector<std::unique_ptr<Registry>> parts);

// What a registry says of the names for which `shows` is true; the others it does not have.
std::unique_ptr<Registry> scope_registry(std::unique_ptr<Registry> registry,
                                         std::function<bool(std::string_view name)> shows);

struct DeferredOpening {
  std::string name;  // what messages call it until it is open
  std::function<Result<std::unique_ptr<Registry>>()> open;
  std::function<void(const Error&)> left_out;  // called once, by whatever thread
};
// A registry that is opened when it is first asked something, once. When that fails it may have any package:
// asked for one it gives the error. Lists (names, providers, search) are then without what it has, which
// `left_out` is told.
std::unique_ptr<Registry> defer_registry(DeferredOpening opening);

struct RegistryLayer {
  std::string label;  // what Registry::origin says of its packages
  std::unique_ptr<Registry> registry;
};
// A name is the first layer's that has it, with all its versions: later ones cannot add any, and are not
// asked. For lists all of them are asked, side by side. claim: what Registry::claim answers; may be empty.
std::unique_ptr<Registry> layer_registries(std::vector<RegistryLayer> layers,
                                           std::function<std::string(std::string_view name)> claim = nullptr);

}  // namespace reef
