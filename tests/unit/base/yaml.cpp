#include <catch2/catch.hpp>

#include "core/base/json.h"

namespace reef::json {
namespace {

using namespace std::string_literals;

Value value_of(const std::string& text) {
  auto parsed = parse_yaml("f.yaml", text);
  if (!parsed) FAIL(render(parsed.error()));
  return parsed->root;
}

std::string yaml_message_of(const std::string& text) {
  const auto parsed = parse_yaml("f.yaml", text);
  REQUIRE(!parsed);
  CHECK(parsed.error().code() == ErrorCode::invalid_input);
  return render(parsed.error());
}

std::string yaml_place(const Place& place) { return fmt::format("{}:{}", place.line, place.column); }

TEST_CASE("a YAML file gives the same value as the JSON file that says the same") {
  const std::string yaml = R"(# a manifest
reef: 1
name: digits
kind: "model"
tags: [a, 'b']
sources:
  - path: src
  - url: https://example.org/x
    size: 123
    unpack: true
nothing:
empty: {}
text: |
  two
  lines
ratio: -0.5
)";
  const std::string same = R"({"reef": 1, "name": "digits", "kind": "model", "tags": ["a", "b"],
    "sources": [{"path": "src"}, {"url": "https://example.org/x", "size": 123, "unpack": true}],
    "nothing": null, "empty": {}, "text": "two\nlines\n", "ratio": -0.5})";
  CHECK(value_of(yaml) == parse("f", same).value().root);
}

TEST_CASE("JSON is YAML") {
  const std::string text = R"({"b": [1, -2, 3.5, "x", "1", true, null, {"a": "\u00e9\t\"\/"}], "a": {}})";
  CHECK(value_of(text) == parse("f", text).value().root);
}

TEST_CASE("scalars are read by the core schema of YAML 1.2") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"null", "null"},
      {"~", "null"},
      {"Null", "null"},
      {"true", "true"},
      {"FALSE", "false"},
      {"yes", "\"yes\""},
      {"no", "\"no\""},
      {"on", "\"on\""},
      {"12", "12"},
      {"+12", "12"},
      {"-12", "-12"},
      {"0x1F", "31"},
      {"0o17", "15"},
      {"017", "17"},
      {"1.5", "1.5"},
      {"1e3", "1000.0"},
      {"-0", "0"},
      {".5", "0.5"},
      {"5.", "5.0"},
      {"1.2.3", "\"1.2.3\""},
      {"1_000", "\"1_000\""},

      {"1:30", "\"1:30\""},
      {"2026-01-31", "\"2026-01-31\""},
      {"'1'", "\"1\""},
      {"\"true\"", "\"true\""},
      {"''", "\"\""},
      {"'~'", "\"~\""},
      {"0x", "\"0x\""},
      {"-0x1F", "\"-0x1F\""},
      {"+-5", "\"+-5\""},
      {"0x-1F", "\"0x-1F\""},
      {"+0x1F", "\"+0x1F\""},
      {"18446744073709551615", "18446744073709551615"},
      {"!!str 12", "\"12\""},
      {"+.5", "0.5"},
      {"-.5e1", "-5.0"},
      {"e5", "\"e5\""},
      {"0o8", "\"0o8\""},
  };
  for (const auto& [text, wanted] : cases) {
    CAPTURE(text);
    CHECK(value_of("- " + text + "\n").dump() == "[" + wanted + "]");
  }
}

TEST_CASE("numbers that JSON cannot hold are refused, not rounded or turned into text") {
  CHECK(yaml_message_of("a: 1\nb: .inf\n").find("f.yaml:2:4: error: ") == 0);
  CHECK(yaml_message_of("a: .nan\n").find("f.yaml:1:4: error: ") == 0);
  CHECK(yaml_message_of("a: 18446744073709551616\n")
            .find("f.yaml:1:4: error: 18446744073709551616 is too large") == 0);
}

TEST_CASE("block scalars that look like numbers are text") {
  CHECK(value_of("a: |\n  12\nb: >-\n  true\n").dump() == R"({"a":"12\n","b":"true"})");
}

TEST_CASE("members keep their order") {
  CHECK(value_of("b: 1\na: 2\nc: 3\n").dump() == R"({"b":1,"a":2,"c":3})");
}

TEST_CASE("places of keys and values are known, in flow and block style") {
  const Document document =
      parse_yaml("f.yaml", "a:\n  b: [10, {c: x}]\n  'd/e': text\nlist:\n- one\n- {k: v}\n").value();
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"/a", "1:1", "2:3"},         {"/a/b", "2:3", "2:6"},     {"/a/b/0", "2:7", "2:7"},
      {"/a/b/1/c", "2:12", "2:15"}, {"/a/d~1e", "3:3", "3:10"}, {"/list/0", "5:3", "5:3"},
      {"/list/1/k", "6:4", "6:7"},
  };
  for (const auto& [pointer, key, value] : cases) {
    CAPTURE(pointer);
    CHECK(yaml_place(place_of_key(document, pointer)) == key);
    CHECK(yaml_place(place_of_value(document, pointer)) == value);
  }
}

TEST_CASE("places count bytes behind letters of several bytes") {
  const Document document = parse_yaml("f", "# \xE2\x82\xAC\n\xC3\xA9: {a: \xE2\x82\xAC, b: 1}\n").value();
  CHECK(yaml_place(place_of_key(document, "/\xC3\xA9")) == "2:1");
  CHECK(yaml_place(place_of_key(document, "/\xC3\xA9/b")) == "2:14");
  CHECK(yaml_place(place_of_value(document, "/\xC3\xA9/b")) == "2:17");
}

TEST_CASE("places count in files with Windows newlines and with a byte order mark") {
  const Document windows = parse_yaml("f", "a: 1\r\nb:\r\n  c: 2\r\n").value();
  CHECK(yaml_place(place_of_key(windows, "/b/c")) == "3:3");
  const Document marked = parse_yaml("f",
                                     "\xEF\xBB\xBF"
                                     "a: 1\nb: 2\n")
                              .value();
  CHECK(marked.root.dump() == R"({"a":1,"b":2})");
  CHECK(yaml_place(place_of_key(marked, "/b")) == "2:1");
}

TEST_CASE("in YAML too, a pointer that names nothing gives the nearest place above it") {
  const Document document = parse_yaml("f", "a:\n  b: 1\n").value();
  CHECK(yaml_place(place_of_value(document, "/x")) == "1:1");
  CHECK(yaml_place(place_of_value(document, "/a/x")) == "2:3");
}

TEST_CASE("a duplicate key is refused at the second of the two") {
  CHECK(yaml_message_of("a: 1\nb: 2\na: 3\n") ==
        "f.yaml:3:1: error: duplicate key `a`\n  3 | a: 3\n    | ^\nhint: keep one of the two\n");
}

TEST_CASE("a syntax error of YAML stands where it is") {
  CHECK(yaml_message_of("a: [1, 2\nb: 3\n").find("f.yaml:2:") == 0);
  CHECK(yaml_message_of("a: 1\n\tb: 2\n").find("f.yaml:2:") == 0);
  CHECK(yaml_message_of("\xC3\xA9: 1\n- 2\n").find("f.yaml:2:") == 0);
}

TEST_CASE("what has no counterpart in JSON is refused") {
  CHECK(yaml_message_of("? [a, b]\n: 1\n").find("expected a plain key") != std::string::npos);
  CHECK(yaml_message_of("a: 1\n---\nb: 2\n") ==
        "f.yaml:2:1: error: expected one YAML document, and here another begins\n  2 | ---\n    | ^\n");
  for (const char* nothing : {"", "\n", "# only a comment\n", "---\n", "null\n"})
    CHECK(yaml_message_of(nothing).find("f.yaml:1:1: error: the file has no YAML document\n") == 0);
}

TEST_CASE("a glob that YAML takes for an alias is to be quoted") {
  const std::string hint =
      "hint: in YAML a `*` begins an alias: quote a text that begins with it, as \"*.log\"\n";
  CHECK(yaml_message_of("exclude: [*.log]\n") ==
        "f.yaml:1:11: error: this is not YAML: the referenced anchor is not defined\n  1 | exclude: [*.log]\n"
        "    |           ^\n" +
            hint);
  for (const char* text : {"a: *\n", "- **/x\n", "a: *,b\n"}) CHECK(yaml_message_of(text).ends_with(hint));
}

TEST_CASE("texts that made the YAML library loop for ever are refused") {
  for (const char* text : {", a", ", . - |2reef:rn a\n1m", "] x", "} x", "a: 1\n, b", ": :\n, x"}) {
    CAPTURE(text);
    const auto parsed = parse_yaml("f.yaml", text);
    REQUIRE(!parsed);
    CHECK(parsed.error().code() == ErrorCode::invalid_input);
  }
}

TEST_CASE("aliases are followed, and bombs and loops made of them are refused") {
  CHECK(value_of("a: &x [1]\nb: *x\n").dump() == R"({"a":[1],"b":[1]})");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) bomb += fmt::format("{}*a{}", j == 0 ? "" : ", ", i - 1);
    bomb += "]\n";
  }
  CHECK(yaml_message_of(bomb).find("more than 100000 values") != std::string::npos);
  CHECK(yaml_message_of("&a [*a]\n").find("nested deeper than 128 levels") != std::string::npos);
}

TEST_CASE("nesting ends at its limit, and a hundred thousand levels do no harm") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']') + "\n";
  };
  CHECK(parse_yaml("f", nested(kDeepest)).has_value());
  CHECK(yaml_message_of(nested(kDeepest + 1)).find("nested deeper than 128 levels") != std::string::npos);
  CHECK(yaml_message_of(nested(100'000)).find("nested deeper than 128 levels") != std::string::npos);
  CHECK(yaml_message_of(std::string(100'000, '[')).find("error: ") != std::string::npos);
  std::string blocks;
  for (std::size_t i = 0; i < 2000; ++i) blocks += std::string(i, ' ') + "a:\n";
  CHECK(yaml_message_of(blocks).find("nested deeper than 128 levels") != std::string::npos);
  std::string dashes;
  for (std::size_t i = 0; i < 100'000; ++i) dashes += "- ";
  CHECK(yaml_message_of(dashes).find("nested deeper than 128 levels") != std::string::npos);
}

TEST_CASE("UTF-16, NUL bytes and invalid UTF-8 are refused as in JSON files") {
  CHECK(yaml_message_of("\xFF\xFE"
                        "a\0:\0"s) ==
        "f.yaml: error: the file is in UTF-16, expected UTF-8\n"
        "hint: convert it: `iconv -f UTF-16 -t UTF-8 f.yaml`\n");
  CHECK(yaml_message_of("a: x\0y\n"s).find("f.yaml:1:5: error: the file has a NUL byte") == 0);
  CHECK(yaml_message_of("a: 1\nb: \xFF\n").find("f.yaml:2:4: error: the file is not in UTF-8") == 0);
}

}  // namespace
}  // namespace reef::json
