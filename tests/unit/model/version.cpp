#include "core/model/version.h"

#include <catch2/catch.hpp>
#include <random>

namespace reef {
namespace {

Version strict(std::string_view text) { return Version::parse(text).value(); }
Version loose(std::string_view text) { return Version::parse_loose(text).value(); }

TEST_CASE("SemVer's own example of precedence holds") {
  const char* ordered[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                           "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                           "1.0.0-rc.1",  "1.0.0",         "1.9.0",
                           "1.10.0",      "2.0.0"};
  for (std::size_t i = 0; i + 1 < std::size(ordered); ++i) {
    CAPTURE(ordered[i], ordered[i + 1]);
    CHECK(strict(ordered[i]) < strict(ordered[i + 1]));
    CHECK(strict(ordered[i + 1]) > strict(ordered[i]));
  }
}

TEST_CASE("build metadata does not count and trailing zeros may be missing") {
  CHECK(strict("1.2.3+linux") == strict("1.2.3"));
  CHECK(loose("17.0.15+6") == loose("17.0.15"));
  CHECK(loose("1.2") == strict("1.2.0"));
  CHECK(loose("13") == loose("13.0.0.0"));
}

TEST_CASE("versions of host tools order as their makers mean them") {
  const char* ordered[] = {
      "1.0~rc1", "1.0",   "1.0.1-rc7-amd64", "1.0.1", "1.0.1-14", "1.0.1-15",  "1.1.1v", "1.1.1w", "3.9",
      "3.11.2",  "8u292", "8u1000",          "9.6p1", "12.2.0",   "12.2.0-14", "13.0a1", "13.0b2", "13.0rc1",
      "13.0",    "2023",  "2023a",           "2023b"};
  for (std::size_t i = 0; i + 1 < std::size(ordered); ++i) {
    CAPTURE(ordered[i], ordered[i + 1]);
    CHECK(loose(ordered[i]) < loose(ordered[i + 1]));
  }
}

TEST_CASE("only words that announce a release make a loose version a pre-release") {
  for (const char* text : {"1.0rc1", "1.0.0-rc.1", "3.13.0b2", "1.0~git20", "9-ea", "2.0.dev3"}) {
    CAPTURE(text);
    CHECK(loose(text).is_prerelease());
  }
  for (const char* text :
       {"12.2.0-14", "2023a", "5.2.15(1)-release", "1.8.0_292", "3.0.2-0ubuntu1", "17.0.15+6"}) {
    CAPTURE(text);
    CHECK_FALSE(loose(text).is_prerelease());
  }
  CHECK(strict("12.2.0-14").is_prerelease());
}

TEST_CASE("a leading v is not part of a tool's version") { CHECK(loose("v18.19.0").text() == "18.19.0"); }

TEST_CASE("what is not SemVer is refused with the nearest form that is") {
  const std::pair<const char*, const char*> cases[] = {
      {"1.2",
       "error: `1.2` is not a version: it must have three numbers, as in `1.2.0`\nhint: did you mean "
       "`1.2.0`?\n"},
      {"v1.2.3",
       "error: `v1.2.3` is not a version: it must start with three numbers, as in `1.2.0`\nhint: did you "
       "mean "
       "`1.2.3`?\n"},
      {"01.2.3",
       "error: `01.2.3` is not a version: a number must not start with 0\nhint: did you mean `1.2.3`?\n"},
      {"1.0rc1",
       "error: `1.0rc1` is not a version: it must have three numbers, as in `1.2.0`\nhint: did you mean "
       "`1.0.0-rc1`?\n"},
      {"1.0.0-01", "error: `1.0.0-01` is not a version: a number must not start with 0\n"},
      {"1.0.0-",
       "error: `1.0.0-` is not a version: an identifier after `-` or `+` is empty\nhint: did you mean "
       "`1.0.0`?\n"},
      {"1.0.0 ",
       "error: `1.0.0 ` is not a version: only `-` or `+` may follow the three numbers\nhint: did you mean "
       "`1.0.0`?\n"},
      {"", "error: `` is not a version: it must start with three numbers, as in `1.2.0`\n"},
      {"99999999999999999999.0.0",
       "error: version `99999999999999999999.0.0` has a number that is too large\n"},
  };
  for (const auto& [text, message] : cases) {
    const auto version = Version::parse(text);
    REQUIRE_FALSE(version);
    CHECK(render(version.error()) == message);
  }
}

TEST_CASE("a tool's version must start with a digit and hold no blanks") {
  for (const char* text : {"", "v", "clang", "1 2", "1\n", "1\xc3\xa9"}) {
    CAPTURE(text);
    CHECK_FALSE(Version::parse_loose(text));
  }
}

// Texts that share many prefixes, so that equal and nearly equal versions are common.
std::vector<Version> sample(std::uint32_t seed) {
  std::mt19937 random(seed);
  const char* parts[] = {"0", "1", "2", "10", "1.0", "0.0"};
  const char* suffixes[] = {"",    "-rc.1", "-rc1", "-1", "-10",         "a", "a1",
                            "rc1", "~1",    "+5",   "-0", "-alpha.beta", "p1"};
  std::vector<Version> out;
  for (int i = 0; i < 60; ++i) {
    const std::string text = std::string(parts[random() % std::size(parts)]) + "." +
                             parts[random() % std::size(parts)] + suffixes[random() % std::size(suffixes)];
    out.push_back(loose(text));
    if (auto version = Version::parse(text)) out.push_back(*version);
  }
  return out;
}

TEST_CASE("the order is total over both readings") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const auto versions = sample(seed);
    for (const Version& a : versions)
      for (const Version& b : versions) {
        REQUIRE(((a < b) + (b < a) + (a == b)) == 1);
        for (const Version& c : versions)
          if (a <= b && b <= c) REQUIRE(a <= c);
      }
  }
}

}  // namespace
}  // namespace reef
