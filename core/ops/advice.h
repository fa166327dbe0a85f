#pragma once

#include "core/ops/plan.h"

// What a user is told to type, as somebody would type it where they stand.
namespace reef::ops {

// Paths below the current folder as a user standing there would write them.
std::string shown_from(const Session& session, std::string text);

// What must be typed before a command that works on the target's project: "cd FOLDER && " outside of it,
// empty within, and for packages of the catalogue.
std::string way_to(const Session& session, const Target& target);
std::string way_to(const Session& session, const Project& project);

// The solver's hints with such paths; commands that change the project with the way there.
std::vector<std::string> told_from(const Session& session, const Target& target,
                                   std::vector<std::string> hints);

// What helps where a search has spent its time.
std::string way_to_search_longer(const Session& session, const Target& target, const resolve::GaveUp& search);

}  // namespace reef::ops
