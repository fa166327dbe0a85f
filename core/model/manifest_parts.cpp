#include "core/model/manifest_parts.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/model/names.h"
#include "core/model/template.h"

namespace reef {
namespace {

using json::Value;

const Value kNothing = Value::object();

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

const Value& member(const Value& object, std::string_view key) {
  if (!object.is_object()) return kNothing;
  for (const auto& [name, value] : object.get_ref<const Value::object_t&>())
    if (name == key) return value;
  return kNothing;
}

// Calls `visit(name, value)` for every member; nothing when it is not an object.
template <class Visit>
void each(const Value& object, Visit visit) {
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.get_ref<const Value::object_t&>()) visit(name, value);
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!contains(list, text)) list.push_back(text);
}

void gather_variation(Declared& out, const std::string& group, const Value& variation) {
  out.groups.push_back(group);
  auto& options = out.options[group];
  auto& values = out.values[group];
  each(member(variation, "options"), [&](const std::string& option, const Value& body) {
    options.push_back(option);
    each(member(body, "values"), [&](const std::string& name, const Value&) { add_once(values, name); });
    each(member(body, "dependencies"),
         [&](const std::string& role, const Value&) { add_once(out.roles, role); });
  });
}

// The place of the template at `offset` of the decoded text: the source is searched for its `${`, because
// escapes of JSON and YAML make the two texts differ.
Place template_place(const Context& context, const json::Node& node, std::string_view text,
                     std::size_t offset) {
  std::size_t at = context.places.value_offset(node);
  const std::string& source = context.document.text;
  std::size_t before = 0;
  for (std::size_t i = text.find("${"); i < offset; i = text.find("${", i + 1)) ++before;
  at = source.find("${", at);
  for (; before > 0 && at != std::string::npos; --before) at = source.find("${", at + 1);
  return at == std::string::npos ? node.place() : context.places.at(at);
}

struct Unknown {
  std::string message;
  std::vector<std::string> hints;
};

std::optional<Unknown> unknown_of(std::string_view what, const TemplateName& name, std::string_view part,
                                  const std::vector<std::string>& known) {
  if (contains(known, part)) return std::nullopt;
  Unknown out{fmt::format("`${{{}}}`: unknown {} `{}`", name.text, what, part), {}};
  if (auto hint = did_you_mean(part, known))
    out.hints.push_back(*hint);
  else if (!known.empty())
    out.hints.push_back("known here: " + quoted_list(known, "and"));
  return out;
}

std::optional<Unknown> check_builtin(const TemplateName& name, const TemplateScope& scope) {
  if (scope.run || name.item == "prefix") return std::nullopt;
  return Unknown{fmt::format("`${{{}}}` is known in actions only", name.text), {}};
}

std::optional<Unknown> check_name(const Context& context, const TemplateScope& scope,
                                  const TemplateName& name) {
  const Declared& declared = context.declared;
  switch (name.kind) {
    case TemplateName::Kind::builtin:
      return check_builtin(name, scope);
    case TemplateName::Kind::platform:
      return std::nullopt;
    case TemplateName::Kind::parameter:
      if (scope.parameters == nullptr)
        return Unknown{fmt::format("`${{{}}}`: parameters are known in their action only", name.text), {}};
      return unknown_of("parameter", name, name.item, *scope.parameters);
    case TemplateName::Kind::option:
      return unknown_of("variation", name, name.scope, declared.groups);
    case TemplateName::Kind::option_value: {
      if (auto problem = unknown_of("variation", name, name.scope, declared.groups)) return problem;
      return unknown_of("value", name, name.item, declared.values.find(name.scope)->second);
    }
    default:
      return unknown_of("role", name, name.scope, declared.roles);
  }
}

}  // namespace

const TemplateScope kPackageScope{};

Declared gather_declared(const Value& root) {
  Declared out;
  if (const Value& name = member(root, "name"); name.is_string()) out.name = name.get<std::string>();
  each(member(root, "dependencies"),
       [&](const std::string& role, const Value&) { out.roles.push_back(role); });
  each(member(root, "variations"),
       [&](const std::string& group, const Value& body) { gather_variation(out, group, body); });
  each(member(root, "actions"), [&](const std::string& action, const Value& body) {
    out.actions.push_back(action);
    auto& parameters = out.parameters[action];
    each(member(body, "parameters"),
         [&](const std::string& name, const Value&) { parameters.push_back(name); });
  });
  return out;
}

bool check_known(const json::Node& node, std::string_view what, std::string_view name,
                 const std::vector<std::string>& known, std::string_view of) {
  if (contains(known, name)) return true;
  std::vector<std::string> hints;
  if (auto hint = did_you_mean(name, known))
    hints.push_back(*hint);
  else if (!known.empty())
    hints.push_back("expected " + quoted_list(known));
  else
    hints.push_back(fmt::format("this manifest declares no {}", what));
  node.problem(fmt::format("unknown {} `{}`{}", what, printable(name), of), std::move(hints));
  return false;
}

bool read_key(const json::Node& member, std::string& out, Result<std::string> (*parse)(std::string_view)) {
  Result<std::string> parsed = parse(member.key());
  if (!parsed) {
    member.key_problem(parsed.error().message(), parsed.error().hints());
    return false;
  }
  out = *std::move(parsed);
  return true;
}

bool read_list(const json::Node& node, std::vector<std::string>& out) {
  if (!node.read(out)) return false;
  if (!out.empty()) return true;
  node.problem("expected at least one, got an empty list");
  return false;
}

bool read_one_or_many(const json::Node& node, std::vector<std::string>& out) {
  if (node.value().is_array()) return read_list(node, out);
  if (!node.expect(node.value().is_string(), "a string or a list of strings")) return false;
  out = {node.value().get<std::string>()};
  return true;
}

bool read_path(const json::Node& node, std::string& out) { return node.read(out, &parse_inner_path); }

bool read_range(const json::Node& node, VersionRange& out) {
  if (!node.read(out, &VersionRange::parse)) return false;
  if (!out.is_empty()) return true;
  node.problem(fmt::format("no version can be in `{}`", out.text()));
  return false;
}

bool read_count(const json::Node& node, std::int64_t& out, std::int64_t least) {
  if (!node.read(out)) return false;
  if (out >= least) return true;
  node.problem(fmt::format("expected a whole number from {} on, got `{}`", least, out));
  return false;
}

bool read_seconds(const json::Node& node, double& out) {
  std::chrono::nanoseconds duration{};
  if (!node.read(duration, &parse_duration)) return false;
  out = std::chrono::duration<double>(duration).count();
  return true;
}

bool read_template(const Context& context, const json::Node& node, const TemplateScope& scope,
                   std::string& out) {
  if (!node.read(out)) return false;
  if (out.find('\0') != std::string::npos) {
    node.problem("a NUL character cannot stand here");
    return false;
  }
  std::vector<Template::Problem> problems;
  const Template parsed = Template::parse(out, problems);
  for (const Template::Piece& piece : parsed.pieces()) {
    if (!piece.name) continue;
    auto unknown = check_name(context, scope, *piece.name);
    if (!unknown) continue;
    Error error(ErrorCode::invalid_input, std::move(unknown->message));
    for (std::string& hint : unknown->hints) error = std::move(error).hint(std::move(hint));
    problems.push_back({piece.offset, std::move(error)});
  }
  for (Template::Problem& problem : problems) {
    if (context.problems.full()) {
      context.problems.add_unnamed();
      continue;
    }
    context.problems.add(std::move(problem.error).at(template_place(context, node, out, problem.offset)));
  }
  return problems.empty();
}

bool read_templates(const Context& context, const json::Node& node, const TemplateScope& scope,
                    std::vector<std::string>& out) {
  bool complete = true;
  const bool listed = node.items([&](const json::Node& item) {
    complete = read_template(context, item, scope, out.emplace_back()) && complete;
  });
  return listed && complete;
}

void read_values(const Context& context, const json::Node& node, const TemplateScope& scope,
                 std::map<std::string, std::vector<std::string>>& out, std::vector<std::string>* scalars) {
  node.members([&](const json::Node& item) {
    std::string name;
    if (!read_key(item, name, &parse_value_name)) return;
    std::vector<std::string>& texts = out[name];
    if (item.value().is_array()) {
      read_templates(context, item, scope, texts);
    } else if (item.expect(item.value().is_string(), "a string or a list of strings")) {
      read_template(context, item, scope, texts.emplace_back());
      if (scalars != nullptr) scalars->push_back(name);
    }
  });
}

}  // namespace reef
