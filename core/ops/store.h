#pragma once

#include "core/ops/gc.h"
#include "core/ops/roots.h"

namespace reef::ops {

struct StoredPackage {
  store::Prefix prefix;
  std::map<std::string, std::string> options;
  std::vector<std::string> kept_by;  // "project digits-demo", "pin digits", "process 4711"; empty: garbage
};

// How much disk the home takes, in bytes of files.
struct HomeSize {
  std::uint64_t packages = 0;
  std::uint64_t package_bytes = 0;
  std::uint64_t broken = 0;  // folders of the store whose description cannot be read
  fetch::CacheUse downloads;
  std::uint64_t record_bytes = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t stage_bytes = 0;  // what is being built, or was left behind
  std::uint64_t replays = 0;      // archives that were replayed
  std::uint64_t replay_bytes = 0;
  std::uint64_t other_bytes = 0;
  GcReport would_free;  // what `reef gc` would do now

  std::uint64_t total() const {
    return package_bytes + downloads.bytes + record_bytes + log_bytes + stage_bytes + replay_bytes +
           other_bytes;
  }
};

// Complete prefixes, sorted by name, version and key.
Result<std::vector<StoredPackage>> stored_packages(const Machine& machine, const Home& home);
Result<HomeSize> home_size(const Machine& machine, const Home& home);

// Where the target is installed, as it would be installed now; not_found when it is not, usage when
// it is a tool.
Result<store::Prefix> store_path(Session& session, const Plan& plan);

// What verifying found of one prefix or one download.
struct Verdict {
  enum class End {
    whole,
    damaged,  // and it is still there
    rebuilt,  // repaired
    removed   // `note`: why it was not built again, and who does it; empty: nobody needs it, or fetches it
              // again
  };
  std::string name;         // "digits 1.0.0"; "download 1234..." of the cache
  std::string folder_name;  // of prefixes
  Path path;
  std::vector<std::string> damages;
  End end = End::whole;
  std::string note;  // why it was not repaired, or not rebuilt
};

struct VerifyRequest {
  std::vector<std::string> names;  // packages; none: all, and the downloads
  bool repair = false;
};

// Reads every byte of every prefix, and of every download. not_found when a name is not in the store.
Result<std::vector<Verdict>> verify_store(Session& session, const VerifyRequest& request, Reporter& reporter);

// Keeps what a plan installed until it is unpinned; not_found when it is not installed, usage for a tool.
Status pin(Session& session, const Plan& plan);
// Keeps what `replay` made of an archive until it is unpinned, and returns its folder; not_found when that
// archive was not replayed here.
Result<Path> pin_archive(const Machine& machine, const Home& home, const std::string& file);
// Returns how many pins of that package there were; of an archive the name or the path of its file is given.
Result<std::size_t> unpin(const Machine& machine, const Home& home, const std::string& name);

}  // namespace reef::ops
