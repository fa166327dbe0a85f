#include "core/registry/registry.h"

#include "core/base/text.h"

namespace reef {

const std::vector<std::string> kNotContent = {".git", ".reef", "reef.lock"};

Error unknown_package(Registry& registry, std::string_view name) {
  // A package whose manifest cannot be read is known, and its problem is the better answer.
  auto manifest = registry.manifest(name, Version());
  if (!manifest && manifest.error().code() != ErrorCode::not_found) return std::move(manifest).error();
  Error error(ErrorCode::not_found,
              fmt::format("there is no package `{}` in {}", printable(name), registry.name()));
  if (auto hint = did_you_mean(name, registry.names())) return std::move(error).hint(*std::move(hint));
  const std::vector<std::string> providers = registry.providers(name);
  if (!providers.empty())
    return std::move(error).hint(fmt::format("`{}` is a capability of {}", name, quoted_list(providers)));
  return std::move(error).hint("`reef search` lists every package");
}

}  // namespace reef
