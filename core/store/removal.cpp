// What leaves the store, and what must not.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "core/base/text.h"
#include "core/os/environment.h"
#include "core/os/parallel.h"
#include "core/store/names.h"
#include "core/store/store.h"

namespace reef::store {
namespace {

constexpr std::uint32_t kWritableFolder = 0755;
constexpr std::uint64_t kLargestUse = std::uint64_t{16} << 20U;

Path store_lock(const Path& home) { return home / "locks" / "store"; }
Path users(const Path& home) { return home / "locks" / "users"; }

int process_of(const std::string& user) {
  const std::string digits = user.substr(0, user.find('-'));
  const bool number =
      !digits.empty() && digits.size() < 10 && digits.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::stoi(digits) : 0;
}

// Names of a folder; none when it is not there.
Result<std::vector<std::string>> names_in(Filesystem& fs, const Path& folder) {
  Result<std::vector<std::string>> names = fs.list(folder);
  if (!names && names.error().code() == ErrorCode::not_found) return std::vector<std::string>();
  return names;
}

}  // namespace

Use::Use(Use&& other) noexcept
    : fs_(std::exchange(other.fs_, nullptr)), file_(std::move(other.file_)), lock_(std::move(other.lock_)) {}

Use& Use::operator=(Use&& other) noexcept {
  std::swap(fs_, other.fs_);
  std::swap(file_, other.file_);
  std::swap(lock_, other.lock_);
  return *this;
}

// The file goes while its lock is held: nobody can mistake it for that of a living process.
Use::~Use() {
  if (fs_ != nullptr) (void)fs_->remove_file(file_);
}

Result<Use> Store::use(const std::vector<std::string>& folder_names, const Cancellation* cancel) const {
  static std::atomic<unsigned> counter{0};
  TRY_STATUS(make_folders(*fs_, users(home_)));
  TRY(const FileLock against_removers,
      FileLock::acquire(store_lock(home_), std::nullopt, cancel, FileLock::Mode::shared));
  for (;;) {
    const Path file = users(home_) / fmt::format("{}-{}", getpid(), counter.fetch_add(1));
    TRY(std::optional<FileLock> lock, FileLock::try_acquire(file));
    if (!lock) continue;  // a process of another machine or name space has our number
    Use use(*fs_, file, *std::move(lock));
    TRY_STATUS(fs_->write_file(file, join(folder_names, "\n"), false));
    return use;
  }
}

Result<std::map<std::string, std::vector<int>>> Store::in_use(const StoreLock& /*proof*/) const {
  std::map<std::string, std::vector<int>> out;
  TRY(const std::vector<std::string> names, names_in(*fs_, users(home_)));
  for (const std::string& name : names) {
    const Path file = users(home_) / name;
    TRY(const std::optional<FileLock> of_the_dead, FileLock::try_acquire(file));
    if (of_the_dead) {
      (void)fs_->remove_file(file);
      continue;
    }
    const Result<std::string> text = fs_->read_file(file, kLargestUse);
    if (!text && text.error().code() == ErrorCode::not_found) continue;  // it has just ended
    if (!text) return tl::make_unexpected(text.error());
    for (const std::string& used : lines_of(*text)) out[used].push_back(process_of(name));
  }
  return out;
}

Result<StoreLock> Store::lock(const Cancellation* cancel) const {
  TRY_STATUS(make_folders(*fs_, home_ / "locks"));
  TRY(FileLock lock, FileLock::acquire(store_lock(home_), std::nullopt, cancel));
  return StoreLock(std::move(lock));
}

Path Store::grave_of(const std::string& folder_name) const {
  return home_ / "stage" / (folder_name.substr(0, kKeyDigits) + std::string(kGraveEnd));
}

// With the key's lock held. Not synced.
Status Store::bury(const std::string& folder_name) const {
  const Path path = home_ / "store" / folder_name;
  const Path grave = grave_of(folder_name);
  TRY_STATUS(remove_tree(*fs_, grave));
  TRY_STATUS(fs_->set_mode(path, kWritableFolder));
  return fs_->rename(path, grave);
}

Status Store::remove(const PrefixId& id, const StoreLock& /*proof*/) const {
  const std::string folder_name = id.folder_name();
  TRY(const std::optional<FileLock> lock, FileLock::try_acquire(lock_path(folder_name)));
  if (!lock) return make_error(ErrorCode::busy, "{} {} is being built", id.name, id.version);
  if (!fs_->stat(path_of(id), false)) return {};
  TRY_STATUS(bury(folder_name));
  TRY_STATUS(fs_->sync_folder(home_ / "store"));
  return remove_tree(*fs_, grave_of(folder_name));
}

Result<std::vector<std::string>> Store::remove_all(const std::vector<std::string>& folder_names,
                                                   const StoreLock& /*proof*/) const {
  std::vector<std::string> gone;
  for (const std::string& name : folder_names) {
    TRY(const std::optional<FileLock> lock, FileLock::try_acquire(lock_path(name)));
    if (!lock) continue;
    const Status buried = bury(name);
    if (buried) gone.push_back(name);
    if (!buried && buried.error().code() != ErrorCode::not_found) return tl::make_unexpected(buried.error());
  }
  if (!gone.empty()) TRY_STATUS(fs_->sync_folder(home_ / "store"));
  return gone;
}

Result<std::size_t> Store::sweep() const {
  TRY(std::vector<std::string> names, names_in(*fs_, home_ / "stage"));
  std::erase_if(names, [](const std::string& name) { return name.size() < kLockDigits; });
  const auto sweep_one = [&](const std::string& name) -> Result<bool> {
    TRY(const std::optional<FileLock> lock, FileLock::try_acquire(lock_path(name)));
    if (!lock) return false;
    if (!is_grave(name)) TRY_STATUS(fs_->append_file(lock_path(name), name.substr(0, kKeyDigits) + "\n"));
    return remove_tree(*fs_, home_ / "stage" / name).has_value();
  };
  constexpr std::size_t kMany = 100;  // that are worth a thread
  std::vector<Result<bool>> done(names.size(), false);
  in_parallel(names.size(), names.size() < kMany ? 1 : processor_count(),
              [&](std::size_t i) { done[i] = sweep_one(names[i]); });
  std::size_t removed = 0;
  for (const Result<bool>& each : done) {
    if (!each) return tl::make_unexpected(each.error());
    if (*each) ++removed;
  }
  return removed;
}

Result<std::uint64_t> Store::tidy(const StoreLock& /*proof*/, SystemTime now, bool dry) const {
  std::uint64_t bytes = 0;
  TRY(const std::vector<std::string> there, folder_names());
  TRY(const std::vector<std::string> staged, names_in(*fs_, home_ / "stage"));
  const std::set<std::string> prefixes(there.begin(), there.end());
  std::set<std::string> locks;
  for (const auto* names : {&there, &staged})
    for (const std::string& name : *names) locks.insert(lock_name(name));
  const std::int64_t oldest = (now - std::chrono::hours(24 * 7)).time_since_epoch().count();
  TRY(const std::vector<std::string> logs, names_in(*fs_, home_ / "logs"));
  for (const std::string& name : logs) {
    if (name.size() < kKeyDigits || prefixes.contains(name.substr(0, name.rfind(".log")))) continue;
    const auto stat = fs_->stat(home_ / "logs" / name, false);
    if (!stat || stat->mtime_ns > oldest || locks.contains(lock_name(name))) continue;
    bytes += stat->size;
    if (!dry) TRY_STATUS(fs_->remove_file(home_ / "logs" / name));
  }
  if (dry) return bytes;
  TRY(const std::vector<std::string> stamps, names_in(*fs_, home_ / "cache/prefixes"));
  for (const std::string& name : stamps)
    if (!prefixes.contains(name)) (void)fs_->remove_file(stamp_path(home_, name));
  TRY(const std::vector<std::string> lock_files, names_in(*fs_, home_ / "locks"));
  for (const std::string& name : lock_files) {
    if (name.size() != kLockDigits || locks.contains(name)) continue;
    const Path path = home_ / "locks" / name;
    const auto lock = FileLock::try_acquire(path);
    // One that is not empty tells which stages children of the dead may still write to.
    const auto stat = fs_->stat(path, false);
    if (lock && *lock && stat && stat->size == 0) (void)fs_->remove_file(path);
  }
  return bytes;
}

}  // namespace reef::store
