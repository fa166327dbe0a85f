#pragma once

#include "core/ops/session.h"

namespace reef::ops {

// What was looked for, and what this host has.
struct Detection {
  host::ToolReport report;
  std::shared_ptr<const Manifest> manifest;
  std::string install;  // the command that would install it here; empty when nobody knows
};

// brief: `manifest` and `install` only of tools that were named and are not here. explained: every candidate
// is looked at again, whatever is remembered.
enum class DetectDetail { brief, described, explained };

// texts: tools, capabilities (every tool that may provide one), or the folder of a tool that is being
// written; none: every tool of the catalogue. not_found with the neighbour for other names; usage for
// packages that are not tools.
Result<std::vector<Detection>> detect(Session& session, const std::vector<std::string>& texts,
                                      DetectDetail detail);

}  // namespace reef::ops
