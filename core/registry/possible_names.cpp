#include "core/registry/possible_names.h"

#include "core/model/manifest.h"

namespace reef {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// The text of a JSON string whose first character is at `at`; it ends with its line at the latest.
std::string_view string_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] != '"' && text[end] != '\n') end += text[end] == '\\' ? 2U : 1U;
  return text.substr(at, std::min(end, text.size()) - at);
}

// `"name": "..."` at the top of an object, whatever is wrong around it.
std::string name_in_json(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[') ++depth;
    if (text[i] == '}' || text[i] == ']') --depth;
    if (text[i] != '"') continue;
    const std::string_view key = string_at(text, i + 1);
    i += 1 + key.size();
    if (depth != 1 || key != "name") continue;
    const std::size_t colon = text.find_first_not_of(kBlanks, i + 1);
    if (colon == std::string_view::npos || text[colon] != ':') continue;
    const std::size_t value = text.find_first_not_of(kBlanks, colon + 1);
    if (value != std::string_view::npos && text[value] == '"') return std::string(string_at(text, value + 1));
  }
  return "";
}

// `name: ...` at the beginning of a line.
std::string name_in_yaml(std::string_view text) {
  constexpr std::string_view kKey = "name:";
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    std::string_view value = text.substr(line, end - line);
    line = end + 1;
    if (!value.starts_with(kKey)) continue;
    value.remove_prefix(kKey.size());
    value = value.substr(std::min(value.find_first_not_of(" \t\"'"), value.size()));
    return std::string(value.substr(0, value.find_first_of(" \t\r\"'#")));
  }
  return "";
}

std::vector<std::string> names_of_folder(const Path& folder) {
  std::string name = folder.filename().string();
  if (Version::parse(name)) return {folder.parent_path().filename().string()};
  for (std::size_t dash = name.find('-'); dash != std::string::npos && dash > 0;
       dash = name.find('-', dash + 1))
    if (Version::parse_loose(name.substr(dash + 1))) return {name, name.substr(0, dash)};
  return {std::move(name)};
}

}  // namespace

std::vector<std::string> possible_names(Filesystem& fs, const Path& manifest) {
  const std::string text = fs.read_file(manifest, kLargestManifest).value_or("");
  const std::size_t first = text.find_first_not_of(kBlanks);
  const bool is_json = first != std::string::npos && text[first] == '{';
  std::string name = is_json ? name_in_json(text) : name_in_yaml(text);
  if (!name.empty()) return {std::move(name)};
  return names_of_folder(manifest.parent_path());
}

}  // namespace reef
