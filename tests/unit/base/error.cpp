#include "core/base/error.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>

namespace reef {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return make_error(ErrorCode::invalid_input, "{} is odd", value).hint("try an even one");
  return value / 2;
}

Result<int> quarter(int value) {
  TRY(const int once, half(value));
  TRY(const int twice, with_context(half(once), [&] { return fmt::format("halving {}", once); }));
  return twice;
}

Status check_quarter(int value) {
  TRY_STATUS(quarter(value).map([](int) {}));
  return {};
}

TEST_CASE("an error is shown with its place, its line, a caret, what was being done and what to do") {
  const Error error = make_error(ErrorCode::invalid_input, "unknown key `{}`", "licence")
                          .at(Place{"reef.json", 4, 3, "  \"licence\": \"MIT\""})
                          .context("reading the manifest")
                          .context("installing `a`")
                          .hint("did you mean `license`?")
                          .take();
  CHECK(render(error) ==
        "reef.json:4:3: error: unknown key `licence`\n"
        "  4 |   \"licence\": \"MIT\"\n"
        "    |   ^\n"
        "  while reading the manifest\n"
        "  while installing `a`\n"
        "hint: did you mean `license`?\n");
}

TEST_CASE("an error shows only what is known of its place") {
  const auto shown = [](Place place) { return render(Error(ErrorCode::io, "no").at(std::move(place))); };
  CHECK(render(Error(ErrorCode::io, "no")) == "error: no\n");
  CHECK(shown({"a", 0, 0, ""}) == "a: error: no\n");
  CHECK(shown({"a", 7, 0, "text"}) == "a:7: error: no\n  7 | text\n");
  CHECK(shown({"", 7, 1, "text"}) == "error: no\n  7 | text\n    | ^\n");
  CHECK(shown({"a", 7, 5, ""}) == "a:7:5: error: no\n");
}

TEST_CASE("the caret stands under its character after tabs and letters of several bytes") {
  CHECK(render_excerpt({"a", 10, 3, "\t\tx"}) == "  10 | \t\tx\n     | \t\t^\n");
  // é has two bytes and one column, so the caret for byte 6 comes after four blanks.
  CHECK(render_excerpt({"a", 1, 6, "\"\xC3\xA9\": x"}) == "  1 | \"\xC3\xA9\": x\n    |     ^\n");
}

TEST_CASE("the caret may stand just behind the end of the line") {
  CHECK(render_excerpt({"a", 1, 4, "abc"}) == "  1 | abc\n    |    ^\n");
  CHECK(render_excerpt({"a", 1, 40, "abc"}) == "  1 | abc\n    |    ^\n");
}

TEST_CASE("control characters in an excerpt cannot reach the terminal, and the caret stays in its place") {
  CHECK(render_excerpt({"a", 1, 3, "\x1B[x"}) == "  1 | \\x1b[x\n    |      ^\n");
  CHECK(render_excerpt({"a", 1, 2, "\xFFx"}) == "  1 | \\xffx\n    |     ^\n");
}

TEST_CASE("of a very long line only the part around the caret is shown, cut between letters") {
  for (const std::string front : {"", "a"}) {
    std::string line = front;
    for (int i = 0; i < 4000; ++i) line += "\xC3\xA9";
    line[4000 + front.size()] = 'X';
    line[4001 + front.size()] = 'Y';
    const std::string shown = render_excerpt({"a", 1, 4001 + front.size(), line});
    CHECK(shown.size() < 600);
    CHECK(shown.find("\\x") == std::string::npos);
    const std::size_t newline = shown.find('\n');
    const std::string_view first = std::string_view(shown).substr(0, newline);
    const std::string_view second = std::string_view(shown).substr(newline + 1);
    const auto columns = [](std::string_view text) {
      return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
    };
    CHECK(columns(first.substr(0, first.find('X'))) == columns(second.substr(0, second.find('^'))));
  }
}

TEST_CASE("TRY hands the error on, and context is added on the way") {
  CHECK(quarter(8).value() == 2);
  CHECK(render(quarter(7).error()) == "error: 7 is odd\nhint: try an even one\n");
  CHECK(render(quarter(6).error()) == "error: 3 is odd\n  while halving 3\nhint: try an even one\n");
  CHECK(check_quarter(4).has_value());
  CHECK(check_quarter(7).error().code() == ErrorCode::invalid_input);
}

TEST_CASE("the text of a context is built only on failure") {
  int built = 0;
  const auto text = [&] {
    ++built;
    return std::string("counting");
  };
  CHECK(with_context(half(2), text).has_value());
  CHECK(built == 0);
  CHECK(with_context(half(1), text).error().contexts() == std::vector<std::string>{"counting"});
  CHECK(built == 1);
}

TEST_CASE("TRY moves values that cannot be copied") {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto use = [&]() -> Result<int> {
    TRY(const std::unique_ptr<int> value, make());
    return *value;
  };
  CHECK(use().value() == 5);
}

TEST_CASE("the codes are the exit statuses that the documentation names") {
  const std::vector<ErrorCode> codes = {ErrorCode::usage,     ErrorCode::invalid_input,
                                        ErrorCode::not_found, ErrorCode::no_solution,
                                        ErrorCode::integrity, ErrorCode::io,
                                        ErrorCode::network,   ErrorCode::busy,
                                        ErrorCode::bug,       ErrorCode::interrupted};
  const std::vector<int> statuses = {2, 3, 4, 5, 6, 7, 8, 9, 70, 130};
  for (std::size_t i = 0; i < codes.size(); ++i) CHECK(static_cast<int>(codes[i]) == statuses[i]);
}

}  // namespace
}  // namespace reef
