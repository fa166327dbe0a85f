#include "core/ops/sweep_parts.h"

#include <algorithm>

#include "core/base/units.h"
#include "core/bench/statistics.h"

namespace reef::ops {
namespace {

using State = SweepPoint::State;

constexpr auto kShortest = std::chrono::milliseconds(100);

std::optional<double> value_of(const SweepPoint& point, const std::string& metric) {
  const auto found = point.record.metrics.find(metric);
  if (found == point.record.metrics.end()) return std::nullopt;
  return found->second.value;
}

// Older records know less of a tool.
bool is_another(const RecordedTool& before, const FoundTool& now) {
  if (!before.digest.empty() && before.digest != now.digest) return true;
  return std::any_of(before.files.begin(), before.files.end(), [&](const auto& file) {
    const auto found = now.files.find(file.first);
    return found == now.files.end() || found->second.digest != file.second;
  });
}

}  // namespace

std::string_view name_of(SweepPoint::State state) {
  switch (state) {
    case State::waiting:
      return "waiting";
    case State::measured:
      return "measured";
    case State::failed:
      return "failed";
    default:
      return "impossible";
  }
}

std::size_t SweepReport::count(SweepPoint::State state) const {
  return static_cast<std::size_t>(std::count_if(
      points.begin(), points.end(), [&](const SweepPoint& point) { return point.state == state; }));
}

std::string description_of(const SweepRequest& request, const std::string& package,
                           const std::string& digest) {
  json::Value out = {{"package", package}, {"digest", digest}, {"action", request.action}};
  out["with"] = request.with;
  out["parameters"] = request.parameters;
  out["zip"] = request.zip;
  out["where"] = request.where;
  out["random"] = request.random.value_or(0);
  out["seed"] = request.seed;
  out["scenario"] = request.benchmark.scenario.value_or("");
  out["queries"] = request.benchmark.queries.value_or(0);
  out["warmup"] = request.benchmark.warmup.value_or(0);
  out["duration"] = request.benchmark.duration.value_or(std::chrono::nanoseconds(0)).count();
  if (request.benchmark.rate) out["rate"] = *request.benchmark.rate;
  if (request.benchmark.bound) out["bound"] = request.benchmark.bound->text();
  out["benchmark_seed"] = request.benchmark.seed.value_or(0);
  if (request.search) {
    out["search"] = request.search->metric;
    out["better"] = static_cast<int>(request.search->better);
    out["subject_to"] = request.search->subject_to;
  }
  return json::write_line(out);
}

std::string shown(const SweepPoint& point) { return point.text.empty() ? "(as it is)" : point.text; }

std::string changed_since(const Record& measured, const Plan& plan) {
  const auto at = [](const auto& all, const std::string& name) {
    return std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
  };
  std::string rebuilt;  // for reasons that another package or tool may tell better
  for (const RecordedPackage& before : measured.closure)
    if (plan.find(before.name) == nullptr) return fmt::format("{} is no part of it any more", before.name);
  for (const Planned& package : plan.packages) {
    const auto before = at(measured.closure, package.name());
    if (before == measured.closure.end()) return fmt::format("{} is a part of it now", package.name());
    const std::string& version = package.chosen.version.text();
    if (before->version != version)
      return fmt::format("{} {} is {} now", package.name(), before->version, version);
    if (package.tool) {
      const auto tool = at(measured.toolchain, package.name());
      if (tool != measured.toolchain.end() && is_another(*tool, *package.tool))
        return fmt::format("{} {} is another program now", package.name(), version);
      continue;
    }
    if (plan.target.project && &package == &plan.target_package()) continue;
    if (before->build_key == package.prefix_id.key.hex()) continue;
    if (!before->digest.empty() && package.digest && before->digest != package.digest->hex())
      return fmt::format("{} is another build now", package.name());
    if (rebuilt.empty()) rebuilt = package.name() + " is another build now";
  }
  return rebuilt;
}

std::string headline_of(const RecordRow& row, const std::string& metric) {
  std::vector<std::string> names = {"latency", "accuracy"};
  if (!metric.empty()) names.insert(names.begin(), metric);
  for (const auto& [name, value] : row.metrics) names.push_back(name);
  for (const std::string& name : names) {
    const auto found = row.metrics.find(name);
    if (found == row.metrics.end() || !found->second.value) continue;
    const double value = *found->second.value;
    const bool seconds = found->second.unit == "s";
    return fmt::format("{} {}", name, seconds ? format_seconds(value) : fmt::format("{:.5g}", value));
  }
  return "done";
}

void set_shortest(BenchmarkOverrides& benchmark, const std::string& metric) {
  std::uint64_t queries = early_stopping_needs(0.9);
  for (const auto& [name, p] :
       {std::pair("latency.p95", 0.95), {"latency.p99", 0.99}, {"latency.p999", 0.999}})
    if (metric == name || metric.ends_with("." + std::string(name))) queries = early_stopping_needs(p);
  if (!benchmark.duration) benchmark.duration = kShortest;
  if (!benchmark.queries) benchmark.queries = queries;
}

std::vector<std::size_t> ranked_from(const SweepReport& report, std::size_t first, const Search& search,
                                     const std::optional<Expression>& conditions) {
  std::vector<std::size_t> out;
  for (std::size_t i = first; i < report.points.size(); ++i) {
    const SweepPoint& point = report.points[i];
    if (point.state != State::measured || !value_of(point, search.metric)) continue;
    const auto lookup = [&](std::string_view name) { return value_in(point.record, name); };
    if (!conditions || conditions->matches(lookup)) out.push_back(i);
  }
  const bool lower = search.better == Metric::Better::lower;
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    const double x = *value_of(report.points[a], search.metric);
    const double y = *value_of(report.points[b], search.metric);
    return lower ? x < y : x > y;
  });
  return out;
}

void choose_best(SweepReport& report, const std::vector<std::size_t>& ranked, const std::string& metric) {
  if (ranked.empty()) return;
  report.best = ranked.front();
  report.as_good.clear();
  const auto interval = [&](std::size_t i) {
    const RecordedMetric& measured = report.points[i].record.metrics.at(metric);
    return std::pair(measured.lower.value_or(*measured.value), measured.upper.value_or(*measured.value));
  };
  const auto best = interval(ranked.front());
  for (std::size_t k = 1; k < ranked.size(); ++k) {
    const auto other = interval(ranked[k]);
    if (other.first <= best.second && best.first <= other.second) report.as_good.push_back(ranked[k]);
  }
}

}  // namespace reef::ops
