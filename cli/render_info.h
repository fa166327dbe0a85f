#pragma once

#include "cli/host.h"
#include "core/ops/info.h"

namespace reef::cli {

// What a package is, offers and needs, for people; a tool: what is found here.
std::string render_info(const ops::Info& info, const Terminal& terminal);
json::Value to_json(const ops::Info& info);
json::Value to_json(const Parameter& parameter);
// What a parameter takes: "integer, 1 to 64", "a | b".
std::string kind_of(const Parameter& parameter);

}  // namespace reef::cli
