#pragma once

#include "cli/host.h"
#include "core/ops/plan.h"
#include "core/ops/reasons.h"
#include "core/ops/run.h"

namespace reef::cli {

// The plan for people: what was chosen and why, what is there already, what would be fetched and built.
std::string render_plan(const ops::Plan& plan, const Terminal& terminal);
json::Value to_json(const ops::Plan& plan);

// [{"package", "choice", "reason"}, ...].
json::Value to_json(const std::vector<resolve::Skipped>& skipped);

// Why each package is in the plan, in this version and with these options; one line a package.
std::string render_choices(const ops::Plan& plan, const Terminal& terminal);

// What would be transferred, and what would be run to build; empty when nothing would.
std::string render_work(const std::vector<ops::PlannedFetch>& fetches,
                        const std::vector<ops::PlannedBuild>& builds);
json::Value to_json(const std::vector<ops::PlannedFetch>& fetches);
json::Value to_json(const std::vector<ops::PlannedBuild>& builds);

// "engine = native, model = cnn-m", or "-".
std::string render_options(const std::map<std::string, std::string>& options);

// Commands that would be executed, one a line, quoted for a shell.
std::string render_commands(const std::vector<ops::PlannedCommand>& commands);
json::Value to_json(const std::vector<ops::PlannedCommand>& commands);

// Which steps of a workflow would be repeated, and why, one a line; empty when it has none.
std::string render_steps(const std::vector<action::StepPreview>& steps);
json::Value to_json(const std::vector<action::StepPreview>& steps);

}  // namespace reef::cli
