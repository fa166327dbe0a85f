#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/json.h"
#include "core/model/record.h"

namespace reef::ops {

// Columns of the page's data (schemas/dashboard.schema.json), filled row by row.

// Four digits, rounded up: who computes with them is no surer than who has all.
json::Value number_above(double value);
// Three digits, for what is shown and not computed with; null when it is not finite.
json::Value brief_number(const std::optional<double>& value);

// A column whose values repeat: each different one once, and for each run its index, or null.
class Coded {
 public:
  void add(std::size_t row, const json::Value& value);
  bool empty() const { return values_.empty(); }
  const std::vector<json::Value>& values() const { return values_; }
  json::Value json(std::size_t rows) const;

 private:
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<json::Value> values_;
  std::vector<std::optional<std::size_t>> at_;
};

class CodedColumns {
 public:
  Coded& operator[](const std::string& name) { return columns_[name]; }
  json::Value json(std::size_t rows) const;

 private:
  std::map<std::string, Coded> columns_;
};

// A column of numbers; absent where no run has one.
class Numbers {
 public:
  void set(std::size_t row, json::Value value);
  bool empty() const { return values_.empty(); }
  json::Value json(std::size_t rows) const;
  json::Value json_or_null(std::size_t rows) const { return empty() ? json::Value() : json(rows); }

 private:
  std::vector<json::Value> values_;
};

// One metric of all runs. Runs that give it in another unit make another one.
struct MetricColumns {
  std::string name;
  std::string unit;
  Coded directions;
  bool undeclared = false;  // of some run
  Numbers tolerance;
  std::vector<std::optional<double>> value;
  Numbers lower;
  Numbers upper;
  Numbers drift;
  Coded n;
  json::Value problems = json::Value::object();

  void add(std::size_t row, const RecordedMetric& metric);
  json::Value json(std::size_t rows) const;
};

}  // namespace reef::ops
