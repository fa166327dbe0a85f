#pragma once

#include "core/resolve/search.h"

namespace reef::resolve {

// The closure that a search found.
Solution solution_of(Encoder& encoder, const Search& search);

}  // namespace reef::resolve
