#include "cli/load_flags.h"

#include <charconv>

#include "cli/common.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace {

// "2000", "0.5", "1e5": queries a second.
Result<std::optional<double>> rate_of(const std::optional<std::string>& text) {
  if (!text) return std::optional<double>();
  double rate = 0;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, rate);
  if (read.ec == std::errc() && read.ptr == end && rate >= 1e-3 && rate <= 1e8) return std::optional(rate);
  return make_error(ErrorCode::usage, "`--rate` needs queries a second, from 0.001 to 1e8, got `{}`",
                    printable(*text));
}

}  // namespace

void add_load_flags(Verb command, LoadFlags& flags, std::string_view of) {
  const auto meaning = [&](std::string_view text) { return std::string(of) + std::string(text); };
  command.add_option("--scenario", flags.scenario, meaning("single-stream, multi-stream, server or offline"));
  command.add_option("--min-queries,--queries", flags.queries,
                     meaning("measure at least this many queries; offline: samples, in its one query"));
  command.add_option("--min-duration,--duration", flags.duration, meaning("measure at least this long: 5s"));
  command.add_option("--warmup", flags.warmup, meaning("queries before the measured ones, for 5 s at most"));
  command.add_option("--rate", flags.rate, "Server: queries a second, at random moments");
  command.add_option("--bound", flags.bound, "Server: what makes it valid: p99=5ms");
}

Result<ops::BenchmarkOverrides> overrides_of(const LoadFlags& flags) {
  ops::BenchmarkOverrides out;
  out.scenario = flags.scenario;
  if ((flags.rate || flags.bound) && !flags.scenario) out.scenario = "server";
  TRY(out.queries, parse_count("--min-queries` or `--queries", flags.queries));
  TRY(out.warmup, parse_count("--warmup", flags.warmup));
  TRY(out.rate, rate_of(flags.rate));
  if (flags.duration) {
    TRY(out.duration, parse_duration(*flags.duration));
  }
  if (flags.bound) {
    TRY(out.bound, parse_latency_bound(*flags.bound));
  }
  return out;
}

}  // namespace reef::cli
