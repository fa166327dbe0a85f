#include "core/model/places.h"

#include <algorithm>

namespace reef {
namespace {

constexpr std::size_t kLongestExcerpt = 500;

// Walks a JSON text and its value side by side. The text was parsed before: it is well-formed.
class Walk {
 public:
  Walk(std::string_view text, std::unordered_map<const json::Value*, std::size_t>& offsets)
      : text_(text), offsets_(offsets) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  void value(const json::Value& value, std::size_t key_offset) {
    skip_blanks();
    if (value.is_object())
      object(value, key_offset);
    else if (value.is_array())
      array(value, key_offset);
    else if (value.is_string())
      string();
    else
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
  }

 private:
  static constexpr std::size_t kSelf = std::string_view::npos;

  void object(const json::Value& value, std::size_t key_offset) {
    offsets_.emplace(&value, key_offset == kSelf ? at_ : key_offset);
    ++at_;
    for (const auto& [name, member] : value.get_ref<const json::Value::object_t&>()) {
      skip_to_next();
      const std::size_t key = at_;
      string();
      skip_blanks();
      ++at_;  // the colon
      this->value(member, key);
    }
    close();
  }

  void array(const json::Value& value, std::size_t key_offset) {
    offsets_.emplace(&value, key_offset == kSelf ? at_ : key_offset);
    ++at_;
    for (const json::Value& item : value) {
      skip_to_next();
      this->value(item, kSelf);
    }
    close();
  }

  void close() {
    skip_blanks();
    ++at_;
  }

  void string() {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2U : 1U;
    ++at_;
  }

  void skip_blanks() { skip(" \t\r\n"); }
  void skip_to_next() { skip(", \t\r\n"); }
  void skip(std::string_view blanks) {
    while (at_ < text_.size() && blanks.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  std::string_view text_;
  std::unordered_map<const json::Value*, std::size_t>& offsets_;
  std::size_t at_ = 0;
};

}  // namespace

Places::Places(const json::Document& document) : document_(document) {
  lines_.push_back(0);
  const std::string& text = document.text;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    lines_.push_back(at + 1);
  if (document.offsets.empty()) Walk(text, key_offsets_).value(document.root, std::string_view::npos);
}

Place Places::at(std::size_t offset) const {
  offset = std::min(offset, document_.text.size());
  const auto next = std::upper_bound(lines_.begin(), lines_.end(), offset);
  const std::size_t start = *std::prev(next);
  const std::size_t end = next == lines_.end() ? document_.text.size() : *next - 1;
  std::string_view line = std::string_view(document_.text).substr(start, end - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > kLongestExcerpt) line = {};
  return Place{document_.file, static_cast<std::size_t>(next - lines_.begin()), offset - start + 1,
               std::string(line)};
}

Place Places::of(const json::Node& node) const {
  if (const auto found = key_offsets_.find(&node.value()); found != key_offsets_.end())
    return at(found->second);
  if (const auto found = document_.offsets.find(node.pointer()); found != document_.offsets.end())
    return at(found->second.key);
  return node.key_place();
}

std::size_t Places::value_offset(const json::Node& node) const {
  const Place place = node.place();
  if (place.line == 0 || place.line > lines_.size()) return 0;
  return lines_[place.line - 1] + place.column - 1;
}

}  // namespace reef
