#pragma once

#include <catch2/catch.hpp>

#include "core/base/error.h"

namespace reef::test {

// Takes the value out of a result, or fails the test with the error as a user would see it.
template <class T>
T value(Result<T> result) {
  if (!result) FAIL(render(result.error()));
  return *std::move(result);
}
inline void succeeds(const Status& status) {
  if (!status) FAIL(render(status.error()));
}

}  // namespace reef::test
