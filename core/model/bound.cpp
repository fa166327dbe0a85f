#include "core/model/bound.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"
#include "core/base/units.h"

namespace reef {

std::string LatencyBound::percentile_name() const { return fmt::format("p{:.6g}", percentile * 100); }

std::string LatencyBound::text() const {
  return fmt::format("{}={}", percentile_name(), format_duration(limit));
}

Result<LatencyBound> parse_latency_bound(std::string_view text) {
  const auto refuse = [&] {
    return make_error(ErrorCode::invalid_input,
                      "expected a bound such as `p99=5ms`: a percentile from p1 to p99.999 and a duration, "
                      "got `{}`",
                      printable(text));
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || !text.starts_with('p')) return refuse();
  const std::string_view name = text.substr(1, equals - 1);
  double percent = 0;
  const auto read =
      std::from_chars(name.data(), name.data() + name.size(), percent, std::chars_format::fixed);
  if (read.ec != std::errc() || read.ptr != name.data() + name.size()) return refuse();
  if (!(percent >= 1 && percent <= 99.999)) return refuse();
  // "99.9" is the double 0.999, which 99.9 / 100 need not be.
  const std::size_t point = std::min(name.find('.'), name.size());
  const std::string part =
      fmt::format("0.{:0>2}{}", name.substr(0, point), name.substr(std::min(point + 1, name.size())));
  LatencyBound out;
  std::from_chars(part.data(), part.data() + part.size(), out.percentile);
  const std::string_view limit = text.substr(equals + 1);
  TRY(out.limit, parse_duration(limit));
  // Elsewhere a plain number is seconds; nobody who writes `p99=5` means those.
  if (limit.find_first_not_of("0123456789.eE+-") == std::string_view::npos)
    return make_error(ErrorCode::invalid_input, "the bound `{}` has no unit", printable(text))
        .hint(fmt::format("`{0}ms`, `{0}us` or `{0}s`?", text));
  if (out.limit.count() <= 0) return refuse();
  return out;
}

}  // namespace reef
