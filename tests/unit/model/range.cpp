#include <catch2/catch.hpp>
#include <random>

#include "core/model/version.h"

namespace reef {
namespace {

Version v(std::string_view text) { return Version::parse_loose(text).value(); }
VersionRange r(std::string_view text) { return VersionRange::parse(text).value(); }

TEST_CASE("each form of range contains what its manual says") {
  struct Case {
    const char* range;
    std::vector<const char*> inside;
    std::vector<const char*> outside;
  };
  const Case cases[] = {
      {"*", {"0.0.0", "99.1"}, {}},
      {"^1.2", {"1.2.0", "1.99.0"}, {"1.1.9", "2.0.0", "2.0.0-rc.1", "1.2.0-rc.1"}},
      {"^0.2.3", {"0.2.3", "0.2.9"}, {"0.3.0", "0.2.2"}},
      {"^0.0.3", {"0.0.3"}, {"0.0.4", "0.0.2"}},
      {"^0", {"0.0.0", "0.9.0"}, {"1.0.0"}},
      {"~1.2", {"1.2.0", "1.2.9"}, {"1.3.0", "1.1.0"}},
      {"~1.2.3", {"1.2.3", "1.2.9"}, {"1.2.2", "1.3.0"}},
      {"~1", {"1.0.0", "1.9.0"}, {"2.0.0"}},
      {">=1,<3", {"1.0.0", "2.9.9"}, {"0.9.0", "3.0.0", "3.0.0-rc.1"}},
      {">= 1 , < 3", {"1.0.0"}, {"3.0.0"}},
      {">=1 <3", {"2"}, {"3"}},
      {"1.*", {"1.0.0", "1.7"}, {"2.0.0", "0.9"}},
      {"1.2.x", {"1.2.0"}, {"1.3.0"}},
      {"1.2", {"1.2.0", "1.2.7"}, {"1.3.0"}},
      {"=1.2", {"1.2.7"}, {"1.3.0"}},
      {"1.2.3", {"1.2.3"}, {"1.2.4"}},
      {"==1.2.3", {"1.2.3"}, {"1.2.4"}},
      {"!=1.2", {"1.1.0", "1.3.0"}, {"1.2.0", "1.2.5"}},
      {"!=1.2.3", {"1.2.2", "1.2.4"}, {"1.2.3"}},
      {">1.2", {"1.3.0"}, {"1.2.9", "1.2.0"}},
      {"<=1.2", {"1.2.9", "0.1"}, {"1.3.0"}},
      {">1.2.3", {"1.2.4"}, {"1.2.3"}},
      {"<2.0.0", {"2.0.0-rc.1", "1.0.0"}, {"2.0.0"}},
      {"<2.0.0-0", {"1.9.9"}, {"2.0.0-rc.1"}},
      {"<1 || >=3,<4 || =2.0.0", {"0.5.0", "3.5.0", "2.0.0"}, {"1.0.0", "2.0.1", "4.0.0"}},
      {">=3.0.0,<3.0.0 || =2.0.0", {"2.0.0"}, {"3.0.0"}},
      {">=12.2", {"12.2.0-14", "13"}, {"12.1"}},
      {">=2.0.0-rc.1", {"2.0.0-rc.1", "2.0.0"}, {"2.0.0-alpha"}},
  };
  for (const Case& c : cases) {
    const VersionRange range = r(c.range);
    CHECK(range.text() == c.range);
    for (const char* version : c.inside) {
      CAPTURE(c.range, version);
      CHECK(range.contains(v(version)));
    }
    for (const char* version : c.outside) {
      CAPTURE(c.range, version);
      CHECK_FALSE(range.contains(v(version)));
    }
  }
}

TEST_CASE("a range that nothing meets is empty, not an error") {
  CHECK(r(">=2, <1").is_empty());
  CHECK(r("<1.0.0, >1.0.0").is_empty());
  CHECK_FALSE(r("=1.0.0").is_empty());
}

TEST_CASE("pre-releases are named only by a pre-release") {
  CHECK(r(">=2.0.0-rc.1").names_prerelease());
  CHECK_FALSE(r("^1.2").names_prerelease());
  CHECK_FALSE(r("<2").names_prerelease());
}

TEST_CASE("what is not a range is refused with what is wrong") {
  const std::string hint =
      "\nhint: ranges look like `^1.2`, `~1.2`, `>=1, <3`, `1.*`, `=1.2.3`, `1.2 || >=3` or `*`\n";
  const std::pair<const char*, const char*> cases[] = {
      {"", "error: `` is not a version range: an alternative is empty"},
      {"1 ||", "error: `1 ||` is not a version range: an alternative is empty"},
      {">=", "error: `>=` is not a version range: a version is missing after `>=`"},
      {">=1,", "error: `>=1,` is not a version range: a comparator is missing after `,`"},
      {",1", "error: `,1` is not a version range: a comparator is missing before `,`"},
      {"latest", "error: `latest` is not a version range: `latest` is not a version or a part of one"},
      {"1.0rc1.*",
       "error: `1.0rc1.*` is not a version range: `1.0rc1.*`: only numbers may stand before `.*`"},
  };
  for (const auto& [text, message] : cases) {
    const auto range = VersionRange::parse(text);
    REQUIRE_FALSE(range);
    CHECK(render(range.error()) == message + hint);
  }
}

TEST_CASE("computed ranges print in one canonical form that reads back") {
  CHECK(r("^1.2").united(r(">=3.0.0")).text() == ">=1.2.0, <2 || >=3.0.0");
  CHECK(r("<1.5.0").united(r(">=1.5.0")).text() == "*");
  CHECK(r("<1.5.0").united(r(">1.5.0")).text() == "<1.5.0 || >1.5.0");
  CHECK(VersionRange::exactly(v("12.2.0-14")).text() == "=12.2.0-14");
  CHECK(VersionRange::none().text() == "nothing");
  CHECK(r("!=1.2").text() == "!=1.2");
  CHECK(r("!=1.2") == r("<1.2 || >1.2"));
  CHECK(r("=1.2.0").single() == v("1.2"));
  CHECK_FALSE(r("1.2").single());
}

TEST_CASE("set operations agree with membership") {
  std::mt19937 random(7);
  const char* ops[] = {">=", ">", "<", "<=", "=", "!=", "^", "~", ""};
  const char* versions[] = {"0", "0.1", "1", "1.0.0", "1.1", "1.2.3", "2.0.0-rc.1", "2", "2.0.0", "3"};
  const char* points[] = {"0.0.0", "0.1.0", "0.1.5",   "0.2.0",      "1.0.0-rc.1", "1.0.0", "1.0.5", "1.1.0",
                          "1.2.3", "1.2.4", "2.0.0-0", "2.0.0-rc.1", "2.0.0",      "2.5.0", "3.0.0", "4.0.0"};
  const auto any_range = [&] {
    std::string text;
    for (std::size_t i = 0, n = 1 + random() % 3; i < n; ++i) {
      if (i) text += random() % 2 ? " || " : ", ";
      text += std::string(ops[random() % std::size(ops)]) + versions[random() % std::size(versions)];
    }
    return r(text);
  };
  for (int i = 0; i < 3000; ++i) {
    const VersionRange a = any_range();
    const VersionRange b = any_range();
    const VersionRange both = a.intersected(b);
    const VersionRange either = a.united(b);
    const VersionRange rest = a.complement();
    CAPTURE(a.text(), b.text(), both.text(), either.text(), rest.text());
    for (const char* point : points) {
      const Version version = v(point);
      REQUIRE(both.contains(version) == (a.contains(version) && b.contains(version)));
      REQUIRE(either.contains(version) == (a.contains(version) || b.contains(version)));
      REQUIRE(rest.contains(version) != a.contains(version));
    }
    REQUIRE(a.united(rest).is_any());
    REQUIRE(a.intersected(rest).is_empty());
    REQUIRE(rest.complement() == a);
    if (!either.is_empty()) REQUIRE(r(either.text()) == either);
  }
}

}  // namespace
}  // namespace reef
