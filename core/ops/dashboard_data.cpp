#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/text.h"
#include "core/model/json_nullable.h"
#include "core/ops/benchmark.h"
#include "core/ops/compare.h"
#include "core/ops/dashboard.h"
#include "core/ops/dashboard_columns.h"
#include "core/ops/pooled.h"
#include "core/ops/repeat.h"
#include "core/record/benchmarks.h"
#include "core/record/load_settings.h"

namespace reef::ops {
namespace {

using json::nullable;
using json::Value;

constexpr std::int64_t kDataFormat = 1;
constexpr std::uint64_t kSamplesAtMost = 128 << 20;  // bytes
constexpr std::size_t kManyRuns = 300;
constexpr std::array kLevels = {0.0, 0.01, 0.05, 0.1,  0.2,  0.3,  0.4,   0.5, 0.6,
                                0.7, 0.8,  0.9,  0.95, 0.97, 0.99, 0.999, 1.0};

Value json_of(const std::vector<RecordedTool>& toolchain) {
  Value out = Value::array();
  for (const RecordedTool& tool : toolchain)
    out.push_back({{"name", tool.name},
                   {"version", nullable(tool.version)},
                   {"path", tool.real_path.empty() ? tool.path : tool.real_path},
                   {"sha256", nullable(tool.digest)}});
  return out;
}

Value json_of(const std::vector<RecordedPackage>& closure) {
  Value out = Value::array();
  for (const RecordedPackage& package : closure)
    out.push_back({{"name", package.name},
                   {"version", package.version},
                   {"options", package.options},
                   {"build_key", nullable(package.build_key)}});
  return out;
}

Value json_of(const std::vector<RecordedCommand>& commands) {
  Value out = Value::array();
  for (const RecordedCommand& command : commands)
    out.push_back({{"command", shell_quoted(command.argv)}, {"exit", nullable(command.exit)}});
  return out;
}

Value json_of(const std::vector<RecordedFile>& files) {
  Value out = Value::array();
  for (const RecordedFile& file : files)
    out.push_back({{"path", file.path}, {"sha256", nullable(file.sha256)}, {"size", nullable(file.size)}});
  return out;
}

// What differs from run to run in every digit fills a page of many runs: of those, only how quiet the host
// was.
Value conditions_of(const Record& record, bool brief) {
  if (!brief && record.steps.size() < 2) return record.conditions;
  const std::string grade = grade_of(record);
  if (grade.empty()) return {};
  Value out = {{"grade", grade}};
  if (!brief)
    for (const auto& [name, step] : record.steps) out["steps"][name] = step.conditions;
  return out;
}

Value nullable_list(Value list) { return list.empty() ? Value() : std::move(list); }

using Quantiles = std::array<std::optional<std::int64_t>, kLevels.size()>;  // nanoseconds

// The element at index floor(n p) of the sorted values, for each level.
Quantiles quantiles_of(std::vector<std::uint64_t> values) {
  std::sort(values.begin(), values.end());
  Quantiles out;
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    const auto at = static_cast<std::size_t>(kLevels[i] * static_cast<double>(values.size()));
    out[i] = static_cast<std::int64_t>(values[std::min(at, values.size() - 1)]);
  }
  return out;
}

// The levels that a summary has.
Quantiles quantiles_of(const Summary& summary) {
  Quantiles out;
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    const Percentile* known = summary.find(kLevels[i]);
    std::optional<double> seconds = known == nullptr ? std::nullopt : std::optional(known->value);
    if (kLevels[i] == 0) seconds = summary.min;
    if (kLevels[i] == 1) seconds = summary.max;
    if (seconds && std::isfinite(*seconds)) out[i] = std::llround(*seconds * 1e9);
  }
  return out;
}

// Each as the difference to the known one before it: small numbers take little room.
Value differences(const Quantiles& quantiles) {
  Value out = Value::array();
  std::int64_t before = 0;
  for (const auto& quantile : quantiles) {
    out.push_back(quantile ? Value(*quantile - before) : Value());
    before = quantile.value_or(before);
  }
  return out;
}

Value selection_json(const RunSelection& selection) {
  const RecordFilter& filter = selection.filter;
  return {{"package", nullable(filter.package)},
          {"action", nullable(filter.action)},
          {"status", filter.status ? Value(name_of(*filter.status)) : Value()},
          {"sweep", nullable(filter.sweep)},
          {"where", nullable(selection.where)},
          {"options", filter.options.empty() ? Value::object() : Value(filter.options)}};
}

constexpr std::array<std::pair<const char*, std::optional<double> RecordedTimes::*>, 8> kPhases = {{
    {"resolve", &RecordedTimes::resolve},
    {"fetch", &RecordedTimes::fetch},
    {"build", &RecordedTimes::build},
    {"load", &RecordedTimes::load},
    {"first_answer", &RecordedTimes::first_answer},
    {"warmup", &RecordedTimes::warmup},
    {"steady", &RecordedTimes::steady},
    {"total", &RecordedTimes::total},
}};

// All runs as columns, filled row by row.
class Columns {
 public:
  explicit Columns(std::size_t runs) : brief_(runs > kManyRuns) {}

  // quantiles: of each benchmark by its step, empty: of the run itself
  void add(const Record& record, const std::map<std::string, Value>& quantiles,
           const std::map<std::string, double>& drifts) {
    id_.push_back(record.id);
    started_.push_back(record.times.started);
    runs_["package"].add(rows_, record.package);
    runs_["version"].add(rows_, nullable(record.version));
    runs_["action"].add(rows_, record.action);
    runs_["status"].add(rows_, name_of(record.status));
    runs_["reason"].add(rows_, nullable(record.reason));
    if (record.steps.size() < 2) runs_["scenario"].add(rows_, nullable(record.scenario));
    const std::map<std::string, Value> load = load_of(record);
    if (record.steps.size() > 1) runs_["steps"].add(rows_, load);
    for (const auto& [name, value] : load)
      if (record.steps.size() < 2) runs_[name].add(rows_, value);
    if (const auto settled = settled_of(record); !settled.empty()) runs_["settled"].add(rows_, settled);
    runs_["edited"].add(rows_, record.edited ? Value(true) : Value());
    runs_["sweep"].add(rows_, record.sweep ? Value(record.sweep->id) : Value());
    add_repeats(row_of(record));
    runs_["parent"].add(rows_, nullable(record.parent));
    runs_["replay"].add(rows_, repeat_command(record));
    for (const auto& [name, option] : record.options) options_[name].add(rows_, option);
    for (const auto& [name, value] : record.parameters) parameters_[name].add(rows_, value);
    for (const auto& [name, metric] : record.metrics) metric_called(name, metric.unit).add(rows_, metric);
    for (const auto& [name, drift] : drifts)
      metric_called(name, record.metrics.at(name).unit).drift.set(rows_, number_above(drift));
    for (const auto& [name, phase] : kPhases) {
      times_[name].set(rows_, brief_number(record.times.*phase));
      if (record.steps.size() > 1)
        for (const auto& [step, own] : record.steps)
          times_[step + "." + name].set(rows_, brief_number(own.times.*phase));
    }
    add_provenance(record);
    quantiles_.emplace_back();
    for (const auto& [step, of_step] : quantiles)
      if (step.empty() || record.steps.size() < 2)
        quantiles_.back() = of_step;
      else
        step_quantiles_[step].set(rows_, of_step);
    ++rows_;
  }

  void write(Value& out) const {
    Value runs = runs_.json(rows_);
    runs["id"] = id_.empty() ? Value::array() : Value(id_);
    runs["started"] = started_.empty() ? Value::array() : Value(started_);
    out["runs"] = std::move(runs);
    out["options"] = options_.json(rows_);
    out["parameters"] = parameters_.json(rows_);
    out["metrics"] = Value::array();
    for (const auto& [key, metric] : metrics_) out["metrics"].push_back(metric.json(rows_));
    out["times"] = Value::object();
    for (const auto& [name, column] : times_)
      if (!column.empty()) out["times"][name] = column.json(rows_);
    out["latency"] = {{"levels", kLevels}, {"unit", "ns"}};
    out["latency"]["quantiles"] = quantiles_.empty() ? Value::array() : Value(quantiles_);
    for (const auto& [step, column] : step_quantiles_) out["latency"]["steps"][step] = column.json(rows_);
    out["provenance"] = provenance_.json(rows_);
  }

 private:
  MetricColumns& metric_called(const std::string& name, const std::string& unit) {
    MetricColumns& metric = metrics_[{name, unit}];
    metric.name = name;
    metric.unit = unit;
    return metric;
  }

  void add_repeats(const RecordRow& row) {
    const std::string group = repeats_of(row);
    if (group.empty()) return;
    runs_["repeats"].add(rows_, repeats_.emplace(group, repeats_.size()).first->second);
    runs_["round"].add(rows_, fmt::format("{}.{}", row.sweep->point, row.sweep->round));
  }

  void add_provenance(const Record& record) {
    provenance_["reef_version"].add(rows_, nullable(record.reef_version));
    provenance_["host"].add(rows_, record.host);
    provenance_["conditions"].add(rows_, conditions_of(record, brief_));
    provenance_["lock_sha256"].add(rows_, nullable(record.lock_sha256));
    provenance_["toolchain"].add(rows_, nullable_list(json_of(record.toolchain)));
    provenance_["closure"].add(rows_, nullable_list(json_of(record.closure)));
    provenance_["commands"].add(rows_, nullable_list(json_of(record.commands)));
    provenance_["inputs"].add(rows_, nullable_list(json_of(record.inputs)));
    provenance_["libraries"].add(rows_, nullable_list(json_of(record.mapped)));
  }

  bool brief_;
  std::size_t rows_ = 0;
  std::vector<std::string> id_;
  std::vector<std::string> started_;
  std::map<std::string, std::size_t> repeats_;
  CodedColumns runs_;
  CodedColumns options_;
  CodedColumns parameters_;
  std::map<std::pair<std::string, std::string>, MetricColumns> metrics_;
  std::map<std::string, Numbers> times_;
  std::vector<Value> quantiles_;
  std::map<std::string, Numbers> step_quantiles_;
  CodedColumns provenance_;
};

std::uint64_t size_of_samples(const RecordedBenchmark& benchmark) {
  const Record& record = benchmark.record;
  const std::vector<RecordedFile>& files = benchmark.step.empty() ? record.files : record.outputs;
  const std::string path = samples_place(benchmark.step);
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const RecordedFile& file) { return file.path == path; });
  return found == files.end() ? 0 : found->size.value_or(0);
}

}  // namespace

struct DashboardSource::Run {
  Record record;
  std::map<std::string, Value> quantiles;  // by step
  std::map<std::string, double> drifts;    // by metric; without those whose samples were not read
};

DashboardSource::DashboardSource(RecordStore& records, Clock& clock, RunSelection selection)
    : records_(records), clock_(clock), selection_(std::move(selection)) {}
DashboardSource::~DashboardSource() = default;

Result<std::shared_ptr<const DashboardSource::Run>> DashboardSource::run(const std::string& id,
                                                                         std::uint64_t& samples_left) {
  if (const auto found = known_.find(id); found != known_.end()) return found->second;
  auto out = std::make_shared<Run>();
  TRY(out->record, records_.load(id));
  for (const RecordedBenchmark& benchmark : benchmarks_of(out->record)) {
    Value& quantiles = out->quantiles[benchmark.step];
    const std::uint64_t size = size_of_samples(benchmark);
    if (size <= samples_left) {
      samples_left -= size;
      std::vector<std::uint64_t> latencies;
      // Samples that cannot be read are as good as none: the summary was made of them.
      if (auto samples = records_.load_samples(id, benchmark.step))
        latencies = take_column(*std::move(samples), kLatencies).value_or(std::vector<std::uint64_t>());
      if (out->record.status == RunStatus::ok)
        out->drifts.merge(drifts_of(out->record, benchmark.step, latencies));
      if (!latencies.empty()) quantiles = differences(quantiles_of(std::move(latencies)));
    }
    if (quantiles.is_null() && benchmark.record.latency)
      quantiles = differences(quantiles_of(*benchmark.record.latency));
  }
  known_[id] = out;
  return out;
}

// What the expression asks of a metric is asked of points, as in `reef pareto`: on the page repeats are
// pooled.
Result<RecordList> DashboardSource::selected() {
  if (selection_.where.empty()) return select_runs(records_, selection_);
  RunSelection selection = selection_;
  const std::size_t limit = std::exchange(selection.filter.limit, 0);
  TRY(Points found, points_of(records_, selection, false, true));
  RecordList& list = found.list;
  list.matching = list.rows.size();
  if (limit > 0 && list.rows.size() > limit) list.rows.resize(limit);
  return std::move(list);
}

Result<json::Value> DashboardSource::document() {
  TRY(const RecordList list, selected());
  Value problems = Value::array();
  for (const Error& problem : list.problems) problems.push_back(problem.message());
  Columns columns(list.rows.size());
  std::uint64_t samples_left = kSamplesAtMost;
  for (const RecordRow& row : list.rows) {
    const auto loaded = run(row.id, samples_left);
    if (loaded)
      columns.add((*loaded)->record, (*loaded)->quantiles, (*loaded)->drifts);
    else
      problems.push_back(loaded.error().message());  // it was there when the index was read
  }
  Value out = {{"format", kDataFormat}, {"reef_version", REEF_VERSION}, {"made", format_time(clock_.now())}};
  out["filter"] = selection_json(selection_);
  out["matching"] = list.matching;
  out["problems"] = std::move(problems);
  columns.write(out);
  return out;
}

Result<std::string> DashboardSource::state() {
  TRY(const RecordList list, selected());
  std::string ids;
  for (const RecordRow& row : list.rows) ids += row.id + '\n';
  return sha256(fmt::format("{}\n{}\n{}", list.matching, list.problems.size(), ids)).brief();
}

}  // namespace reef::ops
