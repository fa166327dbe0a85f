#pragma once

#include <sys/types.h>

#include <vector>

#include "core/os/descriptor.h"

namespace reef {

// The processes that a child started. Those that left its process group (setsid, the pipelines of a shell
// with job control) are reached by no signal to the group. Seen are those whose parents live when this is
// made; a daemon that let go of its parents before is on its own. For the files of this folder only.
class Strays {
 public:
  Strays() = default;
  // Those below `leader`, which may lead a group.
  explicit Strays(pid_t leader);
  // To those outside of the group that still run; never to another process that has got the number of one
  // that ended.
  void signal(int number) const;
  // Whether any of them runs, inside of the group or outside.
  bool any_left() const;

 private:
  std::vector<Descriptor> inside_;
  std::vector<Descriptor> outside_;
};

}  // namespace reef
