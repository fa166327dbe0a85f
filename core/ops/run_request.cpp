#include "core/ops/run_request.h"

#include "core/action/run.h"
#include "core/action/workflow_plan.h"
#include "core/base/text.h"
#include "core/os/environment.h"
#include "core/store/store.h"

namespace reef::ops {
namespace {

// As people are shown them; those of build keys are others.
action::Folders shown_folders() { return {"${work}", "${output}", "${metrics}", "${home}", "${tmp}"}; }

}  // namespace

unsigned jobs_of(const RunRequest& request) {
  return request.parallel > 0 ? request.parallel : processor_count();
}

Result<const Action*> find_action(const Manifest& manifest, const std::string& name) {
  if (name == "build")
    return make_error(ErrorCode::usage,
                      "`build` is not run: it fills the package's folder in the store, once")
        .hint("`reef install` does what is not built yet");
  if (const Action* action = manifest.find_action(name)) return action;
  std::vector<std::string> known;
  for (const Action& action : manifest.actions)
    if (action.name != "build") known.push_back(action.name);
  Failure error = make_error(ErrorCode::not_found, "`{}` has no action `{}`", manifest.name, printable(name));
  if (auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
  if (known.empty()) return std::move(error).hint("it has no actions to run");
  return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
}

std::vector<const Action*> measured_in(const Manifest& manifest, const Action& action) {
  std::vector<const Action*> out;
  if (action.benchmark) out.push_back(&action);
  for (const Step& step : action.steps)
    if (const Action* named = manifest.find_action(step.action); named != nullptr && named->benchmark)
      out.push_back(named);
  return out;
}

Status check_benchmark(const Manifest& manifest, const Action& action, const BenchmarkOverrides& overrides) {
  const std::vector<const Action*> measured = measured_in(manifest, action);
  if (overrides.any() && measured.empty())
    return make_error(ErrorCode::usage,
                      "`{}` is not a benchmark: it has no scenario, rate, queries, warm-up, duration or seed",
                      action.name);
  for (const Action* each : measured) {
    if (each->benchmark->command.empty())
      TRY_STATUS(load_settings(*each->benchmark, overrides).map([](const LoadSettings&) {}));
    else if (overrides.any_of_load() && each == &action)
      return make_error(ErrorCode::usage,
                        "`{}` measures a whole command, which has no scenario and no order of samples",
                        action.name);
  }
  return {};
}

Status check_request(const Manifest& manifest, const Action& action, const RunRequest& request) {
  if (!request.from_step.empty() && action.steps.empty())
    return make_error(ErrorCode::usage, "`{}` is not a workflow: it has no steps to start from", action.name);
  return check_benchmark(manifest, action, request.benchmark);
}

Result<std::vector<PlannedCommand>> planned_commands(Session& session, const Plan& plan,
                                                     const RunRequest& request) {
  const Manifest& manifest = *plan.target_package().manifest;
  TRY(const Action* action, find_action(manifest, request.action));
  TRY_STATUS(check_request(manifest, *action, request));
  TRY(const action::Parameters parameters, action::bind_parameters(*action, request.parameters));
  const action::PackageView view = view_of(plan, plan.target_package(), Purpose::run);
  TRY(const store::Store store, store::Store::open(session.machine().fs, session.home().root));
  std::vector<PlannedCommand> out;
  const auto add = [&](const std::string& step, const Action& each,
                       const action::Parameters& values) -> Status {
    TRY(const action::Symbolic symbolic,
        action::symbolic_commands(view, action::with_measured(each), values, store.home() / "store"));
    for (const auto& argv : symbolic.commands) out.push_back({step, argv});
    return {};
  };
  if (action->steps.empty()) {
    TRY_STATUS(add("", *action, parameters));
    return out;
  }
  TRY(const action::WorkflowPlan workflow,
      action::plan_workflow(view, *action, parameters, shown_folders(), jobs_of(request), request.from_step));
  for (const action::PlannedStep& step : workflow.steps)
    TRY_STATUS(add(step.step->name, step.action, step.parameters));
  return out;
}

action::WorkflowContext workflow_context(const Session& session, const Plan& plan,
                                         const RunRequest& request) {
  const Planned& target = plan.target_package();
  const std::string package =
      target.folder.empty() ? target.name() + " " + target.chosen.version.text() : target.folder.string();
  const std::string where = package + '\n' + request.action;
  action::WorkflowContext context;
  context.state = session.home().state() / fmt::format("{}-{}", target.name(), sha256(where).brief());
  context.run.folders = shown_folders();
  context.run.folders.work = context.state / "work";
  context.run.jobs = jobs_of(request);
  context.parallel = jobs_of(request);
  context.settings = text_of(request.benchmark);
  context.from_step = request.from_step;
  context.measure = request.measure || request.sweep;
  return context;
}

Result<std::string> workflow_identity(const Session& session, const Plan& plan) {
  const Planned& target = plan.target_package();
  TRY(const store::Store store, store::Store::look(session.machine().fs, session.home().root));
  TRY(const store::Prefix prefix, store.described(target.prefix_id.folder_name()));
  TRY(store::Contents contents, store.contents_of(prefix));
  for (const char* own : {"reef.json", "reef.yaml", "reef.lock"}) contents.entries.erase(own);
  std::map<std::string, std::string> seen;
  for (const auto& [name, what] : target.ingredients.items)
    for (const char* kind : {"dependency ", "tool ", "file of tool ", "platform"})
      if (name.starts_with(kind)) seen[name] = what;
  seen["files"] = contents.digest().hex();
  return store::build_key({seen}).hex();
}

Result<std::vector<action::StepPreview>> planned_steps(Session& session, const Plan& plan,
                                                       const RunRequest& request) {
  TRY(const Action* action, find_action(*plan.target_package().manifest, request.action));
  if (action->steps.empty()) return std::vector<action::StepPreview>();
  TRY(const action::Parameters parameters, action::bind_parameters(*action, request.parameters));
  const action::PackageView view = view_of(plan, plan.target_package(), Purpose::run);
  action::WorkflowContext context = workflow_context(session, plan, request);
  if (plan.target_package().installed) {
    TRY(context.identity, workflow_identity(session, plan));
  }
  return action::preview_workflow(view, *action, parameters, context, session.machine().fs);
}

}  // namespace reef::ops
