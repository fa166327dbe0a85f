#pragma once

#include <string>

#include "cli/host.h"
#include "core/base/json.h"
#include "core/ops/replay.h"

namespace reef::cli {

json::Value to_json(const ops::ReplayReport& report);
std::string render_replay(const ops::ReplayReport& report, const Terminal& terminal);
// GitHub's Markdown.
std::string render_replay_markdown(const ops::ReplayReport& report);

}  // namespace reef::cli
