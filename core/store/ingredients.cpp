#include "core/store/ingredients.h"

#include <algorithm>

#include "core/base/text.h"

namespace reef::store {
namespace {

// Whatever changes the meaning of a prefix or of a key without changing an ingredient counts this up.
constexpr const char* kKeyFormat = "2";

constexpr std::string_view kToolFile = "file of tool ";

std::string netstring(std::string_view text) { return fmt::format("{}:{},", text.size(), text); }

// "tool compiler" of two builds, each "gcc 12.2.0 /usr/bin/gcc sha256:...".
std::string why_tool(const Change& change) {
  const std::string role = change.name.substr(change.name.find(' ') + 1);
  if (!change.before) return fmt::format("{} is new", role);
  if (!change.after) return fmt::format("{} is gone", role);
  const std::vector<std::string> before = split(*change.before, ' ');
  const std::vector<std::string> after = split(*change.after, ' ');
  if (before.size() < 2 || after.size() < 2) return fmt::format("{} changed", role);
  if (before[0] != after[0])
    return fmt::format("{}: {} {} -> {} {}", role, before[0], before[1], after[0], after[1]);
  if (before[1] != after[1]) return fmt::format("{}: {} {} -> {}", role, before[0], before[1], after[1]);
  return fmt::format("{}: another {} {}", role, after[0], after[1]);
}

// "file of tool compiler /usr/bin/g++": whose it is, and which.
std::pair<std::string, std::string> tool_file_of(std::string_view name) {
  name.remove_prefix(kToolFile.size());
  const std::size_t space = name.find(' ');
  return {std::string(name.substr(0, space)), std::string(name.substr(space + 1))};
}

// Nothing where the tool itself is another: its files follow from it.
std::optional<std::string> why_tool_file(const Change& change, const std::vector<Change>& changes) {
  const auto [role, path] = tool_file_of(change.name);
  const bool follows =
      std::any_of(changes.begin(), changes.end(),
                  [&, name = "tool " + role](const Change& each) { return each.name == name; });
  if (follows) return std::nullopt;
  if (!change.before) return fmt::format("{}: {} is new", role, path);
  if (!change.after) return fmt::format("{}: {} is gone", role, path);
  return fmt::format("{}: another {}", role, path);
}

}  // namespace

Ingredients ingredients_of(const BuildInputs& inputs) {
  Ingredients out;
  out.items = {{"format", kKeyFormat},
               {"name", inputs.name},
               {"version", inputs.version.text()},
               {"package", inputs.package.hex()},
               {"platform", inputs.platform}};
  for (const auto& [group, option] : inputs.options) out.items["option " + group] = option;
  for (const auto& [number, taken] : inputs.sources) out.items[fmt::format("source {}", number)] = taken;
  for (const auto& [name, text] : inputs.parameters) out.items["parameter " + name] = text;
  for (const auto& [role, key] : inputs.dependencies) out.items["dependency " + role] = key.hex();
  for (const auto& [role, tool] : inputs.tools) {
    out.items["tool " + role] = fmt::format("{} {} {} sha256:{}", tool.name, tool.version.text(),
                                            tool.real_path.empty() ? tool.path : tool.real_path, tool.digest);
    for (const auto& [path, file] : tool.files)
      out.items[fmt::format("{}{} {}", kToolFile, role, path)] =
          fmt::format("{} sha256:{}", file.real_path, file.digest);
  }
  for (const auto& [name, value] : inputs.environment) out.items["environment " + name] = value;
  for (std::size_t i = 0; i < inputs.commands.size(); ++i)
    out.items[fmt::format("command {}", i + 1)] = shell_quoted(inputs.commands[i]);
  return out;
}

std::vector<FoundTool> tools_in(const Ingredients& ingredients) {
  constexpr std::string_view kDigest = " sha256:";
  std::vector<FoundTool> out;
  for (const auto& [name, text] : ingredients.items) {
    const std::size_t first = text.find(' ');
    const std::size_t second = text.find(' ', first + 1);
    const std::size_t last = text.rfind(kDigest);
    const bool has_all = second != std::string::npos && last != std::string::npos && second < last;
    if (!name.starts_with("tool ") || !has_all) continue;
    const auto version = Version::parse_loose(text.substr(first + 1, second - first - 1));
    if (!version) continue;
    FoundTool& tool = out.emplace_back();
    tool.name = text.substr(0, first);
    tool.version = *version;
    tool.path = tool.real_path = text.substr(second + 1, last - second - 1);
    tool.digest = text.substr(last + kDigest.size());
  }
  return out;
}

Digest build_key(const Ingredients& ingredients) {
  Sha256 hash;
  hash.update("reef build key\n");
  for (const auto& [name, value] : ingredients.items) {
    hash.update(netstring(name));
    hash.update(netstring(value));
  }
  return hash.finish();
}

std::vector<Change> changes(const Ingredients& before, const Ingredients& after) {
  std::map<std::string, Change> found;
  for (const auto& [name, value] : before.items) found[name] = {name, value, std::nullopt};
  for (const auto& [name, value] : after.items) {
    found[name].name = name;
    found[name].after = value;
  }
  std::vector<Change> out;
  for (auto& [name, change] : found)
    if (change.before != change.after) out.push_back(std::move(change));
  return out;
}

std::string describe(const Change& change) {
  if (!change.before) return fmt::format("{}: added ({})", change.name, change.after.value_or(""));
  if (!change.after) return fmt::format("{}: removed (was {})", change.name, *change.before);
  return fmt::format("{}: {} -> {}", change.name, *change.before, *change.after);
}

std::string why(const std::vector<Change>& changes) {
  std::vector<std::string> causes;
  std::vector<std::string> effects;  // commands and environments follow from files, tools and options
  for (const Change& change : changes) {
    if (change.name.starts_with("tool ")) {
      causes.push_back(why_tool(change));
    } else if (change.name.starts_with(kToolFile)) {
      if (auto cause = why_tool_file(change, changes)) causes.push_back(*std::move(cause));
    } else if (change.name.starts_with("dependency ")) {
      causes.push_back(change.name + " changed");
    } else if (change.name == "package") {
      causes.push_back("its files changed");
    } else if (change.name.starts_with("command ") || change.name.starts_with("environment ")) {
      effects.push_back(change.name + " changed");
    } else {
      causes.push_back(describe(change));
    }
  }
  return join(causes.empty() ? effects : causes, "; ");
}

}  // namespace reef::store
