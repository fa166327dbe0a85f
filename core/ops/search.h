#pragma once

#include "core/ops/session.h"

namespace reef::ops {

// Packages and tools of the catalogue in which every word occurs (name, tag or summary), best first; no word:
// all of them. not_found when there is none, with the nearest names and tags as hints.
Result<std::vector<CatalogueEntry>> search(Session& session, const std::vector<std::string>& words);

}  // namespace reef::ops
