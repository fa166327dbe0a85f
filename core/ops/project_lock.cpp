#include "core/ops/project_lock.h"

#include "core/base/text.h"
#include "core/ops/lock.h"

namespace reef::ops {
namespace {

constexpr std::chrono::milliseconds kSilentWait{500};
constexpr std::size_t kDigits = 30;  // as the locks of builds: `gc` removes what nobody holds

Result<Path> lock_file(const Session& session, const Path& manifest_path) {
  Filesystem& fs = session.machine().fs;
  TRY(const Path manifest, fs.real_path(manifest_path));
  const Path folder = session.home().root / "locks";
  TRY_STATUS(make_folders(fs, folder));
  return folder / sha256("project " + manifest.string()).brief(kDigits);
}

}  // namespace

Result<ProjectLock> ProjectLock::take(const Session& session, const Path& manifest_path, Reporter& reporter) {
  const auto unguarded = [&](const Error& error) {
    reporter.note(fmt::format("nothing keeps another `reef` from changing this project meanwhile: {}",
                              error.message()));
    return ProjectLock(std::nullopt);
  };
  const Result<Path> file = lock_file(session, manifest_path);
  if (!file) return unguarded(file.error());
  Result<FileLock> lock = FileLock::acquire(*file, kSilentWait);
  if (!lock && lock.error().code() == ErrorCode::busy) {
    reporter.note("waiting for another `reef` that changes this project");
    lock = FileLock::acquire(*file, std::nullopt, &session.machine().cancel);
  }
  if (lock) {
    for (const Path& written : {manifest_path, manifest_path.parent_path() / kLockName})
      sweep_unfinished(session.machine().fs, written);
    return ProjectLock(std::move(*lock));
  }
  if (lock.error().code() == ErrorCode::interrupted) return tl::make_unexpected(std::move(lock).error());
  return unguarded(lock.error());
}

}  // namespace reef::ops
