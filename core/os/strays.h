#pragma once

#include <sys/types.h>

#include <vector>

#include "core/os/descriptor.h"

namespace reef {

// The processes that a child started and that left its process group (setsid, the pipelines of a shell with
// job control): a signal to the group does not reach them. Seen are those whose parents live when this is
// made; a daemon that let go of its parents before is on its own. For the files of this folder only.
class Strays {
 public:
  Strays() = default;
  // Those below `leader` that are not of the group it leads, if it leads one.
  explicit Strays(pid_t leader);
  // To those that still run; never to another process that has got the number of one that ended.
  void signal(int number) const;

 private:
  std::vector<Descriptor> processes_;
};

}  // namespace reef
