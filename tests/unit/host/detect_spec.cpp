#include "fixture.h"

namespace reef {
namespace {

// Every problem of a `detect`, as people see it.
std::string problems_of(const std::string& text) {
  const auto document = json::parse("reef.json", text);
  REQUIRE(document);
  json::Problems problems;
  (void)read_detect(json::Node(*document, problems));
  std::string out;
  for (const Error& error : problems.sorted()) out += render(error);
  return out;
}

}  // namespace

TEST_CASE("every problem of a detect is reported at its place") {
  CHECK(problems_of(R"json({"programs": ["gcc"],
 "ask": {"arguments": [["--version"]], "stream": "output"},
 "version": [{"pattern": "([0-9]"}],
 "exports": {"env": {"CC": "${paht}"}}, "watches": []})json") ==
        "reef.json:2:50: error: `output` is not a stream\n"
        "  2 |  \"ask\": {\"arguments\": [[\"--version\"]], \"stream\": \"output\"},\n"
        "    |                                                  ^\n"
        "hint: it is `out`, `err` or `both`\n"
        "reef.json:3:26: error: `([0-9]` is not a pattern: Unmatched ( or \\(\n"
        "  3 |  \"version\": [{\"pattern\": \"([0-9]\"}],\n"
        "    |                          ^\n"
        "reef.json:4:28: error: unknown name `${paht}`\n"
        "  4 |  \"exports\": {\"env\": {\"CC\": \"${paht}\"}}, \"watches\": []}\n"
        "    |                            ^\n"
        "hint: did you mean `path`?\n"
        "reef.json:4:41: error: unknown key `watches`\n"
        "  4 |  \"exports\": {\"env\": {\"CC\": \"${paht}\"}}, \"watches\": []}\n"
        "    |                                         ^\n"
        "hint: did you mean `watch`?\n");
}

TEST_CASE("a detect must say what to look for, and only one kind of it") {
  CHECK(problems_of(R"json({"version": [{"text": "${home}", "pattern": "x"}]})json")
            .find("nothing to look for: `programs`, `files` or `libraries` is missing") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "libraries": ["b"], "version": []})json")
            .find("cannot stand together") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["/usr/bin/gcc"], "version": []})json")
            .find("paths stand in `files`") != std::string::npos);
  CHECK(problems_of(R"json({"files": ["bin/gcc"], "version": []})json")
            .find("must begin with `/` or `${home}/`") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"]})json").find("missing key `version`") != std::string::npos);
}

TEST_CASE("a pattern that reads an answer needs a question") {
  const std::string words = "a pattern reads the program's answer, but there is no `ask`";
  CHECK(problems_of(R"json({"programs": ["a"], "version": [{"pattern": "x"}]})json").find(words) !=
        std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "version": [], "is": [{"pattern": "x", "reason": "y"}]})json")
            .find(words) != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "version": [{"file": "${prefix}/v", "pattern": "x"}]})json")
            .empty());
}

TEST_CASE("a source has a pattern, and reads one thing") {
  CHECK(problems_of(R"json({"programs": ["a"], "version": [{"text": "${home}", "pattern": []}]})json")
            .find("`pattern` is an empty list") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "version": [{"text": "x", "file": "y", "pattern": "z"}]})json")
            .find("`file` and `text` cannot stand together") != std::string::npos);
  CHECK(problems_of(R"json({"libraries": ["a"], "ask": {"arguments": []}, "version": []})json")
            .find("a library cannot be asked") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "headers": {"files": ["x.h"]}, "version": []})json")
            .find("`headers` belong to `libraries`") != std::string::npos);
}

TEST_CASE("names are known from the step on that gives them a value") {
  CHECK(problems_of(R"json({"files": ["${path}/x"], "version": []})json").find("unknown name `${path}`") !=
        std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "version": [{"file": "${version}", "pattern": "x"}]})json")
            .find("unknown name `${version}`") != std::string::npos);
  CHECK(
      problems_of(R"json({"programs": ["a"], "version": [], "exports": {"values": {"x": "${include}"}}})json")
          .find("unknown name `${include}`") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "version": [], "watch": ["${home"]})json")
            .find("`${` without its `}`") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "version": [], "companions": {"path": ["x"]}})json")
            .find("`path` already has a meaning") != std::string::npos);
  CHECK(problems_of(
            R"json({"programs": ["a"], "version": [], "companions": {"cxx": ["x"]}, "requires": ["cx"]})json")
            .find("`cx` is not among the `companions`\n") != std::string::npos);
}

TEST_CASE("an exported variable is a text, prepended or appended") {
  CHECK(
      problems_of(
          R"json({"programs": ["a"], "version": [], "exports": {"env": {"A": {"prepend": "x", "append": "y"}}}})json")
          .find("expected one of `prepend` and `append`") != std::string::npos);
  CHECK(problems_of(R"json({"programs": ["a"], "version": [], "exports": {"env": {"A": 7}}})json")
            .find("expected a string, got a number") != std::string::npos);
}

TEST_CASE("a pattern finds its group in the first line that matches") {
  const Pattern pattern = Pattern::parse("^v([0-9.]+)$").value();
  CHECK(pattern.first("x\r\nv1.2\r\nv3.4") == "1.2");
  CHECK(pattern.first(std::string_view("a\0v5\0b", 6)) == "5");
  CHECK(pattern.all("v1\nno\nv2\n") == std::vector<std::string>{"1", "2"});
  CHECK_FALSE(pattern.first(""));
  CHECK_FALSE(pattern.matches("xv1"));
  CHECK(Pattern::parse("a+").value().first("caat") == "aa");
  CHECK(Pattern::parse("(x)?y").value().first("y") == "");
  CHECK(Pattern().first("x") == std::nullopt);
}

TEST_CASE("a pattern with \\d says what to write instead") {
  CHECK(render(Pattern::parse("\\d+").error()) ==
        "error: `\\d` means nothing in a pattern\nhint: write `[0-9]` for a digit\n");
  CHECK(Pattern::parse("\\\\d"));
}

TEST_CASE("long lines are cut and long texts are read") {
  std::string text(3'000'000, 'x');
  text += "\nversion 1.0\n";
  CHECK(Pattern::parse("version ([0-9.]+)").value().first(text) == "1.0");
}

}  // namespace reef
