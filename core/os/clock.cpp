#include "core/os/clock.h"

#include <fmt/chrono.h>

#include <ctime>
#include <thread>

namespace reef {
namespace {

class SystemClock : public Clock {
 public:
  SystemTime now() override { return std::chrono::system_clock::now(); }
  MonotonicTime monotonic() override { return std::chrono::steady_clock::now(); }
  void sleep_for(std::chrono::nanoseconds duration) override { std::this_thread::sleep_for(duration); }
};

class FixedClock : public SystemClock {
 public:
  explicit FixedClock(SystemTime time) : time_(time) {}
  SystemTime now() override { return time_; }

 private:
  SystemTime time_;
};

}  // namespace

std::unique_ptr<Clock> make_system_clock() { return std::make_unique<SystemClock>(); }
std::unique_ptr<Clock> make_fixed_clock(SystemTime time) { return std::make_unique<FixedClock>(time); }

std::string format_time(SystemTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

Result<SystemTime> parse_time(std::string_view text) {
  std::tm parts{};
  const std::string copy(text);
  const char* end = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  // Nanoseconds in 64 bits reach from 1678 to 2261.
  if (end != nullptr && parts.tm_year >= 1678 - 1900 && parts.tm_year <= 2261 - 1900) {
    const SystemTime time(std::chrono::seconds(timegm(&parts)));
    // strptime forgives missing digits, 30 February and blanks; what we write back shows that.
    if (format_time(time) == text) return time;
  }
  return make_error(ErrorCode::invalid_input, "expected a time such as `2026-01-31T12:00:00Z`, got `{}`",
                    text);
}

}  // namespace reef
