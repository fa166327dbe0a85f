#pragma once

#include "core/action/run.h"
#include "core/fetch/fetch.h"
#include "core/ops/plan.h"

namespace reef::ops {

// A package that is to be built, with the sources that its options and platform ask for.
struct ToBuild {
  const Planned* package = nullptr;
  std::vector<Source> sources;
  Path folder;  // of the package; this and the next are filled by fetch_sources
  std::vector<fetch::Fetched> fetched;
};
ToBuild to_build(const Plan& plan, const Planned& package);

// For a build key, by its place in the manifest: what is taken of each source that has a condition.
std::map<std::size_t, std::string> conditional_sources(const Plan& plan, const Planned& package);

// What the build of a project reads from its folder: the manifest and the sources that lie there; of a folder
// that is not settled (digest_known_tree) with their digests.
std::vector<Planned::Seen> read_by_build(Filesystem& fs, const Project& project, bool is_settled);

// "digits-weights 1.0.0"
std::string label_of(const Planned& package);

Status fetch_sources(Session& session, std::vector<ToBuild>& all, Reporter& reporter);

// Where and how a package is built. Absolute paths of folders that are there; `work` must be empty.
struct BuildPlace {
  Path prefix;
  Path work;
  Path home;
  Path temporary;
  Path log;
  unsigned jobs = 1;
  std::map<std::string, std::string> environment;  // beside what the package declares
};

// Lays out the sources, runs `build`, and brings the scripts that actions name into the prefix. A build that
// fails is an error with the last lines it printed and where its log is; the value is the log's file name,
// empty when nothing was run.
Result<std::string> build_into(Session& session, const Plan& plan, const ToBuild& what,
                               const BuildPlace& place, Reporter& reporter);

}  // namespace reef::ops
