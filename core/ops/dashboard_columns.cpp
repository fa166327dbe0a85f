#include "core/ops/dashboard_columns.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "core/model/json_nullable.h"
#include "core/ops/benchmark.h"

namespace reef::ops {

using json::nullable;
using json::Value;

namespace {

// Whole numbers as they are, others to seven significant digits: what `5.245000000000001e-06` means, in a
// third of the bytes.
Value number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return {};
  if (*value == std::round(*value) && std::abs(*value) < 1e15) return std::llround(*value);
  return std::strtod(fmt::format("{:.7g}", *value).c_str(), nullptr);
}

// Every digit of those that differ and would be the same in seven.
Value numbers_told_apart(std::vector<std::optional<double>> values, std::size_t rows) {
  values.resize(rows);
  std::map<double, std::set<double>> same;
  for (const auto& value : values)
    if (const Value brief = number(value); !brief.is_null()) same[brief.get<double>()].insert(*value);
  Value out = Value::array();
  for (const auto& value : values) {
    const Value brief = number(value);
    out.push_back(!brief.is_null() && same[brief.get<double>()].size() > 1 ? Value(*value) : brief);
  }
  return out;
}

Value direction(Metric::Better better) {
  if (better == Metric::Better::unknown) return {};
  return better == Metric::Better::higher ? "higher" : "lower";
}

}  // namespace

Value number_above(double value) {
  if (!(value > 0)) return 0;
  const double digit = std::pow(10, std::floor(std::log10(value)) - 3);
  return std::strtod(fmt::format("{:.4g}", std::ceil(value / digit) * digit).c_str(), nullptr);
}

Value brief_number(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return {};
  return std::strtod(fmt::format("{:.3g}", *value).c_str(), nullptr);
}

void Coded::add(std::size_t row, const Value& value) {
  if (value.is_null()) return;
  at_.resize(row + 1);
  const auto [place, is_new] = index_.emplace(value.dump(), values_.size());
  if (is_new) values_.push_back(value);
  at_[row] = place->second;
}

Value Coded::json(std::size_t rows) const {
  Value at = Value::array();
  for (std::size_t row = 0; row < rows; ++row) at.push_back(row < at_.size() ? nullable(at_[row]) : Value());
  return {{"values", values_.empty() ? Value::array() : Value(values_)}, {"at", std::move(at)}};
}

Value CodedColumns::json(std::size_t rows) const {
  Value out = Value::object();
  for (const auto& [name, column] : columns_) out[name] = column.json(rows);
  return out;
}

void Numbers::set(std::size_t row, Value value) {
  if (value.is_null()) return;
  values_.resize(std::max(values_.size(), row + 1));
  values_[row] = std::move(value);
}

Value Numbers::json(std::size_t rows) const {
  std::vector<Value> all = values_;
  all.resize(rows);
  return all;
}

void MetricColumns::add(std::size_t row, const RecordedMetric& metric) {
  undeclared = undeclared || metric.better == Metric::Better::unknown;
  directions.add(row, direction(metric.better));
  value.resize(row + 1);
  value[row] = metric.value;
  lower.set(row, number(metric.lower));
  upper.set(row, number(metric.upper));
  tolerance.set(row, number(metric.tolerance));
  n.add(row, nullable(metric.n));
  if (!metric.problem.empty()) problems[std::to_string(row)] = metric.problem;
}

Value MetricColumns::json(std::size_t rows) const {
  Value out = {{"name", name}, {"unit", nullable(unit)}};
  if (depends_on_scenario(name)) out["depends_on_load"] = true;
  if (depends_on_scenario(name) || is_measured_by_harness(name)) out["differs_between_runs"] = true;
  const std::size_t declared = directions.values().size();
  out["better"] = declared == 1 ? directions.values().front() : Value();
  out["disputed"] = declared > 1;
  if (declared + (undeclared ? 1 : 0) > 1) out["directions"] = directions.json(rows);
  out["value"] = numbers_told_apart(value, rows);
  out["lower"] = lower.json_or_null(rows);
  out["upper"] = upper.json_or_null(rows);
  if (!drift.empty()) out["drift"] = drift.json(rows);
  out["tolerance"] = tolerance.json_or_null(rows);
  out["n"] = n.empty() ? Value() : n.json(rows);
  out["problems"] = problems;
  return out;
}

}  // namespace reef::ops
