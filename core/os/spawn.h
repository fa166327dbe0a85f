#pragma once

#include <sys/types.h>

#include "core/os/descriptor.h"
#include "core/os/process.h"

// How a process is started; for the files of this folder only.
namespace reef {

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

// Closed in children. Errors: io.
Result<Pipe> make_pipe();

constexpr int kNull = -1;
constexpr int kOurs = -2;
// What the child's standard streams are: a descriptor of ours, kNull for /dev/null, kOurs for the same as
// ours.
struct Streams {
  int in = kNull;
  int out = kNull;
  int err = kNull;
};

// Does the child of `spec` lead a process group? Not an interactive one on a terminal: only the group that is
// in the foreground may read from it, and gets its Ctrl-C.
bool leads_group(const ProcessSpec& spec);

// Starts the program of `spec` with its arguments, environment, folder and inherited descriptors. Errors: as
// ProcessRunner::run.
Result<pid_t> spawn(const ProcessSpec& spec, const Streams& streams);

}  // namespace reef
