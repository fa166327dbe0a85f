#include "core/model/manifest.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/base/text.h"

namespace reef {
namespace {

// `8`, not `8.0`.
std::string shown(double number) { return fmt::format("{}", number); }

std::string expected_form(const Parameter& parameter) {
  std::string form = parameter.type == ParameterType::integer   ? "a whole number"
                     : parameter.type == ParameterType::number  ? "a number"
                     : parameter.type == ParameterType::boolean ? "true or false"
                                                                : "a string";
  if (parameter.minimum && parameter.maximum)
    form += fmt::format(" from {} to {}", shown(*parameter.minimum), shown(*parameter.maximum));
  else if (parameter.minimum)
    form += fmt::format(" from {} on", shown(*parameter.minimum));
  else if (parameter.maximum)
    form += fmt::format(" up to {}", shown(*parameter.maximum));
  return form;
}

bool has_type(ParameterType type, const json::Value& value) {
  switch (type) {
    case ParameterType::integer:
      return value.is_number_integer();
    case ParameterType::number:
      return value.is_number() && std::isfinite(value.get<double>());
    case ParameterType::string:
      return value.is_string() && value.get_ref<const std::string&>().find('\0') == std::string::npos;
    case ParameterType::boolean:
      return value.is_boolean();
  }
  return false;
}

// As a person would type it: strings without quotes.
std::string typed(const json::Value& value) { return printable(json::text_of(value)); }

template <class Number>
std::optional<json::Value> number_of(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return json::Value(value);
}

// "inf", "-nan": numbers for a program that reads them, but for no record, which could not hold them.
bool is_unbounded(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !std::isfinite(value);
}

// One value has one form: a whole number is one however it is written, exact up to 64 bits.
std::optional<json::Value> plain_number(std::string_view text) {
  if (auto whole = number_of<std::int64_t>(text)) return whole;
  if (auto whole = number_of<std::uint64_t>(text)) return whole;
  std::optional<json::Value> value = number_of<double>(text);
  constexpr double kExact = 9007199254740992;  // 2^53: every whole number up to here is a double
  const double number = value ? value->get<double>() : 0.5;
  if (std::trunc(number) == number && std::abs(number) <= kExact)
    return json::Value(static_cast<std::int64_t>(number));
  return value;
}

std::optional<json::Value> value_of(ParameterType type, std::string_view text) {
  switch (type) {
    case ParameterType::integer:
      return number_of<std::int64_t>(text);
    case ParameterType::number:
      if (is_unbounded(text)) return std::nullopt;
      return plain_number(text);
    case ParameterType::boolean:
      if (text == "true") return json::Value(true);
      if (text == "false") return json::Value(false);
      return std::nullopt;
    case ParameterType::string:
      return json::Value(std::string(text));
  }
  return std::nullopt;
}

template <class T>
const T* find_named(const std::vector<T>& list, std::string_view name, std::string T::*field) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const T& item) { return item.*field == name; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name_of(PackageKind kind) {
  switch (kind) {
    case PackageKind::model:
      return "model";
    case PackageKind::dataset:
      return "dataset";
    case PackageKind::engine:
      return "engine";
    case PackageKind::library:
      return "library";
    case PackageKind::program:
      return "program";
    case PackageKind::tool:
      return "tool";
  }
  return "program";
}

std::string_view name_of(Purpose purpose) {
  return purpose == Purpose::build ? "build" : purpose == Purpose::run ? "run" : "both";
}

std::string_view name_of(SourceKind kind) {
  switch (kind) {
    case SourceKind::path:
      return "path";
    case SourceKind::url:
      return "url";
    case SourceKind::git:
      return "git";
    case SourceKind::npm:
      return "npm";
  }
  return "path";
}

std::string_view name_of(ParameterType type) {
  switch (type) {
    case ParameterType::integer:
      return "integer";
    case ParameterType::number:
      return "number";
    case ParameterType::string:
      return "string";
    case ParameterType::boolean:
      return "boolean";
  }
  return "string";
}

std::optional<std::string> Parameter::refusal(const json::Value& value) const {
  const auto expected = [&] {
    return fmt::format("expected {}, got `{}`", expected_form(*this), typed(value).substr(0, 200));
  };
  if (!has_type(type, value)) return expected();
  if (value.is_number()) {
    const double number = value.get<double>();
    if ((minimum && number < *minimum) || (maximum && number > *maximum)) return expected();
  }
  if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end())
    return std::nullopt;
  std::vector<std::string> known;
  for (const json::Value& choice : choices) known.push_back(typed(choice));
  return fmt::format("expected {}, got `{}`", quoted_list(known), typed(value).substr(0, 200));
}

Result<json::Value> Parameter::parse(std::string_view text) const {
  const std::optional<json::Value> value = value_of(type, text);
  const std::optional<std::string> problem = refusal(value ? *value : json::Value(std::string(text)));
  if (!problem) return *value;
  std::vector<std::string> known;
  for (const json::Value& choice : choices) known.push_back(typed(choice));
  Error error(ErrorCode::invalid_input, *problem);
  if (auto hint = did_you_mean(text, known)) error = std::move(error).hint(*hint);
  if (type == ParameterType::number && is_unbounded(text))
    error = std::move(error).hint("give a finite number: infinity and NaN cannot be recorded");
  return tl::make_unexpected(std::move(error));
}

const Option* Variation::find(std::string_view option) const {
  return find_named(options, option, &Option::name);
}

const Action* Manifest::find_action(std::string_view action) const {
  return find_named(actions, action, &Action::name);
}

const Variation* Manifest::find_variation(std::string_view group) const {
  return find_named(variations, group, &Variation::group);
}

std::vector<std::string> Manifest::roles() const {
  std::vector<std::string> roles;
  const auto add = [&](const std::vector<Dependency>& list) {
    for (const Dependency& dependency : list) roles.push_back(dependency.role);
  };
  add(dependencies);
  for (const Variation& variation : variations)
    for (const Option& option : variation.options) add(option.dependencies);
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return roles;
}

}  // namespace reef
