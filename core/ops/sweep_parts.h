#pragma once

#include "core/ops/sweep.h"

// Parts of a sweep that know nothing of running it.
namespace reef::ops {

// The axes that the `with` and `parameters` of a request describe, every value checked against the manifests;
// `*` is every option, or every choice of a parameter.
Result<std::vector<Axis>> axes_of(Session& session, const SweepRequest& request);

// not_found for names of metrics, of the search and to be shown, that can only be slips: those of the harness
// that it does not measure, and those near a name that is known. Known is what the action declares, what the
// harness measures, and what any earlier run of this action had, so that a metric that a program reports
// without declaring it can be named once it was seen. usage when the search goes the other way than what is
// declared.
Status check_metrics(Session& session, RecordStore& records, const SweepRequest& request,
                     const Target& target, const Action& action);

// usage when a search goes the other way than what is better.
Status check_direction(const Search& search, Metric::Better better);

// What makes two calls the same sweep, as a text. digest: of what the package says.
std::string description_of(const SweepRequest& request, const std::string& package,
                           const std::string& digest);

// What is no longer as it was when the run was measured, in words: "gcc 12.2.0 is 13.1.0 now"; empty when the
// plan would run the same. Of a project only what it is made of: its own folder holds more than that, and its
// manifest and sources are in the sweep's id.
std::string changed_since(const Record& measured, const Plan& plan);

// The number of a run that most want to see first: "latency 12.3 us".
std::string headline_of(const RecordRow& row, const std::string& metric);

// The sizes of the first round of a search that were not asked for: as short as the metric allows, since a
// high percentile needs its values.
void set_shortest(BenchmarkOverrides& benchmark, const std::string& metric);

// Points from `first` on that were measured, have the metric and meet the conditions, best first.
std::vector<std::size_t> ranked_from(const SweepReport& report, std::size_t first, const Search& search,
                                     const std::optional<Expression>& conditions);
// Names the first as the best, and those whose intervals overlap its own. Nothing when there is none.
void choose_best(SweepReport& report, const std::vector<std::size_t>& ranked, const std::string& metric);

}  // namespace reef::ops
