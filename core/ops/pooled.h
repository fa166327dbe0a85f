#pragma once

#include "core/ops/select.h"

namespace reef::ops {

// How the id of an interleaved comparison begins; its round 0 is a warm-up.
inline constexpr std::string_view kComparisonPrefix = "compare-";

// Runs of the same choice are the same measurement, done again: package, version, action, options,
// parameters, scenario and load.
std::string choice_of(const RecordRow& row);

// The same text for runs of one choice that are repeats of each other; empty for a run that is none.
std::string repeats_of(const RecordRow& row);

// A run; or the repeats of one, as one.
struct Pooled {
  RecordRow row;                  // the newest of them; of several, the metrics are pooled
  std::vector<std::string> runs;  // their ids, newest first
};

// The newest run of each choice, for a frontier of each choice on each processor (there, one that is ok and
// not edited before others; else only its own repeats come before an edited one), with its repeats: runs of
// the same choice and setup that are ok, not edited, and belong to the same sweep or interleaved comparison,
// the newest of each round, no warm-up. The rounds of a search are no repeats of each other, as each takes
// longer than the one before.
//
// A metric's pooled value is the median of those that the runs have; where not all have one there is none,
// and the metric's problem says how many. Its interval is the 95 % order-statistic interval of that median;
// fewer than six values have none: of those it is the hull of their own intervals. A number without interval
// that is the same in all has none. rows: newest first, and so is the answer, but for what is edited or not
// ok for_frontier: that comes last.
std::vector<Pooled> newest_of_each(const std::vector<RecordRow>& rows, bool for_frontier);

struct Points {
  RecordList list;  // the runs of all points, and the older ones in their place
  std::vector<Pooled> points;
};

// The points of the runs that are selected; every run alone, or what newest_of_each takes together. What the
// selection asks of a metric is asked of points: it must not choose among repeats.
Result<Points> points_of(RecordStore& records, const RunSelection& selection, bool every_run,
                         bool for_frontier);

// "1 edited run is left out".
std::string edited_left_out(std::size_t count);

}  // namespace reef::ops
