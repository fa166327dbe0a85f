#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// Why one package of a plan is there, and why it is as it is.
struct Choice {
  const Planned* package = nullptr;
  std::vector<std::string>
      needed;           // "letter needs pen >=2 to build", each with its place; or who asked for it
  std::string version;  // "the newest on this host"
  std::vector<std::string> options;  // "style = plain (the default)"
  std::vector<std::string> skipped;  // "ink 2.0.0 was skipped: letter 1.1.0 needs ink ^1"
};
// In the plan's order. The plan must outlive it.
std::vector<Choice> choices_of(const Plan& plan);

// A source that would be brought here.
struct PlannedFetch {
  std::string package;  // "digits 1.0.0"
  SourceKind kind = SourceKind::url;
  std::string location;
  std::optional<std::uint64_t> bytes;  // as the manifest says
  bool cached = false;                 // it is there already: no transfer
};
std::vector<PlannedFetch> planned_fetches(Session& session, const Plan& plan);

// The commands of a build that would be run, `${prefix}` and the like left as they are.
struct PlannedBuild {
  std::string package;
  std::vector<std::vector<std::string>> commands;  // none: its files are copied as they are
};
Result<std::vector<PlannedBuild>> planned_builds(Session& session, const Plan& plan);

}  // namespace reef::ops
