#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/digest.h"
#include "core/os/cancel.h"
#include "core/os/clock.h"
#include "core/os/filesystem.h"
#include "core/os/lock.h"
#include "core/store/contents.h"
#include "core/store/ingredients.h"

namespace reef::store {

// Which build: the key decides, name and version make folders readable.
struct PrefixId {
  Digest key;
  std::string name;
  std::string version;

  std::string folder_name() const;  // "<32 hexadecimal digits of the key>-<name>-<version>"
  bool operator==(const PrefixId&) const = default;
};

// What is known of an installed prefix; kept inside it, as `.reef/prefix.json`.
struct PrefixInfo {
  PrefixId id;
  Ingredients ingredients;
  SystemTime built_at{};
  std::chrono::nanoseconds build_time{};
  std::string log;  // file name below <home>/logs; empty when nothing was run
  std::optional<Digest> log_digest;
  std::vector<std::string> mapped;  // files that its program was seen to map, when known
  // What the package's folder held; kept apart (Store::package_of), for those who ask what changed.
  std::optional<Contents> package;
  // Filled by publish:
  std::optional<Digest>
      package_list;   // of the file that holds `package`; prefixes of older programs have none
  Digest content;     // of all files but `.reef`
  Path published_in;  // the store's folder; prefixes of older programs have none
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

struct Prefix {
  Path path;
  PrefixInfo info;
};

class Store;

// The right to build one key, and the folders to do it in. Others who want the same key wait for its end.
// When it ends without being published, its folders are removed; when the process dies, the next begin() of
// the key, or sweep(), removes them.
class BuildSlot {
 public:
  BuildSlot(BuildSlot&& other) noexcept;
  BuildSlot& operator=(BuildSlot&& other) noexcept;
  BuildSlot(const BuildSlot&) = delete;
  BuildSlot& operator=(const BuildSlot&) = delete;
  ~BuildSlot();

  const PrefixId& id() const { return id_; }
  const Path& prefix() const { return prefix_; }   // `${prefix}` while building; empty at first
  Path work() const { return scratch_ / "work"; }  // sources are laid out here; the build's current folder
  Path home() const { return scratch_ / "home"; }  // HOME of the build
  Path temporary() const { return scratch_ / "tmp"; }
  const Path& log() const { return log_; }  // kept, whatever becomes of the build

  // For those who wait for this build: why it failed. It is told to nobody who comes later.
  Status fail(std::string_view why) const;
  // What the build that we waited for said as it failed; nothing when there was none, or it ended otherwise.
  const std::optional<std::string>& failed_meanwhile() const { return failed_meanwhile_; }

 private:
  friend class Store;
  BuildSlot(Filesystem& fs, PrefixId id, FileLock lock)
      : fs_(&fs), id_(std::move(id)), lock_(std::move(lock)) {}
  void remove_folders();

  Filesystem* fs_;  // none: moved from or published
  PrefixId id_;
  FileLock lock_;
  Path prefix_;
  Path scratch_;
  Path log_;
  std::optional<std::string> failed_meanwhile_;
};

// What a running process needs of the store: while this lives, none of it is removed.
class Use {
 public:
  Use(Use&& other) noexcept;
  Use& operator=(Use&& other) noexcept;
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use();
  // For ProcessSpec::inherited: a program that outlives us then still keeps what it runs from.
  int fd() const { return lock_.fd(); }

 private:
  friend class Store;
  Use(Filesystem& fs, Path file, FileLock lock) : fs_(&fs), file_(std::move(file)), lock_(std::move(lock)) {}
  Filesystem* fs_;  // none: moved from
  Path file_;
  FileLock lock_;
};

// Nobody else removes, and nobody begins to use anything, while this lives: to be held for moments.
class StoreLock {
 private:
  friend class Store;
  explicit StoreLock(FileLock lock) : lock_(std::move(lock)) {}
  FileLock lock_;
};

// The immutable folders of everything that was built, below <home>:
//
//   store/<key>-<name>-<version>/   a published prefix: read-only, complete, never written again
//   stage/<key>-<name>-<version>/   one that is being filled, by whoever holds its lock
//   stage/<key>.scratch/            the build's work, home and temporary folders
//   stage/<key>.removed             one on its way out
//   logs/<key>-<name>-<version>.log the last attempt to build it
//   logs/<key>-<name>-<version>.failed  why it failed, for those who waited for it
//   locks/<key>                     held while the key is built or removed
//   locks/store                     held by removers; shared, for a moment, by those who begin to use
//   prefixes locks/users/<process>           the folder names that a process uses; it holds the file's lock
//   cache/prefixes/<folder name>    the stamp of a prefix whose bytes were as published (tree_stamp.h), and
//                                   ` moved` when that was in another store and nothing in it names that one
//
// A prefix becomes visible by one rename, after all its bytes were synced: whatever happens at whatever
// instant, `store/` holds it whole or not at all. `stage` and `store` have the same length on purpose: a path
// that a build wrote into its files is replaced in place when it is published (see relocate).
//
// A child of a killed process may still write into its staging folder. The next attempt therefore uses
// another one: the last two digits of its key are counted up, so that the length stays and the first attempt,
// which nearly every build is, always has the same path. sweep() notes in the key's lock file which ones it
// removed.
//
// Any number of processes and threads may use one store. A read-only store can be searched.
class Store {
 public:
  // Creates the folders below `home` that are missing. io with a hint when it cannot.
  static Result<Store> open(Filesystem& fs, const Path& home);

  // Without creating anything: what is not there holds no prefixes. For those who only look.
  static Result<Store> look(Filesystem& fs, const Path& home);

  const Path& home() const { return home_; }
  Path path_of(const PrefixId& id) const { return home_ / "store" / id.folder_name(); }

  // A complete prefix, else nothing: a folder whose own description cannot be read does not count, and
  // neither does one that was changed, or that names the store of another place: the home was moved or
  // copied. That is noticed by its stamp, at the cost of a `stat` for each of its files; when the stamp is
  // another one (or nobody kept it), every byte is read once.
  std::optional<Prefix> find(const PrefixId& id) const;
  // Why a folder that is there does not count: "`bin/x` was changed, and 2 more". Nothing when it is sound,
  // or not there.
  std::optional<std::string> damage(const PrefixId& id) const;

  // The prefix when it is there, or somebody else finished it while we waited; else a slot with empty
  // folders, which tells when the build that we waited for failed. `on_wait` is called once, when another
  // process or thread is building it and we begin to wait.
  // interrupted when cancelled.
  using Begun = std::variant<Prefix, BuildSlot>;
  Result<Begun> begin(const PrefixId& id, const Cancellation* cancel = nullptr,
                      const std::function<void()>& on_wait = {}) const;

  // Publishes what stands in the slot's prefix. `info.id` and the fields that it fills are ignored. On
  // failure the slot's folders are gone and nothing is visible; unless the disk refuses the very last sync:
  // then the prefix is there, whole, and a power cut may take it away again.
  Result<Prefix> publish(BuildSlot slot, PrefixInfo info) const;

  // All complete prefixes, sorted by name, version and key.
  Result<std::vector<Prefix>> list() const;
  // Those of one package and version only, sorted by key.
  Result<std::vector<Prefix>> list(const std::string& name, const std::string& version) const;
  // Bytes of all complete prefixes, as they were when published.
  Result<std::uint64_t> size() const;

  // Names of all folders of prefixes, complete or not, sorted.
  Result<std::vector<std::string>> folder_names() const;
  // What is known of one; integrity when its description cannot be read or is that of another one.
  Result<Prefix> described(const std::string& folder_name) const;
  // What the prefix held when it was published.
  Result<Contents> contents_of(const Prefix& prefix) const;
  // What the package's folder held when it was built; not_found for prefixes of older programs.
  Result<Contents> package_of(const Prefix& prefix) const;

  // Reads every byte. integrity when something was changed, is gone or was added, naming the first of them;
  // also when the description is not that of its key, or what is known of the package's folder was changed,
  // or when a file names the store in which it was published, and that is not this one.
  Status verify(const Prefix& prefix) const;
  // The same as a list, empty when all is well: "`bin/x` was changed". Errors: what cannot be read.
  Result<std::vector<std::string>> damages(const Prefix& prefix) const;

  // From now on nobody removes these. What was removed before must be looked for again afterwards. io where
  // the home cannot be written: there nothing is removed either.
  Result<Use> use(const std::vector<std::string>& folder_names, const Cancellation* cancel = nullptr) const;
  // Folder name -> ids of the processes that use it. Forgets processes that have ended.
  Result<std::map<std::string, std::vector<int>>> in_use(const StoreLock& lock) const;

  // Waits for other removers; interrupted when cancelled.
  Result<StoreLock> lock(const Cancellation* cancel = nullptr) const;
  // Vanishes by one rename, then its bytes are freed. Nothing there is no error; busy when it is being built.
  Status remove(const PrefixId& id, const StoreLock& lock) const;
  // Several folders vanish, by a rename each and one sync for all; their bytes are freed by `sweep`. Those
  // that are being built stay. Returns the names of those that are gone.
  Result<std::vector<std::string>> remove_all(const std::vector<std::string>& folder_names,
                                              const StoreLock& lock) const;
  // Removes what dead processes left in `stage/`; returns how many entries. Builds that are running stay, and
  // so does what cannot be removed yet: a child of a dead process may still write to it. Needs no StoreLock;
  // with nothing to do it costs the reading of one folder.
  Result<std::size_t> sweep() const;
  // Removes logs, stamps and lock files of prefixes that are not there any more; logs of the last week stay:
  // somebody may want to read why a build failed. Returns the bytes of the logs. `dry`: only counts them.
  Result<std::uint64_t> tidy(const StoreLock& lock, SystemTime now, bool dry) const;

 private:
  Store(Filesystem& fs, Path home) : fs_(&fs), home_(std::move(home)) {}
  Result<std::vector<Prefix>> list_ending(const std::string& ending) const;
  Path lock_path(const std::string& folder_name) const;
  Path log_path(const std::string& folder_name) const;
  Result<FileLock> lock_key(const PrefixId& id, const Cancellation* cancel,
                            const std::function<void()>& on_wait) const;
  Result<std::vector<std::string>> leftovers(const std::string& key_name) const;
  Status make_stage(BuildSlot& slot) const;
  bool is_sound(const Prefix& prefix) const;
  bool is_where_published(const PrefixInfo& info) const;
  Path grave_of(const std::string& folder_name) const;
  Status bury(const std::string& folder_name) const;
  Status seal(const BuildSlot& slot, PrefixInfo& info) const;

  Filesystem* fs_;
  Path home_;
};

}  // namespace reef::store
