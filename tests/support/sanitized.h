#pragma once

namespace reef::test {

// Sanitizers make everything several times slower, and what they look for is on paths, not in numbers: tests
// that go through many cases take every tenth or so there.
#ifdef REEF_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

}  // namespace reef::test
