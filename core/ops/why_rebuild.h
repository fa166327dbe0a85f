#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// Why one package of a closure would be built, and not taken from the store.
struct RebuildReason {
  std::string name;
  std::string version;
  Digest key;
  Path prefix;             // where it is, or would be
  bool installed = false;  // then there is no reason
  std::string damage;      // the prefix is there and was changed: "`bin/x` was changed"; else empty

  // What the key is compared with: the build of the package that differs in the fewest ingredients.
  // Nothing when there is none.
  std::optional<store::Prefix> before;
  std::vector<store::Change> changes;  // ingredients of the key; a dependency's key is one of them
  bool files_known = false;            // older programs did not keep what the package's folder held
  std::vector<std::string> files;      // of the package: "`src/main.cpp` was changed"
  std::map<std::string, std::string> dependencies;  // role whose key changed -> its package
  std::string summary;  // the causes in a few words: "its files changed; compiler: gcc 12.2.0 -> 13.1.0"
};

// Of the target first, then of the packages whose changed keys changed its own. usage when it is a tool.
Result<std::vector<RebuildReason>> why_rebuild(Session& session, const Plan& plan);

}  // namespace reef::ops
