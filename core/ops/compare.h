#pragma once

#include "core/ops/judge.h"
#include "core/ops/pareto.h"
#include "core/record/record_store.h"

namespace reef::ops {

struct CompareOptions {
  std::vector<std::string> metrics;  // empty: all that both have
  bool across_hosts = false;         // compare timings of different processors all the same
};

struct RunComparison {
  Record a;
  Record b;
  std::vector<MetricComparison> metrics;  // those that both have, by name
  std::vector<std::string> only_a;        // metrics that the other lacks
  std::vector<std::string> only_b;
  std::vector<std::string> differences;  // of everything else, by kind: "option engine: native, openblas"
  // Their models, when they differ and timings were therefore not compared. Empty: unknown.
  std::optional<std::pair<std::string, std::string>> other_processor;
};

// Compares two recorded runs, each given as RecordStore::find takes it.
//
// Latencies: the 99 % interval of the ratio from the recorded intervals, widened by how much tenths of each
// run differ from each other, against a band of 3 %. What two single runs cannot show (another placement in
// memory, another core) is not in it: compare_interleaved is surer. Other metrics are one number a run: only
// a declared tolerance tells more than "equal". Of runs of different scenarios no metric is compared that
// means something else there. invalid_input: runs of different actions or packages, runs that are not ok.
Result<RunComparison> compare(RecordStore& records, const std::string& a, const std::string& b,
                              const CompareOptions& options = {});
Result<RunComparison> compare(RecordStore& records, Record a, Record b, const CompareOptions& options);

// Of each percentile that has an interval how much tenths of the run differ from each other, which compare
// widens intervals by. step: of a workflow, whose metrics and latencies these are; latencies: in the order of
// the queries.
std::map<std::string, double> drifts_of(const Record& record, const std::string& step,
                                        const std::vector<std::uint64_t>& latencies);

// What a metric was measured under, as far as it means something else under another: of the scenario and the
// load; of what came out of the load (the rate that a search found, the size of an offline query) what the
// metric depends on. Nothing of a metric that means the same in all.
struct Meaning {
  std::string scenario;
  std::map<std::string, json::Value> load;
  std::map<std::string, json::Value> settled;
};
Meaning meaning_of(const std::string& metric, const RecordRow& row);

// Whether a metric has another meaning in the other run. Then its note says so.
bool is_incomparable(MetricComparison& metric, const Record& a, const Record& b);

// Model of the host's processor; empty when it is not known.
std::string processor_of(const Record& record);

}  // namespace reef::ops
