#include "core/base/text.h"

#include <catch2/catch.hpp>
#include <random>

namespace reef {
namespace {

using Words = std::vector<std::string>;

TEST_CASE("of names with parts, the last part is enough to be meant") {
  const std::vector<std::string> names = {"bulk.latency", "latency.p90", "serve.latency"};
  CHECK(did_you_mean("latency", names) == "did you mean `bulk.latency` or `serve.latency`?");
  CHECK(did_you_mean("latncy.p90", names) == "did you mean `latency.p90`?");
}

TEST_CASE("the nearest name is the one that a slip of the fingers makes") {
  const Words names = {"install", "benchmark", "info", "init", "runs", "run"};
  CHECK(nearest("instal", names) == "install");
  CHECK(nearest("isntall", names) == "install");
  CHECK(nearest("BENCHMARK", names) == "benchmark");
  CHECK(nearest("bnchmrk", names) == "benchmark");
  CHECK(nearest("rnu", names) == "run");
  CHECK(nearest("inof", names) == "info");
  CHECK(nearest("frobnicate", names) == std::nullopt);
  CHECK(nearest("xy", names) == std::nullopt);
  CHECK(nearest("", names) == std::nullopt);
  CHECK(nearest("a", Words{}) == std::nullopt);
  CHECK(nearest("a", Words{"b"}) == std::nullopt);
  CHECK(nearest("", Words{"b"}) == std::nullopt);
  CHECK(nearest("ab", Words{"b"}) == "b");
}

TEST_CASE("of two names that are equally near the earlier one is meant") {
  CHECK(nearest("bat", Words{"cat", "bar"}) == "cat");
  CHECK(nearest("bat", Words{"bar", "cat"}) == "bar");
}

TEST_CASE("names of any length take bounded time") {
  CHECK(nearest(std::string(1'000'000, 'a'), Words{"a"}) == std::nullopt);
  CHECK(nearest("a", Words{std::string(1'000'000, 'a')}) == std::nullopt);
}

TEST_CASE("did_you_mean asks a question, or says nothing") {
  CHECK(did_you_mean("licence", Words{"license"}) == "did you mean `license`?");
  CHECK(did_you_mean("licence", Words{"name"}) == std::nullopt);
}

TEST_CASE("split keeps empty parts and join undoes it") {
  CHECK(split("a,b,,c,", ',') == Words{"a", "b", "", "c", ""});
  CHECK(split("", ',') == Words{""});
  for (const char* text : {"", ",", "a", "a,b", ",a,,b,"}) CHECK(join(split(text, ','), ",") == text);
  CHECK(join(Words{}, ",").empty());
}

TEST_CASE("trim removes blanks at both ends only") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim(" \n").empty());
  CHECK(trim("").empty());
}

TEST_CASE("lines end at a newline of either kind, and the last one needs none") {
  CHECK(lines_of("a\r\nb\n\nc") == Words{"a", "b", "", "c"});
  CHECK(lines_of("a\n") == Words{"a"});
  CHECK(lines_of("\n") == Words{""});
  CHECK(lines_of("").empty());
  CHECK(lines_of("a\rb") == Words{"a\rb"});
}

TEST_CASE("UTF-8 is what RFC 3629 says it is") {
  for (const char* good : {"", "abc", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "x\xE2\x82\xAC."})
    CHECK(is_valid_utf8(good));
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2x", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "ok\xE2\x82"})
    CHECK_FALSE(is_valid_utf8(bad));
}

TEST_CASE("printable text cannot move the cursor") {
  CHECK(printable("a\tb \xE2\x82\xAC") == "a\tb \xE2\x82\xAC");
  CHECK(printable("\x1B[31m\r\n\x7F") == "\\x1b[31m\\x0d\\x0a\\x7f");
  CHECK(printable("\xC2\x9B"
                  "2J") == "\\xc2\\x9b2J");
  CHECK(printable("\xFFx\xE2\x82") == "\\xffx\\xe2\\x82");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("a\u202Eb\u2066\u200B\u2028") ==
        "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6\\xe2\\x80\\x8b\\xe2\\x80\\xa8");
  CHECK(quoted_list(std::vector<std::string>{"\x1B[2J", "\n"}) == "`\\x1b[2J` or `\\x0a`");
}

TEST_CASE("printable text is valid UTF-8 without control characters, whatever the bytes were") {
  std::mt19937 random(20260131);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 12; ++i) bytes.push_back(static_cast<char>(byte(random)));
    const std::string shown = printable(bytes);
    REQUIRE(is_valid_utf8(shown));
    for (const char c : shown) REQUIRE((c == '\t' || static_cast<unsigned char>(c) >= 0x20));
    REQUIRE(printable(shown) == shown);
  }
}

TEST_CASE("a quoted word is one word of a shell that means exactly this text") {
  CHECK(shell_quoted("plain-1.0_x/y=z,@%^+:") == "plain-1.0_x/y=z,@%^+:");
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("a b") == "'a b'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("$(rm) `x` \\ \" ~ * \n") == "'$(rm) `x` \\ \" ~ * \n'");
  CHECK(shell_quoted("~") == "'~'");
  CHECK(shell_quoted("#x") == "'#x'");
  CHECK(shell_quoted(Words{"echo", "a b", ""}) == "echo 'a b' ''");
}

TEST_CASE(
    "a word that a shell would take for an assignment or a keyword is quoted at the front of a command") {
  CHECK(shell_quoted(Words{"A=b", "c=d"}) == "'A=b' c=d");
}

TEST_CASE("names are listed as people list them") {
  CHECK(quoted_list(Words{}).empty());
  CHECK(quoted_list(Words{"a"}) == "`a`");
  CHECK(quoted_list(Words{"a", "b"}) == "`a` or `b`");
  CHECK(quoted_list(Words{"a", "b", "c"}, "and") == "`a`, `b` and `c`");
  CHECK(quoted_list(Words(10000, "a"), "and") ==
        "`a`, `a`, `a`, `a`, `a`, `a`, `a`, `a`, `a`, `a`, `a`, `a` and 9988 more");
}

TEST_CASE("a glob matches the whole text, and a star stops at a slash") {
  CHECK(glob_matches("gcc-*", "gcc-12"));
  CHECK(glob_matches("gcc-[0-9]", "gcc-9"));
  CHECK(glob_matches("/opt/*/bin/nvcc", "/opt/cuda/bin/nvcc"));
  CHECK_FALSE(glob_matches("/opt/*/nvcc", "/opt/cuda/bin/nvcc"));
  CHECK_FALSE(glob_matches("gcc-?", "gcc-12"));
  CHECK_FALSE(glob_matches("gcc", "gcc-12"));
  CHECK(glob_matches("*", ".hidden"));
}

}  // namespace
}  // namespace reef
