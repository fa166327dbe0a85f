#include "core/base/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace reef {
namespace {

struct Unit {
  std::string_view name;
  double seconds;
};

constexpr std::array<Unit, 6> kByteUnits = {Unit{"ns", 1e-9}, Unit{"us", 1e-6},  Unit{"ms", 1e-3},
                                            Unit{"s", 1.0},   Unit{"min", 60.0}, Unit{"h", 3600.0}};

// Three significant digits without an exponent.
std::string three_digits(double value) {
  const double size = std::abs(value);
  if (size >= 99.95) return fmt::format("{:.0f}", value);
  if (size >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kNames = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1023.5 && unit + 1 < kNames.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{} {}", three_digits(value), kNames[unit]);
}

std::string format_seconds(double seconds) {
  const double size = std::abs(seconds);
  if (size == 0) return "0 s";
  if (size < 999.5e-9) return three_digits(seconds * 1e9) + " ns";
  if (size < 999.5e-6) return three_digits(seconds * 1e6) + " us";
  if (size < 999.5e-3) return three_digits(seconds * 1e3) + " ms";
  if (size < 59.95) return three_digits(seconds) + " s";
  const std::string_view sign = seconds < 0 ? "-" : "";
  const auto whole = static_cast<std::int64_t>(std::llround(size));
  if (whole < 3600) return fmt::format("{}{} min {} s", sign, whole / 60, whole % 60);
  return fmt::format("{}{} h {} min", sign, whole / 3600, whole % 3600 / 60);
}

std::string format_duration(std::chrono::nanoseconds duration) {
  return format_seconds(std::chrono::duration<double>(duration).count());
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const auto wrong = [&] {
    return make_error(ErrorCode::invalid_input,
                      "expected a duration such as `90s`, `5ms` or `10min`, got `{}`", text);
  };
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value) || value < 0) return wrong();
  std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (name.empty()) name = "s";
  for (const Unit& unit : kByteUnits) {
    if (unit.name != name) continue;
    const double seconds = value * unit.seconds;
    if (seconds > 10 * 365.25 * 86400) return wrong();
    return std::chrono::nanoseconds(std::llround(seconds * 1e9));
  }
  return wrong();
}

}  // namespace reef
