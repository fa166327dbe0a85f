#include "core/base/json_reader.h"

#include <catch2/catch.hpp>

namespace reef::json {
namespace {

// Reads a text with the given function and returns everything that a user would see.
std::string problems_of(const std::string& text, const std::function<void(Reader&)>& read) {
  const Document document = parse("reef.json", text).value();
  Problems problems;
  const Node root(document, problems);
  Reader reader(root);
  read(reader);
  std::string out;
  for (const Error& error : problems.sorted()) out += render(error);
  return out;
}

Result<int> parse_port(std::string_view text) {
  if (text == "80") return 80;
  return make_error(ErrorCode::invalid_input, "`{}` is not a port", text).hint("try 80");
}

TEST_CASE("every kind of value is read") {
  std::string name;
  bool flag = false;
  std::int64_t count = 0;
  double ratio = 0;
  std::vector<std::string> words;
  int port = 0;
  const std::string shown = problems_of(
      R"({"name": "n", "flag": true, "count": -5, "ratio": 3, "words": ["a", "b"], "port": "80"})",
      [&](Reader& reader) {
        CHECK(reader.require("name", name));
        CHECK(reader.require("flag", flag));
        CHECK(reader.require("count", count));
        CHECK(reader.require("ratio", ratio));
        CHECK(reader.require("words", words));
        CHECK(reader.require("port", port, parse_port));
        CHECK_FALSE(reader.optional("absent", name));
        CHECK(reader.has("name"));
        CHECK_FALSE(reader.has("absent"));
        reader.done();
      });
  CHECK(shown.empty());
  CHECK(name == "n");
  CHECK(flag);
  CHECK(count == -5);
  CHECK(ratio == 3.0);
  CHECK(words == std::vector<std::string>{"a", "b"});
  CHECK(port == 80);
}

TEST_CASE("every problem of a file is reported in one run, in the order of the text") {
  std::string name = "kept";
  std::int64_t count = 7;
  int port = 0;
  CHECK(problems_of("{\n  \"port\": \"x\",\n  \"cuont\": 1,\n  \"name\": 12\n}\n",
                    [&](Reader& reader) {
                      CHECK_FALSE(reader.require("name", name));
                      CHECK_FALSE(reader.require("count", count));
                      CHECK_FALSE(reader.require("port", port, parse_port));
                      reader.done();
                    }) ==
        "reef.json:1:1: error: missing key `count`\n"
        "  1 | {\n"
        "    | ^\n"
        "reef.json:2:11: error: `x` is not a port\n"
        "  2 |   \"port\": \"x\",\n"
        "    |           ^\n"
        "hint: try 80\n"
        "reef.json:3:3: error: unknown key `cuont`\n"
        "  3 |   \"cuont\": 1,\n"
        "    |   ^\n"
        "hint: did you mean `count`?\n"
        "reef.json:4:11: error: expected a string, got a number\n"
        "  4 |   \"name\": 12\n"
        "    |           ^\n"
        "hint: write it in quotes: \"12\"\n");
  CHECK(name == "kept");
  CHECK(count == 7);
}

TEST_CASE("a problem in a nested value stands at its own place") {
  const std::string text = R"({
  "list": [
    {"name": "a"},
    {"name": "b", "odd/key~": {"deep": [1, 2, "three"]}}
  ]
})";
  CHECK(problems_of(text,
                    [&](Reader& reader) {
                      reader.each_item("list", [](const Node& item) {
                        std::string name;
                        Reader inner(item);
                        inner.require("name", name);
                        inner.each_member("odd/key~", [](const Node& member) {
                          std::vector<std::string> words;
                          member.read(words);
                        });
                        inner.done();
                      });
                      reader.done();
                    }) ==
        "reef.json:4:41: error: expected a string, got a number\n"
        "  4 |     {\"name\": \"b\", \"odd/key~\": {\"deep\": [1, 2, \"three\"]}}\n"
        "    |                                         ^\n"
        "hint: write it in quotes: \"1\"\n"
        "reef.json:4:44: error: expected a string, got a number\n"
        "  4 |     {\"name\": \"b\", \"odd/key~\": {\"deep\": [1, 2, \"three\"]}}\n"
        "    |                                            ^\n"
        "hint: write it in quotes: \"2\"\n");
}

TEST_CASE("a number where a text belongs is shown in quotes as it was written, if that would do") {
  const Document document =
      parse_yaml("reef.yaml", "a: 1.10\nb: 0644 # octal?\nc: [0x1F, 2]\nport: 1e2\n").value();
  Problems problems;
  Node node(document, problems);
  Reader reader(node);
  std::string text;
  std::vector<std::string> texts;
  int port = 0;
  CHECK_FALSE(reader.require("a", text));
  CHECK_FALSE(reader.require("b", text));
  CHECK_FALSE(reader.require("c", texts));
  CHECK_FALSE(reader.require("port", port, parse_port));
  std::vector<std::string> hints;
  for (const Error& error : problems.all())
    hints.insert(hints.end(), error.hints().begin(), error.hints().end());
  CHECK(hints == std::vector<std::string>{"write it in quotes: \"1.10\"", "write it in quotes: \"0644\"",
                                          "write it in quotes: \"0x1F\"", "write it in quotes: \"2\"",
                                          "write it in quotes; `1e2` is not a port", "try 80"});
}

TEST_CASE("a value of another type is named in words") {
  const auto message = [](const std::string& text, auto value) {
    const Document document = parse("f", text).value();
    Problems problems;
    CHECK_FALSE(Node(document, problems).read(value));
    return problems.all().at(0).message();
  };
  CHECK(message("null", std::string()) == "expected a string, got null");
  CHECK(message("{}", std::string()) == "expected a string, got an object");
  CHECK(message("true", std::string()) == "expected a string, got true");
  CHECK(message("\"yes\"", bool()) == "expected true or false, got a string");
  CHECK(message("1.5", std::int64_t()) == "expected a whole number, got a number");
  CHECK(message("18446744073709551615", std::int64_t()) == "18446744073709551615 is too large");
  CHECK(message("[]", double()) == "expected a number, got an array");
  CHECK(message("\"a\"", std::vector<std::string>()) == "expected an array, got a string");
}

TEST_CASE("a document that is not an object is one problem, not one per key") {
  std::string name;
  CHECK(problems_of("[1]", [&](Reader& reader) {
          CHECK_FALSE(reader.require("name", name));
          reader.done();
        }) == "reef.json:1:1: error: expected an object, got an array\n  1 | [1]\n    | ^\n");
}

TEST_CASE("an unknown key that resembles nothing gets the list of what is known here") {
  std::string name;
  CHECK(problems_of("{\"zzzzzz\": 1}",
                    [&](Reader& reader) {
                      reader.optional("name", name);
                      reader.optional("version", name);
                      reader.done();
                    }) ==
        "reef.json:1:2: error: unknown key `zzzzzz`\n"
        "  1 | {\"zzzzzz\": 1}\n"
        "    |  ^\n"
        "hint: known here: `name` and `version`\n");
}

TEST_CASE("an unknown key where no key is known gets no empty hint") {
  CHECK(problems_of("{\"a\": 1}", [&](Reader& reader) { reader.done(); }) ==
        "reef.json:1:2: error: unknown key `a`\n  1 | {\"a\": 1}\n    |  ^\n");
}

TEST_CASE("the first problem says how many others there are") {
  const Document document = parse("f", "{\n\"a\": 1}").value();
  Problems problems;
  const Node root(document, problems);
  Node(root, "a", document.root["a"]).problem("second");
  CHECK(problems.first().hints().empty());
  root.problem("first");
  CHECK(problems.first().message() == "first");
  CHECK(problems.first().hints() == std::vector<std::string>{"1 more problem in this file"});
  root.problem("third");
  CHECK(problems.first().hints() == std::vector<std::string>{"2 more problems in this file"});
}

TEST_CASE("members are visited in the order in which they were written") {
  std::string order;
  CHECK(problems_of(R"({"m": {"b": 1, "a": 2, "c": 3}})", [&](Reader& reader) {
          reader.each_member("m", [&](const Node& member) { order += member.key(); });
          reader.done();
        }).empty());
  CHECK(order == "bac");
}

}  // namespace
}  // namespace reef::json
