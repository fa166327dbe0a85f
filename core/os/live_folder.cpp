#include "core/os/live_folder.h"

#include <unistd.h>

#include <atomic>

namespace reef {
namespace {

constexpr std::string_view kLockEnd = ".lock";

Path lock_of(const Path& folder) {
  return folder.parent_path() / fmt::format(".{}{}", folder.filename().string(), kLockEnd);
}

bool is_lock(const std::string& name) { return name.starts_with('.') && name.ends_with(kLockEnd); }

}  // namespace

Result<LiveFolder> LiveFolder::create(Filesystem& fs, const Path& parent, std::string_view prefix) {
  static std::atomic<unsigned> counter{0};
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i) {
    const Path path = parent / fmt::format("{}{}-{}", prefix, getpid(), counter.fetch_add(1));
    if (fs.stat(path, false)) continue;
    // First the lock, then the folder: no sweeper ever sees a folder of the living without one.
    TRY(std::optional<FileLock> lock, FileLock::try_acquire(lock_of(path)));
    if (!lock) continue;
    LiveFolder folder(fs, path, *std::move(lock));
    TRY_STATUS(fs.make_folder(path));
    return folder;
  }
  return make_error(ErrorCode::io, "cannot find a free name for a temporary folder in `{}`", parent.string());
}

Result<LiveFolder> LiveFolder::claim(Filesystem& fs, const Path& path, const Cancellation* cancel,
                                     const std::function<void()>& on_wait) {
  TRY(std::optional<FileLock> lock, FileLock::try_acquire(lock_of(path)));
  if (!lock) {
    if (on_wait) on_wait();
    TRY(lock, FileLock::acquire(lock_of(path), std::nullopt, cancel));
  }
  TRY_STATUS(remove_tree(fs, path));
  LiveFolder folder(fs, path, *std::move(lock));
  TRY_STATUS(fs.make_folder(path));
  return folder;
}

LiveFolder::LiveFolder(LiveFolder&& other) noexcept
    : fs_(other.fs_), path_(std::move(other.path_)), lock_(std::move(other.lock_)) {
  other.path_.clear();
}

LiveFolder& LiveFolder::operator=(LiveFolder&& other) noexcept {
  std::swap(fs_, other.fs_);
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

LiveFolder::~LiveFolder() {
  if (path_.empty()) return;
  (void)remove_tree(*fs_, path_);
  remove_lock();
}

void LiveFolder::remove_lock() {
  if (lock_) (void)fs_->remove_file(lock_of(path_));
  lock_.reset();
}

Path LiveFolder::release() {
  remove_lock();
  Path path = std::move(path_);
  path_.clear();
  return path;
}

namespace {

enum class Swept { kept, lock_only, folder };

// One with a lock that nobody holds goes away, and the lock with it.
Swept sweep_one(Filesystem& fs, const Path& path) {
  const auto lock = FileLock::try_acquire(lock_of(path));
  if (!lock || !*lock) return Swept::kept;
  const bool was_there = fs.stat(path, false).has_value();
  if (!remove_tree(fs, path)) return Swept::kept;
  (void)fs.remove_file(lock_of(path));
  return was_there ? Swept::folder : Swept::lock_only;
}

// "x" of ".x.lock"
std::string folder_of_lock(const std::string& name) {
  return name.substr(1, name.size() - 1 - kLockEnd.size());
}

}  // namespace

void sweep_abandoned(Filesystem& fs, const Path& parent, std::string_view prefix) {
  for (const std::string& name : fs.list(parent).value_or(std::vector<std::string>()))
    if (is_lock(name) && folder_of_lock(name).starts_with(prefix))
      (void)sweep_one(fs, parent / folder_of_lock(name));
}

std::size_t sweep_folders(Filesystem& fs, const Path& parent, SystemTime now,
                          std::chrono::nanoseconds forgotten) {
  std::size_t removed = 0;
  for (const std::string& name : fs.list(parent).value_or(std::vector<std::string>())) {
    const bool lock_alone = is_lock(name);
    const std::string folder = lock_alone ? folder_of_lock(name) : name;
    const Path path = parent / folder;
    if (lock_alone && fs.stat(path, false)) continue;  // its folder has its own turn
    if (!lock_alone && !fs.stat(lock_of(path), false)) {
      const auto stat = fs.stat(path, false);
      if (!stat || now.time_since_epoch() - std::chrono::nanoseconds(stat->mtime_ns) < forgotten) continue;
      if (remove_tree(fs, path)) ++removed;
      continue;
    }
    if (sweep_one(fs, path) == Swept::folder) ++removed;
  }
  return removed;
}

}  // namespace reef
