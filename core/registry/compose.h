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

struct RegistryLayer {
  std::string label;  // what Registry::origin says of its packages
  std::unique_ptr<Registry> registry;
};
// A name is the first layer's that has it, with all its versions: later ones cannot add any.
std::unique_ptr<Registry> layer_registries(std::vector<RegistryLayer> layers);

}  // namespace reef
