#include "core/model/manifest_edit.h"

#include "core/base/text.h"
#include "core/model/manifest_edit_parts.h"
#include "core/model/names.h"

namespace reef {
namespace {

using json::Value;

bool is_yaml_file(std::string_view file) { return file.ends_with(".yaml") || file.ends_with(".yml"); }

Result<json::Document> parse_text(std::string_view file, std::string text) {
  return is_yaml_file(file) ? json::parse_yaml(std::string(file), std::move(text))
                            : json::parse(std::string(file), std::move(text));
}

// Without order: the same content.
bool same_content(const Value& a, const Value& b) { return nlohmann::json(a) == nlohmann::json(b); }

Value value_of(const Dependency& dependency) {
  Value out = Value::object();
  out[dependency.package.empty() ? "capability" : "package"] = dependency.target();
  if (!dependency.version.is_any()) out["version"] = dependency.version.text();
  if (dependency.purpose != Purpose::both) out["for"] = name_of(dependency.purpose);
  if (!dependency.with.empty()) out["with"] = dependency.with;
  return out;
}

Status check_dependency(const Dependency& dependency) {
  TRY_STATUS(parse_role(dependency.role).map([](const std::string&) {}));
  if (dependency.package.empty() == dependency.capability.empty())
    return make_error(ErrorCode::invalid_input, "a dependency has either a package or a capability");
  TRY_STATUS(parse_package_name(dependency.target()).map([](const std::string&) {}));
  return {};
}

// The document's `dependencies`, checked to be an object where it is there.
Result<const Value*> dependencies_of(const json::Document& document) {
  if (!document.root.is_object())
    return make_error(ErrorCode::invalid_input, "expected an object, got {}", json::type_name(document.root))
        .at(json::place_of_value(document, ""));
  if (!document.root.contains("dependencies")) return nullptr;
  const Value& dependencies = document.root["dependencies"];
  if (!dependencies.is_object() && !dependencies.is_null())
    return make_error(ErrorCode::invalid_input, "expected an object, got {}", json::type_name(dependencies))
        .at(json::place_of_value(document, "/dependencies"));
  return &dependencies;
}

// Never a half-right edit: the new text must say exactly what the old one said, and the change.
Result<std::string> checked(std::string_view file, std::optional<std::string> text, const Value& expected,
                            std::string by_hand) {
  if (text) {
    const Result<json::Document> again = parse_text(file, *text);
    if (again && same_content(again->root, expected)) return *std::move(text);
  }
  return make_error(ErrorCode::invalid_input,
                    "`dependencies` is written in a way that cannot be edited safely")
      .at(Place{std::string(file), 0, 0, ""})
      .hint(std::move(by_hand));
}

Status check_role(const Value* dependencies, std::string_view role) {
  if (dependencies != nullptr && dependencies->contains(std::string(role))) return {};
  std::vector<std::string> known;
  if (dependencies != nullptr && dependencies->is_object())
    for (const auto& [key, value] : dependencies->get_ref<const Value::object_t&>()) known.push_back(key);
  Failure failure = make_error(ErrorCode::not_found, "there is no dependency `{}`", printable(role));
  if (auto hint = did_you_mean(role, known)) return std::move(failure).hint(*hint);
  return failure;
}

// Where a place is in a text, in bytes.
std::optional<std::size_t> offset_of(std::string_view text, const Place& place) {
  std::size_t at = 0;
  for (std::size_t line = 1; line < place.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
  }
  if (place.line == 0 || place.column == 0 || at + place.column > text.size()) return std::nullopt;
  return at + place.column - 1;
}

// Where a member of `dependencies` goes that we do not dare to write: braces stay braces.
std::string by_hand_in_yaml(const json::Document& document, const std::string& member) {
  const auto in_braces = [&](const char* pointer) {
    const auto at = offset_of(document.text, json::place_of_value(document, pointer));
    return at && document.text[*at] == '{';
  };
  if (!document.root.contains("dependencies"))
    return fmt::format("write `dependencies: {{{}}}` {}", member,
                       in_braces("") ? "inside the outer braces" : "on a line of its own");
  return fmt::format(
      "write `{}` {}", member,
      in_braces("/dependencies") ? "inside the braces of `dependencies`" : "below `dependencies:`");
}

// The text with another range in a dependency's `version`, or with a `version` where there was none.
std::optional<std::string> with_range(const json::Document& document, const std::string& role,
                                      const std::string& range) {
  const std::string pointer = "/dependencies/" + json::escaped_token(role);
  const Value& value = document.root["dependencies"][role];
  if (!value.is_object()) return std::nullopt;
  std::string text = document.text;
  if (!value.contains("version")) {
    const auto at = offset_of(text, json::place_of_value(document, pointer));
    if (!at || text[*at] != '{' || value.empty()) return std::nullopt;
    text.insert(*at + 1, fmt::format("\"version\": {}, ", Value(range).dump()));
    return text;
  }
  const auto at = offset_of(text, json::place_of_value(document, pointer + "/version"));
  if (!at || !value["version"].is_string()) return std::nullopt;
  const std::string before = value["version"].get<std::string>();
  const char quote = text[*at];
  const bool quoted = quote == '"' || quote == '\'';
  if (text.compare(*at + (quoted ? 1 : 0), before.size(), before) != 0) return std::nullopt;
  text.replace(*at, before.size() + (quoted ? 2 : 0), quoted ? quote + range + quote : range);
  return text;
}

}  // namespace

std::string inline_json(const Value& object, bool compact) {
  std::string out = "{";
  for (const auto& [key, value] : object.get_ref<const Value::object_t&>()) {
    if (out.size() > 1) out += compact ? "," : ", ";
    out += Value(key).dump() + (compact ? ":" : ": ");
    out += value.is_object() ? inline_json(value, compact) : value.dump();
  }
  return out + "}";
}

Result<std::string> add_dependency(std::string_view file, std::string text, const Dependency& dependency) {
  TRY_STATUS(check_dependency(dependency));
  TRY(const json::Document document, parse_text(file, std::move(text)));
  TRY(const Value* dependencies, dependencies_of(document));
  if (dependencies != nullptr && dependencies->contains(dependency.role))
    return make_error(ErrorCode::invalid_input, "there is a dependency `{}` already", dependency.role)
        .at(json::place_of_key(document, "/dependencies/" + json::escaped_token(dependency.role)))
        .hint(fmt::format("change it there, or remove it first: `reef remove {}`", dependency.role));
  const Value value = value_of(dependency);
  Value expected = document.root;
  expected["dependencies"][dependency.role] = value;
  if (is_yaml_file(file))
    return checked(file, add_to_yaml(document.text, dependency.role, value), expected,
                   by_hand_in_yaml(document, fmt::format("{}: {}", dependency.role, inline_yaml(value))));
  return checked(file, add_to_json(document.text, dependency.role, value), expected,
                 fmt::format("write `\"{}\": {}` in `dependencies`", dependency.role, inline_json(value)));
}

Result<std::string> change_range(std::string_view file, std::string text, std::string_view role,
                                 const VersionRange& range) {
  TRY(const json::Document document, parse_text(file, std::move(text)));
  TRY(const Value* dependencies, dependencies_of(document));
  TRY_STATUS(check_role(dependencies, role));
  const std::string name(role);
  Value expected = document.root;
  expected["dependencies"][name]["version"] = range.text();
  const std::string by_hand = fmt::format("write `\"version\": \"{}\"` for `{}` by hand", range.text(), name);
  return checked(file, with_range(document, name, range.text()), expected, by_hand);
}

Result<std::string> remove_dependency(std::string_view file, std::string text, std::string_view role) {
  TRY(const json::Document document, parse_text(file, std::move(text)));
  TRY(const Value* dependencies, dependencies_of(document));
  TRY_STATUS(check_role(dependencies, role));
  const std::string name(role);
  Value expected = document.root;
  expected["dependencies"].erase(name);
  return checked(
      file,
      is_yaml_file(file) ? remove_from_yaml(document.text, role) : remove_from_json(document.text, role),
      expected, fmt::format("remove `{}` from `dependencies` by hand", printable(role)));
}

}  // namespace reef
