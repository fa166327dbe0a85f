#pragma once

#include <string>
#include <vector>

#include "core/resolve/resolver.h"

namespace reef::resolve {

// A proof as lines for people, ending without a newline: the facts as a list where that says it all, else the
// derivation, in which only what is used again is numbered. `order`: the facts as they are best read.
std::string explanation_text(const std::vector<Reason>& reasons, const std::vector<std::size_t>& order,
                             const std::string& asked_by);

}  // namespace reef::resolve
