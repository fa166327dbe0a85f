#include "core/ops/run.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/common.h"
#include "cli/load_flags.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/render_info.h"
#include "cli/render_plan.h"
#include "cli/render_record.h"
#include "cli/values.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace reef::cli {
namespace run_verb {
namespace {

struct Options {
  std::string action;
  std::string package;
  std::vector<std::string> with;
  bool locked = false;
  bool dry_run = false;
  bool help = false;
  std::string from_step;
  unsigned jobs = 0;
  std::string time_limit;
  // Of benchmarks, as they were given: an action may have parameters of these names.
  std::optional<std::string> seed;
  std::optional<std::string> samples_per_query;
  std::optional<std::string> pacing;
  std::optional<std::string> order;
  bool find_peak = false;
  bool accuracy = false;
  LoadFlags load;
};

Result<ops::BenchmarkOverrides> overrides_of(const Options& options) {
  TRY(ops::BenchmarkOverrides out, cli::overrides_of(options.load));
  TRY(out.seed, parse_count("--seed", options.seed));
  TRY(out.samples_per_query, parse_count("--samples-per-query", options.samples_per_query));
  if (options.pacing) {
    TRY(out.pacing, parse_pacing(*options.pacing));
  }
  if (options.order) {
    TRY(out.order, parse_order(*options.order));
  }
  if (options.find_peak && !options.load.scenario) out.scenario = "server";
  out.find_peak = options.find_peak;
  out.accuracy = options.accuracy;
  if (options.accuracy && options.order)
    return make_error(ErrorCode::usage,
                      "`--accuracy` asks for every sample once, in order: it has no `--order`");
  if (options.accuracy && (options.load.rate || options.load.bound || options.find_peak))
    return make_error(ErrorCode::usage,
                      "`--accuracy` asks for every sample once: it has no rate, bound or peak");
  return out;
}

// Flags of benchmarks that the action has parameters of its own for: `--seed` of a training is the
// training's.
void give_to_parameters(Options& options, const Manifest& manifest, ops::RunRequest& request) {
  const Action* action = manifest.find_action(options.action);
  if (action == nullptr) return;
  for (const auto& [name, value] : {std::pair("scenario", &options.load.scenario),
                                    {"duration", &options.load.duration},
                                    {"queries", &options.load.queries},
                                    {"min-queries", &options.load.queries},
                                    {"min-duration", &options.load.duration},
                                    {"warmup", &options.load.warmup},
                                    {"seed", &options.seed},
                                    {"rate", &options.load.rate},
                                    {"bound", &options.load.bound},
                                    {"samples-per-query", &options.samples_per_query},
                                    {"pacing", &options.pacing},
                                    {"order", &options.order}}) {
    const bool declared =
        std::any_of(action->parameters.begin(), action->parameters.end(),
                    [own = std::string_view(name)](const Parameter& each) { return each.name == own; });
    if (!declared || !*value) continue;
    request.parameters.emplace_back(name, **value);
    value->reset();
  }
}

Result<ops::RunRequest> request_of(const Options& options, const Host& host) {
  ops::RunRequest request;
  request.action = options.action;
  request.parameters = host.parameters;
  request.from_step = options.from_step;
  // A choice for this run only is no reason to change the lock.
  request.update_lock = !options.locked && options.with.empty();
  request.parallel = options.jobs;
  if (!options.time_limit.empty()) {
    TRY(const auto limit, parse_duration(options.time_limit));
    request.time_limit = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
  }
  return request;
}

std::string render_parameters(const Action& action, const Terminal& terminal) {
  if (action.parameters.empty()) return fmt::format("\n`{}` has no parameters\n", action.name);
  Table table({"PARAMETER", "TYPE", "DEFAULT", "MEANING"});
  for (const Parameter& parameter : action.parameters)
    table.add({"--" + parameter.name, kind_of(parameter), default_of(parameter), parameter.help});
  return fmt::format("\nParameters of `{}`:\n{}", action.name, table.render(terminal));
}

Result<std::shared_ptr<const Manifest>> manifest_of(Host& host, const Options& options) {
  TRY(const auto session, open_session(host));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  return ops::target_manifest(*session, target);
}

Result<int> help(Host& host, const Options& options, Verb verb) {
  std::shared_ptr<const Manifest> manifest;
  const Action* action = nullptr;
  if (!options.action.empty()) {
    TRY(manifest, manifest_of(host, options));
    TRY(action, ops::find_action(*manifest, options.action));
  }
  if (!host.json) {
    print(verb.help() + (action == nullptr ? "" : render_parameters(*action, host.terminal)));
    return 0;
  }
  json::Value out = {{"usage", verb.help()}, {"parameters", json::Value::array()}};
  if (action != nullptr)
    for (const Parameter& parameter : action->parameters) out["parameters"].push_back(to_json(parameter));
  print_json(out);
  return 0;
}

// `--name` alone says yes to a boolean, and nothing to anything else.
Status check_values(const Host& host, const Action& action) {
  for (const std::string& name : host.bare_parameters)
    for (const Parameter& parameter : action.parameters)
      if (parameter.name == name && parameter.type != ParameterType::boolean)
        return make_error(ErrorCode::usage, "`--{}` needs a value: the parameter is of type {}", name,
                          name_of(parameter.type))
            .hint(fmt::format("`--{} VALUE`{}", name, parameter.help.empty() ? "" : ": " + parameter.help));
  return {};
}

// Whatever `run` does not know as a flag is a parameter: a slip of the fingers in one of its own flags too.
Status check_parameters(const Host& host, const Action& action, Verb verb) {
  std::vector<std::string> parameters;
  for (const Parameter& parameter : action.parameters) parameters.push_back("--" + parameter.name);
  std::vector<std::string> known = parameters;
  for (const Flag& flag : verb.flags()) known.insert(known.end(), flag.names.begin(), flag.names.end());
  for (const auto& [name, value] : host.parameters) {
    if (std::find(parameters.begin(), parameters.end(), "--" + name) != parameters.end()) continue;
    const std::optional<std::string> near = nearest("--" + name, known);
    if (!near || !verb.flag_called(*near)) continue;  // binding says what parameters there are
    return make_error(ErrorCode::usage,
                      "`reef run` has no flag `--{0}`, and the action `{1}` no parameter `{0}`",
                      printable(name), action.name)
        .hint(fmt::format("did you mean `{}`?", *near));
  }
  return {};
}

Result<int> show_plan(Host& host, ops::Session& session, const ops::Plan& plan,
                      const ops::RunRequest& request) {
  TRY(const auto commands, ops::planned_commands(session, plan, request));
  TRY(const auto steps, ops::planned_steps(session, plan, request));
  const auto fetches = ops::planned_fetches(session, plan);
  TRY(const auto builds, ops::planned_builds(session, plan));
  if (host.json) {
    json::Value out = to_json(plan);
    out["action"] = request.action;
    out["fetches"] = to_json(fetches);
    out["builds"] = to_json(builds);
    out["commands"] = to_json(commands);
    out["steps"] = to_json(steps);
    print_json(out);
    return 0;
  }
  print(render_plan(plan, host.terminal));
  if (!host.quiet) print(render_choices(plan, host.terminal));
  print(render_work(fetches, builds));
  print(fmt::format("\nwould run `{}` of {} {}:\n{}", request.action, plan.target.name,
                    plan.target_package().chosen.version.text(), render_commands(commands)));
  print(render_steps(steps));
  return 0;
}

Result<int> report_run(Host& host, const ops::RunReport& report) {
  if (host.json) {
    json::Value out = to_json(report.record);
    out["folder"] = report.folder.string();
    out["exit_status"] = report.exit_status;
    out["error"] = report.failure ? to_json(*report.failure)["error"] : json::Value();
    print_json(out);
  } else if (host.quiet) {
    print(render_metrics(report.record, host.terminal));
  } else {
    // Numbers are the result of a run that has some; else what its program printed is, and this is a note.
    const std::string text = render_record_brief(report.record, report.steps, host.terminal);
    report.record.metrics.empty() ? print_for_people(text) : print(text);
  }
  if (report.failure) print_for_people(render_errors({*report.failure}, host.terminal));
  return report.exit_status;
}

Result<int> run(Host& host, Options options, Verb verb) {
  if (options.action.empty())
    return make_error(ErrorCode::usage, "which action? `reef run ACTION [PACKAGE]`")
        .hint("`reef info PACKAGE` lists its actions");
  TRY(ops::RunRequest request, request_of(options, host));
  TRY(const auto session, open_session(host));
  TRY_STATUS(ops::refuse_archive(*session, options.action));
  TRY(const ops::Target target, ops::find_target(*session, options.package, options.with));
  Progress progress(host, true);
  ops::PlanRequest plan_request;
  plan_request.locked = options.locked;
  plan_request.explain = options.dry_run;
  TRY(const ops::Plan plan, ops::require_plan(*session, target, plan_request, progress));
  give_to_parameters(options, *plan.target_package().manifest, request);
  TRY(request.benchmark, overrides_of(options));
  TRY(const Action* action, ops::find_action(*plan.target_package().manifest, options.action));
  TRY_STATUS(check_parameters(host, *action, verb));
  TRY_STATUS(check_values(host, *action));
  if (options.dry_run) {
    progress.clear();
    return show_plan(host, *session, plan, request);
  }
  for (const std::string& text : plan.news()) progress.note(text);
  TRY(const ops::RunReport report, ops::run(*session, plan, request, progress));
  progress.clear();
  return report_run(host, report);
}

}  // namespace
}  // namespace run_verb

Run register_run(Verb command) {
  using namespace run_verb;
  auto options = std::make_shared<Options>();
  command.own_help_flag(options->help, "Explain; with an action, list its parameters");
  command.add_option("action", options->action,
                     "What to do: test, benchmark, train, ... (`reef info` lists them)");
  command.add_option("package", options->package,
                     "NAME, NAME@RANGE or a folder; default: the project around this folder");
  command.add_option("--with", options->with, "Bind options: group=option,..., or package.group=option");
  command.add_flag("--dry-run", options->dry_run,
                   "Show what was chosen, and what would be fetched, built and run");
  command.add_flag("--locked", options->locked, "Use exactly what reef.lock says, or fail");
  command.add_option("--jobs,-j", options->jobs,
                     "Builds and steps at the same time; default: one a processor");
  command.add_option("--time-limit", options->time_limit, "Stop the action after this time: 90s, 10min");
  command.add_option("--from", options->from_step, "Workflows: repeat this step and all that need it");
  add_load_flags(command, options->load, "Benchmarks: ");
  command.add_option("--seed", options->seed, "Benchmarks: of the order of samples, and of arrivals");
  command.add_flag("--find-peak", options->find_peak,
                   "Server: search the highest rate that keeps the bound, from --rate on, then measure it");
  command.add_flag("--accuracy", options->accuracy,
                   "Benchmarks: ask for every sample once and keep the answers; no timing");
  command.add_option("--samples-per-query", options->samples_per_query,
                     "Multi-stream: samples in a query; default: 8");
  command.add_option(
      "--pacing", options->pacing,
      "Server: how to wait for the next query: sleep, spin, or auto (spin from 4 processors on)");
  command.add_option(
      "--order", options->order,
      "Benchmarks: of samples and arrivals: rounds over all samples, or loadgen: MLPerf LoadGen's");
  command.footer(
      "Every other flag is a parameter of the action: `reef run benchmark NAME --help` lists them. An "
      "action's own\n"
      "parameter comes before the flags of benchmarks: `--seed` of a training is the training's.\n"
      "Exit status: that of the program which failed, 0 when none did.");
  return [options, command](Host& host) {
    return options->help ? help(host, *options, command) : run(host, *options, command);
  };
}

}  // namespace reef::cli
