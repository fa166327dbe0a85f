#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/model/manifest_parts.h"
#include "core/model/names.h"

namespace reef {
namespace {

using json::Node;
using json::Reader;

constexpr std::pair<std::string_view, ParameterType> kTypes[] = {{"integer", ParameterType::integer},
                                                                 {"number", ParameterType::number},
                                                                 {"string", ParameterType::string},
                                                                 {"boolean", ParameterType::boolean}};
constexpr std::pair<std::string_view, Metric::Better> kDirections[] = {{"higher", Metric::Better::higher},
                                                                       {"lower", Metric::Better::lower}};

const std::string kCommandHint = "commands are arrays of arguments: [[\"program\", \"argument\"], [...]]";
const std::vector<std::string> kScenarios = {"single-stream", "multi-stream", "server", "offline"};

// The values a parameter may have, with the problems of their own declaration.
void read_limits(Reader& reader, Parameter& parameter) {
  const bool numeric = parameter.type == ParameterType::integer || parameter.type == ParameterType::number;
  const auto limit = [&](std::string_view key, std::optional<double>& out) {
    reader.with(key, false, [&](const Node& item) {
      double value = 0;
      if (!numeric) {
        item.key_problem(fmt::format("`{}` goes with numbers, not with a {}", key, name_of(parameter.type)));
        return false;
      }
      if (!item.read(value)) return false;
      out = value;
      return true;
    });
  };
  limit("minimum", parameter.minimum);
  limit("maximum", parameter.maximum);
  if (!parameter.minimum || !parameter.maximum || *parameter.minimum <= *parameter.maximum) return;
  reader.node().problem(
      fmt::format("`minimum` {} is above `maximum` {}", *parameter.minimum, *parameter.maximum));
  parameter.minimum.reset();  // no value could pass: one problem is enough
  parameter.maximum.reset();
}

void read_choices(const Node& node, Parameter& parameter) {
  if (parameter.type == ParameterType::boolean) {
    node.key_problem("`choices` does not go with a boolean");
    return;
  }
  std::vector<json::Value> choices;
  node.items([&](const Node& item) {
    if (const auto refusal = parameter.refusal(item.value())) return item.problem(*refusal);
    if (std::find(choices.begin(), choices.end(), item.value()) != choices.end())
      return item.problem(fmt::format("`{}` stands here twice", item.value().dump()));
    choices.push_back(item.value());
  });
  if (node.value().is_array() && node.value().empty())
    node.problem("expected at least one choice, got an empty list");
  parameter.choices = std::move(choices);
}

Parameter read_parameter(const Context& context, const Node& node) {
  Parameter parameter;
  parameter.place = context.places.of(node);
  read_key(node, parameter.name, &parse_parameter_name);
  Reader reader(node);
  const bool typed = reader.with(
      "type", true, [&](const Node& item) { return read_choice(item, "type", parameter.type, kTypes); });
  reader.optional("help", parameter.help);
  for (const std::string_view key : {"minimum", "maximum", "choices", "default"})
    if (!typed) reader.has(key);
  if (!typed) {
    parameter.fallback.emplace();
    return reader.done(), parameter;
  }
  read_limits(reader, parameter);
  reader.with("choices", false, [&](const Node& item) { return read_choices(item, parameter), true; });
  reader.with("default", false, [&](const Node& item) {
    parameter.fallback = item.value();  // also a wrong one: that it must be given would be no news
    if (const auto refusal = parameter.refusal(item.value())) return item.problem(*refusal), false;
    return true;
  });
  reader.done();
  return parameter;
}

// An argument array with something to run as its first element.
bool read_argv(const Context& context, const Node& node, const TemplateScope& scope,
               std::vector<std::string>& out) {
  if (!node.expect(node.value().is_array(), "an array of arguments")) return false;
  if (node.value().empty() || (node.value()[0].is_string() && node.value()[0].empty())) {
    node.problem("the command is empty", {"the first argument is the program to run"});
    return false;
  }
  return read_templates(context, node, scope, out);
}

void read_command_object(const Context& context, const Node& node, const TemplateScope& scope,
                         Command& command) {
  Reader reader(node);
  const bool has_script = reader.has("script");
  if (has_script == reader.has("argv")) node.problem("expected exactly one of `argv` and `script`");
  reader.with("argv", false, [&](const Node& item) { return read_argv(context, item, scope, command.argv); });
  reader.with("script", false, [&](const Node& item) { return read_path(item, command.script); });
  reader.with("args", false, [&](const Node& item) {
    if (!has_script) item.key_problem("`args` goes with `script`", {"put all arguments in `argv`"});
    return read_templates(context, item, scope, command.args);
  });
  reader.with("when", false, [&](const Node& item) {
    command.when = read_condition(context, item);
    return true;
  });
  reader.done();
}

Command read_command(const Context& context, const Node& node, const TemplateScope& scope) {
  Command command;
  command.place = context.places.of(node);
  if (node.value().is_array()) {
    read_argv(context, node, scope, command.argv);
  } else if (node.value().is_object()) {
    read_command_object(context, node, scope, command);
  } else {
    node.problem(fmt::format("expected a command, got {}", json::type_name(node.value())), {kCommandHint});
  }
  return command;
}

bool read_commands(const Context& context, const Node& node, const TemplateScope& scope,
                   std::vector<Command>& out) {
  if (!node.value().is_array()) {
    node.problem(fmt::format("expected a list of commands, got {}", json::type_name(node.value())),
                 {kCommandHint});
    return false;
  }
  if (node.value().empty()) node.problem("expected at least one command, got an empty list");
  return node.items([&](const Node& item) { out.push_back(read_command(context, item, scope)); });
}

// Values that one action passes to another: templates, or plain numbers, true and false.
void read_step_parameters(const Context& context, const Node& node, const TemplateScope& scope, Step& step) {
  const auto target = context.declared.parameters.find(step.action);
  if (step.action.empty()) node.key_problem("`parameters` goes with `action`");
  node.members([&](const Node& item) {
    if (target != context.declared.parameters.end() &&
        std::find(target->second.begin(), target->second.end(), item.key()) == target->second.end()) {
      std::vector<std::string> hints;
      if (auto hint = did_you_mean(item.key(), target->second)) hints.push_back(*hint);
      item.key_problem(fmt::format("action `{}` has no parameter `{}`", step.action, printable(item.key())),
                       std::move(hints));
      return;
    }
    std::string& value = step.parameters[item.key()];
    if (item.value().is_number() || item.value().is_boolean())
      value = item.value().dump();
    else
      read_template(context, item, scope, value);
  });
}

void read_files(const Context& context, Reader& reader, const TemplateScope& scope, std::string_view key,
                std::vector<std::string>& out) {
  reader.with(key, false, [&](const Node& item) { return read_templates(context, item, scope, out); });
}

Metric read_metric(const Node& node) {
  Metric metric;
  read_key(node, metric.name, &parse_value_name);
  Reader reader(node);
  reader.optional("unit", metric.unit);
  reader.with("better", false,
              [&](const Node& item) { return read_choice(item, "direction", metric.better, kDirections); });
  reader.with("tolerance", false, [&](const Node& item) {
    double tolerance = 0;
    if (!item.read(tolerance)) return false;
    if (tolerance < 0) item.problem("a tolerance cannot be negative");
    metric.tolerance = tolerance;
    return true;
  });
  reader.done();
  return metric;
}

Step read_step(const Context& context, const Node& node, const TemplateScope& scope,
               const std::vector<std::string>& names) {
  Step step;
  step.place = context.places.of(node);
  read_key(node, step.name, &parse_identifier);
  Reader reader(node);
  if (node.value().is_object() && reader.has("action") == reader.has("run"))
    node.problem("expected exactly one of `action` and `run`");
  reader.with("action", false, [&](const Node& item) {
    if (!item.read(step.action)) return false;
    if (step.action != "build") return check_known(item, "action", step.action, context.declared.actions);
    item.problem("a step cannot run `build`: the package is built before anything of it runs",
                 {"give the step commands of its own, with `run`"});
    return false;
  });
  reader.with("run", false, [&](const Node& item) { return read_commands(context, item, scope, step.run); });
  reader.each_item("needs", [&](const Node& item) {
    std::string need;
    if (item.read(need) && check_known(item, "step", need, names)) step.needs.push_back(need);
  });
  read_files(context, reader, scope, "inputs", step.inputs);
  read_files(context, reader, scope, "outputs", step.outputs);
  reader.with("metrics", false, [&](const Node& item) {
    if (!step.action.empty())
      item.problem(fmt::format("the metrics of `{}` are declared there", printable(step.action)),
                   {"move them to that action; a step has metrics of its own only with `run`"});
    return item.members([&](const Node& metric) { step.metrics.push_back(read_metric(metric)); });
  });
  reader.with("parameters", false, [&](const Node& item) {
    read_step_parameters(context, item, scope, step);
    return true;
  });
  reader.with("when", false, [&](const Node& item) {
    step.when = read_condition(context, item);
    return true;
  });
  reader.done();
  return step;
}

bool read_steps(const Context& context, const Node& node, const TemplateScope& scope,
                std::vector<Step>& out) {
  std::vector<std::string> names;
  if (node.value().is_object())
    for (const auto& [name, body] : node.value().get_ref<const json::Value::object_t&>())
      names.push_back(name);
  if (node.value().is_object() && names.empty()) node.problem("a workflow needs at least one step");
  return node.members([&](const Node& item) { out.push_back(read_step(context, item, scope, names)); });
}

BenchmarkSpec read_benchmark(const Context& context, const Node& node, const TemplateScope& scope) {
  BenchmarkSpec spec;
  Reader reader(node);
  reader.with("scenario", false, [&](const Node& item) {
    return item.read(spec.scenario) && check_known(item, "scenario", spec.scenario, kScenarios);
  });
  const int systems =
      (reader.has("system") ? 1 : 0) + (reader.has("library") ? 1 : 0) + (reader.has("command") ? 1 : 0);
  if (node.value().is_object() && systems != 1)
    node.problem("expected exactly one of `system`, `library` and `command`",
                 {"`system` is a program that answers requests, `library` a shared library that does, "
                  "`command` is timed as a whole"});
  for (const auto& [key, argv] :
       {std::pair("system", &spec.system), {"library", &spec.library}, {"command", &spec.command}})
    reader.with(key, false,
                [&, out = argv](const Node& item) { return read_argv(context, item, scope, *out); });
  const auto count = [&](std::string_view key, std::int64_t least, auto& out) {
    reader.with(key, false, [&](const Node& item) {
      std::int64_t value = 0;
      if (read_count(item, value, least)) out = value;
      return true;
    });
  };
  count("queries", 1, spec.queries);
  count("warmup", 0, spec.warmup);
  count("samples_per_query", 1, spec.samples_per_query);
  reader.with("min_duration", false, [&](const Node& item) {
    double seconds = 0;
    if (read_seconds(item, seconds)) spec.min_duration_seconds = seconds;
    return true;
  });
  reader.with("rate", false, [&](const Node& item) {
    double rate = 0;
    if (!item.read(rate)) return false;
    if (!(rate >= 1e-3 && rate <= 1e8)) item.problem("expected a rate from 0.001 to 1e8 queries a second");
    spec.rate = rate;
    return true;
  });
  reader.with("bound", false, [&](const Node& item) {
    LatencyBound bound;
    if (item.read(bound, &parse_latency_bound)) spec.bound = bound;
    return true;
  });
  reader.done();
  return spec;
}

void read_work(const Context& context, Reader& reader, const TemplateScope& scope, Action& action) {
  std::vector<std::string> kinds;
  for (const std::string_view key : {"run", "steps", "benchmark"})
    if (reader.has(key)) kinds.emplace_back(key);
  if (kinds.size() != 1 && reader.node().value().is_object())
    reader.node().problem(kinds.empty()
                              ? std::string("the action does nothing, expected `run`, `steps` or `benchmark`")
                              : fmt::format("expected one of {}, got {}", "`run`, `steps` and `benchmark`",
                                            quoted_list(kinds, "and")));
  reader.with("run", false,
              [&](const Node& item) { return read_commands(context, item, scope, action.run); });
  reader.with("steps", false,
              [&](const Node& item) { return read_steps(context, item, scope, action.steps); });
  reader.with("benchmark", false, [&](const Node& item) {
    action.benchmark = read_benchmark(context, item, scope);
    return true;
  });
  if (!reader.has("steps")) return;
  for (const std::string_view key : {"metrics", "inputs", "outputs"})
    reader.with(key, false, [&](const Node& item) {
      item.problem(fmt::format("a workflow has no `{}` of its own", key),
                   {"give them to its steps, or to the actions that these run"});
      return true;
    });
}

// --- Cycles: depth first over small graphs of names. ---

using Graph = std::map<std::string, std::vector<std::string>>;

using Way = std::vector<std::string>;  // round: a, b, a

void find_circles(const Graph& graph, const std::string& node, std::vector<std::string>& path,
                  std::set<std::string>& done, std::vector<Way>& circles) {
  if (const auto seen = std::find(path.begin(), path.end(), node); seen != path.end()) {
    Way circle(seen, path.end());
    circle.push_back(node);
    // Two steps of an action may run the same other one: that is one circle.
    if (std::find(circles.begin(), circles.end(), circle) == circles.end())
      circles.push_back(std::move(circle));
    return;
  }
  if (done.contains(node)) return;
  path.push_back(node);
  if (const auto edges = graph.find(node); edges != graph.end())
    for (const std::string& next : edges->second) find_circles(graph, next, path, done, circles);
  path.pop_back();
  done.insert(node);
}

// So many that without one edge of each there is none left.
std::vector<Way> circles_of(const Graph& graph) {
  std::vector<Way> circles;
  std::set<std::string> done;
  std::vector<std::string> path;
  for (const auto& [node, edges] : graph) find_circles(graph, node, path, done, circles);
  return circles;
}

void check_needs(const Context& context, const Action& action) {
  Graph graph;
  for (const Step& step : action.steps) graph[step.name] = step.needs;
  for (const Way& circle : circles_of(graph)) {
    const auto first = std::find_if(action.steps.begin(), action.steps.end(),
                                    [&](const Step& step) { return step.name == circle.front(); });
    context.problems.add(
        Error(ErrorCode::invalid_input,
              fmt::format("the steps need one another in a circle: {}", join(circle, " -> ")))
            .at(first->place));
  }
}

// Values that hold no template can be checked against the parameter now.
void check_passed(const Context& context, const Step& step, const Action& target) {
  for (const Parameter& parameter : target.parameters) {
    const auto passed = step.parameters.find(parameter.name);
    if (passed == step.parameters.end()) {
      if (!parameter.fallback && !parameter.name.empty())
        context.problems.add(
            Error(ErrorCode::invalid_input,
                  fmt::format("action `{}` must be given its parameter `{}`", target.name, parameter.name))
                .at(step.place));
      continue;
    }
    if (passed->second.find("${") != std::string::npos) continue;
    if (const auto value = parameter.parse(passed->second); !value)
      context.problems.add(Error(ErrorCode::invalid_input,
                                 fmt::format("parameter `{}`: {}", parameter.name, value.error().message()))
                               .at(step.place));
  }
}

}  // namespace

Action read_action(const Context& context, const Node& node) {
  Action action;
  action.place = context.places.of(node);
  action.name = node.key();
  std::string checked;
  read_key(node, checked, &parse_identifier);
  const TemplateScope scope{true, &context.declared.parameters.find(action.name)->second};
  Reader reader(node);
  reader.optional("help", action.help);
  reader.each_member("parameters", [&](const Node& item) {
    action.parameters.push_back(read_parameter(context, item));
    if (action.name == "build" && !action.parameters.back().fallback)
      item.problem("a parameter of `build` needs a `default`: nobody can give it another value",
                   {"what people choose of a build is a variation"});
  });
  read_work(context, reader, scope, action);
  reader.each_member("metrics", [&](const Node& item) { action.metrics.push_back(read_metric(item)); });
  reader.each_member("env", [&](const Node& item) {
    std::string name;
    if (read_key(item, name, &parse_variable_name)) read_template(context, item, scope, action.env[name]);
  });
  read_files(context, reader, scope, "inputs", action.inputs);
  read_files(context, reader, scope, "outputs", action.outputs);
  reader.with("timeout", false, [&](const Node& item) {
    double seconds = 0;
    if (!read_seconds(item, seconds)) return false;
    if (seconds <= 0) return item.problem("a time limit must be above 0"), false;
    action.timeout = std::chrono::milliseconds(std::max<std::int64_t>(1, std::llround(seconds * 1000)));
    return true;
  });
  reader.done();
  return action;
}

// Steps run actions, and no workflows.
void check_nesting(const Context& context, const Manifest& manifest) {
  for (const Action& action : manifest.actions)
    for (const Step& step : action.steps)
      if (const Action* target = manifest.find_action(step.action); target && !target->steps.empty())
        context.problems.add(Error(ErrorCode::invalid_input,
                                   fmt::format("the step `{}` runs the workflow `{}`: workflows do not nest",
                                               printable(step.name), target->name))
                                 .at(step.place)
                                 .hint("name its steps here, each with the action that it runs"));
}

void check_workflows(const Context& context, const Manifest& manifest) {
  Graph calls;
  for (const Action& action : manifest.actions) {
    check_needs(context, action);
    for (const Step& step : action.steps) {
      if (step.action.empty()) continue;
      calls[action.name].push_back(step.action);
      if (const Action* target = manifest.find_action(step.action)) check_passed(context, step, *target);
    }
  }
  const std::vector<Way> circles = circles_of(calls);
  if (circles.empty()) check_nesting(context, manifest);
  for (const Way& circle : circles)
    context.problems.add(
        Error(ErrorCode::invalid_input,
              fmt::format("the actions run one another in a circle: {}", join(circle, " -> ")))
            .at(manifest.find_action(circle.front())->place));
}

}  // namespace reef
