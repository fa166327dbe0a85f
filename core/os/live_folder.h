#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "core/os/cancel.h"
#include "core/os/clock.h"
#include "core/os/filesystem.h"
#include "core/os/lock.h"

namespace reef {

// A new empty folder below `parent` that is removed, with all in it, when this object ends; and that others
// can tell from one whose owner was killed: while the owner lives it holds a lock, on `.<name>.lock` beside
// the folder. Works between machines that share the file system.
class LiveFolder {
 public:
  static Result<LiveFolder> create(Filesystem& fs, const Path& parent, std::string_view prefix);
  // The same with a name that is chosen; what a dead owner left there is removed first. While its owner lives
  // we wait, having called `on_wait` once. interrupted when cancelled.
  static Result<LiveFolder> claim(Filesystem& fs, const Path& path, const Cancellation* cancel = nullptr,
                                  const std::function<void()>& on_wait = {});
  LiveFolder(LiveFolder&& other) noexcept;
  LiveFolder& operator=(LiveFolder&& other) noexcept;
  LiveFolder(const LiveFolder&) = delete;
  LiveFolder& operator=(const LiveFolder&) = delete;
  ~LiveFolder();

  const Path& path() const { return path_; }
  // Of the lock, for ProcessSpec::inherited: a program that outlives us then keeps the folder alive.
  int fd() const { return lock_->fd(); }
  // Leaves the folder where it is, or has gone to; the caller now owns it.
  Path release();

 private:
  LiveFolder(Filesystem& fs, Path path, FileLock lock)
      : fs_(&fs), path_(std::move(path)), lock_(std::move(lock)) {}
  void remove_lock();

  Filesystem* fs_;
  Path path_;  // empty: moved from or released
  std::optional<FileLock> lock_;
};

// Removes the folders below `parent` whose owners are gone; those without a lock (of older programs) when
// they were not changed for `forgotten`. Returns how many; a `parent` that is not there has none. Best
// effort: what cannot be removed stays.
std::size_t sweep_folders(Filesystem& fs, const Path& parent, SystemTime now,
                          std::chrono::nanoseconds forgotten = std::chrono::hours(24 * 7));

// Removes the folders below `parent` whose names begin with `prefix` and whose owners are gone, as their
// locks tell; nothing else. Best effort.
void sweep_abandoned(Filesystem& fs, const Path& parent, std::string_view prefix);

}  // namespace reef
