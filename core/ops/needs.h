#pragma once

#include "core/ops/universe.h"

namespace reef::ops {

// How the catalogue and this host meet one dependency, looked at on its own. Whether all dependencies of a
// closure can be met together is the solver's affair.
struct Met {
  std::string by;       // "gcc 12.2.0", the best that fits; empty: nothing does
  std::string path;     // of a tool
  std::string problem;  // "this host has none", "this host has 10.2.1"; empty when met
  std::string install;  // the command that would install the tool; empty: nobody knows, or it is no tool
};
//
// chosen: the name of what fills it already, when that is known; empty: the best that fits is shown.
Met look_up(Session& session, SessionUniverse& universe, const Dependency& dependency,
            const std::string& chosen = "");

// "c++-compiler >=11", "openblas".
std::string requirement_text(const Dependency& dependency);

}  // namespace reef::ops
