#include "core/base/json.h"

#include <catch2/catch.hpp>

#include "tests/support/sanitized.h"

namespace reef::json {
namespace {

using namespace std::string_literals;

std::string message_of(std::string text) {
  const auto parsed = parse("f.json", std::move(text));
  REQUIRE(!parsed);
  CHECK(parsed.error().code() == ErrorCode::invalid_input);
  return render(parsed.error());
}

std::string line_and_column(const Place& place) { return fmt::format("{}:{}", place.line, place.column); }

TEST_CASE("values keep the order of their members") {
  const Document document = parse("f", R"({"b": [1, -2, 3.5, "x", true, null], "a": {}})").value();
  CHECK(document.root.dump() == R"({"b":[1,-2,3.5,"x",true,null],"a":{}})");
}

TEST_CASE("a syntax error stands where it is") {
  CHECK(message_of("{\n  \"a\": 1,\n  \"b\" 2\n}") ==
        "f.json:3:7: error: this is not JSON: unexpected number literal; expected ':'\n"
        "  3 |   \"b\" 2\n"
        "    |       ^\n");
  CHECK(message_of("[1, 2") ==
        "f.json:1:6: error: this is not JSON: unexpected end of input; expected ']'\n"
        "  1 | [1, 2\n"
        "    |      ^\n");
}

TEST_CASE("what is not RFC 8259 is refused") {
  for (const char* text :
       {"",          " ",       "{",           "[1,]", "{\"a\":1,}", "{a: 1}", "{'a': 1}", "// x\n1",
        "/* x */ 1", "01",      "1.",          ".5",   "+1",         "NaN",    "Infinity", "1 2",
        "\"a\nb\"",  "\"\\x\"", "\"\\ud800\"", "tru",  "\"a",        "[1}",    "1e999",    "\v1"}) {
    CAPTURE(text);
    const auto parsed = parse("f", text);
    REQUIRE(!parsed);
    CHECK(parsed.error().code() == ErrorCode::invalid_input);
    CHECK(parsed.error().place().has_value());
  }
}

TEST_CASE("a duplicate key is refused at the second of the two, also in nested objects") {
  CHECK(message_of("{\"a\": 1,\n \"a\": 2}") ==
        "f.json:2:2: error: duplicate key `a`\n  2 |  \"a\": 2}\n    |  ^\nhint: keep one of the two\n");
  CHECK(message_of("{\"x\": [0, {\"y\": {\"k\": 1, \"k\": 2}}]}") ==
        "f.json:1:26: error: duplicate key `k`\n"
        "  1 | {\"x\": [0, {\"y\": {\"k\": 1, \"k\": 2}}]}\n"
        "    |                          ^\n"
        "hint: keep one of the two\n");
  CHECK(message_of("{\"a\": 1, \"\\u0061\": 2}").find("f.json:1:10: error: duplicate key `a`") == 0);
  CHECK(message_of("[[{}], {\"a/b~\": {\"\": 1, \"\": 2}}]").find("f.json:1:25: error: duplicate key ``") ==
        0);
}

TEST_CASE("the same key may stand in different objects") {
  CHECK(parse("f", R"({"a": {"a": [{"a": 1}, {"a": 2}]}})").has_value());
}

TEST_CASE("nesting ends at its limit, and ten thousand levels do no harm") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(parse("f", nested(kDeepest)).has_value());
  CHECK(message_of(nested(kDeepest + 1)).find("values are nested deeper than 128 levels") !=
        std::string::npos);
  CHECK(message_of(nested(10'000)).find("values are nested deeper than 128 levels") != std::string::npos);
  CHECK(message_of(std::string(5'000'000, '[')).find("nested deeper") != std::string::npos);
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += "{\"a\":";
  CHECK(message_of(objects).find("nested deeper") != std::string::npos);
}

TEST_CASE("nesting that is too deep is reported at the value that is too deep") {
  const std::string text = std::string(kDeepest, '[') + "\n [";
  const auto parsed = parse("f", text);
  REQUIRE(!parsed);
  CHECK(line_and_column(*parsed.error().place()) == "2:2");
}

TEST_CASE("a UTF-8 byte order mark is skipped, and places still count") {
  const Document document = parse("f", "\xEF\xBB\xBF{\"a\": 1}").value();
  CHECK(document.root["a"] == 1);
  CHECK(line_and_column(place_of_key(document, "/a")) == "1:5");
  CHECK(message_of("\xEF\xBB\xBF{\"a\": 1,\n\"a\": 2}").find("f.json:2:1: error: duplicate key `a`") == 0);
}

TEST_CASE("UTF-16 is named, with the command that converts it") {
  const std::string wanted =
      "f.json: error: the file is in UTF-16, expected UTF-8\n"
      "hint: convert it: `iconv -f UTF-16 -t UTF-8 f.json`\n";
  CHECK(message_of("\xFF\xFE{\0}\0"s) == wanted);
  CHECK(message_of("\xFE\xFF\0{\0}"s) == wanted);
  CHECK(message_of("{\0}\0"s) == wanted);
  CHECK(message_of("\0{\0}"s) == wanted);
}

TEST_CASE("a NUL byte is refused at its place, inside and outside strings") {
  CHECK(message_of("{\"a\": \"x\0y\"}"s) ==
        "f.json:1:9: error: the file has a NUL byte\n"
        "  1 | {\"a\": \"x\\x00y\"}\n"
        "    |         ^\n"
        "hint: is it a text file?\n");
  CHECK(message_of("1   \0"s).find("f.json:1:5: error: the file has a NUL byte") == 0);
}

TEST_CASE("a NUL written as an escape is an ordinary character") {
  CHECK(parse("f", "\"\\u0000\"").value().root.get<std::string>() == "\0"s);
}

TEST_CASE("invalid UTF-8 is refused at its place") {
  CHECK(message_of("{\"a\": \"\xC3(\"}").find("f.json:1:8: error: the file is not in UTF-8\n") == 0);
  CHECK(message_of("{\n\"\xFF\": 1}").find("f.json:2:2: error: the file is not in UTF-8\n") == 0);
}

TEST_CASE("places of keys and values are found in nested files") {
  const Document document = parse("f", R"({
  "a": {"b": [10, {"c": "}]{[\",:"}, 30]},
  "a/b": {"m~n": 1},
  "": 5,
  "\u00e9": [[], {}, [true]]
})")
                                .value();
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"", "1:1", "1:1"},         {"/a", "2:3", "2:8"},
      {"/a/b", "2:9", "2:14"},    {"/a/b/0", "2:15", "2:15"},
      {"/a/b/1", "2:19", "2:19"}, {"/a/b/1/c", "2:20", "2:25"},
      {"/a/b/2", "2:38", "2:38"}, {"/a~1b/m~0n", "3:11", "3:18"},
      {"/", "4:3", "4:7"},        {"/\xC3\xA9/2/0", "5:23", "5:23"},
  };
  for (const auto& [pointer, key, value] : cases) {
    CAPTURE(pointer);
    CHECK(line_and_column(place_of_key(document, pointer)) == key);
    CHECK(line_and_column(place_of_value(document, pointer)) == value);
  }
}

TEST_CASE("a pointer that names nothing gives the nearest place above it") {
  const Document document = parse("f", "{\"a\": {\"b\": 1}}").value();
  CHECK(line_and_column(place_of_value(document, "/x")) == "1:1");
  CHECK(line_and_column(place_of_value(document, "/a/x")) == "1:7");
  CHECK(line_and_column(place_of_value(document, "/a/b/c")) == "1:13");
  CHECK(line_and_column(place_of_value(document, "/a/b/0")) == "1:13");
}

TEST_CASE("places count bytes, and lines end with either newline") {
  CHECK(line_and_column(place_at("f", "a\r\nb\xC3\xA9x", 6)) == "2:4");
  CHECK(place_at("f", "a\r\nb\r\n", 0).excerpt == "a");
  CHECK(place_at("f", "ab\ncd", 3).excerpt == "cd");
  CHECK(line_and_column(place_at("f", "ab\n", 99)) == "2:1");
  CHECK(line_and_column(place_at("f", "", 0)) == "1:1");
}

TEST_CASE("numbers keep their kind, and integers beyond 64 bits are refused rather than rounded") {
  const Value root = parse("f", "[1, -1, 18446744073709551615, 1.0, 1e2]").value().root;
  CHECK(root[0].is_number_unsigned());
  CHECK(root[1].is_number_integer());
  CHECK(root[2].get<std::uint64_t>() == UINT64_MAX);
  CHECK(root[3].is_number_float());
  CHECK(root[4].is_number_float());
  CHECK(message_of("[1,\n 18446744073709551616]") ==
        "f.json:2:2: error: 18446744073709551616 is too large for a whole number\n"
        "  2 |  18446744073709551616]\n"
        "    |  ^\n");
  CHECK(message_of("{\"a\": [0, -9223372036854775809]}")
            .find("f.json:1:11: error: -9223372036854775809 is too") == 0);
}

TEST_CASE("a text of fifty megabytes is read in seconds, and its problem is found") {
  std::string text = "{\"list\": [\n";
  const std::string line = "{\"name\": \"a\", \"numbers\": [1, 2, 3], \"nested\": {\"x\": \"y\"}},\n";
  while (text.size() < (test::kSanitized ? 5'000'000 : 50'000'000)) text += line;
  text += "{}], \"list\": 2}";
  CHECK(message_of(std::move(text)).find("duplicate key `list`") != std::string::npos);
}

TEST_CASE("an object with very many keys is read in linear time") {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += fmt::format("\"k{}\": {},", i, i);
  text += "\"last\": 1}";
  CHECK(parse("f", text).value().root.size() == 200'001);
}

TEST_CASE("what we write is sorted, ends in a newline and reads back as the same value") {
  const Value value =
      parse("f", R"({"b": [1, {"z": 1, "y": "\u00e9\n\u0000"}], "a": {}, "c": 0.1})").value().root;
  CHECK(write_sorted(value) ==
        "{\n  \"a\": {},\n  \"b\": [\n    1,\n    {\n      \"y\": \"\xC3\xA9\\n\\u0000\",\n      \"z\": 1\n  "
        "  }\n  ],\n"
        "  \"c\": 0.1\n}\n");
  CHECK(write_line(value) == "{\"a\":{},\"b\":[1,{\"y\":\"\xC3\xA9\\n\\u0000\",\"z\":1}],\"c\":0.1}\n");
  CHECK(write_sorted(parse("f", write_sorted(value)).value().root) == write_sorted(value));
}

TEST_CASE("bytes that are not UTF-8 are written as the replacement character, not as an exception") {
  CHECK(write_line(Value("a\xFF"
                         "b")) ==
        "\"a\xEF\xBF\xBD"
        "b\"\n");
}

TEST_CASE("pointer tokens are escaped") {
  CHECK(escaped_token("a/b~c") == "a~1b~0c");
  CHECK(escaped_token("").empty());
}

}  // namespace
}  // namespace reef::json
