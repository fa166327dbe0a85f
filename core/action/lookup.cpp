// What `${...}` means in the templates of one package.
#include <algorithm>

#include "core/action/view.h"
#include "core/base/text.h"

namespace reef::action {
namespace {

Failure not_here(std::string message, const std::string& name, const std::vector<std::string>& known) {
  Failure error = make_error(ErrorCode::not_found, "{}", message);
  if (const auto hint = did_you_mean(name, known)) return std::move(error).hint(*hint);
  if (known.empty()) return error;
  return std::move(error).hint(fmt::format("there is {}", quoted_list(known, "and")));
}

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& entry : map) keys.push_back(entry.first);
  return keys;
}

class Lookup {
 public:
  Lookup(const PackageView& view, const Parameters& parameters, const Folders& folders, unsigned jobs)
      : view_(&view),
        parameters_(parameters.texts()),
        builtins_{{"prefix", view.prefix.string()},
                  {"work", folders.work.string()},
                  {"output", folders.output.string()},
                  {"metrics", folders.metrics.string()},
                  {"jobs", std::to_string(jobs)}} {}

  Result<TemplateValue> operator()(const TemplateName& name) const {
    using Kind = TemplateName::Kind;
    switch (name.kind) {
      case Kind::builtin:
        return text_in(builtins_, name.item, "there is no `{}`");
      case Kind::parameter:
        return text_in(parameters_, name.item, "the action has no parameter `{}`");
      case Kind::option:
        return text_in(view_->options(), name.scope, "the package has no variation `{}`");
      case Kind::option_value:
        return option_value(name);
      case Kind::platform:
        return TemplateValue(name.item == "os" ? view_->circumstances.os : view_->circumstances.arch);
      default:
        return role(name);
    }
  }

 private:
  static Result<TemplateValue> text_in(const std::map<std::string, std::string>& texts,
                                       const std::string& name, const char* message) {
    const auto found = texts.find(name);
    if (found != texts.end()) return TemplateValue(found->second);
    return not_here(fmt::format(fmt::runtime(message), name), name, keys_of(texts));
  }

  // A value that the chosen option lacks, but another option of the group has, is an empty list.
  Result<TemplateValue> option_value(const TemplateName& name) const {
    const Variation* variation = view_->manifest->find_variation(name.scope);
    const auto chosen = view_->options().find(name.scope);
    if (variation == nullptr || chosen == view_->options().end())
      return not_here(fmt::format("the package has no variation `{}`", name.scope), name.scope,
                      keys_of(view_->options()));
    std::vector<std::string> known;
    for (const Option& option : variation->options) {
      const auto value = option.values.find(name.item);
      if (value != option.values.end() && option.name == chosen->second) {
        TemplateValue out(value->second);
        out.holds_templates = true;
        return out;
      }
      for (const auto& each : option.values) known.push_back(each.first);
    }
    if (std::find(known.begin(), known.end(), name.item) != known.end())
      return TemplateValue(std::vector<std::string>());
    return not_here(fmt::format("no option of `{}` has a value `{}`", name.scope, name.item), name.item,
                    known);
  }

  Result<TemplateValue> role(const TemplateName& name) const {
    const auto found = view_->roles.find(name.scope);
    if (found == view_->roles.end())
      return not_here(fmt::format("nothing fills the role `{}` here", name.scope), name.scope,
                      keys_of(view_->roles));
    const RoleView& role = found->second;
    if (name.kind == TemplateName::Kind::role_fact) return TemplateValue(fact(role, name.item));
    if (name.kind == TemplateName::Kind::role_env) {
      const auto variable = role.exports.env.find(name.item);
      if (variable != role.exports.env.end()) return TemplateValue(variable->second.value);
      return not_here(fmt::format("`{}` ({}) exports no variable `{}`", name.scope, role.name, name.item),
                      name.item, keys_of(role.exports.env));
    }
    const auto value = role.exports.values.find(name.item);
    if (value != role.exports.values.end()) return TemplateValue(value->second);
    return not_here(fmt::format("`{}` ({}) exports no value `{}`", name.scope, role.name, name.item),
                    name.item, keys_of(role.exports.values));
  }

  static std::string fact(const RoleView& role, const std::string& item) {
    if (item == "prefix") return role.prefix.string();
    if (item == "version") return role.version.text();
    if (item == "name") return role.name;
    return role.path.empty() ? role.prefix.string() : role.path;
  }

  const PackageView* view_;
  std::map<std::string, std::string> parameters_;
  std::map<std::string, std::string> builtins_;
};

}  // namespace

TemplateLookup make_lookup(const PackageView& view, const Parameters& parameters, const Folders& folders,
                           unsigned jobs) {
  return Lookup(view, parameters, folders, jobs);
}

}  // namespace reef::action
