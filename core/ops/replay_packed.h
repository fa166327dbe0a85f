#pragma once

#include <optional>

#include "core/archive/contents.h"
#include "core/ops/plan.h"

namespace reef::ops {

// How an archive is replayed on a host that could not build it: with the builds that were packed, as if the
// tools that made them were here.
struct AsPacked {
  std::vector<ReadyBuild> builds;
  std::vector<FoundTool> tools;  // which this host lacks, and which nothing runs with
};

// Nothing when the archive lacks a build for this platform of some package that its lock has, or when there
// is no tool to assume: then what is missing is missing.
Result<std::optional<AsPacked>> as_packed(Session& session, const archive::Contents& contents,
                                          const Lockfile& lock);

// Whether the builds are what this closure takes: conditions may choose other options, sources and
// dependencies here than where they were built.
bool are_builds_of(const Plan& plan, const std::vector<ReadyBuild>& builds);

}  // namespace reef::ops
