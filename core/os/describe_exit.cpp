#include <csignal>
#include <cstring>

#include "core/base/units.h"
#include "core/os/process.h"

namespace reef {

std::string describe_exit(const ProcessResult& result) {
  switch (result.kind) {
    case ExitKind::timed_out:
      return fmt::format("stopped after {}: the time limit", format_duration(result.wall));
    case ExitKind::cancelled:
      return "interrupted";
    case ExitKind::signalled: {
      const char* name = sigabbrev_np(result.status);
      const char* words = sigdescr_np(result.status);
      if (name == nullptr) return fmt::format("killed by signal {}", result.status);
      return fmt::format("killed by SIG{} ({})", name, words == nullptr ? "" : words);
    }
    default:
      return fmt::format("exit status {}", result.status);
  }
}

}  // namespace reef
