#pragma once

#include <string>
#include <vector>

#include "core/resolve/resolver.h"

namespace reef::resolve {

// What a user should know of a closure in which one thing is done by two, such as two compilers: they may not
// go together, so they are never mixed silently. A sentence each:
//
//   "no one provider of c++-compiler serves all who need it: clang 14.0.6 for b, gcc 12.2.0 for a"
//   "two tools serve as c++-compiler in this closure: gcc 12.2.0 for a, clang 14.0.6 for b and 2 others; ..."
//
// The second is said of tools of the host only: packages of a registry say themselves what they exclude.
// asked_by: who is behind the requirements of the request.
std::vector<std::string> mixed_providers(const Solution& solution, const std::string& asked_by);

}  // namespace reef::resolve
