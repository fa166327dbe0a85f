#pragma once

#include "core/archive/pack.h"
#include "core/model/record.h"
#include "core/ops/closure.h"

namespace reef::ops {

struct PackRequest {
  std::string package;               // as for find_target
  std::vector<std::string> with;     // options for this archive only: resolves anew, here
  std::vector<std::string> records;  // ids, or one of "latest", "all", "none"; empty: latest
  bool with_builds = false;          // also the built prefixes, for this platform
  Path output;                       // empty: NAME-VERSION.reef in the current folder
  unsigned threads = 0;              // 0: as many as processors
};

struct PackReport {
  Path output;
  archive::Packed packed;
  std::vector<std::string> notes;  // what a reader should know: records that were left out, and why
};

// Packs what the lock says: every package of the closure, every source with its digest, the tool packages
// that may fill what is asked of a host, and records. With a lock, nothing of this host goes into the
// archive, so that the same input gives the same bytes on any machine; without one the closure is resolved
// here first, and a project's lock is written.
//
// Errors: integrity when the lock does not describe its packages, network for sources that are not in the
// download cache and cannot be fetched, invalid_input for files that an archive cannot hold, and those of
// find_target.
Result<PackReport> pack(Session& session, const PackRequest& request, Reporter& reporter);

// What `--check` found: two archives of the same input, made in different surroundings.
struct PackCheck {
  bool equal = false;
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t>
      first_difference;                   // byte; the length of the shorter one when it begins the longer
  std::string difference;                 // what differs: "`packages/pen-1.0.0`: `notes` was changed"
  std::vector<std::string> surroundings;  // what was different: "umask 077", "1 thread"
};

// Packs again what `report` holds, in a process of its own with another umask, locale, time zone, user name,
// current folder, number of threads and (of a project) from another folder with other times, and compares the
// bytes.
Result<PackCheck> check_pack(Session& session, const PackRequest& request, const PackReport& report);

// The parts of `pack`:
//
// The records that a request asks for, as parts of the archive; their texts in `out`. usage for one that was
// made with other options, or of another package. `lock`: what is packed.
Status add_records(Session& session, const PackRequest& request, const Lockfile& lock,
                   archive::PackInput& input, std::vector<Record>& out, std::vector<std::string>& notes);
// The prefixes of this platform that the plan names, which are in the store. Texts that name the store are
// copied to `scratch` and changed; invalid_input, with file and offset, for what cannot move.
Status add_builds(Session& session, const Plan& plan, const Path& scratch, archive::PackInput& input);
// in-toto Statement v1 with SLSA provenance v1: what the archive was made of, and, of its records, when and
// with which tools they were made. Nothing else has a time.
std::string provenance_of(const archive::Contents& contents, const std::vector<Record>& records);

}  // namespace reef::ops
