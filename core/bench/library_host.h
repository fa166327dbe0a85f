#pragma once

#include "core/base/json.h"
#include "core/bench/harness.h"

namespace reef {

// The argument with which a program calls `host_library`.
inline constexpr std::string_view kHostLibrary = "--host-library";

// As run_load, for a shared library (include/reef/system.h): argv[0] of the spec is its file. It is loaded by
// a child, `host_program`, which must call `host_library` when its first argument is kHostLibrary; the child
// has the load generator in it, too, so that a query costs no more than a function call. What was measured
// before the library crashes is kept.
Result<LoadResult> run_library(ProcessRunner& runner, Clock& clock, const ProcessSpec& spec,
                               const LoadSettings& settings, const Path& host_program);

// The child: reads what to do from standard input, tells how it went on standard output. Returns the exit
// status.
int host_library(Filesystem& fs, Clock& clock, const Cancellation& cancel);

// Settings and results between the two, as JSON.
json::Value to_json(const LoadSettings& settings);
Result<LoadSettings> load_settings_from(const json::Value& value);
// Without the columns, which are in the ledger.
json::Value to_json(const LoadResult& result);
Result<LoadResult> load_result_from(const json::Value& value);

}  // namespace reef
