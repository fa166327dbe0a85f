#include "core/os/clock.h"

#include <catch2/catch.hpp>
#include <ctime>

namespace reef {
namespace {

using namespace std::chrono_literals;

std::string round_trip(const std::string& text) {
  const auto time = parse_time(text);
  return time ? format_time(*time) : render(time.error());
}

TEST_CASE("times are written and read in UTC, whatever the time zone is") {
  CHECK(format_time(SystemTime(0s)) == "1970-01-01T00:00:00Z");
  CHECK(format_time(SystemTime(1769860800s + 999999999ns)) == "2026-01-31T12:00:00Z");
  CHECK(format_time(SystemTime(-1ns)) == "1969-12-31T23:59:59Z");
  for (const char* zone : {"UTC", "Asia/Tokyo", "America/New_York"}) {
    setenv("TZ", zone, 1);
    tzset();
    for (const char* text : {"1970-01-01T00:00:00Z", "2026-01-31T12:00:00Z", "2024-02-29T23:59:59Z",
                             "1969-12-31T23:59:59Z", "2100-06-15T01:02:03Z"})
      CHECK(round_trip(text) == text);
  }
  unsetenv("TZ");
  tzset();
}

TEST_CASE("what is not such a time is refused") {
  for (const char* text :
       {"", "now", "2026-01-31", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00", "2026-01-31T12:00:00+01:00",
        "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-01-31T25:00:00Z",
        "2026-01-31T12:00:00Zx", " 2026-01-31T12:00:00Z", "2026-1-31T12:00:00Z", "2026-01-31T12:00:60Z",
        "99999-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"}) {
    CAPTURE(text);
    const auto parsed = parse_time(text);
    REQUIRE(!parsed);
    CHECK(parsed.error().code() == ErrorCode::invalid_input);
  }
  CHECK(round_trip("soon") == "error: expected a time such as `2026-01-31T12:00:00Z`, got `soon`\n");
}

TEST_CASE("a fixed clock stands still while monotonic time goes on") {
  const auto clock = make_fixed_clock(SystemTime(1769860800s));
  const auto before = clock->monotonic();
  clock->sleep_for(2ms);
  CHECK(clock->now() == SystemTime(1769860800s));
  CHECK(clock->monotonic() - before >= 2ms);
}

TEST_CASE("the system's clock is not the fixed one") {
  const auto clock = make_system_clock();
  CHECK(clock->now() > SystemTime(1700000000s));
  const auto before = clock->monotonic();
  const bool goes_on = clock->monotonic() >= before;
  CHECK(goes_on);
}

}  // namespace
}  // namespace reef
