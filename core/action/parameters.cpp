#include <algorithm>

#include "core/action/view.h"
#include "core/base/text.h"

namespace reef::action {
namespace {

std::vector<std::string> names_of(const std::vector<Parameter>& parameters) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) names.push_back(parameter.name);
  return names;
}

Failure unknown(const Action& action, const std::string& name) {
  const std::vector<std::string> known = names_of(action.parameters);
  Failure error =
      make_error(ErrorCode::usage, "the action `{}` has no parameter `{}`", action.name, printable(name));
  if (const auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
  if (known.empty()) return error;
  return std::move(error).hint(fmt::format("it has {}", quoted_list(known, "and")));
}

Result<json::Value> value_of(const Parameter& parameter, const std::string& text) {
  if (text.find('\0') != std::string::npos)
    return make_error(ErrorCode::invalid_input, "parameter `{}`: a NUL byte cannot be passed to a program",
                      parameter.name);
  return with_context(parameter.parse(text),
                      [&] { return fmt::format("reading parameter `{}`", parameter.name); });
}

}  // namespace

std::map<std::string, std::string> Parameters::texts() const {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : values) out[name] = json::text_of(value);
  return out;
}

Result<Parameters> bind_parameters(const Action& action,
                                   const std::vector<std::pair<std::string, std::string>>& given) {
  Parameters out;
  for (const auto& [name, text] : given) {
    const auto parameter = std::find_if(action.parameters.begin(), action.parameters.end(),
                                        [&name = name](const Parameter& each) { return each.name == name; });
    if (parameter == action.parameters.end()) return unknown(action, name);
    TRY(out.values[name], value_of(*parameter, text));
  }
  for (const Parameter& parameter : action.parameters) {
    if (out.values.contains(parameter.name)) continue;
    if (!parameter.fallback)
      return make_error(ErrorCode::usage, "the action `{}` needs the parameter `{}`", action.name,
                        parameter.name)
          .hint(fmt::format("add `--{} VALUE`{}", parameter.name,
                            parameter.help.empty() ? "" : ": " + parameter.help));
    TRY(out.values[parameter.name], value_of(parameter, json::text_of(*parameter.fallback)));
  }
  return out;
}

}  // namespace reef::action
