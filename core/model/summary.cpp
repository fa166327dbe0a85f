#include "core/model/summary.h"

#include "core/model/json_nullable.h"

namespace reef {
namespace {

json::Value to_json(const Percentile& percentile) {
  return {{"p", percentile.p},
          {"value", json::nullable(percentile.value)},
          {"lower", json::nullable(percentile.lower)},
          {"upper", json::nullable(percentile.upper)},
          {"needs", percentile.needs}};
}

Percentile read_percentile(const json::Node& node) {
  Percentile out;
  json::Reader reader(node);
  reader.require("p", out.p);
  reader.require("value", out.value);
  json::read_nullable(reader, "lower", out.lower);
  json::read_nullable(reader, "upper", out.upper);
  json::read_nullable(reader, "needs", out.needs);
  return out;
}

}  // namespace

const Percentile* Summary::find(double p) const {
  for (const Percentile& percentile : percentiles)
    if (percentile.p == p) return &percentile;
  return nullptr;
}

json::Value to_json(const Summary& summary) {
  json::Value percentiles = json::Value::array();
  for (const Percentile& percentile : summary.percentiles) percentiles.push_back(to_json(percentile));
  json::Value out;
  out["n"] = summary.n;
  out["not_finite"] = summary.not_finite;
  out["mean"] = json::nullable(summary.mean);
  out["median"] = json::nullable(summary.median);
  out["mad"] = json::nullable(summary.mad);
  out["sd"] = json::nullable(summary.sd);
  out["min"] = json::nullable(summary.min);
  out["max"] = json::nullable(summary.max);
  out["percentiles"] = std::move(percentiles);
  out["tukey_outliers"] = summary.tukey_outliers;
  out["modified_z_outliers"] = summary.modified_z_outliers;
  return out;
}

Summary read_summary(const json::Node& node) {
  Summary out;
  json::Reader reader(node);
  json::read_nullable(reader, "n", out.n);
  json::read_nullable(reader, "not_finite", out.not_finite);
  json::read_nullable(reader, "mean", out.mean);
  json::read_nullable(reader, "median", out.median);
  json::read_nullable(reader, "mad", out.mad);
  json::read_nullable(reader, "sd", out.sd);
  json::read_nullable(reader, "min", out.min);
  json::read_nullable(reader, "max", out.max);
  reader.each_item("percentiles",
                   [&](const json::Node& item) { out.percentiles.push_back(read_percentile(item)); });
  json::read_nullable(reader, "tukey_outliers", out.tukey_outliers);
  json::read_nullable(reader, "modified_z_outliers", out.modified_z_outliers);
  return out;
}

}  // namespace reef
