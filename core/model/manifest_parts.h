#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json_reader.h"
#include "core/model/manifest.h"
#include "core/model/places.h"

// How the parts of a manifest are read; for manifest_*.cpp only.
namespace reef {

using NameMap = std::map<std::string, std::vector<std::string>, std::less<>>;

// What a manifest declares, gathered before anything is read, so that a reference to something unknown is
// reported where it stands.
struct Declared {
  std::string name;
  std::vector<std::string> groups;
  NameMap options;  // group -> its options
  NameMap values;   // group -> names of values that some option has
  std::vector<std::string> roles;
  std::vector<std::string> actions;
  NameMap parameters;  // action -> its parameters
};
Declared gather_declared(const json::Value& root);

struct Context {
  Context(const json::Document& text, json::Problems& list)
      : document(text), problems(list), places(text), declared(gather_declared(text.root)) {}

  const json::Document& document;
  json::Problems& problems;
  Places places;
  Declared declared;
};

// Which names a template may use where it stands, besides roles, options and the platform.
struct TemplateScope {
  bool run = false;                                      // work, output, metrics, jobs
  const std::vector<std::string>* parameters = nullptr;  // of the action
};
extern const TemplateScope kPackageScope;

// Reports `unknown <what> <name><of>` with the nearest known one; true when it is known.
bool check_known(const json::Node& node, std::string_view what, std::string_view name,
                 const std::vector<std::string>& known, std::string_view of = "");

// Reads the member's own key; false when it is not a name.
bool read_key(const json::Node& member, std::string& out, Result<std::string> (*parse)(std::string_view));

// A word out of a list.
template <class T, std::size_t N>
bool read_choice(const json::Node& node, std::string_view what, T& out,
                 const std::pair<std::string_view, T> (&choices)[N]) {
  std::string text;
  if (!node.read(text)) return false;
  std::vector<std::string> known;
  for (const auto& [name, value] : choices) {
    known.emplace_back(name);
    if (name != text) continue;
    out = value;
    return true;
  }
  return check_known(node, what, text, known);
}

// A text or a list of at least one; the list may not be empty.
bool read_one_or_many(const json::Node& node, std::vector<std::string>& out);
bool read_list(const json::Node& node, std::vector<std::string>& out);
bool read_path(const json::Node& node, std::string& out);
bool read_range(const json::Node& node, VersionRange& out);
bool read_count(const json::Node& node, std::int64_t& out, std::int64_t least);
bool read_seconds(const json::Node& node, double& out);

bool read_template(const Context& context, const json::Node& node, const TemplateScope& scope,
                   std::string& out);
bool read_templates(const Context& context, const json::Node& node, const TemplateScope& scope,
                    std::vector<std::string>& out);
// Names and values of `values`; `scalars` gets the names of those that are one text.
void read_values(const Context& context, const json::Node& node, const TemplateScope& scope,
                 std::map<std::string, std::vector<std::string>>& out, std::vector<std::string>* scalars);

Condition read_condition(const Context& context, const json::Node& node);
Dependency read_dependency(const Context& context, const json::Node& node);
Variation read_variation(const Context& context, const json::Node& node);
Source read_source(const Context& context, const json::Node& node, const Exclude& exclude);
Action read_action(const Context& context, const json::Node& node);

// Roles that two dependencies may fill at the same time; workflows that lead back to themselves.
void check_roles(const Context& context, const Manifest& manifest);
void check_workflows(const Context& context, const Manifest& manifest);

}  // namespace reef
