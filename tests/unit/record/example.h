#pragma once

#include "core/model/record.h"

namespace reef::test {

// A record in which everything is known.
Record full_record();
// A record in which nothing is known that may be unknown.
Record bare_record();

}  // namespace reef::test
