#include "core/model/manifest_edit.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace reef {
namespace {

Dependency digits(std::string role = "dataset") {
  Dependency dependency;
  dependency.role = std::move(role);
  dependency.package = "digits";
  dependency.version = VersionRange::parse("^1").value();
  return dependency;
}

std::string added(const std::string& file, const std::string& text, const Dependency& dependency = digits()) {
  const Result<std::string> result = add_dependency(file, text, dependency);
  return result ? *result : render(result.error());
}

std::string removed(const std::string& file, const std::string& text, const std::string& role = "dataset") {
  const Result<std::string> result = remove_dependency(file, text, role);
  return result ? *result : render(result.error());
}

}  // namespace

TEST_CASE("a dependency is added after the last one, in its style") {
  CHECK(added("reef.json", R"({
  "name": "a",
  "dependencies": {
    "compiler":  {"capability": "c++-compiler"}
  },
  "actions": {}
}
)") == R"({
  "name": "a",
  "dependencies": {
    "compiler":  {"capability": "c++-compiler"},
    "dataset": {"package": "digits", "version": "^1"}
  },
  "actions": {}
}
)");
  CHECK(added("reef.json", "{\"a\":1,\"dependencies\":{\"b\":{\"package\":\"b\"}}}") ==
        "{\"a\":1,\"dependencies\":{\"b\":{\"package\":\"b\"},\"dataset\":{\"package\":\"digits\","
        "\"version\":\"^1\"}}}");
  CHECK(added("reef.json", "{\"dependencies\": {\"b\": {\"package\": \"b\"}}}") ==
        "{\"dependencies\": {\"b\": {\"package\": \"b\"}, \"dataset\": {\"package\": \"digits\", "
        "\"version\": \"^1\"}}}");
}

TEST_CASE("a manifest without dependencies gets them before what builds on them") {
  CHECK(added("reef.json", "{\r\n\t\"name\": \"a\",\r\n\t\"actions\": {}\r\n}") ==
        "{\r\n\t\"name\": \"a\",\r\n\t\"dependencies\": {\r\n\t\t\"dataset\": {\"package\": \"digits\", "
        "\"version\": "
        "\"^1\"}\r\n\t},\r\n\t\"actions\": {}\r\n}");
  CHECK(
      added("reef.json", "{\n  \"name\": \"a\"\n}\n") ==
      "{\n  \"name\": \"a\",\n  \"dependencies\": {\n    \"dataset\": {\"package\": \"digits\", \"version\": "
      "\"^1\"}\n  }\n}\n");
  CHECK(added("reef.json", "{\"name\": \"a\"}") ==
        "{\"name\": \"a\", \"dependencies\": {\"dataset\": {\"package\": \"digits\", \"version\": \"^1\"}}}");
  CHECK(added("reef.yaml", "name: a\n") ==
        "name: a\ndependencies:\n  dataset: {package: digits, version: \"^1\"}\n");
}

TEST_CASE("everything that differs from the defaults is written") {
  Dependency compiler;
  compiler.role = "compiler";
  compiler.capability = "c++-compiler";
  compiler.purpose = Purpose::build;
  compiler.with = {{"threads", "on"}};
  CHECK(added("reef.json", "{\"dependencies\": {}}", compiler) ==
        "{\"dependencies\": {\"compiler\": {\"capability\": \"c++-compiler\", \"for\": \"build\", \"with\": "
        "{\"threads\": \"on\"}}}}");
  CHECK(added("reef.yaml", "dependencies: {}\n", compiler) ==
        "dependencies:\n  compiler: {capability: c++-compiler, for: build, with: {threads: \"on\"}}\n");
}

TEST_CASE("YAML keeps its comments") {
  const std::string text =
      "# top\nname: a\ndependencies: # what it needs\n    # the compiler\n    compiler:\n        package: "
      "gcc # any\n\n"
      "# the work\nactions:\n    run: 1\n";
  const std::string longer = added("reef.yaml", text);
  CHECK(longer ==
        "# top\nname: a\ndependencies: # what it needs\n    # the compiler\n    compiler:\n        package: "
        "gcc # any\n"
        "    dataset: {package: digits, version: \"^1\"}\n\n# the work\nactions:\n    run: 1\n");
  CHECK(removed("reef.yaml", longer) == text);
}

TEST_CASE("adding and then removing gives the same bytes") {
  const std::string dependency = "{\"package\": \"x\"}";
  for (const std::string text :
       {"{\"dependencies\": {}}", "{\"dependencies\": { }, \"b\": 1}",
        "{\n  \"a\": 1,\n  \"dependencies\": {}\n}\n", "{\"dependencies\": {\"x\": {\"package\": \"x\"}}}",
        "{\"dependencies\":{\"x\":{\"package\":\"x\"}}}",
        "{ \"dependencies\" : { \"x\" : {\"package\": \"x\"} , \"y\" : {\"package\": \"y\"} } }",
        "\xEF\xBB\xBF{\n\t\"dependencies\":\n\t{\n\t\t\"x\": {\n\t\t\t\"package\": \"x\"\n\t\t}\n\t}\n}",
        "{\r\n  \"dependencies\": {\r\n    \"x\": {\"package\": \"x}\\\"{,\"}\r\n  }, \"z\": []}\r\n",
        "{\"dependencies\": {\"\\u0061\": {\"package\": \"x\"}}, \"s\": \"\\\"dependencies\\\": {}\"}"}) {
    INFO(text);
    CHECK(removed("reef.json", added("reef.json", text)) == text);
  }
  for (const std::string text :
       {"dependencies: {}\n", "a: 1\ndependencies: {}", "dependencies:\n  x: {package: x}\nb: 2\n",
        "dependencies:\n      x:\n         package: x\n", "dependencies:\r\n  x: {package: x}\r\nb: 2",
        "dependencies:\n  x: {package: x}",
        "b: |\n  dependencies:\n    no\ndependencies:\n  x: {package: x}\n\n# end\n"}) {
    INFO(text);
    CHECK(removed("reef.yaml", added("reef.yaml", text)) == text);
  }
}

TEST_CASE("every good manifest takes a dependency and gives it back") {
  std::size_t edited = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(REEF_TEST_DATA) + "/good/manifest")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const std::string file = entry.path().filename().string();
    INFO(file);
    Dependency dependency = digits("new-role");
    dependency.package = "another";
    const Result<std::string> longer = add_dependency(file, text.str(), dependency);
    REQUIRE(longer);
    json::Problems problems;
    const Manifest manifest = parse_manifest(file, *longer, problems);
    CHECK(problems.empty());
    CHECK(manifest.roles().size() > 0);
    if (text.str().find("dependencies") == std::string::npos) continue;
    CHECK(remove_dependency(file, *longer, "new-role").value() == text.str());
    ++edited;
  }
  CHECK(edited >= 3);
}

TEST_CASE("any dependency can be removed, wherever it stands") {
  const std::string text =
      "{\n  \"dependencies\": {\n    \"a\": {\"package\": \"a\"},\n    \"b\": {\"package\": \"b\"},\n    "
      "\"c\": {\"package\": \"c\"}\n  }\n}\n";
  CHECK(removed("reef.json", text, "a") ==
        "{\n  \"dependencies\": {\n    \"b\": {\"package\": \"b\"},\n    \"c\": {\"package\": \"c\"}\n  "
        "}\n}\n");
  CHECK(removed("reef.json", text, "b") ==
        "{\n  \"dependencies\": {\n    \"a\": {\"package\": \"a\"},\n    \"c\": {\"package\": \"c\"}\n  "
        "}\n}\n");
  CHECK(removed("reef.json", text, "c") ==
        "{\n  \"dependencies\": {\n    \"a\": {\"package\": \"a\"},\n    \"b\": {\"package\": \"b\"}\n  "
        "}\n}\n");
  const std::string yaml = "dependencies:\n  a:\n    package: a\n  b: {package: b}\nx: 1\n";
  CHECK(removed("reef.yaml", yaml, "a") == "dependencies:\n  b: {package: b}\nx: 1\n");
  CHECK(removed("reef.yaml", removed("reef.yaml", yaml, "a"), "b") == "dependencies: {}\nx: 1\n");
}

TEST_CASE("the range of a dependency is changed, and nothing else") {
  const auto changed = [](const std::string& file, const std::string& text,
                          const std::string& role = "dataset") {
    const auto result = change_range(file, text, role, VersionRange::parse("<2").value());
    return result ? *result : render(result.error());
  };
  CHECK(
      changed("reef.json", R"({"dependencies": { "dataset" : {"package": "digits",  "version": "^1"}} })") ==
      R"({"dependencies": { "dataset" : {"package": "digits",  "version": "<2"}} })");
  CHECK(changed("reef.json", R"({"dependencies": {"dataset": {"package": "digits"}}})") ==
        R"({"dependencies": {"dataset": {"version": "<2", "package": "digits"}}})");
  CHECK(
      changed("reef.yaml", "dependencies:\n  dataset:\n    package: digits\n    version: \"^1\"  # why\n") ==
      "dependencies:\n  dataset:\n    package: digits\n    version: \"<2\"  # why\n");
  CHECK(changed("reef.json", R"({"dependencies": {"dataset": {"package": "digits"}}})", "data") ==
        "error: there is no dependency `data`\n");
}

TEST_CASE("what cannot be edited is left alone, with words that help") {
  CHECK(added("reef.json", "{\"dependencies\": {\n  \"dataset\": {\"package\": \"d\"}}}") ==
        "reef.json:2:3: error: there is a dependency `dataset` already\n  2 |   \"dataset\": {\"package\": "
        "\"d\"}}}\n"
        "    |   ^\nhint: change it there, or remove it first: `reef remove dataset`\n");
  CHECK(removed("reef.json", "{\"dependencies\": {\"dataset\": {}}}", "datset") ==
        "error: there is no dependency `datset`\nhint: did you mean `dataset`?\n");
  CHECK(removed("reef.json", "{}", "x") == "error: there is no dependency `x`\n");
  CHECK(added("reef.yaml", "dependencies: {a: {package: a}}\n") ==
        "reef.yaml: error: `dependencies` is written in a way that cannot be edited safely\n"
        "hint: write `dataset: {package: digits, version: \"^1\"}` inside the braces of `dependencies`\n");
  CHECK(
      added("reef.yaml", "{name: a}\n") ==
      "reef.yaml: error: `dependencies` is written in a way that cannot be edited safely\n"
      "hint: write `dependencies: {dataset: {package: digits, version: \"^1\"}}` inside the outer braces\n");
  CHECK(added("reef.yaml", "dependencies: &all\n  a: {package: a}\nx: *all\n")
            .ends_with("hint: write `dataset: {package: digits, version: \"^1\"}` below `dependencies:`\n"));
  CHECK(added("reef.json", "[]").find("expected an object, got an array") != std::string::npos);
  CHECK(added("reef.json", "{\"dependencies\": []}").find("expected an object, got an array") !=
        std::string::npos);
  CHECK(added("reef.json", "{").find("this is not JSON") != std::string::npos);
  CHECK(added("reef.json", "{}", digits("prefix")).find("cannot be a role") != std::string::npos);
  CHECK(added("reef.json", "{}").find("cannot be edited safely") != std::string::npos);
}

}  // namespace reef
