#include <algorithm>
#include <array>
#include <vector>

#include "core/model/manifest_edit_parts.h"

namespace reef {
namespace {

using Lines = std::vector<std::string>;  // each with its line end, which the last may lack

Lines lines_of_text(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    out.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

std::string joined(const Lines& lines) {
  std::string out;
  for (const std::string& line : lines) out += line;
  return out;
}

std::string_view content_of(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// Blank lines and comments belong to nobody.
bool is_filler(std::string_view line) {
  const std::string_view content = content_of(line);
  const std::size_t first = content.find_first_not_of(" \t");
  return first == std::string_view::npos || content[first] == '#';
}

bool is_blank_or_comment(std::string_view rest) {
  const std::size_t first = rest.find_first_not_of(' ');
  return first == std::string_view::npos || (first > 0 && rest[first] == '#');
}

std::string line_end(const Lines& lines) {
  return !lines.empty() && lines.front().ends_with("\r\n") ? "\r\n" : "\n";
}

// The lines of one key and its value.
struct Block {
  std::size_t first = 0;
  std::size_t end = 0;  // past its last line that is no filler
};

// The key at `indent` from line `from` on: its own line, and those that are indented deeper.
Block block_at(const Lines& lines, std::size_t first, std::size_t indent) {
  Block block{first, first + 1};
  for (std::size_t i = first + 1; i < lines.size(); ++i) {
    if (is_filler(lines[i])) continue;
    if (indent_of(lines[i]) <= indent) break;
    block.end = i + 1;
  }
  return block;
}

bool is_key(std::string_view line, std::size_t indent, std::string_view name) {
  if (is_filler(line) || indent_of(line) != indent) return false;
  std::string_view rest = content_of(line).substr(indent);
  for (const std::string_view quote : {"\"", "'", ""}) {
    const std::string quoted = std::string(quote) + std::string(name) + std::string(quote) + ":";
    if (rest.starts_with(quoted) && (rest.size() == quoted.size() || rest[quoted.size()] == ' ')) return true;
  }
  return false;
}

std::optional<Block> find_block(const Lines& lines, std::size_t from, std::size_t to, std::size_t indent,
                                std::string_view name) {
  for (std::size_t i = from; i < to; ++i)
    if (is_key(lines[i], indent, name)) return block_at(lines, i, indent);
  return std::nullopt;
}

// Inserts a line; the one before it gets a line end when it was the last and had none.
void insert_line(Lines& lines, std::size_t at, const std::string& line) {
  const std::string end = line_end(lines);
  const bool last_was_open = at == lines.size() && at > 0 && !lines[at - 1].ends_with('\n');
  if (last_was_open) lines[at - 1] += end;
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), last_was_open ? line : line + end);
}

void erase_lines(Lines& lines, const Block& block) {
  const bool last_was_open = block.end == lines.size() && !lines.back().ends_with('\n');
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(block.first),
              lines.begin() + static_cast<std::ptrdiff_t>(block.end));
  if (last_was_open && !lines.empty()) lines.back() = std::string(content_of(lines.back()));
}

bool is_plain(const std::string& text) {
  constexpr std::array<std::string_view, 9> kOther = {"true", "false", "null", "yes", "no",
                                                      "on",   "off",   "y",    "n"};
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && letter(text.front()) &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.+") == std::string::npos &&
         std::find(kOther.begin(), kOther.end(), text) == kOther.end();
}

std::string scalar(const json::Value& value) {
  if (value.is_string() && is_plain(value.get_ref<const std::string&>())) return value.get<std::string>();
  return value.dump();
}

// The line without `{}`, when that is all it has as its value.
std::optional<std::string> without_empty_braces(std::string_view line) {
  const std::string_view content = content_of(line);
  if (!content.ends_with("{}")) return std::nullopt;
  std::string_view kept = content.substr(0, content.size() - 2);
  if (!kept.ends_with(": ")) return std::nullopt;
  kept.remove_suffix(1);
  return std::string(kept) + std::string(line.substr(content.size()));
}

}  // namespace

std::string inline_yaml(const json::Value& object) {
  std::string out = "{";
  for (const auto& [key, value] : object.get_ref<const json::Value::object_t&>()) {
    if (out.size() > 1) out += ", ";
    out += scalar(key) + ": " + (value.is_object() ? inline_yaml(value) : scalar(value));
  }
  return out + "}";
}

std::optional<std::string> add_to_yaml(std::string_view text, std::string_view role,
                                       const json::Value& value) {
  Lines lines = lines_of_text(text);
  const std::string member = scalar(std::string(role)) + ": " + inline_yaml(value);
  const auto block = find_block(lines, 0, lines.size(), 0, "dependencies");
  if (!block) {
    insert_line(lines, lines.size(), "dependencies:");
    insert_line(lines, lines.size(), "  " + member);
    return joined(lines);
  }
  if (block->end == block->first + 1) {
    const auto opened = without_empty_braces(lines[block->first]);
    if (!opened) return std::nullopt;
    lines[block->first] = *opened;
    insert_line(lines, block->first + 1, "  " + member);
    return joined(lines);
  }
  const auto first = std::find_if(lines.begin() + static_cast<std::ptrdiff_t>(block->first) + 1, lines.end(),
                                  [](const std::string& line) { return !is_filler(line); });
  insert_line(lines, block->end, std::string(indent_of(*first), ' ') + member);
  return joined(lines);
}

std::optional<std::string> remove_from_yaml(std::string_view text, std::string_view role) {
  Lines lines = lines_of_text(text);
  const auto block = find_block(lines, 0, lines.size(), 0, "dependencies");
  if (!block || block->end == block->first + 1) return std::nullopt;
  std::size_t first = block->first + 1;
  while (is_filler(lines[first])) ++first;
  const std::size_t indent = indent_of(lines[first]);
  const auto member = find_block(lines, first, block->end, indent, role);
  if (!member) return std::nullopt;
  erase_lines(lines, *member);
  const bool was_alone = member->first == first && member->end == block->end;
  if (was_alone) {
    std::string& line = lines[block->first];
    const std::string_view content = content_of(line);
    if (!is_blank_or_comment(content.substr(content.find(':') + 1))) return std::nullopt;
    line = std::string(content.substr(0, content.find(':') + 1)) + " {}" +
           std::string(content.substr(content.find(':') + 1)) + line.substr(content.size());
  }
  return joined(lines);
}

}  // namespace reef
