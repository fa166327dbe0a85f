#include "core/base/json.h"

#include <algorithm>
#include <unordered_set>

#include "core/base/text.h"

namespace reef::json {
namespace {

constexpr std::size_t kFewMembers = 8;  // of an object: a look at each is cheaper than a set
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Steps over a JSON text that is known to be well-formed up to the places of interest.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  // Follows a pointer; occurrence counts equal keys of the innermost object from 1, 0 means the last one.
  Offsets find(const std::vector<std::string>& tokens) {
    skip_blanks();
    Offsets found{at_, at_};
    for (const std::string& token : tokens) {
      const bool entered = peek() == '{' ? enter_object(token, found) : enter_array(token, found);
      if (!entered) break;
    }
    return found;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  // Past a string; returns what stood between the quotes, decoded.
  std::string skip_string() {
    const std::size_t from = at_++;
    bool escapes = false;
    while (at_ < text_.size() && text_[at_] != '"') {
      escapes = escapes || text_[at_] == '\\';
      at_ += text_[at_] == '\\' ? 2U : 1U;
    }
    at_ = std::min(at_ + 1, text_.size());
    if (!escapes) return std::string(text_.substr(from + 1, at_ - from - 2));
    const auto decoded = Value::parse(text_.substr(from, at_ - from), nullptr, false);
    return decoded.is_string() ? decoded.get<std::string>() : std::string();
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      skip_blanks();
      const char c = peek();
      if (c == '\0') return;
      if (c == '"') {
        skip_string();
      } else {
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at_;
        if (depth == 0 && c != '}' && c != ']') skip_scalar();
      }
    } while (depth > 0);
  }

  void skip_scalar() {
    while (at_ < text_.size() && std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
      ++at_;
  }

  // The last member of that name: of two equal keys the second is the problem.
  bool enter_object(const std::string& token, Offsets& found) {
    bool seen = false;
    std::size_t inside = at_;
    ++at_;
    for (skip_blanks(); peek() == '"'; skip_blanks()) {
      const std::size_t key = at_;
      const bool matches = skip_string() == token;
      skip_blanks();
      if (peek() != ':') break;
      ++at_;
      skip_blanks();
      if (matches) {
        seen = true;
        inside = at_;
        found = {key, at_};
      }
      skip_value();
      skip_blanks();
      if (peek() != ',') break;
      ++at_;
    }
    at_ = inside;
    return seen;
  }

  bool enter_array(const std::string& token, Offsets& found) {
    if (peek() != '[') return false;
    ++at_;
    for (std::size_t index = 0;; ++index) {
      skip_blanks();
      if (peek() == ']' || peek() == '\0') return false;
      if (std::to_string(index) == token) break;
      skip_value();
      skip_blanks();
      if (peek() != ',') return false;
      ++at_;
    }
    found = {at_, at_};
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::vector<std::string> tokens_of(std::string_view pointer) {
  std::vector<std::string> tokens;
  if (pointer.empty()) return tokens;
  for (std::string& token : split(pointer.substr(1), '/')) {
    std::string decoded;
    for (std::size_t i = 0; i < token.size(); ++i) {
      if (token[i] == '~' && i + 1 < token.size())
        decoded.push_back(token[++i] == '1' ? '/' : '~');
      else
        decoded.push_back(token[i]);
    }
    tokens.push_back(std::move(decoded));
  }
  return tokens;
}

// Builds the value while watching for what nlohmann lets through: duplicate keys and deep nesting.
class Builder : public nlohmann::json_sax<Value> {
 public:
  Builder(const Document& document, std::vector<Error>* duplicates)
      : document_(document), duplicates_(duplicates) {}

  Value root;
  std::optional<Error> error;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& text) override {
    const bool whole = text.find_first_of(".eE") == std::string::npos;
    if (!whole) return add(value);
    error = make_error(ErrorCode::invalid_input, "{} is too large for a whole number", text)
                .at(place_of_value(document_, pointer_of_next()))
                .take();
    return false;
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.key = std::move(name);
    if (is_new(level)) return true;
    const std::string pointer = this->pointer() + "/" + escaped_token(level.key);
    Error duplicate = make_error(ErrorCode::invalid_input, "duplicate key `{}`", printable(level.key))
                          .at(place_of_key(document_, pointer))
                          .hint("keep one of the two")
                          .take();
    if (duplicates_ == nullptr || duplicates_->size() == kMostDuplicates) {
      error = std::move(duplicate);
      return false;
    }
    duplicates_->push_back(std::move(duplicate));
    return true;  // the object then has both: who looks for the key finds the first
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& problem) override {
    const std::size_t at = position > 0 ? position - 1 : 0;
    Failure failure = make_error(ErrorCode::invalid_input, "{}", explain(problem.what()))
                          .at(place_at(document_.file, document_.text, at));
    const std::string_view remedy = remedy_at(at);
    error = remedy.empty() ? std::move(failure).take() : std::move(failure).hint(std::string(remedy)).take();
    return false;
  }

 private:
  struct Level {
    Value* container;
    std::string key{};                       // of the member that comes
    std::unordered_set<std::string> seen{};  // of objects with many members
  };
  using Members = Value::object_t::Container;

  // Whether the key of the member that comes was not there yet.
  static bool is_new(Level& level) {
    const Members& members = level.container->get_ref<Value::object_t&>();
    if (members.size() < kFewMembers)
      return std::none_of(members.begin(), members.end(),
                          [&](const auto& member) { return member.first == level.key; });
    if (level.seen.empty())
      for (const auto& [key, value] : members) level.seen.insert(key);
    return level.seen.insert(level.key).second;
  }

  // A vector of members copies them when it grows, with all that is in them: their keys are constant.
  static void make_room(Members& members) {
    if (members.size() < members.capacity()) return;
    Members larger;
    larger.reserve(std::max(kFewMembers, 2 * members.size()));
    for (auto& [key, value] : members) larger.emplace_back(key, std::move(value));
    members.swap(larger);
  }

  // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing value - X"
  static std::string explain(std::string_view what) {
    const std::size_t dash = what.find(" - ");
    const std::size_t colon = what.find(": ");
    const std::size_t from = dash != std::string_view::npos    ? dash + 3
                             : colon != std::string_view::npos ? colon + 2
                                                               : 0;
    return "this is not JSON: " + printable(what.substr(from));
  }

  // For what people write who know other notations.
  std::string_view remedy_at(std::size_t at) const {
    const std::string_view text = document_.text;
    const std::string_view before = trim(text.substr(0, at));
    const char here = at < text.size() ? text[at] : '\0';
    if ((here == '}' || here == ']') && before.ends_with(',')) return "remove the comma before it";
    if (here == '\'') return "strings stand in double quotes";
    if (here == '#' || here == '/' || before.ends_with('/'))
      return "JSON has no comments; a manifest with comments can be written as `reef.yaml`";
    return {};
  }

  std::string pointer() const {
    std::string out;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      const Level& level = levels_[i];
      out += "/";
      out += level.container->is_array()
                 ? std::to_string(level.container->size() - 1)
                 : escaped_token(level.container->get_ref<const Value::object_t&>().back().first);
    }
    return out;
  }

  // Of the value that is being added to the innermost container.
  std::string pointer_of_next() const {
    if (levels_.empty()) return "";
    const Level& level = levels_.back();
    const bool in_array = level.container->is_array();
    return pointer() + "/" + (in_array ? std::to_string(level.container->size()) : escaped_token(level.key));
  }

  Value* place(Value value) {
    if (levels_.empty()) {
      root = std::move(value);
      return &root;
    }
    Value& container = *levels_.back().container;
    if (container.is_array()) {
      container.push_back(std::move(value));
      return &container.back();
    }
    // The key is known to be new, so that the ordered map's linear search can be left out.
    Members& members = container.get_ref<Value::object_t&>();
    make_room(members);
    members.emplace_back(std::move(levels_.back().key), std::move(value));
    return &members.back().second;
  }

  template <class T>
  bool add(T&& value) {
    place(Value(std::forward<T>(value)));
    return true;
  }

  bool open(Value container) {
    if (levels_.size() >= kDeepest) {
      error = make_error(ErrorCode::invalid_input, "values are nested deeper than {} levels", kDeepest)
                  .at(place_of_value(document_, pointer_of_next()))
                  .take();
      return false;
    }
    levels_.push_back(Level{place(std::move(container))});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return true;
  }

  const Document& document_;
  std::vector<Error>* duplicates_;
  std::vector<Level> levels_;
};

Offsets offsets_of(const Document& document, std::string_view pointer) {
  if (document.offsets.empty()) return Walker(document.text).find(tokens_of(pointer));
  for (;;) {
    const auto found = document.offsets.find(std::string(pointer));
    if (found != document.offsets.end()) return found->second;
    if (pointer.empty()) return {};
    pointer = pointer.substr(0, pointer.rfind('/'));
  }
}

nlohmann::json sorted(const Value& value) { return nlohmann::json(value); }

}  // namespace

Status check_encoding(const Document& document) {
  const std::string& text = document.text;
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
                     (text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0'));
  if (utf16)
    return make_error(ErrorCode::invalid_input, "the file is in UTF-16, expected UTF-8")
        .at(Place{document.file, 0, 0, ""})
        .hint(fmt::format("convert it: `iconv -f UTF-16 -t UTF-8 {}`", shell_quoted(document.file)));
  const std::size_t nul = text.find('\0');
  if (nul != std::string::npos)
    return make_error(ErrorCode::invalid_input, "the file has a NUL byte")
        .at(place_at(document.file, text, nul))
        .hint("is it a text file?");
  if (const auto invalid = invalid_utf8_at(text))
    return make_error(ErrorCode::invalid_input, "the file is not in UTF-8")
        .at(place_at(document.file, text, *invalid));
  return {};
}

Result<Document> parse(std::string file, std::string text, std::vector<Error>* duplicates) {
  Document document{std::move(file), std::move(text), {}, {}};
  TRY_STATUS(check_encoding(document));
  Builder builder(document, duplicates);
  const bool complete = Value::sax_parse(document.text, &builder);
  if (!complete)
    return tl::make_unexpected(builder.error ? std::move(*builder.error)
                                             : Error(ErrorCode::invalid_input, "this is not JSON"));
  document.root = std::move(builder.root);
  return document;
}

Place place_at(std::string_view file, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  std::string_view line = text.substr(start, text.find('\n', start) - start);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const auto number = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  return Place{std::string(file), number, offset - start + 1, std::string(line)};
}

Place place_of_value(const Document& document, std::string_view pointer) {
  return place_at(document.file, document.text, offsets_of(document, pointer).value);
}

Place place_of_key(const Document& document, std::string_view pointer) {
  return place_at(document.file, document.text, offsets_of(document, pointer).key);
}

std::string escaped_token(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out.push_back(c);
  }
  return out;
}

std::string_view type_name(const Value& value) {
  switch (value.type()) {
    case Value::value_t::null:
      return "null";
    case Value::value_t::object:
      return "an object";
    case Value::value_t::array:
      return "an array";
    case Value::value_t::string:
      return "a string";
    case Value::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case Value::value_t::number_integer:
    case Value::value_t::number_unsigned:
    case Value::value_t::number_float:
      return "a number";
    default:
      return "binary data";
  }
}

std::string text_of(const Value& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string write_sorted(const Value& value) {
  return sorted(value).dump(2, ' ', false, Value::error_handler_t::replace) + "\n";
}

std::string write_line(const Value& value) {
  return sorted(value).dump(-1, ' ', false, Value::error_handler_t::replace) + "\n";
}

}  // namespace reef::json
