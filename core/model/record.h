#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json_reader.h"
#include "core/model/manifest.h"
#include "core/model/record_load.h"
#include "core/model/summary.h"

namespace reef {

// ok: done, and what was measured is good. failed: a command failed. invalid: it ran, but what it measured
// may not be used. interrupted: somebody stopped it.
enum class RunStatus { ok, failed, invalid, interrupted };
std::string_view name_of(RunStatus status);
Result<RunStatus> parse_run_status(std::string_view text);

// A number that a run reported or that was measured of it.
struct RecordedMetric {
  std::optional<double> value;  // absent: unknown, or not a number; `problem` says why
  std::string problem;
  std::string unit;
  Metric::Better better = Metric::Better::unknown;
  std::optional<double> tolerance;
  std::optional<std::uint64_t> n;  // values behind it
  std::optional<double> lower;     // its 95 % interval
  std::optional<double> upper;
};
json::Value to_json(const RecordedMetric& metric);

// Wall time of each phase in seconds; absent: the phase did not happen or was not timed.
struct RecordedTimes {
  std::string started;  // RFC 3339, UTC
  std::optional<double> total, resolve, fetch, build, load, first_answer, warmup, steady;
  std::optional<double> search, cover;  // for the peak; of samples that the measured phase left out
};

struct RecordedTool {
  std::string name;
  std::string version;
  std::string path;
  std::string real_path;
  std::string digest;  // SHA-256 of the file at real_path, hexadecimal; empty: unknown
  // What else of it may run or be linked, by path: SHA-256 each, empty: unknown. Old records have none.
  std::map<std::string, std::string> files{};
};

struct RecordedPackage {
  std::string name;
  std::string version;
  std::map<std::string, std::string> options;
  std::string build_key;  // empty: not built (tools)
  std::string digest{};   // of its folder, hexadecimal; empty: unknown, or a tool. Old records have none.
};

// One process that was started. Values of the environment may be secrets: only its names are recorded.
struct RecordedCommand {
  std::vector<std::string> argv;
  std::vector<std::string> env;  // names, sorted
  std::string folder;
  std::optional<double> seconds;
  std::string exit;  // "exit status 0"
};

// A file by its contents. Files inside the record have a path relative to it, without `..`.
struct RecordedFile {
  std::string path;
  std::string sha256;  // hexadecimal; empty: unknown
  std::optional<std::uint64_t> size;
};

// The sweep or the interleaved comparison that a run is one measurement of.
struct RecordedSweep {
  std::string id;           // "sweep-3f9a21c04b77"
  std::uint64_t point = 0;  // which of its points; of a comparison: which side
  std::uint64_t round = 0;  // counts the measurements of that point
};

// How a step of a workflow was benchmarked: each as a record has it of its one benchmark. Old records know of
// some steps only the first two, and of most steps nothing.
struct RecordedStep {
  std::string scenario;
  std::optional<RecordedLoad> load;
  std::optional<Summary> latency{};
  json::Value conditions{};
  RecordedTimes times{};  // its phases; `started` is when its measurement ended
};

// What one run did and measured: `record.json`, format 1. Values that are not known are null in JSON, never
// invented.
struct Record {
  static constexpr std::int64_t kFormat = 1;

  std::string id;  // `20260131-120000-3f9a`; given by the record store
  std::string reef_version;
  std::string package;
  std::string version;
  std::string action;
  std::map<std::string, std::string> options;  // variation group -> option
  std::map<std::string, json::Value> parameters;
  RunStatus status = RunStatus::ok;
  std::string reason;                // why it is not ok
  std::optional<std::int64_t> exit;  // status of the command that decided
  std::optional<std::int64_t> signal;
  RecordedTimes times;
  std::map<std::string, RecordedMetric> metrics;
  std::string scenario;              // benchmarks: "single-stream", ..., "command"
  std::optional<Summary> latency;    // seconds
  std::optional<RecordedLoad> load;  // benchmarks: what was asked for, validity, steadiness, the peak
  // Of a workflow each benchmarked step's, by name; the three above and `conditions` are those of the first.
  // Metrics are called `step.metric`, raw values are in `output/<step>/samples.bin`.
  std::map<std::string, RecordedStep> steps;
  json::Value host;        // to_json(Platform), or null
  json::Value conditions;  // of the host before, during and after a benchmark (host/conditions.h), or null
  std::vector<RecordedTool> toolchain;
  std::vector<RecordedPackage> closure;
  std::vector<RecordedCommand> commands;
  std::vector<RecordedFile> inputs;
  std::vector<RecordedFile> outputs;
  std::vector<RecordedFile> mapped;  // files that the program had mapped while it ran (shared libraries)
  std::vector<RecordedFile> files;   // every other file of the record's folder; filled by the record store
  std::string lock_sha256;           // of the lock's text; empty: no lock
  bool from_folder = false;  // the package was a folder, not one of a registry; old records do not say
  std::string parent;        // id of the record that this run repeats or is a step of
  std::optional<RecordedSweep> sweep;
  bool edited = false;  // it was read, and says something else than when it was sealed; never written
};

// What is known of the tools of a run, to be compared with those of another: "12.2.0 (1a2b3c4d)" by their
// names. Of a tool that is the same in both also its other files, by name and path ("gcc /usr/bin/g++"), when
// both records have them; of another tool they follow from it.
std::map<std::string, std::string> toolchain_texts(const Record& record, const Record& beside);

json::Value to_json(const Record& record);
json::Value to_json(const std::map<std::string, RecordedMetric>& metrics);
// An object of metrics as `to_json` writes it.
std::map<std::string, RecordedMetric> read_metrics(const json::Node& node);

// Reads `record.json`. Every problem goes to the list; the record is meaningful only when none was added.
// Unknown keys are ignored, so that later versions may add some without a new format; a record is never
// written again, so nothing is lost. A newer format is one problem that says so.
Record read_record(const json::Document& document, json::Problems& problems);

// A record as it is published: with the SHA-256 of all its other keys, written sorted, under `digest`.
json::Value sealed(json::Value record);
// Whether it says what it said when it was sealed; true of one that never was, as older ones.
bool is_as_sealed(json::Value record);
// The same of a file's text; quick when it is as `sealed` and `write_sorted` made it.
bool is_as_sealed(const json::Document& document);

}  // namespace reef
