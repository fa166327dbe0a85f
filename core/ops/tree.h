#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// A closure as a tree, from the target down. A package that several need is expanded where it is met first;
// elsewhere it stands alone, `repeated`.
struct TreeNode {
  const Planned* package = nullptr;     // of the plan
  const resolve::Edge* edge = nullptr;  // why it stands here; null at the root
  bool repeated = false;                // and it has dependencies, shown elsewhere
  bool cut = false;                     // and it has dependencies, which are too deep to be shown
  std::vector<TreeNode> children;       // declared order
};
// Deeper than anything that people read.
constexpr std::size_t kMostDepth = 64;
// The plan must outlive the tree.
TreeNode tree_of(const Plan& plan);

// One step of a reason: `from` needs `to`.
struct Link {
  const Planned* from = nullptr;
  const Planned* to = nullptr;
  const resolve::Edge* edge = nullptr;
};

struct Why {
  std::vector<std::vector<Link>> chains;  // from the target to the name, shortest first
  bool more = false;                      // there are more than kMostChains
};
constexpr std::size_t kMostChains = 50;

// Every way in which the closure comes to need a package, a tool or a capability. No chain: the name is the
// target. not_found, with the nearest name of the closure, else of the registry, when it is not part of it.
Result<Why> why(Registry& registry, const Plan& plan, const std::string& name);

}  // namespace reef::ops
