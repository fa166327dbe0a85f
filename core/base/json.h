#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

// JSON and YAML texts that people write, and JSON that we write.
namespace reef::json {

// Keeps the order in which members were declared: order means preference in a manifest.
using Value = nlohmann::ordered_json;

// Byte offsets of a value and of the key it stands under (equal to the value's for array items and the root).
struct Offsets {
  std::size_t key = 0;
  std::size_t value = 0;
};

// A parsed text that still knows where everything stands. file is the name that messages show.
struct Document {
  std::string file;
  std::string text;
  Value root;
  // YAML only: JSON pointer -> offsets. JSON texts are walked again instead, and only when there is a
  // problem.
  std::map<std::string, Offsets> offsets;
};

// Containers nested deeper than this are refused: nobody writes them, and recursion must end.
constexpr std::size_t kDeepest = 128;
// No more duplicate keys of one text are told apart: each costs a look through it.
constexpr std::size_t kMostDuplicates = 20;

// Strict JSON (RFC 8259) in UTF-8. Refuses, with the place: syntax errors, duplicate keys, nesting beyond
// kDeepest, whole numbers beyond 64 bits, invalid UTF-8, NUL bytes, UTF-16 texts. A UTF-8 byte order mark is
// skipped. Errors: invalid_input. With `duplicates`, these take the errors of duplicate keys, and the rest is
// read all the same: the first of a key counts.
Result<Document> parse(std::string file, std::string text, std::vector<Error>* duplicates = nullptr);

// YAML 1.2 (core schema: null, true/false, decimal, hex and octal integers, floats; the rest are strings) as
// the same document. Refuses what parse refuses, infinities and NaN, keys that are not scalars, several
// documents, and alias bombs (more than a million nodes). Errors: invalid_input.
Result<Document> parse_yaml(std::string file, std::string text, std::vector<Error>* duplicates = nullptr);

// Refuses a text that is not UTF-8 without NUL bytes, at the first wrong byte; UTF-16 is named as such.
Status check_encoding(const Document& document);

// Where the value (or its key) at an RFC 6901 pointer stands; when the pointer names nothing, the innermost
// value above it that exists.
Place place_of_value(const Document& document, std::string_view pointer);
Place place_of_key(const Document& document, std::string_view pointer);

// The place of a byte offset in a text.
Place place_at(std::string_view file, std::string_view text, std::size_t offset);

// One pointer token with `~` and `/` escaped (RFC 6901).
std::string escaped_token(std::string_view key);

// "a string", "an object", ... for messages.
std::string_view type_name(const Value& value);

// A string as it is, anything else as JSON.
std::string text_of(const Value& value);

// Indented by two spaces, keys sorted, one trailing newline: the same value gives the same bytes.
std::string write_sorted(const Value& value);
// The same on one line, with no spaces and a trailing newline.
std::string write_line(const Value& value);

}  // namespace reef::json
