#pragma once

#include "core/os/filesystem.h"

namespace reef::host {

// By its first line: `#!/bin/sh`, `#!/usr/bin/env bash`. Scripts of Python and the like are none: they are
// programs in their own right, and written anew when they are upgraded.
bool is_shell_script(const Path& path);

}  // namespace reef::host
