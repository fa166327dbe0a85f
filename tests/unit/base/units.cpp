#include "core/base/units.h"

#include <catch2/catch.hpp>

namespace reef {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sizes have three significant digits in binary units") {
  const std::vector<std::pair<std::uint64_t, std::string>> cases = {
      {0, "0 B"},
      {1, "1 B"},
      {1023, "1023 B"},
      {1024, "1.00 KiB"},
      {1536, "1.50 KiB"},
      {10 * 1024, "10.0 KiB"},
      {10239, "10.0 KiB"},
      {123456, "121 KiB"},
      {1024 * 1024 - 1, "1.00 MiB"},
      {std::uint64_t{1} << 30U, "1.00 GiB"},
      {std::uint64_t{1} << 40U, "1.00 TiB"},
      {std::uint64_t{1} << 50U, "1.00 PiB"},
      {UINT64_MAX, "16384 PiB"},
  };
  for (const auto& [bytes, text] : cases) CHECK(format_bytes(bytes) == text);
}

TEST_CASE("durations have three significant digits in the unit that people say") {
  const std::vector<std::pair<std::chrono::nanoseconds, std::string>> cases = {
      {0ns, "0 s"},
      {1ns, "1.00 ns"},
      {999ns, "999 ns"},
      {1230ns, "1.23 us"},
      {999'400ns, "999 us"},
      {999'600ns, "1.00 ms"},
      {45600us, "45.6 ms"},
      {2100ms, "2.10 s"},
      {59s, "59.0 s"},
      {59'960ms, "1 min 0 s"},
      {185s, "3 min 5 s"},
      {3600s, "1 h 0 min"},
      {3599'700ms, "1 h 0 min"},
      {26h + 61min, "27 h 1 min"},
      {-1500ms, "-1.50 s"},
      {-90s, "-1 min 30 s"},
  };
  for (const auto& [duration, text] : cases) CHECK(format_duration(duration) == text);
}

TEST_CASE("a duration is a number and a unit, seconds when there is none") {
  const std::vector<std::pair<std::string, std::chrono::nanoseconds>> cases = {
      {"90s", 90s}, {"5ms", 5ms}, {"1.5h", 90min}, {"250us", 250us}, {"10min", 10min},
      {"7ns", 7ns}, {"3", 3s},    {"0", 0s},       {".5s", 500ms},   {"1e3ms", 1s},
  };
  for (const auto& [text, duration] : cases) {
    CAPTURE(text);
    CHECK(parse_duration(text).value() == duration);
  }
}

TEST_CASE("what is not a duration is refused with an example") {
  for (const char* text : {"", "s", "-1s", "1 s", "1d", "5 minutes", "nan", "inf", "infs", "1e400s", "11e9",
                           "0x10s", "1s ", " 1s", "1,5s", "s1", "--1s"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    REQUIRE(!parsed);
    CHECK(parsed.error().code() == ErrorCode::invalid_input);
  }
  CHECK(render(parse_duration("soon").error()) ==
        "error: expected a duration such as `90s`, `5ms` or `10min`, got `soon`\n");
}

}  // namespace
}  // namespace reef
