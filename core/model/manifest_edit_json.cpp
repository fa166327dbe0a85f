#include <algorithm>
#include <vector>

#include "core/model/manifest_edit_parts.h"

namespace reef {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// Byte offsets in a well-formed text; each end is one past.
struct Member {
  std::size_t key = 0;
  std::size_t value = 0;
  std::size_t end = 0;
  std::string name;
};
struct Object {
  std::size_t begin = 0;  // of `{`
  std::size_t end = 0;
  std::vector<Member> members;

  const Member* find(std::string_view name) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& member) { return member.name == name; });
    return found == members.end() ? nullptr : &*found;
  }
};

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) { skip_blanks(); }

  Object object() {
    Object out;
    out.begin = at_++;
    for (skip_blanks(); peek() == '"'; skip_blanks()) {
      Member member;
      member.key = at_;
      skip_string();
      const json::Value name = json::Value::parse(text_.substr(member.key, at_ - member.key), nullptr, false);
      if (name.is_string()) member.name = name.get<std::string>();
      skip_blanks();
      ++at_;  // the colon
      skip_blanks();
      member.value = at_;
      skip_value();
      member.end = at_;
      out.members.push_back(std::move(member));
      skip_blanks();
      if (peek() == ',') ++at_;
    }
    out.end = ++at_;
    return out;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  void skip_string() {
    for (++at_; peek() != '"' && at_ < text_.size(); ++at_)
      if (peek() == '\\') ++at_;
    ++at_;
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      const bool scalar = depth == 0 && c != '}' && c != ']';
      if (scalar) at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
    } while (depth > 0 && at_ < text_.size());
  }

  std::string_view text_;
  std::size_t at_;
};

Object scan(std::string_view text, std::size_t at = 0) {
  if (at == 0 && text.starts_with("\xEF\xBB\xBF")) at = 3;
  return Scanner(text, at).object();
}

std::string_view blanks_before(std::string_view text, std::size_t at) {
  const std::size_t last = text.substr(0, at).find_last_not_of(kBlanks);
  const std::size_t from = last == std::string_view::npos ? 0 : last + 1;
  return text.substr(from, at - from);
}

// How the members of an object are set apart, and whether blanks follow its colons.
struct Style {
  std::string separator;
  bool compact = false;
};

Style style_of(std::string_view text, const Object& object) {
  const Member& last = object.members.back();
  Style style;
  style.compact = text[last.value - 1] == ':';
  style.separator = std::string(blanks_before(text, last.key));
  if (object.members.size() == 1 && style.separator.empty() && !style.compact) style.separator = " ";
  return style;
}

// A new member that follows `style`; a separator with a line break makes `inner` stand on its own line.
std::string member_text(std::string_view name, const std::string& value, bool compact) {
  return json::Value(name).dump() + (compact ? ":" : ": ") + value;
}

// "\n    " for members of a value that stands after "\n  ".
std::string deeper(const std::string& separator) {
  const std::size_t line = separator.rfind('\n');
  const std::string indent = separator.substr(line + 1);
  return separator.substr(0, line + 1) + indent + (indent.empty() ? "  " : indent);
}

std::string wrapped(const std::string& member, const Style& outer) {
  if (outer.separator.find('\n') == std::string::npos) return "{" + member + "}";
  return "{" + deeper(outer.separator) + member + outer.separator + "}";
}

std::string with_insertion(std::string_view text, std::size_t at, std::string_view inserted) {
  return std::string(text.substr(0, at)) + std::string(inserted) + std::string(text.substr(at));
}

std::string without(std::string_view text, std::size_t from, std::size_t to) {
  return std::string(text.substr(0, from)) + std::string(text.substr(to));
}

// A manifest that has no `dependencies` yet: they stand before what builds on them, or else at the end.
std::optional<std::string> add_object(std::string_view text, const Object& root, std::string_view role,
                                      const json::Value& value) {
  if (root.members.empty()) return std::nullopt;
  const Style style = style_of(text, root);
  const std::string member = member_text(role, inline_json(value, style.compact), style.compact);
  const std::string added = member_text("dependencies", wrapped(member, style), style.compact);
  for (const std::string_view next : {"variations", "exports", "actions"})
    if (const Member* found = root.find(next); found != nullptr && found != &root.members.front())
      return with_insertion(text, found->key, added + "," + style.separator);
  return with_insertion(text, root.members.back().end, "," + style.separator + added);
}

}  // namespace

std::optional<std::string> add_to_json(std::string_view text, std::string_view role,
                                       const json::Value& value) {
  const Object root = scan(text);
  const Member* dependencies = root.find("dependencies");
  if (dependencies == nullptr) return add_object(text, root, role, value);
  if (text[dependencies->value] != '{') return std::nullopt;
  const Object object = scan(text, dependencies->value);
  if (!object.members.empty()) {
    const Style style = style_of(text, object);
    return with_insertion(
        text, object.members.back().end,
        "," + style.separator + member_text(role, inline_json(value, style.compact), style.compact));
  }
  const Style style = style_of(text, root);
  const std::string member = member_text(role, inline_json(value, style.compact), style.compact);
  const std::string blanks(text.substr(object.begin + 1, object.end - object.begin - 2));
  if (!blanks.empty() && blanks.find('\n') == std::string::npos)
    return with_insertion(text, object.begin + 1, blanks + member);
  return without(text, object.begin, object.end).insert(object.begin, wrapped(member, style));
}

std::optional<std::string> remove_from_json(std::string_view text, std::string_view role) {
  const Object root = scan(text);
  const Member* dependencies = root.find("dependencies");
  if (dependencies == nullptr || text[dependencies->value] != '{') return std::nullopt;
  const Object object = scan(text, dependencies->value);
  const Member* member = object.find(role);
  if (member == nullptr) return std::nullopt;
  const auto index = static_cast<std::size_t>(member - object.members.data());
  if (index > 0 && index + 1 == object.members.size())
    return without(text, object.members[index - 1].end, member->end);
  if (index + 1 < object.members.size()) return without(text, member->key, object.members[index + 1].key);
  const std::string_view before = text.substr(object.begin + 1, member->key - object.begin - 1);
  const bool one_line = before.find('\n') == std::string_view::npos;
  return without(text, one_line ? member->key : object.begin + 1, object.end - 1);
}

}  // namespace reef
