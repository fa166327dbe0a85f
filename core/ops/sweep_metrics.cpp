#include <algorithm>

#include "core/base/text.h"
#include "core/ops/benchmark.h"
#include "core/ops/sweep_parts.h"

namespace reef::ops {
namespace {

Result<std::set<std::string>> known_metrics(RecordStore& records, const Target& target,
                                            const Action& action) {
  std::set<std::string> out;
  for (const Metric& metric : action.metrics) out.insert(metric.name);
  if (action.benchmark)
    for (const std::string_view name : harness_metrics()) out.emplace(name);
  RecordFilter filter;
  filter.package = target.name;
  filter.action = action.name;
  TRY(const RecordList found, records.list(filter));
  for (const RecordRow& row : found.rows)
    for (const auto& [name, metric] : row.metrics) out.insert(name);
  return out;
}

// Nothing when the name may be that of a metric.
std::optional<Error> slip(const std::string& name, const std::set<std::string>& known, const Action& action) {
  if (known.contains(name)) return std::nullopt;
  const std::vector<std::string> names(known.begin(), known.end());
  const auto near = did_you_mean(name, names);
  if (action.benchmark && is_measured_by_harness(name)) {
    Error error(ErrorCode::not_found, fmt::format("no benchmark measures `{}`", printable(name)));
    return std::move(error).hint(near.value_or("there is " + quoted_list(names, "and")));
  }
  if (!near) return std::nullopt;
  return Error(ErrorCode::not_found,
               fmt::format("the action `{}` declares no metric `{}`", action.name, printable(name)))
      .hint(*near)
      .hint(
          fmt::format("one that its program reports all the same is declared in the manifest: `\"metrics\": "
                      "{{\"{}\": {{}}}}`",
                      printable(name)));
}

// The metrics of a workflow are those of other actions and programs; what is known is the step in their
// names.
Status check_names_steps(const std::vector<std::string>& metrics, const Action& workflow) {
  for (const std::string& metric : metrics) {
    std::vector<std::string> whole;
    bool is_named = false;
    for (const Step& step : workflow.steps) {
      whole.push_back(step.name + "." + metric);
      is_named = is_named || metric.starts_with(step.name + ".");
    }
    if (is_named) continue;
    return make_error(ErrorCode::not_found, "`{}` is a workflow, and `{}` names none of its steps",
                      workflow.name, printable(metric))
        .hint(fmt::format("the metric of which step? {}", quoted_list(whole)));
  }
  return {};
}

}  // namespace

Status check_direction(const Search& search, Metric::Better better) {
  if (better == Metric::Better::unknown || better == search.better) return {};
  const bool lower = better == Metric::Better::lower;
  return make_error(ErrorCode::usage, "`{}` is better when it is {}", search.metric,
                    lower ? "lower" : "higher")
      .hint(fmt::format("`--{} {}`", lower ? "minimize" : "maximize", search.metric));
}

Status check_metrics(Session& session, RecordStore& records, const SweepRequest& request,
                     const Target& target, const Action& action) {
  if (!request.search && request.show.empty()) return {};
  std::vector<std::string> metrics = request.show;
  if (request.search) metrics.insert(metrics.begin(), request.search->metric);
  if (!action.steps.empty()) return check_names_steps(metrics, action);
  TRY(const std::set<std::string> known, known_metrics(records, target, action));
  for (const std::string& name : metrics)
    if (auto error = slip(name, known, action)) return tl::make_unexpected(*std::move(error));
  if (!request.search) return {};
  for (const Metric& metric : action.metrics)
    if (metric.name == request.search->metric && !(action.benchmark && is_measured_by_harness(metric.name)))
      TRY_STATUS(check_direction(*request.search, metric.better));
  if (request.search->subject_to.empty()) return {};
  TRY(const Expression conditions, Expression::parse("--subject-to", request.search->subject_to));
  std::set<std::string> all = known;
  for (const std::string& field : names_in({})) all.insert(field);
  for (const Parameter& parameter : action.parameters) all.insert(parameter.name);
  TRY(const auto offered, offered_options(session, target, false));
  for (const auto& [group, options] : offered) all.insert(group);
  std::vector<std::string> names(all.begin(), all.end());
  const std::set<std::string> asked = conditions.names();
  bool slipped = false;
  for (const std::string& name : asked) {
    if (slip(name, all, action))
      slipped = true;
    else
      names.push_back(name);
  }
  // Whose error has the place.
  if (slipped)
    TRY_STATUS(Expression::parse("--subject-to", request.search->subject_to, names).map([](const auto&) {}));
  return {};
}

}  // namespace reef::ops
