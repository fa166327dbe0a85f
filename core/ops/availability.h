#pragma once

#include "core/ops/needs.h"
#include "core/ops/plan.h"

namespace reef::ops {

// Whether this host can have one option of a package, whatever the other groups then are.
struct OptionState {
  const Variation* group = nullptr;
  const Option* option = nullptr;
  bool chosen = false;  // what is taken when nobody asks for another one
  bool available = false;
  std::string reason;   // why not: "needs node >=16, this host has none"
  std::string install;  // the command that would help, if one is known
};

struct Availability {
  std::vector<OptionState> options;  // in declared order
  std::optional<NoPlan> no_plan;     // not even the defaults fit: then no option is chosen
  std::vector<resolve::Edge> edges;  // of the package, for the options chosen
};

// One resolution for each option, and one for the defaults; `target.with` binds in all of them, except that
// the option asked about takes its group's place. The manifest is the target's and must outlive the result.
Result<Availability> availability(Session& session, SessionUniverse& universe, const Target& target,
                                  const Manifest& manifest);

}  // namespace reef::ops
