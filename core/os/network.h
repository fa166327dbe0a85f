#pragma once

#include "core/base/error.h"

namespace reef {

// This process, and whatever it starts from now on, has no network but a loopback of its own: a network
// namespace, for which who is not root needs a user namespace, in which users and groups keep their numbers
// (namespaces(7)). For a process of one thread, before it starts any other.
//
// Errors: io, with the reason, where the system has no such thing or does not allow it; nothing has changed.
Status leave_network();

}  // namespace reef
