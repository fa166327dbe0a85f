#include <algorithm>

#include "core/base/text.h"
#include "core/ops/sweep_parts.h"

namespace reef::ops {
namespace {

// "engine=a,b,model=c" -> engine=a,b and model=c: an item with `=` begins the next axis.
Result<std::vector<std::pair<std::string, std::string>>> assignments(const std::vector<std::string>& texts,
                                                                     std::string_view flag) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& text : texts) {
    bool first = true;
    for (const std::string& item : split(text, ',')) {
      const std::size_t equals = item.find('=');
      if (equals == 0 || (first && equals == std::string::npos))
        return make_error(ErrorCode::usage, "expected `name=values` after `{}`, got `{}`", flag,
                          printable(text));
      if (equals == std::string::npos)
        out.back().second += "," + item;
      else
        out.emplace_back(item.substr(0, equals), item.substr(equals + 1));
      first = false;
    }
  }
  return out;
}

Result<std::vector<std::string>> every_option(Session& session, const SweepRequest& request,
                                              const std::string& name) {
  const std::size_t dot = name.find('.');
  const std::string package = dot == std::string::npos ? request.package : name.substr(0, dot);
  TRY(const Target target, find_target(session, package, {}));
  const std::string group = dot == std::string::npos ? name : name.substr(dot + 1);
  std::vector<std::string> known;
  for (const bool usual : {true, false}) {
    TRY(const auto offered, offered_options(session, target, usual));
    if (const auto found = offered.find(group); found != offered.end()) return found->second;
    known.clear();
    for (const auto& [other, options] : offered) known.push_back(other);
  }
  Failure error =
      make_error(ErrorCode::not_found, "`{}` has no variation `{}`", target.name, printable(group));
  if (const auto hint = did_you_mean(group, known)) return std::move(error).hint(*hint);
  if (known.empty()) return error;
  return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
}

Result<Axis> option_axis(Session& session, const SweepRequest& request, const std::string& name,
                         const std::string& values) {
  Axis axis;
  axis.name = name;
  if (values == "*") {
    TRY(axis.values, every_option(session, request, name));
    return axis;
  }
  TRY(axis.values,
      with_context(parse_values(values), [&] { return fmt::format("reading `--with {}`", name); }));
  for (const std::string& value : axis.values)
    TRY_STATUS(find_target(session, request.package, {name + "=" + value}).map([](const Target&) {}));
  return axis;
}

Result<Axis> parameter_axis(const Action& action, const std::string& name, const std::string& values) {
  Axis axis;
  axis.name = name;
  axis.is_parameter = true;
  const auto declared = std::find_if(action.parameters.begin(), action.parameters.end(),
                                     [&](const Parameter& each) { return each.name == name; });
  if (declared == action.parameters.end())
    return tl::make_unexpected(action::bind_parameters(action, {{name, ""}}).error());
  if (values == "*") {
    for (const json::Value& choice : declared->choices) axis.values.push_back(json::text_of(choice));
    if (declared->type == ParameterType::boolean) axis.values = {"false", "true"};
    if (axis.values.empty())
      return make_error(ErrorCode::invalid_input,
                        "`*` means every choice, and the parameter `{}` declares none", name)
          .hint(fmt::format("say which: `--param {}=1,2,4`, `--param {}=1..8`", name, name));
    return axis;
  }
  TRY(axis.values,
      with_context(parse_values(values), [&] { return fmt::format("reading `--param {}`", name); }));
  for (const std::string& value : axis.values)
    TRY_STATUS(with_context(declared->parse(value), [&] {
                 return fmt::format("reading parameter `{}`", name);
               }).map([](const json::Value&) {}));
  return axis;
}

}  // namespace

Result<std::vector<Axis>> axes_of(Session& session, const SweepRequest& request) {
  TRY(const Target target, find_target(session, request.package, {}));
  TRY(const auto manifest, target_manifest(session, target));
  TRY(const Action* action, find_action(*manifest, request.action));
  std::vector<Axis> axes;
  TRY(const auto options, assignments(request.with, "--with"));
  for (const auto& [name, values] : options) {
    TRY(Axis axis, option_axis(session, request, name, values));
    axes.push_back(std::move(axis));
  }
  TRY(const auto parameters, assignments(request.parameters, "--param"));
  for (const auto& [name, values] : parameters) {
    TRY(Axis axis, parameter_axis(*action, name, values));
    axes.push_back(std::move(axis));
  }
  for (std::size_t i = 0; i < axes.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (axes[i].name == axes[j].name)
        return make_error(ErrorCode::usage, "`{}` is given twice", printable(axes[i].name))
            .hint(fmt::format("all values in one: `{}=a,b`", printable(axes[i].name)));
  return axes;
}

}  // namespace reef::ops
