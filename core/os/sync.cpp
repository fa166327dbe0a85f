#include "core/os/sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/os/descriptor.h"

namespace reef {

Status sync_file_system(const Path& folder) {
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
#ifdef __linux__
  const bool synced = opened.valid() && syncfs(opened.get()) == 0;
#else
  const bool synced = opened.valid();
  sync();
#endif
  if (synced) return {};
  return make_error(ErrorCode::io, "cannot sync the disk of `{}`: {}", folder.string(), std::strerror(errno));
}

}  // namespace reef
