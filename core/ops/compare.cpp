#include "core/ops/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "core/base/text.h"
#include "core/bench/tolerance.h"
#include "core/ops/benchmark.h"
#include "core/record/benchmarks.h"
#include "core/record/load_settings.h"

namespace reef::ops {
namespace {

template <class Map>
void add_differences(std::vector<std::string>& out, std::string_view kind, const Map& a, const Map& b) {
  std::set<std::string> names;
  for (const auto& [name, value] : a) names.insert(name);
  for (const auto& [name, value] : b) names.insert(name);
  for (const std::string& name : names) {
    const auto left = a.find(name);
    const auto right = b.find(name);
    const std::string before = left == a.end() ? "none" : json::text_of(json::Value(left->second));
    const std::string after = right == b.end() ? "none" : json::text_of(json::Value(right->second));
    if (before != after) out.push_back(fmt::format("{} {}: {}, {}", kind, name, before, after));
  }
}

std::map<std::string, std::string> packages_of(const Record& record) {
  std::map<std::string, std::string> out;
  for (const RecordedPackage& package : record.closure)
    if (!package.build_key.empty() && package.name != record.package) out[package.name] = package.version;
  return out;
}

std::map<std::string, std::string> libraries_of(const Record& record) {
  std::map<std::string, std::string> out;
  for (const RecordedFile& file : record.mapped) out[file.path] = file.sha256.substr(0, 8);
  return out;
}

std::map<std::string, std::string> host_of(const Record& record) {
  std::map<std::string, std::string> out;
  if (!record.host.is_object()) return out;
  for (const std::string key :
       {"cpu_model", "os", "arch", "distribution", "kernel", "libc_version", "threads", "virtualization"}) {
    const auto found = record.host.find(key);
    if (found != record.host.end() && !found->is_null()) out[key] = json::text_of(*found);
  }
  return out;
}

std::map<std::string, json::Value> settings_of(const Record& record) {
  std::map<std::string, json::Value> out;
  for (LoadSetting& setting : load_settings_of(record)) out[setting.name] = std::move(setting.value);
  return out;
}

// Those that are known of both: what an older reef did not record is no difference.
void add_setting_differences(std::vector<std::string>& out, const Record& a, const Record& b) {
  std::map<std::string, json::Value> before = settings_of(a);
  std::map<std::string, json::Value> after = settings_of(b);
  std::erase_if(before, [&](const auto& setting) { return !after.contains(setting.first); });
  std::erase_if(after, [&](const auto& setting) { return !before.contains(setting.first); });
  add_differences(out, "setting", before, after);
}

std::vector<std::string> differences_of(const Record& a, const Record& b) {
  std::vector<std::string> out;
  add_differences(out, "host", host_of(a), host_of(b));
  add_differences(out, "tool", toolchain_texts(a, b), toolchain_texts(b, a));
  add_differences(out, "package", packages_of(a), packages_of(b));
  add_differences(out, "option", a.options, b.options);
  add_differences(out, "parameter", a.parameters, b.parameters);
  add_differences(out, "library", libraries_of(a), libraries_of(b));
  add_setting_differences(out, a, b);
  if (a.version != b.version) out.push_back(fmt::format("version: {}, {}", a.version, b.version));
  const bool of_steps = a.steps.size() > 1 && b.steps.size() > 1;  // whose scenarios are among the settings
  if (a.scenario != b.scenario && !of_steps)
    out.push_back(fmt::format("scenario: {}, {}", a.scenario, b.scenario));
  return out;
}

// The percentile that a latency metric is: 0.5 of `latency`, 0.99 of `latency.p99`, 0.999 of `latency.p999`.
std::optional<double> percentile_of(const std::string& metric) {
  if (metric == "latency") return 0.5;
  constexpr std::string_view kPrefix = "latency.p";
  const bool digits = metric.find_first_not_of("0123456789", kPrefix.size()) == std::string::npos;
  if (!metric.starts_with(kPrefix) || metric.size() == kPrefix.size() || !digits) return std::nullopt;
  return std::strtod(("0." + metric.substr(kPrefix.size())).c_str(), nullptr);
}

std::vector<std::uint64_t> latencies_of(RecordStore& records, const Record& record, const std::string& step) {
  auto columns = records.load_samples(record.id, step);
  if (!columns) return {};
  return take_column(*std::move(columns), kLatencies).value_or(std::vector<std::uint64_t>());
}

// How much tenths of a run differ from each other in a percentile, as the standard deviation of its
// logarithms: another run may differ as much. 0 when there are too few samples to say.
double drift_of(const std::vector<std::uint64_t>& latencies, double p) {
  constexpr std::size_t kParts = 10;
  constexpr std::size_t kFewest = 10 * kParts;
  if (latencies.size() < kFewest) return 0;
  std::vector<double> logs;
  for (std::size_t part = 0; part < kParts; ++part) {
    const auto at = [&](std::size_t i) {
      return latencies.begin() + static_cast<std::ptrdiff_t>(latencies.size() * i / kParts);
    };
    std::vector<std::uint64_t> values(at(part), at(part + 1));
    const auto index =
        std::min(static_cast<std::size_t>(static_cast<double>(values.size()) * p), values.size() - 1);
    const auto element = values.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(values.begin(), element, values.end());
    logs.push_back(std::log(std::max<double>(1, static_cast<double>(*element))));
  }
  return summarise(logs).map([](const Summary& summary) { return summary.sd.value_or(0); }).value_or(0);
}

// One number a run: the declared tolerance says how much chance may change it.
void judge_number(MetricComparison& metric) {
  const double a = *metric.a.value;
  const double b = *metric.b.value;
  const auto tolerance = metric.b.tolerance ? metric.b.tolerance : metric.a.tolerance;
  if (a == b) {
    metric.verdict = "same";
  } else if (tolerance && is_within(a, b, *tolerance)) {
    metric.verdict = "same";
    metric.note = fmt::format("within the declared tolerance of {}", *tolerance);
  } else if (tolerance) {
    const bool known = metric.b.better != Metric::Better::unknown;
    const bool better = (metric.b.better == Metric::Better::higher) == (b > a);
    metric.verdict =
        !known ? "different" : verdict_word(better ? Verdict::faster : Verdict::slower, metric.b.unit);
  } else {
    metric.note = "one number a run, and no declared tolerance";
  }
}

// A percentile with its interval in both runs. The ends of two 95 % intervals bound their ratio with 99 %
// confidence and a little more; `drift` (of both runs together) widens that.
void judge_interval(MetricComparison& metric, double drift) {
  constexpr double kStudent = 2.878;  // t(0.995, 18): two times ten parts
  const RecordedMetric& a = metric.a;
  const RecordedMetric& b = metric.b;
  const double centre = std::log(*b.value / *a.value);
  const double up = std::hypot(std::log(*b.upper / *a.lower) - centre, kStudent * drift);
  const double down = std::hypot(centre - std::log(*b.lower / *a.upper), kStudent * drift);
  ComparisonSettings settings;
  settings.better = b.better;
  const std::uint64_t n = std::min(a.n.value_or(0), b.n.value_or(0));
  const auto compared =
      compare_interval(std::exp(centre), std::exp(centre - down), std::exp(centre + up), n, settings);
  if (!compared) {
    metric.note = compared.error().message();
    return;
  }
  metric.compared = *compared;
}

bool has_interval(const RecordedMetric& metric) {
  return metric.value && metric.lower && metric.upper && *metric.lower > 0 && metric.n.value_or(0) > 1;
}

struct Latencies {
  std::vector<std::uint64_t> a;
  std::vector<std::uint64_t> b;
};

// Why a metric of two runs of one load means something else in each all the same; or nothing. What an older
// reef did not record is no difference.
std::string other_settled(const Meaning& a, const Meaning& b) {
  if (a.settled == b.settled || a.settled.empty() || b.settled.empty()) return {};
  const auto size = a.settled.find("samples_per_query");
  if (size == a.settled.end()) return "each at the rate that its search found";
  return fmt::format("queries of {} and of {} samples", json::text_of(size->second),
                     json::text_of(b.settled.at(size->first)));
}

// Of the settings of several steps those of one, whose names begin with `step`, "serve.".
std::map<std::string, json::Value> under(const std::string& step,
                                         const std::map<std::string, json::Value>& settings) {
  std::map<std::string, json::Value> out;
  for (const auto& [name, value] : settings)
    if (name.starts_with(step)) out[name.substr(step.size())] = value;
  return out;
}

// Of both runs, or of one step of both.
Latencies latencies_of(RecordStore& records, const Record& a, const Record& b, const std::string& step) {
  return {latencies_of(records, a, step), latencies_of(records, b, step)};
}

void judge(MetricComparison& metric, const Latencies& latencies, const Record& a, const Record& b,
           bool other_processor) {
  if (!metric.a.value || !metric.b.value) {
    metric.note = metric.b.problem.empty() ? metric.a.problem : metric.b.problem;
    if (metric.note.empty()) metric.note = "not known of both";
    return;
  }
  if (is_incomparable(metric, a, b)) return;
  if (other_processor && is_timing(metric.b)) {
    metric.note = "not compared: another processor";
    metric.other_processor = true;
    return;
  }
  const auto p = percentile_of(step_metric(a, metric.name).name);
  const bool known =
      metric.b.better != Metric::Better::unknown && has_interval(metric.a) && has_interval(metric.b);
  if (p && known)
    judge_interval(metric, std::hypot(drift_of(latencies.a, *p), drift_of(latencies.b, *p)));
  else
    judge_number(metric);
}

Status check_comparable(const Record& a, const Record& b) {
  if (a.package != b.package || a.action != b.action)
    return make_error(ErrorCode::invalid_input,
                      "`{}` is `{}` of {}, `{}` is `{}` of {}: they measure different things", a.id, a.action,
                      a.package, b.id, b.action, b.package);
  for (const Record* record : {&a, &b})
    if (record->status != RunStatus::ok)
      return make_error(ErrorCode::invalid_input, "run `{}` is {}: {}", record->id, name_of(record->status),
                        record->reason)
          .hint("its numbers may not be compared; run it again");
  return {};
}

}  // namespace

std::map<std::string, double> drifts_of(const Record& record, const std::string& step,
                                        const std::vector<std::uint64_t>& latencies) {
  std::map<std::string, double> out;
  for (const auto& [name, metric] : record.metrics) {
    const StepMetric found = step_metric(record, name);
    const auto p = found.step == step ? percentile_of(found.name) : std::nullopt;
    if (p && has_interval(metric)) out[name] = drift_of(latencies, *p);
  }
  return out;
}

Meaning meaning_of(const std::string& metric, const RecordRow& row) {
  if (!depends_on_scenario(metric)) return {};
  Meaning out{row.scenario, row.load, row.settled};
  const std::string step = metric.substr(0, metric.find('.') + 1);
  if (const auto own = row.load.find(step + "scenario"); !step.empty() && own != row.load.end()) {
    out = {json::text_of(own->second), under(step, row.load), under(step, row.settled)};
    out.load.erase("scenario");
  }
  if (metric.find("peak_rate") != std::string::npos) out.settled.erase("rate");
  if (metric.ends_with("throughput")) out.settled.erase("samples_per_query");
  return out;
}

bool is_incomparable(MetricComparison& metric, const Record& a, const Record& b) {
  const Meaning before = meaning_of(metric.name, row_of(a));
  const Meaning after = meaning_of(metric.name, row_of(b));
  metric.other_scenario = before.scenario != after.scenario;
  metric.other_load = !metric.other_scenario && is_other_load(before.load, after.load);
  const std::string why = metric.other_scenario ? "another scenario"
                          : metric.other_load   ? "another load"
                                                : other_settled(before, after);
  if (!why.empty()) metric.note = "not compared: " + why;
  return !why.empty();
}

std::string processor_of(const Record& record) {
  if (!record.host.is_object()) return "";
  const auto found = record.host.find("cpu_model");
  return found != record.host.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<RunComparison> compare(RecordStore& records, const std::string& a, const std::string& b,
                              const CompareOptions& options) {
  TRY(const std::string id_a, records.find(a));
  TRY(const std::string id_b, records.find(b));
  TRY(Record first, records.load(id_a));
  TRY(Record second, records.load(id_b));
  return compare(records, std::move(first), std::move(second), options);
}

Result<RunComparison> compare(RecordStore& records, Record a, Record b, const CompareOptions& options) {
  RunComparison out;
  out.a = std::move(a);
  out.b = std::move(b);
  TRY_STATUS(check_comparable(out.a, out.b));
  out.differences = differences_of(out.a, out.b);
  const std::string processor_a = processor_of(out.a);
  const std::string processor_b = processor_of(out.b);
  if (processor_a != processor_b && !options.across_hosts) out.other_processor = {processor_a, processor_b};
  std::map<std::string, Latencies> latencies;  // by step
  for (const auto& [name, metric] : out.a.metrics) {
    const auto other = out.b.metrics.find(name);
    if (other == out.b.metrics.end()) {
      out.only_a.push_back(name);
      continue;
    }
    MetricComparison compared;
    compared.name = name;
    compared.a = metric;
    compared.b = other->second;
    const std::string step = step_metric(out.a, name).step;
    auto of_step = latencies.find(step);
    if (of_step == latencies.end())
      of_step = latencies.emplace(step, latencies_of(records, out.a, out.b, step)).first;
    judge(compared, of_step->second, out.a, out.b, out.other_processor.has_value());
    out.metrics.push_back(std::move(compared));
  }
  for (const auto& [name, metric] : out.b.metrics)
    if (!out.a.metrics.contains(name)) out.only_b.push_back(name);
  TRY_STATUS(keep_metrics(out.metrics, options.metrics));
  settle_verdicts(out.metrics);
  return out;
}

}  // namespace reef::ops
