#include "core/os/environment.h"

#include "core/action/view.h"

namespace reef::action {
namespace {

constexpr const char* kSourceDateEpoch = "315532800";

Environment base_environment(const PackageView& view, const Folders& folders, unsigned jobs) {
  return {{"PATH", kSystemPath},
          {"LANG", "C.UTF-8"},
          {"LC_ALL", "C.UTF-8"},
          {"TZ", "UTC"},
          {"HOME", folders.home.string()},
          {"TMPDIR", folders.temporary.string()},
          {"SOURCE_DATE_EPOCH", kSourceDateEpoch},
          {"PYTHONDONTWRITEBYTECODE", "1"},
          {"REEF_PREFIX", view.prefix.string()},
          {"REEF_OUTPUT", folders.output.string()},
          {"REEF_METRICS", folders.metrics.string()},
          {"REEF_JOBS", std::to_string(jobs)}};
}

Status check_variable(const std::string& name, const std::string& value, const Place& place) {
  if (name.empty() || name.find_first_of(std::string("=\0", 2)) != std::string::npos)
    return make_error(ErrorCode::invalid_input, "`{}` cannot be the name of an environment variable", name)
        .at(place);
  if (value.find('\0') != std::string::npos)
    return make_error(ErrorCode::invalid_input, "the environment variable `{}` holds a NUL byte", name)
        .at(place);
  return {};
}

}  // namespace

Result<Exports> resolve_exports(const PackageView& view) {
  const TemplateLookup lookup = make_lookup(view, {}, {}, 1);
  const auto exporting = [&] { return fmt::format("reading the exports of `{}`", view.manifest->name); };
  Exports out;
  for (const auto& [name, variable] : view.manifest->exports.env) {
    TRY(std::string value, with_context(expand_text(variable.value, lookup), exporting));
    out.env[name] = {variable.kind, std::move(value)};
  }
  for (const auto& [name, values] : view.manifest->exports.values) {
    TRY(out.values[name], with_context(expand_arguments(values, lookup), exporting));
  }
  return out;
}

void apply(const Exports& exports, Environment& env) {
  using Kind = Exports::Variable::Kind;
  for (const auto& [name, variable] : exports.env) {
    std::string& value = env[name];
    if (variable.kind == Kind::set || value.empty())
      value = variable.value;
    else if (variable.kind == Kind::prepend)
      value = variable.value + ":" + value;
    else
      value += ":" + variable.value;
  }
}

Result<Environment> action_environment(const PackageView& view, const Action& action,
                                       const Parameters& parameters, const Folders& folders, unsigned jobs) {
  Environment env = base_environment(view, folders, jobs);
  for (const Exports& exports : view.closure) apply(exports, env);
  if (action.name != "build") {
    TRY(const Exports own, resolve_exports(view));
    apply(own, env);
  }
  const TemplateLookup lookup = make_lookup(view, parameters, folders, jobs);
  for (const auto& [name, text] : action.env) {
    TRY(std::string value, with_context(expand_text(text, lookup), [&name = name] {
          return fmt::format("setting the environment variable `{}`", name);
        }));
    env[name] = std::move(value);
  }
  for (const auto& [name, value] : env) TRY_STATUS(check_variable(name, value, action.place));
  return env;
}

}  // namespace reef::action
