#include "core/action/workflow_plan.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace reef::action {
namespace {

Failure at_step(Failure error, const Step& step) {
  return step.place.line > 0 ? std::move(error).at(step.place) : error;
}

Status check_name(const Step& step) {
  if (!step.name.empty() && !step.name.starts_with('.') && step.name.find('/') == std::string::npos)
    return {};
  return at_step(
      make_error(ErrorCode::invalid_input, "`{}` cannot be the name of a step", printable(step.name)), step);
}

Result<const Action*> action_of(const Manifest& manifest, const Step& step) {
  const Action* action = manifest.find_action(step.action);
  if (action == nullptr) {
    std::vector<std::string> names;
    for (const Action& each : manifest.actions) names.push_back(each.name);
    Failure error = make_error(ErrorCode::not_found, "the step `{}` runs `{}`, which is no action of `{}`",
                               step.name, step.action, manifest.name);
    if (const auto hint = did_you_mean(step.action, names)) error = std::move(error).hint(*hint);
    return at_step(std::move(error), step);
  }
  if (!action->steps.empty())
    return at_step(
        make_error(ErrorCode::invalid_input, "the step `{}` runs the workflow `{}`: workflows do not nest",
                   step.name, step.action),
        step);
  return action;
}

Result<Parameters> parameters_of(const Action& action, const Step& step, const TemplateLookup& lookup) {
  std::vector<std::pair<std::string, std::string>> given;
  for (const auto& [name, text] : step.parameters) {
    TRY(std::string value, expand_text(text, lookup));
    given.emplace_back(name, std::move(value));
  }
  return bind_parameters(action, given);
}

Result<PlannedStep> plan_step(const PackageView& view, const Action& workflow, const Step& step,
                              const Parameters& parameters, const TemplateLookup& lookup) {
  TRY_STATUS(check_name(step));
  PlannedStep out;
  out.step = &step;
  out.named = !step.action.empty();
  if (out.named) {
    TRY(const Action* action, action_of(*view.manifest, step));
    out.action = *action;
    TRY(out.parameters, with_context(parameters_of(*action, step, lookup),
                                     [&] { return fmt::format("reading the step `{}`", step.name); }));
  } else {
    out.action.name = step.name;
    out.action.run = step.run;
    out.action.env = workflow.env;
    out.action.place = step.place;
    out.parameters = parameters;
  }
  out.action.inputs.insert(out.action.inputs.end(), step.inputs.begin(), step.inputs.end());
  out.action.outputs.insert(out.action.outputs.end(), step.outputs.begin(), step.outputs.end());
  return out;
}

// Marks a step and all that need it, directly or not.
Status force_from(const std::vector<Job>& jobs, const std::string& from, std::vector<PlannedStep>& steps) {
  std::vector<std::string> names;
  for (const Job& job : jobs) names.push_back(job.name);
  if (std::find(names.begin(), names.end(), from) == names.end()) {
    Failure error = make_error(ErrorCode::not_found, "there is no step `{}`", printable(from));
    if (const auto hint = did_you_mean(from, names)) return std::move(error).hint(*hint);
    return std::move(error).hint(fmt::format("the steps are {}", quoted_list(names, "and")));
  }
  TRY(const std::vector<std::size_t> order, order_of(jobs, "step"));
  std::set<std::string> forced = {from};
  for (const std::size_t i : order) {
    const auto& needs = jobs[i].needs;
    if (std::any_of(needs.begin(), needs.end(), [&](const auto& need) { return forced.contains(need); }))
      forced.insert(jobs[i].name);
    steps[i].forced = forced.contains(jobs[i].name);
  }
  return {};
}

}  // namespace

Result<WorkflowPlan> plan_workflow(const PackageView& view, const Action& workflow,
                                   const Parameters& parameters, const Folders& folders, unsigned jobs,
                                   const std::string& from_step) {
  std::vector<Job> all;
  for (const Step& step : workflow.steps) all.push_back({step.name, step.needs, step.place});
  TRY_STATUS(order_of(all, "step").map([](const auto&) {}));
  const TemplateLookup lookup = make_lookup(view, parameters, folders, jobs);
  WorkflowPlan plan;
  std::set<std::string> left_out;
  for (const Step& step : workflow.steps)
    if (!holds(step.when, view.circumstances)) left_out.insert(step.name);
  for (const Step& step : workflow.steps) {
    if (left_out.contains(step.name)) continue;
    TRY(PlannedStep planned, plan_step(view, workflow, step, parameters, lookup));
    plan.steps.push_back(std::move(planned));
    Job& job = plan.jobs.emplace_back(Job{step.name, step.needs, step.place});
    std::erase_if(job.needs, [&](const std::string& need) { return left_out.contains(need); });
  }
  if (!from_step.empty()) TRY_STATUS(force_from(plan.jobs, from_step, plan.steps));
  return plan;
}

}  // namespace reef::action
