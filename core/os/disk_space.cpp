#include "core/os/disk_space.h"

namespace reef {

Result<std::uint64_t> free_bytes(const Path& path) {
  std::error_code code;
  const auto space = std::filesystem::space(path, code);
  if (code)
    return make_error(ErrorCode::io, "cannot tell how much room is left on `{}`: {}", path.string(),
                      code.message());
  return space.available;
}

}  // namespace reef
