#pragma once

#include "core/ops/reporter.h"
#include "core/ops/session.h"
#include "core/os/lock.h"

namespace reef::ops {

// Held from reading a project's manifest and lock until they are written, so that of several processes each
// sees what the one before it wrote. Works among those that share a home. Its file is there: a project keeps
// nothing of ours but `reef.lock`.
class ProjectLock {
 public:
  // Waits while another process has it, and tells so after a moment. What one that was killed left half
  // written beside the manifest is removed. Where the home cannot be written, it is
  // told that nothing keeps others away, and no error: that is no reason not to edit a project.
  static Result<ProjectLock> take(const Session& session, const Path& manifest_path, Reporter& reporter);

 private:
  explicit ProjectLock(std::optional<FileLock> file) : file_(std::move(file)) {}
  std::optional<FileLock> file_;
};

}  // namespace reef::ops
