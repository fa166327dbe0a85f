#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace reef {

// "1.5 GiB", "12 kB" in binary units, three significant digits.
std::string format_bytes(std::uint64_t bytes);

// "1.23 us", "45.6 ms", "2.10 s", "3 min 5 s": three significant digits.
std::string format_duration(std::chrono::nanoseconds duration);
std::string format_seconds(double seconds);

// "90s", "5ms", "1.5h", "250us", "10min": a number and a unit (ns, us, ms, s, min, h); a bare number is
// seconds. invalid_input for anything else, negative values and values beyond 10 years.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace reef
