#include "core/ops/replay_homes.h"

#include <algorithm>

#include "core/os/live_folder.h"
#include "core/os/tree_stamp.h"
#include "core/store/roots.h"

namespace reef::ops {

Result<FileLock> ReplayHomes::use(const Digest& manifest) const {
  TRY_STATUS(make_folders(fs_, top()));
  const Path file = lock_of(home_of(manifest));
  TRY(FileLock lock, FileLock::acquire(file, std::nullopt, &cancel_));
  TRY_STATUS(fs_.set_mtime(file, clock_.now().time_since_epoch().count()));
  return lock;
}

std::vector<Path> ReplayHomes::all() const {
  std::vector<Path> out;
  for (const std::string& name : fs_.list(top()).value_or(std::vector<std::string>()))
    if (name.size() == kDigits && is_folder(fs_, top() / name)) out.push_back(top() / name);
  return out;
}

std::size_t ReplayHomes::count() const { return all().size(); }

Result<ReplayHomes::Removed> ReplayHomes::remove_old(std::chrono::nanoseconds unused, bool dry) const {
  Removed out;
  const std::int64_t oldest = (clock_.now() - unused).time_since_epoch().count();
  for (const Path& home : all()) {
    TRY_STATUS(cancel_.check());
    TRY(const std::optional<std::uint64_t> bytes, remove_unused(home, oldest, dry));
    if (!bytes) continue;
    ++out.homes;
    out.bytes += *bytes;
  }
  return out;
}

Result<bool> ReplayHomes::is_pinned(const Path& home) const {
  TRY(const std::vector<store::Root> roots, store::Roots(fs_, home_.root).list());
  return std::any_of(roots.begin(), roots.end(), [&](const store::Root& root) {
    return root.kind == store::Root::Kind::pin && root.archive.starts_with(home.filename().string());
  });
}

Result<std::optional<std::uint64_t>> ReplayHomes::remove_unused(const Path& home, std::int64_t oldest_ns,
                                                                bool dry) const {
  TRY(const std::optional<FileLock> alone, FileLock::try_acquire(lock_of(home)));
  if (!alone) return std::nullopt;
  TRY(const FileStat used, fs_.stat(lock_of(home)));
  if (used.mtime_ns > oldest_ns) return std::nullopt;
  const Result<TreeStamp> size = stamp_tree(home);
  const std::uint64_t bytes = size ? size->bytes : 0;
  // Who pins it holds the store's lock, too.
  TRY(const store::Store store, store::Store::look(fs_, home_.root));
  TRY(const store::StoreLock lock, store.lock(&cancel_));
  TRY(const bool pinned, is_pinned(home));
  if (pinned) return std::nullopt;
  if (dry) return bytes;
  // Its store must not be seen in parts: it goes away by a rename.
  TRY_STATUS(make_folders(fs_, home_.temporary()));
  TRY(const LiveFolder grave, LiveFolder::create(fs_, home_.temporary(), "replay-"));
  TRY_STATUS(fs_.rename(home, grave.path() / "home"));
  TRY_STATUS(fs_.remove_file(lock_of(home)));
  return bytes;
}

}  // namespace reef::ops
