#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// Why a version of a package is not in the closure of a target.
struct WhyNot {
  std::string name;
  VersionRange range;      // asked about
  std::string version;     // the newest in the range; empty when there is none
  std::string chosen;      // version that is chosen now; empty: the package is not part of the closure
  bool is_chosen = false;  // it is, after all
  bool possible = false;   // there is a closure with it
  // When it is possible: why it is not chosen, and what would be different with it ("letter 1.1.0 -> 1.0.0").
  std::vector<std::string> reasons;
  std::vector<std::string> changes;
  // When it is not: the derivation.
  std::string text;
  json::Value conflict;
  std::vector<std::string> hints;
};

// Solves the target twice: as always, and with the version asked for. name: a package or a tool of the
// catalogue; not_found with its neighbour, or with the versions there are when the range has none.
Result<WhyNot> why_not(Session& session, const Target& target, const std::string& name,
                       const VersionRange& range);

}  // namespace reef::ops
