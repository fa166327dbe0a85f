#include "core/ops/judge.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/bench/tolerance.h"

namespace reef::ops {
namespace {

constexpr double kBand = 0.03;
constexpr std::size_t kFewest = 8;  // values that are equal by chance hardly ever

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

bool all_equal(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double x) { return x == values.front(); });
}

std::string signed_percent(double ratio) { return fmt::format("{:+.3g}", (ratio - 1) * 100); }

// Numbers that are the same in every run: a size, an accuracy. The tolerance decides, else any difference.
void judge_constants(MetricComparison& metric) {
  const double a = *metric.a.value;
  const double b = *metric.b.value;
  const auto tolerance = metric.b.tolerance ? metric.b.tolerance : metric.a.tolerance;
  if (a == b || (tolerance && is_within(a, b, *tolerance))) {
    metric.verdict = "same";
    if (a != b) metric.note = fmt::format("within the declared tolerance of {}", *tolerance);
    return;
  }
  const Metric::Better better = metric.b.better;
  const bool is_better = (better == Metric::Better::higher) == (b > a);
  metric.verdict = better == Metric::Better::unknown
                       ? "different"
                       : verdict_word(is_better ? Verdict::faster : Verdict::slower, metric.b.unit);
  metric.note = "the same in every run of a side";
}

std::vector<std::string> names_of(const std::vector<MetricComparison>& metrics) {
  std::vector<std::string> out;
  for (const MetricComparison& metric : metrics) out.push_back(metric.name);
  return out;
}

Failure unknown_metric(const std::string& name, const std::vector<MetricComparison>& metrics) {
  const std::vector<std::string> known = names_of(metrics);
  Failure error =
      make_error(ErrorCode::not_found, "the two sides have no metric `{}` in common", printable(name));
  if (auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
  if (known.empty()) return error;
  return std::move(error).hint(fmt::format("they have {}", quoted_list(known, "and")));
}

bool in_gate(const Gate& gate, const std::string& metric) {
  return gate.metrics.empty() ||
         std::find(gate.metrics.begin(), gate.metrics.end(), metric) != gate.metrics.end();
}

bool has_direction(const MetricComparison& metric) { return metric.b.better != Metric::Better::unknown; }

// Three digits, and no exponent up to a million: "1.13", "79.4", "1030".
std::string factor_text(double factor) {
  return factor >= 1000 && factor < 1e6 ? fmt::format("{:.0f}", factor) : fmt::format("{:.3g}", factor);
}

// Who names a metric wants it judged: all of those that cannot be, at once.
Status check_directions(const Gate& gate, const std::vector<MetricComparison>& metrics) {
  std::vector<std::string> undeclared;
  for (const MetricComparison& metric : metrics)
    if (!gate.metrics.empty() && in_gate(gate, metric.name) && !has_direction(metric))
      undeclared.push_back(metric.name);
  if (undeclared.empty()) return {};
  return make_error(ErrorCode::invalid_input,
                    "{} cannot be in a gate: nobody declared which direction is better",
                    quoted_list(undeclared, "and"))
      .hint(
          fmt::format("declare it in the manifest: `\"metrics\": {{\"{}\": {{\"better\": \"lower\"}}}}`, or "
                      "name the metrics that count: `--metric latency`",
                      printable(undeclared.front())));
}

bool was_judged(const MetricComparison& metric) { return metric.compared || metric.verdict != "cannot tell"; }

// A gate that looked at nothing must not look like one that found nothing.
Status check_judged(const Gate& gate, const std::vector<MetricComparison>& metrics) {
  std::vector<std::string> unjudged;
  for (const MetricComparison& metric : metrics) {
    if (!in_gate(gate, metric.name) || !has_direction(metric)) continue;
    if (was_judged(metric)) return {};
    unjudged.push_back(fmt::format("`{}` ({})", printable(metric.name), printable(metric.note)));
  }
  if (unjudged.empty())
    return make_error(ErrorCode::invalid_input,
                      "the gate has nothing to judge: the two sides have no metric in common{}",
                      metrics.empty() ? "" : " of which somebody declared a direction");
  return make_error(ErrorCode::invalid_input, "the gate could judge none of its metrics: {}",
                    join(unjudged, ", "))
      .hint(
          "declare a `tolerance` for what is one number a run, or name metrics that were compared: "
          "`--metric latency`");
}

}  // namespace

std::string verdict_word(Verdict verdict, const std::string& unit) {
  const bool timing = unit == "s" || unit == "1/s";
  if (verdict == Verdict::slower && !timing) return "worse";
  if (verdict == Verdict::faster && !timing) return "better";
  return std::string(name_of(verdict));
}

bool is_timing(const RecordedMetric& metric) { return metric.unit == "s" || metric.unit == "1/s"; }

void compare_values(MetricComparison& metric, const std::vector<double>& a, const std::vector<double>& b,
                    bool paired, std::uint64_t seed) {
  if (a.empty() || b.empty()) {
    metric.note = "not known of every run";
    return;
  }
  metric.a.value = median_of(a);
  metric.b.value = median_of(b);
  metric.a.n = a.size();
  metric.b.n = b.size();
  metric.a.lower = metric.a.upper = metric.b.lower = metric.b.upper = std::nullopt;
  const bool known_noise =
      metric.b.tolerance || metric.a.tolerance || std::min(a.size(), b.size()) >= kFewest;
  const bool constant = all_equal(a) && all_equal(b);
  if (constant && (known_noise || *metric.a.value == *metric.b.value)) return judge_constants(metric);
  if (metric.b.better == Metric::Better::unknown) {
    metric.note = "nobody declared which direction is better";
    return;
  }
  ComparisonSettings settings;
  settings.better = metric.b.better;
  settings.seed = seed;
  settings.band = kBand;
  const auto tolerance = metric.b.tolerance ? metric.b.tolerance : metric.a.tolerance;
  if (tolerance && *metric.a.value > 0) settings.band = *tolerance / *metric.a.value;
  const auto compared = paired ? compare_paired(a, b, settings) : compare_unpaired(a, b, settings);
  if (compared)
    metric.compared = *compared;
  else
    metric.note = "has values that are not above 0, which ratios need";
}

void settle_verdicts(std::vector<MetricComparison>& metrics) {
  std::vector<Comparison> all;
  for (const MetricComparison& metric : metrics)
    if (metric.compared) all.push_back(*metric.compared);
  const std::vector<Comparison> before = all;
  correct_for_many(all);
  std::size_t next = 0;
  for (MetricComparison& metric : metrics) {
    if (!metric.compared) continue;
    const bool taken_away = before[next].verdict != all[next].verdict;
    metric.compared = all[next++];
    const Comparison& compared = *metric.compared;
    metric.verdict = verdict_word(compared.verdict, metric.b.unit);
    if (!metric.note.empty()) continue;
    if (taken_away) metric.note = fmt::format("clear alone, not among {} metrics (Holm); ", all.size());
    if (compared.verdict == Verdict::cannot_tell) {
      metric.note += compared.resolution < 1
                         ? fmt::format("resolves {:.2g} %", compared.resolution * 100)
                         : fmt::format("resolves a factor of {}", factor_text(1 + compared.resolution));
      if (compared.needed)
        metric.note +=
            fmt::format(", needs about {} {}", *compared.needed, compared.paired ? "pairs" : "values");
    }
  }
}

std::string change_text(const Comparison& comparison) {
  const bool small = comparison.ratio > 0.5 && comparison.ratio < 2 && comparison.upper < 5;
  if (!std::isfinite(comparison.lower) || !std::isfinite(comparison.upper) || comparison.lower <= 0)
    return small ? signed_percent(comparison.ratio) + " %" : fmt::format("{:.3g} times", comparison.ratio);
  if (small)
    return fmt::format("{} % ({} .. {} %)", signed_percent(comparison.ratio),
                       signed_percent(comparison.lower), signed_percent(comparison.upper));
  return fmt::format("{} times ({} .. {})", factor_text(comparison.ratio), factor_text(comparison.lower),
                     factor_text(comparison.upper));
}

Result<Gate> parse_gate(const std::vector<std::string>& texts) {
  Gate gate;
  for (const std::string& text : texts) {
    for (const std::string& word : split(text, ',')) {
      if (word == "slower")
        gate.slower = true;
      else if (word == "cannot-tell")
        gate.cannot_tell = true;
      else
        return make_error(ErrorCode::usage, "`--fail-on` takes `slower` or `cannot-tell`, got `{}`",
                          printable(word));
    }
  }
  return gate;
}

Status check_gate(const Gate& gate, const std::vector<MetricComparison>& metrics) {
  if (!gate.active()) return {};
  for (const std::string& name : gate.metrics)
    if (std::none_of(metrics.begin(), metrics.end(), [&](const auto& metric) { return metric.name == name; }))
      return unknown_metric(name, metrics);
  return check_directions(gate, metrics);
}

Result<std::vector<std::string>> failures_of(const Gate& gate, const std::vector<MetricComparison>& metrics) {
  std::vector<std::string> out;
  if (!gate.active()) return out;
  TRY_STATUS(check_gate(gate, metrics));
  for (const MetricComparison& metric : metrics) {
    if (!in_gate(gate, metric.name) || !has_direction(metric)) continue;
    if (metric.other_processor)
      return make_error(ErrorCode::invalid_input,
                        "`{}` cannot be in a gate: timings of different processors say nothing about the "
                        "software",
                        printable(metric.name))
          .hint("`--across-hosts` compares them all the same; `--metric NAME` names what counts");
    if (metric.other_scenario)
      return make_error(ErrorCode::invalid_input,
                        "`{}` cannot be in a gate: the two runs have different scenarios, in which it means "
                        "different things",
                        printable(metric.name))
          .hint("compare runs of one scenario; `--metric NAME` names what counts");
    if (metric.other_load)
      return make_error(ErrorCode::invalid_input,
                        "`{}` cannot be in a gate: the two runs have different loads, under which it means "
                        "different things",
                        printable(metric.name))
          .hint(
              "compare runs of one rate and one number of samples per query; `--metric NAME` names what "
              "counts");
    const bool lost = metric.verdict == "slower" || metric.verdict == "worse";
    const bool open = metric.verdict == "cannot tell";
    if (lost && gate.slower) out.push_back(fmt::format("{} is {}", metric.name, metric.verdict));
    if (open && gate.cannot_tell) out.push_back(fmt::format("{}: cannot tell", metric.name));
  }
  if (out.empty()) TRY_STATUS(check_judged(gate, metrics));
  return out;
}

std::vector<std::string> left_out_of(const Gate& gate, const std::vector<MetricComparison>& metrics) {
  std::vector<std::string> out;
  if (!gate.active() || !gate.metrics.empty()) return out;
  for (const MetricComparison& metric : metrics)
    if (!has_direction(metric)) out.push_back(metric.name);
  return out;
}

Status keep_metrics(std::vector<MetricComparison>& metrics, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  for (const std::string& name : names)
    if (std::none_of(metrics.begin(), metrics.end(), [&](const auto& metric) { return metric.name == name; }))
      return unknown_metric(name, metrics);
  std::erase_if(metrics, [&](const MetricComparison& metric) {
    return std::find(names.begin(), names.end(), metric.name) == names.end();
  });
  return {};
}

}  // namespace reef::ops
