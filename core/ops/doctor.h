#pragma once

#include "core/ops/availability.h"

namespace reef::ops {

struct Finding {
  enum class Level { ok, warning, problem } level = Level::ok;
  std::string subject;  // "home folder"
  std::string text;
  std::vector<std::string> remedies;  // commands, or things to do; empty when nothing is known
};

// Whether reef can work here: home, disk, catalogue, tools, compilers.
Result<std::vector<Finding>> diagnose_host(Session& session);

// Whether a package fits this host: what it needs and what is missing; when all is there, also the options
// that are out of reach (warnings). Nothing is installed.
Result<std::vector<Finding>> diagnose_package(Session& session, const Target& target);

bool is_well(const std::vector<Finding>& findings);

}  // namespace reef::ops
