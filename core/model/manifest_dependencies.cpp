#include <algorithm>

#include "core/base/text.h"
#include "core/model/manifest_parts.h"
#include "core/model/names.h"

namespace reef {
namespace {

using json::Node;
using json::Reader;

constexpr std::pair<std::string_view, Purpose> kPurposeNames[] = {
    {"build", Purpose::build}, {"run", Purpose::run}, {"both", Purpose::both}};

const std::vector<std::string> kSystems = {"linux", "macos", "windows"};
const std::vector<std::string> kArchitectures = {"x86_64", "aarch64", "riscv64", "ppc64le",
                                                 "s390x",  "armv7l",  "i686",    "loongarch64"};
const std::vector<std::string> kLibraries = {"glibc", "musl"};

// A text, or a list with at least one, out of `known` when that is not empty.
bool read_words(const Node& node, std::string_view what, const std::vector<std::string>& known,
                std::vector<std::string>& out, std::string_view of = "") {
  std::vector<std::string> words;
  if (!read_one_or_many(node, words)) return false;
  bool all_known = true;
  const auto check = [&](const Node& item) {
    const auto word = item.value().get<std::string>();
    all_known = (known.empty() || check_known(item, what, word, known, of)) && all_known;
  };
  if (node.value().is_array())
    node.items(check);
  else
    check(node);
  if (all_known) out = std::move(words);
  return all_known;
}

// A member `group: option` or `group: [options]` about the package's own variations.
bool read_choice_of_group(const Context& context, const Node& node, std::vector<std::string>& out) {
  const auto options = context.declared.options.find(node.key());
  if (options != context.declared.options.end())
    return read_words(node, "option", options->second, out, fmt::format(" of `{}`", node.key()));
  std::vector<std::string> hints;
  if (auto hint = did_you_mean(node.key(), context.declared.groups)) hints.push_back(*hint);
  node.key_problem(fmt::format("unknown variation `{}`", printable(node.key())), std::move(hints));
  return false;
}

void read_package_ranges(const Node& node, std::map<std::string, VersionRange>& out) {
  node.members([&](const Node& item) {
    std::string name;
    if (read_key(item, name, &parse_package_name)) read_range(item, out[name]);
  });
}

void read_conditions(const Context& context, const Node& node, std::vector<Condition>& out) {
  node.items([&](const Node& item) { out.push_back(read_condition(context, item)); });
  if (node.value().is_array() && node.value().empty())
    node.problem("expected at least one condition, got an empty list");
}

void read_default(const Context& context, const Node& node, const Variation& variation,
                  std::vector<std::string>& out) {
  const auto& known = context.declared.options.find(variation.group)->second;
  if (!read_words(node, "option", known, out)) return;
  std::vector<std::string> sorted = out;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) node.problem(fmt::format("option `{}` stands here twice", *twice));
}

void read_conflicts(const Context& context, const Node& node, std::string_view own_group, Option& option) {
  node.members([&](const Node& item) {
    if (item.key() == "package")
      read_package_ranges(item, option.package_conflicts);
    else if (item.key() == own_group)
      item.key_problem("options of one variation exclude one another anyway");
    else
      read_choice_of_group(context, item, option.conflicts[item.key()]);
  });
}

Option read_option(const Context& context, const Node& node, std::string_view group) {
  Option option;
  option.place = context.places.of(node);
  read_key(node, option.name, &parse_option_name);
  Reader reader(node);
  reader.optional("summary", option.summary);
  reader.each_member("dependencies", [&](const Node& item) {
    option.dependencies.push_back(read_dependency(context, item));
  });
  reader.with("conflicts", false, [&](const Node& item) {
    read_conflicts(context, item, group, option);
    return true;
  });
  reader.with("when", false, [&](const Node& item) {
    option.when = read_condition(context, item);
    return true;
  });
  reader.with("values", false, [&](const Node& item) {
    read_values(context, item, kPackageScope, option.values, &option.scalar_values);
    return true;
  });
  reader.done();
  return option;
}

// One place where a role is filled, and when.
struct Claim {
  const Dependency* dependency;
  Condition when;
  const Option* option = nullptr;  // none: the package's own dependency
  std::string group;
};

bool excludes(const Claim& a, const Claim& b) {
  if (a.option == nullptr || b.option == nullptr) return false;
  const auto found = a.option->conflicts.find(b.group);
  return found != a.option->conflicts.end() &&
         std::find(found->second.begin(), found->second.end(), b.option->name) != found->second.end();
}

bool can_be_told_apart(const Claim& a, const Claim& b) {
  const bool same_package = !a.dependency->package.empty() && a.dependency->package == b.dependency->package;
  return same_package || excludes(a, b) || excludes(b, a) || !may_hold_together(a.when, b.when);
}

std::map<std::string, std::vector<Claim>> claims_of(const Manifest& manifest) {
  std::map<std::string, std::vector<Claim>> claims;
  for (const Dependency& dependency : manifest.dependencies)
    claims[dependency.role].push_back({&dependency, dependency.when, nullptr, {}});
  for (const Variation& variation : manifest.variations) {
    for (const Option& option : variation.options) {
      for (const Dependency& dependency : option.dependencies) {
        Condition when;
        when.with[variation.group] = {option.name};
        when.all = {dependency.when, option.when};
        claims[dependency.role].push_back({&dependency, std::move(when), &option, variation.group});
      }
    }
  }
  return claims;
}

}  // namespace

Condition read_condition(const Context& context, const Node& node) {
  Condition condition;
  Reader reader(node);
  reader.each_member(
      "with", [&](const Node& item) { read_choice_of_group(context, item, condition.with[item.key()]); });
  const auto words = [&](std::string_view key, const std::vector<std::string>& known,
                         std::vector<std::string>& out) {
    reader.with(key, false, [&](const Node& item) { return read_words(item, key, known, out); });
  };
  words("os", kSystems, condition.os);
  words("arch", kArchitectures, condition.arch);
  words("libc", kLibraries, condition.libc);
  words("accelerator", {}, condition.accelerator);
  reader.with("package", false, [&](const Node& item) {
    read_package_ranges(item, condition.packages);
    return true;
  });
  const auto parts = [&](std::string_view key, std::vector<Condition>& out) {
    reader.with(key, false, [&](const Node& item) {
      read_conditions(context, item, out);
      return true;
    });
  };
  parts("all", condition.all);
  parts("any", condition.any);
  reader.with("not", false, [&](const Node& item) {
    condition.negated.push_back(read_condition(context, item));
    return true;
  });
  reader.done();
  return condition;
}

Dependency read_dependency(const Context& context, const Node& node) {
  Dependency dependency;
  dependency.place = context.places.of(node);
  read_key(node, dependency.role, &parse_role);
  if (node.value().is_string()) {
    // A name, or the range that other tools want there.
    const auto& text = node.value().get_ref<const std::string&>();
    const bool name =
        parse_package_name(text).has_value() && text.find_first_not_of("0123456789.") < text.size();
    node.problem(
        "expected an object, got a string",
        {fmt::format("write {{\"package\": \"{}\", \"version\": \"{}\"}}", name ? text : dependency.role,
                     name || !VersionRange::parse(text) ? "^1" : text)});
    return dependency;
  }
  Reader reader(node);
  reader.optional("package", dependency.package, &parse_package_name);
  reader.optional("capability", dependency.capability, &parse_package_name);
  if (node.value().is_object() && reader.has("package") == reader.has("capability"))
    node.problem("expected exactly one of `package` and `capability`");
  if (!dependency.package.empty() && dependency.package == context.declared.name)
    node.problem("a package cannot depend on itself");
  reader.with("version", false, [&](const Node& item) { return read_range(item, dependency.version); });
  reader.with("for", false, [&](const Node& item) {
    return read_choice(item, "purpose", dependency.purpose, kPurposeNames);
  });
  reader.each_member("with", [&](const Node& item) {
    std::string group;
    std::string option;
    if (read_key(item, group, &parse_group) && item.read(option, &parse_option_name))
      dependency.with[group] = option;
  });
  reader.with("when", false, [&](const Node& item) {
    dependency.when = read_condition(context, item);
    return true;
  });
  reader.done();
  return dependency;
}

Variation read_variation(const Context& context, const Node& node) {
  Variation variation;
  variation.place = context.places.of(node);
  variation.group = node.key();
  std::string checked;
  read_key(node, checked, &parse_group);
  Reader reader(node);
  reader.optional("summary", variation.summary);
  reader.with("options", true, [&](const Node& options) {
    if (options.value().is_object() && options.value().empty())
      options.problem("a variation needs at least one option");
    return options.members(
        [&](const Node& item) { variation.options.push_back(read_option(context, item, variation.group)); });
  });
  reader.with("default", false, [&](const Node& item) {
    read_default(context, item, variation, variation.defaults);
    return true;
  });
  reader.done();
  if (variation.defaults.empty())
    for (const Option& option : variation.options) variation.defaults.push_back(option.name);
  return variation;
}

void check_roles(const Context& context, const Manifest& manifest) {
  constexpr std::size_t kMostClaims = 500;
  for (const auto& [role, claims] : claims_of(manifest)) {
    if (claims.size() > kMostClaims) {
      context.problems.add(
          Error(ErrorCode::invalid_input,
                fmt::format("role `{}` is filled in {} places, at most {}", role, claims.size(), kMostClaims))
              .at(claims.front().dependency->place));
      continue;
    }
    for (std::size_t second = 1; second < claims.size(); ++second) {
      for (std::size_t first = 0; first < second; ++first) {
        if (can_be_told_apart(claims[first], claims[second])) continue;
        context.problems.add(
            Error(ErrorCode::invalid_input,
                  fmt::format("role `{}` is already filled in line {}, and both can apply at once", role,
                              claims[first].dependency->place.line))
                .at(claims[second].dependency->place)
                .hint("rename one of them, or add a `when` so that they exclude one another"));
        break;
      }
    }
  }
}

}  // namespace reef
