#include "core/bench/harness.h"

namespace reef {
namespace {

CommandRun timed(const ProcessResult& result) {
  return {result.wall,
          result.user,
          result.system,
          result.peak_memory,
          result.voluntary_switches,
          result.involuntary_switches};
}

}  // namespace

Result<CommandResult> run_command(ProcessRunner& runner, const ProcessSpec& spec,
                                  const CommandSettings& settings) {
  if (settings.min_runs == 0)
    return make_error(ErrorCode::invalid_input, "a command is measured by 1 run or more, not by 0");
  if (settings.max_runs < settings.min_runs)
    return make_error(ErrorCode::invalid_input, "a command is measured by at most {} runs, not by {}",
                      settings.max_runs, settings.min_runs);
  CommandResult out;
  std::chrono::nanoseconds measured{};
  for (std::uint64_t i = 0;; ++i) {
    const bool warming = i < settings.warmup_runs;
    const bool enough = out.runs.size() >= settings.min_runs && measured >= settings.min_duration;
    if (!warming && (enough || out.runs.size() >= settings.max_runs)) return out;
    auto result = runner.run(spec);
    if (!result && i == 0) return tl::make_unexpected(std::move(result).error());
    if (!result) {
      out.outcome = Outcome::invalid;
      out.reason = result.error().message();
      return out;
    }
    out.last = *std::move(result);
    if (!out.last.ok()) {
      const bool stopped = out.last.kind == ExitKind::cancelled;
      out.outcome = stopped ? Outcome::interrupted : Outcome::invalid;
      out.reason = stopped ? "interrupted" : fmt::format("run {} failed: {}", i + 1, describe_exit(out.last));
      return out;
    }
    if (!out.first) out.first = out.last.wall;
    if (warming) out.warmup = out.warmup.value_or(std::chrono::nanoseconds(0)) + out.last.wall;
    if (warming) continue;
    out.runs.push_back(timed(out.last));
    measured += out.last.wall;
  }
}

}  // namespace reef
