#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/model/lockfile.h"
#include "core/model/record.h"

namespace reef::ops {

enum class ReplayVerdict { reproduced, not_reproduced, not_comparable };
std::string_view name_of(ReplayVerdict verdict);  // "reproduced", "not reproduced", "not comparable"

// One number, or one output file, of the packed run and of ours.
struct ReplayedValue {
  std::string name;
  bool is_output = false;
  RecordedMetric packed;  // metrics
  RecordedMetric now;
  std::string packed_digest;  // outputs: SHA-256; empty: not written
  std::string now_digest;
  ReplayVerdict verdict = ReplayVerdict::not_comparable;
  std::string reason;
};

// What is not the same in two runs. kind: status, hardware, OS, toolchain, package, input or setting.
struct ReplayDifference {
  std::string kind;
  std::string name;
  std::string packed;  // "none" when there was nothing
  std::string now;
  bool operator==(const ReplayDifference&) const = default;
};

struct ReplayComparison {
  std::vector<ReplayedValue> values;          // metrics by name, then outputs by path
  std::vector<ReplayDifference> differences;  // by kind, then by name
};

// Why a run was no success: "failed: `false` failed: exit status 1"; empty: it was one.
std::string why_not_ok(const Record& record);

// Tools of the host that packages of a closure need while running, not only to be built: another version of
// one is another dependency.
std::set<std::string> tools_for_running(const Lockfile& lock, const std::string& platform);

// Judges a replay. A value is
//   reproduced      equal, within the tolerance that the package declares, or (times, rates, energy and
//                   memory) within 10 % by the 95 % intervals of both runs, on the same hardware; an
//                   output: the same bytes
//   not reproduced  outside of that, and an output that only one of the runs wrote
//   not comparable  unknown in one run; measured under another load; a time on other hardware; intervals
//                   too wide to tell; a 99th percentile that is not within 10 %; and everything, when a
//                   package of the closure or a tool that it runs with has another version, other options
//                   or other contents, or when the packed run was no success: what it left is no result
// A compiler of another version is a difference that is stated and forbids nothing. Outputs that the harness
// writes itself (benchmark.json, samples.bin) are no results, nor is how late it issued its queries.
ReplayComparison compare_replay(const Record& packed, const Record& now,
                                const std::set<std::string>& running_tools);

}  // namespace reef::ops
