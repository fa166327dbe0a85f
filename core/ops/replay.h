#pragma once

#include "core/archive/read.h"
#include "core/ops/replay_compare.h"
#include "core/ops/run.h"

namespace reef::ops {

struct ReplayRequest {
  std::string file;                  // a .reef file
  std::vector<std::string> records;  // ids in the archive; empty: all of them
  std::string action;                // only records of this action; without records: what is run
  bool fresh = false;                // builds everything again, in an empty home
  bool network = false;              // leaves what is run this host's network
  unsigned parallel = 0;
  std::optional<std::chrono::milliseconds> resolve_timeout;  // as that of a session
};

// One packed record, and the run that repeats it.
struct ReplayedRun {
  std::string record;  // its id; empty: the archive has no record, there is nothing to compare
  std::string action;
  RunReport now;
  ReplayComparison comparison;   // empty when the run failed that had been a success
  std::string packed_failure{};  // why the packed run was no success (why_not_ok); empty: it was one

  // Another failure of what had failed already says nothing.
  bool failed() const { return now.failure && packed_failure.empty(); }
};

struct ReplayReport {
  archive::ArchiveRead read;
  Path home;             // where it was replayed
  bool network = false;  // what was run could reach it
  Installed installed;
  std::vector<std::string> imported;  // builds that were taken from the archive
  std::vector<ReplayedRun> runs;
  std::vector<std::string> actions;  // of the package, where none of them was run

  std::size_t count(ReplayVerdict verdict) const;
  // Every run that had been a success succeeded, and of the values, if there are any, at least one was
  // reproduced and none was not. What was no success when it was packed is never reproduced.
  bool reproduced() const;
};

// Verifies and unpacks an archive, finds this host's tools, builds and runs what its records say, and
// compares; in a home of its own below the user's (`replays/<digest>`), which is empty at
// first and kept until gc finds it unused, so that a second replay builds nothing. Only packages of the
// archive are used. From then on this process has no network, and so has nothing that it starts, unless the
// request leaves it or the system does not allow that (a note says so).
//
// Errors: integrity for an archive that is not as it must be; no_solution when this host lacks what the
// closure asks for, but for tools that only built what the archive has the builds of; usage for records that
// the archive does not have. A run that fails is a value.
Result<ReplayReport> replay(const Machine& machine, const ReplayRequest& request, Reporter& reporter);

// The parts of `replay`: sources of an unpacked archive become entries of the download cache, and builds
// whose key is wanted become prefixes of the store; the names of these.
Status import_sources(const Machine& machine, const archive::Contents& contents, const Path& unpacked,
                      const Home& home);
Result<std::vector<std::string>> import_builds(const Machine& machine, const archive::Contents& contents,
                                               const Path& unpacked, const Home& home, const Plan& plan);

}  // namespace reef::ops
