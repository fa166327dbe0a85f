// What a load generator in a child is told, and what it tells.
#include <cmath>
#include <cstdlib>

#include "core/bench/library_host.h"

namespace reef {
namespace {

using json::Value;
using std::chrono::nanoseconds;

Value nullable(const std::optional<nanoseconds>& time) { return time ? Value(time->count()) : Value(); }
template <class T>
Value nullable(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

// Both ends are this program: a missing key or another type is a bug, and json's exception says which.
template <class T>
std::optional<T> optional_from(const Value& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<T>());
}
std::optional<nanoseconds> time_from(const Value& value) {
  return value.is_null() ? std::nullopt : std::optional(nanoseconds(value.get<std::int64_t>()));
}

// A number of a library may be NaN or infinite, which JSON has no words for: its text, "nan", "-inf".
Value number_of(double value) {
  return std::isfinite(value) ? Value(value) : Value(fmt::format("{}", value));
}
double number_from(const Value& value) {
  return value.is_string() ? std::strtod(value.get_ref<const std::string&>().c_str(), nullptr)
                           : value.get<double>();
}

Value to_json(const PeakEstimate& peak) {
  Value probes = Value::array();
  for (const PeakProbe& probe : peak.probes)
    probes.push_back({probe.rate, probe.valid, probe.undecided, probe.queries, nullable(probe.latency)});
  return {{"rate", nullable(peak.rate)},
          {"lower", peak.lower},
          {"upper", peak.upper},
          {"confirmed", nullable(peak.confirmed)},
          {"probes", std::move(probes)}};
}

PeakEstimate peak_from(const Value& value) {
  PeakEstimate out;
  out.rate = optional_from<double>(value.at("rate"));
  out.lower = value.at("lower");
  out.upper = value.at("upper");
  out.confirmed = optional_from<double>(value.at("confirmed"));
  for (const Value& probe : value.at("probes"))
    out.probes.push_back(
        {probe.at(0), probe.at(1), probe.at(2), probe.at(3), optional_from<double>(probe.at(4))});
  return out;
}

constexpr std::pair<const char*, std::optional<nanoseconds> LoadTimes::*> kTimes[] = {
    {"load", &LoadTimes::load},     {"first_answer", &LoadTimes::first_answer},
    {"warmup", &LoadTimes::warmup}, {"search", &LoadTimes::search},
    {"steady", &LoadTimes::steady}, {"cover", &LoadTimes::cover}};

LoadSettings settings_from(const Value& value) {
  LoadSettings out;
  out.scenario = static_cast<Scenario>(value.at("scenario").get<int>());
  out.mode = static_cast<LoadMode>(value.at("mode").get<int>());
  out.pacing = static_cast<Pacing>(value.at("pacing").get<int>());
  out.order = static_cast<Order>(value.at("order").get<int>());
  out.samples_per_query = value.at("samples_per_query");
  out.warmup_queries = value.at("warmup_queries");
  out.max_warmup = *time_from(value.at("max_warmup"));
  out.min_queries = value.at("min_queries");
  out.min_duration = *time_from(value.at("min_duration"));
  out.rate = value.at("rate");
  if (!value.at("bound").is_null())
    out.bound =
        LatencyBound{value.at("bound").at(0), nanoseconds(value.at("bound").at(1).get<std::int64_t>())};
  out.find_peak = value.at("find_peak");
  out.peak.resolution = value.at("peak_resolution");
  out.peak.most_probes = value.at("peak_probes");
  out.answer_limit = std::chrono::milliseconds(value.at("answer_limit").get<std::int64_t>());
  out.seed = value.at("seed");
  out.cover_all = value.at("cover_all");
  return out;
}

LoadResult result_from(const Value& value) {
  LoadResult out;
  out.outcome = static_cast<Outcome>(value.at("outcome").get<int>());
  out.reason = value.at("reason");
  out.samples = value.at("samples");
  out.samples_per_query = value.at("samples_per_query");
  out.rate = value.at("rate");
  out.spinning = value.at("spinning");
  out.last_due = time_from(value.at("last_due"));
  out.over_by_issuer = value.at("over_by_issuer");
  out.warmup_queries = value.at("warmup_queries");
  if (!value.at("peak").is_null()) out.peak = peak_from(value.at("peak"));
  out.answers = value.at("answers").get<std::vector<std::string>>();
  for (const auto& [name, member] : kTimes) out.times.*member = time_from(value.at("times").at(name));
  out.cpu = time_from(value.at("cpu"));
  out.context_switches = optional_from<std::uint64_t>(value.at("context_switches"));
  out.peak_memory = optional_from<std::uint64_t>(value.at("peak_memory"));
  for (const Value& each : value.at("metrics"))
    out.metrics.emplace_back(each.at(0).get<std::string>(), number_from(each.at(1)));
  return out;
}

template <class T, class Make>
Result<T> caught(const Value& value, Make make) {
  try {
    return make(value);
  } catch (const json::Value::exception& problem) {
    return make_error(ErrorCode::bug, "the load generator speaks another language: {}", problem.what());
  }
}

}  // namespace

Value to_json(const LoadSettings& settings) {
  Value bound;
  if (settings.bound) bound = {settings.bound->percentile, settings.bound->limit.count()};
  return {{"scenario", static_cast<int>(settings.scenario)},
          {"mode", static_cast<int>(settings.mode)},
          {"pacing", static_cast<int>(settings.pacing)},
          {"order", static_cast<int>(settings.order)},
          {"samples_per_query", settings.samples_per_query},
          {"warmup_queries", settings.warmup_queries},
          {"max_warmup", settings.max_warmup.count()},
          {"min_queries", settings.min_queries},
          {"min_duration", settings.min_duration.count()},
          {"rate", settings.rate},
          {"bound", bound},
          {"find_peak", settings.find_peak},
          {"peak_resolution", settings.peak.resolution},
          {"peak_probes", settings.peak.most_probes},
          {"answer_limit", settings.answer_limit.count()},
          {"seed", settings.seed},
          {"cover_all", settings.cover_all}};
}

Value to_json(const LoadResult& result) {
  Value metrics = Value::array();
  for (const auto& [name, value] : result.metrics) metrics.push_back({name, number_of(value)});
  Value times = Value::object();
  for (const auto& [name, member] : kTimes) times[name] = nullable(result.times.*member);
  return {{"outcome", static_cast<int>(result.outcome)},
          {"reason", result.reason},
          {"samples", result.samples},
          {"samples_per_query", result.samples_per_query},
          {"rate", result.rate},
          {"spinning", result.spinning},
          {"last_due", nullable(result.last_due)},
          {"over_by_issuer", result.over_by_issuer},
          {"warmup_queries", result.warmup_queries},
          {"peak", result.peak ? to_json(*result.peak) : Value()},
          {"answers", result.answers},
          {"times", std::move(times)},
          {"cpu", nullable(result.cpu)},
          {"context_switches", nullable(result.context_switches)},
          {"peak_memory", nullable(result.peak_memory)},
          {"metrics", std::move(metrics)}};
}

Result<LoadSettings> load_settings_from(const Value& value) {
  return caught<LoadSettings>(value, settings_from);
}
Result<LoadResult> load_result_from(const Value& value) { return caught<LoadResult>(value, result_from); }

}  // namespace reef
