#include "core/action/workflow_plan.h"

#include <algorithm>
#include <map>
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
    out.action.metrics = step.metrics;
    out.action.place = step.place;
    out.parameters = parameters;
  }
  out.action.inputs.insert(out.action.inputs.end(), step.inputs.begin(), step.inputs.end());
  out.action.outputs.insert(out.action.outputs.end(), step.outputs.begin(), step.outputs.end());
  return out;
}

Failure no_step(const Action& workflow, const std::vector<Job>& jobs, const std::string& name) {
  for (const Step& step : workflow.steps)
    if (step.name == name)
      return at_step(make_error(ErrorCode::not_found, "the step `{}` is left out here: it runs only when {}",
                                name, describe(step.when)),
                     step);
  std::vector<std::string> names;
  for (const Job& job : jobs) names.push_back(job.name);
  Failure error = make_error(ErrorCode::not_found, "there is no step `{}`", printable(name));
  if (const auto hint = did_you_mean(name, names)) return std::move(error).hint(*hint);
  return std::move(error).hint(fmt::format("the steps are {}", quoted_list(names, "and")));
}

// Marks a step and all that need it, directly or not.
Status force_from(const Action& workflow, const std::vector<Job>& jobs, const std::string& from,
                  std::vector<PlannedStep>& steps) {
  if (std::none_of(jobs.begin(), jobs.end(), [&](const Job& job) { return job.name == from; }))
    return no_step(workflow, jobs, from);
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

// What each step waits for: who needs a step that is left out needs what that one needs.
std::map<std::string, std::vector<std::string>> needs_without(const Action& workflow,
                                                              const std::vector<std::size_t>& order,
                                                              const std::set<std::string>& left_out) {
  std::map<std::string, std::vector<std::string>> out;
  for (const std::size_t i : order) {
    const Step& step = workflow.steps[i];
    std::vector<std::string>& needs = out[step.name];
    const auto add = [&](const std::string& need) {
      if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(need);
    };
    for (const std::string& need : step.needs) {
      if (!left_out.contains(need))
        add(need);
      else
        for (const std::string& inherited : out.at(need)) add(inherited);
    }
  }
  return out;
}

}  // namespace

Result<WorkflowPlan> plan_workflow(const PackageView& view, const Action& workflow,
                                   const Parameters& parameters, const Folders& folders, unsigned jobs,
                                   const std::string& from_step) {
  std::vector<Job> all;
  for (const Step& step : workflow.steps) all.push_back({step.name, step.needs, step.place});
  TRY(const std::vector<std::size_t> order, order_of(all, "step"));
  const TemplateLookup lookup = make_lookup(view, parameters, folders, jobs);
  WorkflowPlan plan;
  std::set<std::string> left_out;
  for (const Step& step : workflow.steps)
    if (!holds(step.when, view.circumstances)) left_out.insert(step.name);
  const auto needs = needs_without(workflow, order, left_out);
  for (const Step& step : workflow.steps) {
    if (left_out.contains(step.name)) continue;
    TRY(PlannedStep planned, plan_step(view, workflow, step, parameters, lookup));
    plan.steps.push_back(std::move(planned));
    plan.jobs.push_back({step.name, needs.at(step.name), step.place});
  }
  if (!from_step.empty()) TRY_STATUS(force_from(workflow, plan.jobs, from_step, plan.steps));
  return plan;
}

}  // namespace reef::action
